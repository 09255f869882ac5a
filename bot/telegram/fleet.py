"""A fleet's processes that talk to Telegram: workers, and the one lane that asks in the evenings."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from actions.store.jobs import EVENINGS, TURNS
from bot.fleet.jobs import PAUSE, Queue, prepare
from bot.house import House
from bot.logs import where
from bot.metrics import WAITING
from bot.nightly import Nightly
from bot.retention import Retention
from bot.settings import Settings
from bot.telegram.app import AT_ONCE, GRACE, HURRY, TICK, App
from bot.telegram.reaching import make_bot
from bot.telegram.serving import SWITCH
from bot.telegram.updates import CHANNEL
from bot.telegram.worker import Worker
from bot.waking import ready

logger = logging.getLogger(__name__)

#: PostgreSQL's lock that the evening lane holds: one lane a database, so one pace a token.
LANE = 0x6D656E64
#: Seconds between looks at the queue's length, and at whether the lane is free, or still this one's.
LOOK = 5.0

Claim = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Process:
    """One process of a fleet, ready to work."""

    house: House
    app: App
    worker: Worker
    stopped: asyncio.Event  #: set once the process is told to stop


async def work(settings: Settings, at_once: int, console: Console) -> None:
    """Answer chats until told to stop."""
    async with _process(settings, console) as its:
        await _unless(its.stopped, its.app.introduce())
        async with Queue(settings.database_url) as queue:
            await asyncio.to_thread(_wake_left_over, its.house, TURNS)
            console.print("Working. Stop with Ctrl-C; what is in hand is finished first.")
            with _beside(_count(its.house)):
                await queue.work(its.worker.answer, [TURNS], at_once, GRACE, its.stopped)


async def ask_in_the_evenings(settings: Settings, console: Console) -> None:
    """Claim what is due and send it, until told to stop; while another process does, wait."""
    async with _process(settings, console) as its:
        await _unless(its.stopped, its.app.introduce())
        while not its.stopped.is_set():
            try:
                with its.house.tools.store.lane(LANE) as is_ours:
                    await _unless(its.stopped, _until_free(is_ours))
                    await _hold_the_lane(its, settings, is_ours, console)
            except Exception as error:  # the server is away: whoever is there first when it is back has the lane
                logger.error("the evening lane is lost (%s); trying again", where(error))
                await asyncio.sleep(PAUSE)


async def _hold_the_lane(its: Process, settings: Settings, is_ours: Callable[[], bool], console: Console) -> None:
    """Ask in the evenings until it is told to stop, or the lane is lost."""
    ended = asyncio.Event()
    claims = (Nightly(its.house.tools).claim, Retention(its.house.tools).look)
    async with Queue(settings.database_url) as queue:
        await asyncio.to_thread(_wake_left_over, its.house, EVENINGS)
        console.print("Asking in the evenings. Stop with Ctrl-C.")
        others = [_claim(its.house, claim) for claim in claims]
        with _beside(_until_over(its.stopped, is_ours, ended), its.app.let_vanish(), *others):
            await queue.work(its.worker.ask, [EVENINGS], AT_ONCE, GRACE, ended)


@asynccontextmanager
async def _process(settings: Settings, console: Console) -> AsyncIterator[Process]:
    sys.setswitchinterval(SWITCH)
    house = await asyncio.to_thread(ready, settings, console)
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    bot = make_bot(settings)
    app = App(bot, house, settings.gather_seconds, settings.clock_offset)
    try:
        await asyncio.to_thread(prepare, house.tools.store)
        yield Process(house, app, Worker(app, bot, house, settings.gather_seconds), stopped)
    finally:
        await app.stop()
        house.close()


async def _unless(stopped: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do `work` to its end, unless the process is told to stop before."""
    doing, stopping = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if doing.done():
        doing.result()
    doing.cancel()


@contextmanager
def _beside(*works: Coroutine[Any, Any, None]) -> Iterator[None]:
    """Have all this done meanwhile."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _until_free(is_ours: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(is_ours):
        await asyncio.sleep(LOOK)


async def _until_over(stopped: asyncio.Event, is_ours: Callable[[], bool], ended: asyncio.Event) -> None:
    """Set `ended` once the process is told to stop, or the lane is not its own any more: the server was away."""
    try:
        while not stopped.is_set() and await asyncio.to_thread(is_ours):
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stopped.wait(), LOOK)
    except Exception as error:
        logger.error("the evening lane is lost (%s)", where(error))
    finally:
        ended.set()


async def _claim(house: House, claim: Claim) -> None:
    """Claim what is due, for ever."""
    due: list[str] = []  # claimed, and without a job yet
    while True:
        claimed: list[str] = []
        try:
            claimed = await asyncio.to_thread(_claimed, house, claim)
            due += claimed
            await asyncio.to_thread(_wake, house, due)
            due.clear()
        except Exception as error:  # a database out of reach: what is due waits, and is claimed when it is back
            logger.error("what is due can't be claimed yet (%s); trying again", where(error))
        await asyncio.sleep(HURRY if claimed else TICK)


def _claimed(house: House, claim: Claim) -> list[str]:
    """What is due, but only so much that little of what was claimed before waits still."""
    with house.tools.store.begin() as kept:
        room = AT_ONCE - kept.jobs.waiting(EVENINGS)
    return claim(CHANNEL, room) if room > 0 else []


def _wake(house: House, chats: list[str]) -> None:
    with house.tools.store.begin() as kept:
        found = [kept.chats.find(CHANNEL, chat) for chat in chats]
        kept.jobs.wake([number for number in found if number is not None], EVENINGS)


def _wake_left_over(house: House, queue: str) -> None:
    """Wake chats in which something waits, whether or not a job tells of it: nothing depends on jobs alone."""
    with house.tools.store.begin() as kept:
        kept.jobs.wake(kept.jobs.left_over(CHANNEL, queue), queue)


async def _count(house: House) -> None:
    """Keep the number of jobs that wait up to date, for ever."""

    def waiting() -> int:
        with house.tools.store.begin() as kept:
            return kept.jobs.waiting(TURNS, EVENINGS)

    while True:
        try:
            WAITING.set(await asyncio.to_thread(waiting))
        except Exception as error:  # a database out of reach
            logger.warning("the jobs that wait can't be counted yet (%s)", where(error))
        await asyncio.sleep(LOOK)
