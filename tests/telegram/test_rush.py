"""Someone who sends very much at once: every word is kept, one kind line, an answer later; nobody else waits."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from chatting import Someone, at_work, eventually, seen
from hypothesis import given, settings
from hypothesis import strategies as st
from standin import Heard, StandIn

from actions.store.answers import text_of
from bot.house import House
from bot.telegram import rush
from bot.telegram.app import App
from bot.telegram.rush import MOST, WINDOW, Rush
from bot.telegram.updates import CHANNEL

LONGER = 4.0
WORDS = "and then there was the letter number {} in the drawer under his shirts"
FIXED = settings(derandomize=True, database=None, deadline=None, max_examples=200)

# -- counting ------------------------------------------------------------------------------------------------------


@FIXED
@given(st.lists(st.floats(0, 20), max_size=120))
def test_who_is_answered_has_sent_no_more_than_permitted_in_any_minute_before(gaps: list[float]) -> None:
    counts, now, instants = Rush(), 0.0, []
    for gap in gaps:
        now += gap
        counts.came("sam", now)
        instants.append(now)
        lately = sum(instant + WINDOW > now for instant in instants)
        left = counts.left("sam", now)
        assert (left > 0) == (lately > MOST)
        assert left == 0 or sum(instant + WINDOW > now + left for instant in instants) <= MOST


def test_a_chat_that_has_been_quiet_for_a_minute_is_forgotten() -> None:
    counts = Rush()
    for number in range(1000):
        counts.came(f"chat-{number}", number / 1000)
    counts.came("sam", WINDOW + 0.5)
    assert len(counts) == 500 and counts.left("chat-1", WINDOW) == 0


def test_one_chat_does_not_count_for_another() -> None:
    counts = Rush()
    for _ in range(MOST + 1):
        counts.came("sam", 1.0)
    assert counts.left("sam", 1.0) > 0 == counts.left("ann", 1.0)


# -- on Telegram ---------------------------------------------------------------------------------------------------


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A window that a test can wait for."""
    monkeypatch.setattr(rush, "WINDOW", LONGER)
    yield


def lines(house: House, heard: list[Heard]) -> list[Heard]:
    """The lines that say that Mend reads on in a moment."""
    [before, after] = seen(house.tools.sentences.say("utter_reads_on", emergency="\0")).split("\0")
    return [one for one in heard if re.fullmatch(re.escape(before) + ".+" + re.escape(after), one.text)]


def everything_kept(person: Someone) -> str:
    """All their words, wherever they stand now."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, str(person.chat))
        return "\n".join(text_of(answer) for answer in kept.runs.versions(known))


@pytest.mark.asyncio
async def test_who_sends_very_much_at_once_hears_one_kind_line_and_every_word_is_kept(
    tg: StandIn, house: House, app: App, sam: Someone, soon: None
) -> None:
    await sam.at_question()
    texts = [WORDS.format(number) for number in range(MOST + 20)]
    for text in texts:
        sam.write(text)
    heard = await sam.hears()
    assert len(lines(house, heard)) == 1
    assert heard[-1].at > lines(house, heard)[0].at, "and then they are answered"
    assert [text for text in texts if text not in everything_kept(sam)] == [] == tg.refused


@pytest.mark.asyncio
async def test_nobody_waits_for_someone_who_sends_very_much_at_once(
    tg: StandIn, house: House, app: App, someone: Callable[[], Someone], soon: None
) -> None:
    busy, other = await someone().at_question(), await someone().welcomed()
    for number in range(MOST + 20):
        busy.write(WORDS.format(number))
    await eventually(lambda: lines(house, tg.heard(busy.chat)))
    begun = time.monotonic()
    assert await other.says("/menu")
    assert time.monotonic() - begun < LONGER / 2
    assert tg.heard(busy.chat)[-1] in lines(house, tg.heard(busy.chat)), "they are still told to wait"
    # an evening question does not have to wait for them either
    await eventually(lambda: app._lanes.busy == 0)
    assert tg.heard(busy.chat)[-1] in lines(house, tg.heard(busy.chat)), "nor does it end their wait"
    await busy.hears()


@pytest.mark.asyncio
async def test_who_writes_on_is_answered_only_once_they_slow_down(
    tg: StandIn, house: House, app: App, sam: Someone, soon: None
) -> None:
    await sam.at_question()
    begun = time.monotonic()
    number = 0
    while time.monotonic() - begun < 2 * LONGER:
        sam.write(WORDS.format(number := number + 1))
        await eventually(lambda: not tg.unconfirmed)
    last = time.monotonic()
    heard = await sam.hears()
    [line] = lines(house, heard)
    assert not [one for one in heard if line.at + 1 < one.at < last], "nothing while they write on"
    assert heard[-1].at > last


@pytest.mark.asyncio
async def test_what_was_written_while_mend_was_away_is_no_rush(
    tg: StandIn, house: House, sam: Someone, soon: None
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
    long_ago = int(house.tools.now()) - 3600
    for number in range(MOST + 20):
        sam.write(WORDS.format(number), date=long_ago + number)
    async with at_work(tg, house):
        assert not lines(house, await sam.hears())


@pytest.mark.asyncio
async def test_buttons_count_too(tg: StandIn, house: House, app: App, sam: Someone, soon: None) -> None:
    await sam.at_question()
    label = house.tools.sentences.label("hint")
    for _ in range(MOST + 5):
        tg.presses(sam.chat, label)
    assert len(lines(house, await sam.hears())) == 1
