"""Workers that die or stand still: what they had in hand is taken over, once, and soon."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import Server
from working import Watch, at_work, until, waiting, wakes

from actions.store import Store
from bot.fleet import jobs
from bot.fleet.jobs import DEAD_AFTER, HEARTBEAT, LOOK, POLL
from bot.settings import ROOT
from bot.telegram.updates import CHANNEL

pytestmark = pytest.mark.asyncio

_chats = itertools.count(5_000_000_000_000_000_001)
_updates = itertools.count(9_000)


@pytest.fixture
def others(server: Server) -> Iterator[list[subprocess.Popen]]:
    """Two workers in processes of their own, each busy with one chat until it is told to go on."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    command, pipes = [sys.executable, "-m", "slow_worker", server.url], {"stdin": subprocess.PIPE}
    pipes |= {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) for _ in range(2)]
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


async def test_what_a_worker_had_in_hand_that_died_or_stood_still_is_taken_over_once_within_half_a_minute(
    server: Server, store: Store, others: list[subprocess.Popen], monkeypatch: pytest.MonkeyPatch
) -> None:
    chats, later, watch = [next(_chats), next(_chats)], next(_chats), Watch(takes=1.0)
    wakes(store, *chats)
    begun = {await asyncio.to_thread(process.stdout.readline) for process in others}
    assert begun == {f"begins {chat}\n" for chat in chats}
    monkeypatch.setattr(jobs, "LOOK", 0.05)  # several look at once, again and again
    async with at_work(server, watch), at_work(server, watch), at_work(server, watch):
        wakes(store, chats[0])  # another job of this chat waits
        await asyncio.sleep(2 * POLL)
        assert not watch.began  # nobody else is at a chat that is in hand
        others[0].kill()
        others[1].send_signal(signal.SIGSTOP)
        took = await until(lambda: sum(watch.ended.values()) == 2 and not waiting(store))
        await asyncio.sleep(0.5)
    assert DEAD_AFTER - HEARTBEAT - 1 < took < 30 - LOOK
    assert watch.began == dict.fromkeys(chats, 1)
    others[1].send_signal(signal.SIGCONT)  # it does not know that it was given up
    others[1].stdin.write("go on\n"), others[1].stdin.flush()
    assert (await asyncio.to_thread(others[1].stdout.readline)).startswith("ends")
    wakes(store, later)
    assert await asyncio.to_thread(others[1].stdout.readline) == f"begins {later}\n"


@pytest.mark.parametrize("read", ["raw", "waiting"])
async def test_what_one_worker_has_in_hand_another_sees_only_when_it_is_done(
    read: str, server: Server, store: Store
) -> None:
    chat = str(next(_chats))
    with store.begin() as kept:
        [number] = kept.inbox.add_raw(CHANNEL, [(next(_updates), chat, '{"ref": "7"}')], 1.0)
        if read == "waiting":
            kept.inbox.keep_as(kept.inbox.raw(number)[0], {"ref": "7"})
    other = server.store()

    def looks(through: Store) -> list:
        with through.begin() as kept:
            rows = kept.inbox.raw(number) if read == "raw" else kept.inbox.waiting(CHANNEL, chat)
            if through is store:
                looking.append(asyncio.run_coroutine_threadsafe(asyncio.to_thread(looks, other), loop))
                time.sleep(0.3)  # the other looks meanwhile, and is made to wait
            kept.inbox.done(rows)
            return rows

    looking, loop = [], asyncio.get_running_loop()
    assert len(await asyncio.to_thread(looks, store)) == 1
    assert await asyncio.wrap_future(looking[0]) == []
    other.close()
