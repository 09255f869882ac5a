"""How fast messages that nobody waits for go out."""

from __future__ import annotations

import asyncio

import pytest

from bot.telegram.pace import RATE, SLOWER, Pace

pytestmark = pytest.mark.asyncio


class Time:
    """A clock that goes on only while someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pace(time: Time) -> Pace:
    return Pace(time, sleep=time.sleep)


async def instants(pace: Pace, time: Time, count: int) -> list[float]:
    found = []
    for _ in range(count):
        await pace.turn()
        await pace.gate()
        found.append(time.now)
    return found


def most_in_a_second(found: list[float]) -> int:
    return max(sum(start <= at < start + 1 for at in found) for start in found)


async def test_no_second_holds_more_than_telegram_allows_and_hardly_fewer(pace: Pace, time: Time) -> None:
    found = await instants(pace, time, 600)
    assert most_in_a_second(found) <= 30
    assert (len(found) - 1) / (found[-1] - found[0]) >= 0.95 * 30


async def test_after_a_quiet_hour_there_is_no_burst(pace: Pace, time: Time) -> None:
    await instants(pace, time, 3)
    time.now += 3600
    assert most_in_a_second(await instants(pace, time, 100)) <= 30


async def test_replies_push_the_others_back(pace: Pace, time: Time) -> None:
    await instants(pace, time, 1)
    for _ in range(29):
        pace.spend()
    before = time.now
    await pace.turn()
    assert time.now - before >= 29 / RATE


async def test_nothing_goes_out_while_telegram_wants_silence(pace: Pace, time: Time) -> None:
    await instants(pace, time, 5)
    pace.hold(7)
    before = time.now
    await pace.turn()
    assert time.now >= before + 7


async def test_one_that_waits_for_its_slot_when_the_silence_begins_waits_on(pace: Pace, time: Time) -> None:
    await instants(pace, time, 2)
    before = time.now
    waiting = asyncio.create_task(pace.turn())
    await asyncio.sleep(0)
    pace.hold(30)
    await waiting
    assert time.now >= before + 30


async def test_after_a_silence_it_goes_slower_and_finds_back(pace: Pace, time: Time) -> None:
    pace.hold(1)
    slow = await instants(pace, time, 11)
    assert slow[-1] - slow[0] == pytest.approx(10 / (RATE * SLOWER), rel=0.1)
    for _ in range(200):
        pace.arrived()
    fast = await instants(pace, time, 11)
    assert fast[-1] - fast[0] == pytest.approx(10 / RATE, rel=0.2)


async def test_it_never_stops_for_good(pace: Pace, time: Time) -> None:
    for _ in range(50):
        pace.hold(1)
    before = time.now
    await instants(pace, time, 3)
    assert time.now - before < 10
