"""A worker whose answers take until it is told to go on: `python -m slow_worker URL`. It prints what it does."""

from __future__ import annotations

import asyncio
import sys

from actions.store.jobs import TURNS
from bot.fleet.jobs import Queue


async def main(url: str) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: sys.stdin.readline() and told.set())

    async def answer(chat: int) -> None:
        print("begins", chat, flush=True)
        await told.wait()
        print("ends", chat, flush=True)

    async with Queue(url) as queue:
        await queue.work(answer, [TURNS], at_once=1, grace=5, stopped=asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
