"""A worker of a fleet: answers the chats that the queue names, with all that one process does for a chat."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass, field, replace

from telegram import Bot

from bot.house import House
from bot.logs import where
from bot.metrics import LATENCY, TURNS
from bot.telegram.app import App
from bot.telegram.lanes import PATIENCE
from bot.telegram.updates import CHANNEL, Came, read
from bot.turn import LATE, Kind

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrived:
    """An update, and for how many seconds it has waited."""

    came: Came
    waited: float


@dataclass(frozen=True)
class Opened:
    """A chat that was looked at."""

    chat: str | None = None  #: the channel's name of it; none where nothing of it is kept
    arrived: list[Arrived] = field(default_factory=list)
    unsent: bool = False  #: whether something was not sent before


class Worker:
    """Answers one chat a job. The queue sees to it that a chat has one job in hand at most, in the whole fleet."""

    def __init__(self, app: App, bot: Bot, house: House, silence: float) -> None:
        """`silence` is how many seconds nothing must come in a chat before a written thought counts as whole."""
        self._app = app
        self._bot = bot
        self._silence = silence
        self._turns = house.turns
        self._store, self._now = house.tools.store, house.tools.now

    async def answer(self, number: int) -> None:
        """Do everything that waits in the chat with this number."""
        began, waited = time.monotonic(), await self._attend(number, unasked=False)
        took = time.monotonic() - began
        TURNS.inc(len(waited))
        for seconds in waited:
            LATENCY.observe(seconds + took)

    async def ask(self, number: int) -> None:
        """Send the chat with this number what comes unasked."""
        await self._attend(number, unasked=True)

    async def _attend(self, number: int, *, unasked: bool) -> list[float]:
        """Take in what has come in a chat, and answer it; how long each update had waited."""
        opened = await self._gather(number)
        if opened.chat is not None:
            seconds = await self._app.attend(opened.chat, unasked=unasked, unsent=opened.unsent)
            if seconds > 0:
                await asyncio.to_thread(self._rest, number, seconds)
        return [one.waited for one in opened.arrived]

    async def _gather(self, number: int) -> Opened:
        """Take in what has come in a chat. More of a thought may follow: it is waited for, as in a lane."""
        gathered: list[Arrived] = []
        until = time.monotonic() + PATIENCE * self._silence
        while True:
            opened = await asyncio.to_thread(self._open, number)
            gathered += opened.arrived
            for one in opened.arrived:
                if one.came.turn is None:
                    self._app.leave(one.came)
                else:
                    self._app.seen(one.came, late=one.waited > LATE, waited=one.waited)
            left = min(self._left(opened.arrived), until - time.monotonic())
            if left <= 0:
                return replace(opened, arrived=gathered)
            await asyncio.sleep(left)

    def _left(self, arrived: list[Arrived]) -> float:
        """For how many seconds more of a thought may follow on these. The receiver's clock may be another one."""
        if not arrived or arrived[-1].came.turn is None or arrived[-1].came.turn.kind is not Kind.TEXT:
            return 0.0
        return min(self._silence, self._silence - arrived[-1].waited)

    def _open(self, number: int) -> Opened:
        """Read what is new in a chat; nothing of it is known where nothing of it is kept."""
        found = []
        with self._store.begin() as kept:
            if not kept.chats.knows(number):
                return Opened()
            chat, unsent = kept.chats.address(number), kept.outbox.waits(number)
            if unsent:  # by a worker that died: nobody else is at this chat
                kept.outbox.may_have_arrived(CHANNEL, number)
            for row in kept.inbox.raw(number):
                came, waited = self._read(row.turn, row.update), self._now() - row.received_at
                if came is None or came.turn is None:
                    kept.inbox.erase([row])
                else:
                    turn = self._turns.fitting(kept, replace(came.turn, late=waited > LATE))
                    kept.inbox.keep_as(row, turn.as_dict())
                if came is not None:
                    found.append(Arrived(came, waited))
            return Opened(chat if kept.chats.knows(number) else None, found, unsent)

    def _rest(self, number: int, seconds: float) -> None:
        with self._store.begin() as kept:
            kept.jobs.rest(number, seconds)

    def _read(self, raw: str, number: int) -> Came | None:
        try:
            return read(json.loads(raw), self._bot)
        except Exception as error:  # one update that can't be read must not stop all that come after it
            logger.error("an update can't be read (%s)", where(error), extra={"update": number})
            return None
