"""Workers in this process, for the tests of the queue, and a watch on what they do."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from servers import Server

from actions.store import Store
from actions.store.jobs import EVENINGS, TURNS
from bot.fleet.jobs import Queue

PATIENCE = 30


class Watch:
    """Answers, and looks whether two are ever at one chat at once."""

    def __init__(self, takes: float = 0.0) -> None:
        self.takes = takes
        self.began: Counter[int] = Counter()
        self.ended: Counter[int] = Counter()
        self.order: list[int] = []

    async def __call__(self, chat: int) -> None:
        assert self.began[chat] == self.ended[chat], "two are at one chat"
        self.began[chat] += 1
        self.order.append(chat)
        await asyncio.sleep(self.takes)
        self.ended[chat] += 1


def wakes(store: Store, *chats: int, queue: str = TURNS) -> None:
    with store.begin() as kept:
        kept.jobs.wake(chats, queue)


def waiting(store: Store) -> int:
    with store.begin() as kept:
        return kept.jobs.waiting(TURNS, EVENINGS)


async def until(condition, patience: float = PATIENCE) -> float:
    """Wait for something; how long that took."""
    began = time.monotonic()
    while not await asyncio.to_thread(condition):
        assert time.monotonic() - began < patience, f"it never came to pass in {patience} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


@asynccontextmanager
async def at_work(
    server: Server, answer, *, queues=(TURNS,), at_once: int = 8, grace: float = 5
) -> AsyncIterator[None]:
    """A worker, until it is told to stop."""
    stopped = asyncio.Event()
    async with Queue(server.url) as queue:
        working = asyncio.create_task(queue.work(answer, queues, at_once, grace, stopped))
        try:
            yield
        finally:
            stopped.set()
            await working
