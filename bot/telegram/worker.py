"""A worker of a fleet: answers the chats that the queue names, with all that one process does for a chat."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass, replace

from telegram import Bot

from bot.house import House
from bot.logs import where
from bot.metrics import LATENCY, TURNS
from bot.telegram.app import App
from bot.telegram.updates import CHANNEL, Came, read
from bot.turn import LATE

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrived:
    """An update, and for how many seconds it has waited."""

    came: Came
    waited: float


class Worker:
    """Answers one chat a job. The queue sees to it that a chat has one job in hand at most, in the whole fleet."""

    def __init__(self, app: App, bot: Bot, house: House) -> None:
        self._app = app
        self._bot = bot
        self._store, self._now = house.tools.store, house.tools.now

    async def answer(self, number: int) -> None:
        """Do everything that waits in the chat with this number."""
        began, waited = time.monotonic(), await self._finish(number, unasked=False)
        took = time.monotonic() - began
        TURNS.inc(len(waited))
        for seconds in waited:
            LATENCY.observe(seconds + took)

    async def ask(self, number: int) -> None:
        """Send the chat with this number what comes unasked."""
        await self._finish(number, unasked=True)

    async def _finish(self, number: int, *, unasked: bool) -> list[float]:
        chat, arrived = await asyncio.to_thread(self._open, number)
        for one in arrived:
            if one.came.turn is None:
                self._app.leave(one.came)
            else:
                self._app.take_up(one.came, new=True, late=one.waited > LATE)
        if chat is not None:
            await self._app.finish(chat, unasked=unasked)
        return [one.waited for one in arrived]

    def _open(self, number: int) -> tuple[str | None, list[Arrived]]:
        """The channel's name of a chat, with its new updates, read; no name where nothing of it is kept."""
        found = []
        with self._store.begin() as kept:
            if not kept.chats.knows(number):
                return None, []
            chat = kept.chats.address(number)
            kept.outbox.may_have_arrived(CHANNEL, number)  # by a worker that died: nobody else is at this chat
            for row in kept.inbox.raw(number):
                came, waited = self._read(row.turn, row.update), self._now() - row.received_at
                if came is None or came.turn is None:
                    kept.inbox.erase([row])
                else:
                    kept.inbox.keep_as(row, replace(came.turn, late=waited > LATE).as_dict())
                if came is not None:
                    found.append(Arrived(came, waited))
            return chat if kept.chats.knows(number) else None, found

    def _read(self, raw: str, number: int) -> Came | None:
        try:
            return read(json.loads(raw), self._bot)
        except Exception as error:  # one update that can't be read must not stop all that come after it
            logger.error("an update can't be read (%s)", where(error), extra={"update": number})
            return None
