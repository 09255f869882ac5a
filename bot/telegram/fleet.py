"""A fleet's processes that talk to Telegram: workers, and the one lane that asks in the evenings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from rich.console import Console

from bot.fleet.jobs import EVENINGS, TURNS, Queue
from bot.house import House
from bot.logs import where
from bot.metrics import WAITING
from bot.nightly import Nightly
from bot.retention import Retention
from bot.settings import Settings
from bot.telegram.app import AT_ONCE, GRACE, HURRY, TICK, App
from bot.telegram.reaching import make_bot
from bot.telegram.updates import CHANNEL
from bot.telegram.worker import Worker
from bot.waking import ready

logger = logging.getLogger(__name__)

#: PostgreSQL's lock that the evening lane holds: one lane a database, so one pace a token.
LANE = 0x6D656E64
#: Seconds between looks at the queue's length, and at whether the lane is free.
LOOK = 5.0


async def work(settings: Settings, at_once: int, console: Console) -> None:
    """Answer chats until told to stop."""
    house = await asyncio.to_thread(ready, settings, console)
    bot = make_bot(settings)
    app = App(bot, house, settings.gather_seconds)
    worker = Worker(app, bot, house)
    try:
        async with Queue(settings.database_url, at_once + 4) as queue:
            await queue.prepare()
            await app.introduce()
            await queue.wake(await asyncio.to_thread(_left_over, house))
            counting = asyncio.create_task(_count(queue))
            console.print("Working. Stop with Ctrl-C; what is in hand is finished first.")
            await queue.work(worker.answer, [TURNS], at_once, GRACE)
            counting.cancel()
    finally:
        await app.stop()
        house.close()


async def ask_in_the_evenings(settings: Settings, console: Console) -> None:
    """Claim what is due and send it, until told to stop; while another process does, wait."""
    house = await asyncio.to_thread(ready, settings, console)
    bot = make_bot(settings)
    app = App(bot, house, settings.gather_seconds)
    worker = Worker(app, bot, house)
    with house.tools.store.lane(LANE) as is_free:
        while not await asyncio.to_thread(is_free):
            await asyncio.sleep(LOOK)
        try:
            async with Queue(settings.database_url, AT_ONCE + 4) as queue:
                await queue.prepare()
                await app.introduce()
                claims = (Nightly(house.tools).claim, Retention(house.tools).look)
                claiming = [asyncio.create_task(_claim(house, queue, claim)) for claim in claims]
                claiming.append(asyncio.create_task(app.let_vanish()))
                console.print("Asking in the evenings. Stop with Ctrl-C.")
                await queue.work(worker.ask, [EVENINGS], AT_ONCE, GRACE)
                for task in claiming:
                    task.cancel()
        finally:
            await app.stop()
            house.close()


async def _claim(house: House, queue: Queue, claim: Callable[[str, int], list[str]]) -> None:
    while True:
        chats: list[int] = []
        try:
            chats = await asyncio.to_thread(_claimed, house, claim)
            await queue.wake(chats, EVENINGS)
        except Exception as error:  # a database out of reach: what is due waits, and is claimed when it is back
            logger.error("what is due can't be claimed yet (%s); trying again", where(error))
        await asyncio.sleep(TICK if len(chats) < AT_ONCE else HURRY)


def _claimed(house: House, claim: Callable[[str, int], list[str]]) -> list[int]:
    chats = claim(CHANNEL, AT_ONCE)
    with house.tools.store.begin() as kept:
        return [number for chat in chats if (number := kept.chats.find(CHANNEL, chat)) is not None]


def _left_over(house: House) -> list[int]:
    """Chats in which something waits, whether or not a job tells of it."""
    with house.tools.store.begin() as kept:
        chats = {*kept.outbox.chats_waiting(CHANNEL), *kept.inbox.chats_waiting(CHANNEL)}
        return [number for chat in chats if (number := kept.chats.find(CHANNEL, chat)) is not None]


async def _count(queue: Queue) -> None:
    while True:
        WAITING.set(await queue.waiting())
        await asyncio.sleep(LOOK)
