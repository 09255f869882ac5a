"""The queue of a fleet: a chat's jobs are done one after the other, and none is ever lost."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter, defaultdict
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from servers import Server
from working import Watch, at_work, until, waiting, wakes

from actions.store import Store
from actions.store.jobs import EVENINGS, TURNS
from bot.fleet.jobs import HEARTBEAT, LOOK, POLL
from bot.telegram.app import App
from bot.telegram.updates import CHANNEL
from bot.telegram.worker import Worker

pytestmark = pytest.mark.asyncio

_chats = itertools.count(4_000_000_000_000_000_001)


@pytest.fixture(autouse=True)
def nothing_left(store: Store) -> None:
    """Every test begins with an empty queue."""
    with store.begin() as kept:
        kept.session.execute(sa.text("DELETE FROM procrastinate_jobs"))


async def test_one_chats_jobs_are_done_one_after_the_other_while_many_workers_run(server: Server, store: Store) -> None:
    watch, chats = Watch(takes=0.01), [next(_chats) for _ in range(5)]
    async with at_work(server, watch), at_work(server, watch), at_work(server, watch):
        for _ in range(30):
            await asyncio.to_thread(wakes, store, *chats)
        await until(lambda: watch.began == watch.ended and not waiting(store))
    assert set(watch.began) == set(chats)
    assert min(watch.began.values()) >= 2  # what came while one was at it was seen to afterwards


async def test_what_comes_is_always_seen_to_after_it_came(server: Server, store: Store) -> None:
    seen, chats = defaultdict(int), [next(_chats) for _ in range(4)]
    came: Counter[int] = Counter()

    async def answer(chat: int) -> None:
        there = came[chat]
        await asyncio.sleep(0.003)
        seen[chat] = max(seen[chat], there)

    async with at_work(server, answer), at_work(server, answer):
        for number in range(200):
            chat = chats[number % 4]
            came[chat] += 1
            await asyncio.to_thread(wakes, store, chat)
        await until(lambda: not waiting(store) and seen == came)


async def test_a_chat_has_one_waiting_job_a_queue_at_most(server: Server, store: Store) -> None:
    one, other, watch = next(_chats), next(_chats), Watch()
    for _ in range(3):
        wakes(store, one, other, one)
        wakes(store, one, queue=EVENINGS)
    assert waiting(store) == 3
    async with at_work(server, watch, queues=(TURNS, EVENINGS)):
        await until(lambda: not waiting(store))
    assert watch.began == {one: 2, other: 1}


async def test_a_job_is_there_only_if_what_waits_is_kept(store: Store) -> None:
    before, chat = waiting(store), next(_chats)
    with pytest.raises(ZeroDivisionError), store.begin() as kept:
        kept.jobs.wake([chat])
        raise ZeroDivisionError
    assert waiting(store) == before


async def test_whoever_wrote_does_not_wait_for_an_evening_that_nobody_asks(server: Server, store: Store) -> None:
    chat, watch = next(_chats), Watch()
    wakes(store, chat, queue=EVENINGS)
    wakes(store, chat)
    async with at_work(server, watch):
        await until(lambda: watch.ended[chat] == 1)
    assert waiting(store) == 1
    async with at_work(server, watch, queues=(EVENINGS,)):
        await until(lambda: watch.ended[chat] == 2)


async def test_among_ten_thousand_that_wait_a_job_is_found_as_soon(server: Server, store: Store) -> None:
    watch = Watch()
    wakes(store, *itertools.islice(_chats, 10_000))
    async with at_work(server, watch):
        assert await until(lambda: len(watch.order) >= 50) < 5


async def test_a_chat_that_rests_is_left_alone_for_so_long_whatever_comes_there(server: Server, store: Store) -> None:
    chat, watch = next(_chats), Watch()
    with store.begin() as kept:
        kept.jobs.rest(chat, 1.2)
    wakes(store, chat)
    async with at_work(server, watch):
        began = time.monotonic()
        await until(lambda: watch.ended[chat])
    assert 0.8 < time.monotonic() - began < 1.2 + 3 * POLL
    wakes(store, chat)
    with store.begin() as kept:
        kept.jobs.rest(chat, 60)  # also when a job waits there already
    async with at_work(server, watch):
        await asyncio.sleep(1.5 * POLL)
    assert watch.ended[chat] == 1


async def test_an_answer_that_fails_is_tried_again_and_holds_up_nobody_else(
    server: Server, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good, tries, watch = next(_chats), next(_chats), [], Watch()

    async def answer(chat: int) -> None:
        if chat == bad:
            tries.append(chat)
            if len(tries) < 3:
                raise ValueError("canary")
        await watch(chat)

    wakes(store, bad, good)
    async with at_work(server, answer):
        await until(lambda: watch.ended[good] == 1)
        wakes(store, bad)  # more comes meanwhile
        await until(lambda: watch.ended[bad] == 2 and not waiting(store))
    assert "can't be answered" in caplog.text and "canary" not in caplog.text


async def test_told_to_stop_it_finishes_what_is_in_hand_and_leaves_the_rest(server: Server, store: Store) -> None:
    chats, watch = [next(_chats) for _ in range(6)], Watch(takes=1.0)
    wakes(store, *chats)
    async with at_work(server, watch, at_once=2):
        await until(lambda: sum(watch.began.values()) == 2)
    assert sum(watch.ended.values()) == 2 and waiting(store) == 4
    async with at_work(server, watch):
        await until(lambda: not waiting(store) and watch.began == watch.ended)
    assert watch.ended == dict.fromkeys(chats, 1)


async def test_what_takes_too_long_when_it_stops_is_given_up_and_done_again_at_once_by_another(
    server: Server, store: Store
) -> None:
    chat, stuck, watch = next(_chats), Watch(takes=60), Watch()
    wakes(store, chat)
    async with at_work(server, stuck, grace=0.3):
        await until(lambda: stuck.began[chat])
        wakes(store, chat)  # and more has come there
    assert not stuck.ended
    async with at_work(server, watch):
        assert await until(lambda: watch.ended[chat] and not waiting(store)) < LOOK + 2 * POLL
    assert watch.ended == {chat: 1}


async def test_when_the_database_was_away_work_goes_on(server: Server, store: Store) -> None:
    chats, watch = [next(_chats) for _ in range(3)], Watch()
    async with at_work(server, watch):
        wakes(store, chats[0])
        await until(lambda: watch.ended[chats[0]])
        with server.away():
            await asyncio.sleep(HEARTBEAT + 0.2)
        store.close()  # this process connects anew, as others do by themselves
        wakes(store, chats[1])
        await until(lambda: watch.ended[chats[1]])
        server.cut_off()
        store.close()
        wakes(store, chats[2])
        await until(lambda: watch.ended[chats[2]])
        took = []
        for _ in range(12):
            wakes(store, chats[0])
            took.append(await until(lambda: not waiting(store) and watch.began == watch.ended))
        assert sum(took) < 4 * POLL  # it hears of jobs at once, without looking for them
        await until(lambda: _last_sign_of_life(store) < 1)  # and nobody takes it for dead


def _jobs(store: Store) -> int:
    """How many jobs there are, those in hand included."""
    with store.begin() as kept:
        return kept.session.execute(sa.text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()


def _last_sign_of_life(store: Store) -> float:
    """How many seconds ago the worker gave one that did so last."""
    with store.begin() as kept:
        query = "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
        return float(kept.session.execute(sa.text(query)).scalar_one())


# -- whoever is gone -------------------------------------------------------------------------------------------------


async def test_the_job_of_someone_who_was_erased_does_nothing(server: Server, store: Store) -> None:
    with store.begin() as kept:
        person = kept.people.meet(CHANNEL, "8675309000777", time.time())
        number = person.id
        kept.jobs.wake([number])
        kept.people.forget(person, time.time())
    nobody = Mock(spec_set=App)
    house = SimpleNamespace(turns=None, tools=SimpleNamespace(store=store, now=time.time))
    worker = Worker(nobody, bot=None, house=house, silence=0)
    async with at_work(server, worker.answer):
        await until(lambda: not _jobs(store))
    assert nobody.mock_calls == []
    with store.begin() as kept:
        assert kept.chats.find(CHANNEL, "8675309000777") is None
