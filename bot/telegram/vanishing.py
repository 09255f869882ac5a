"""Deletes messages from chats when their time has come, and tries again where Telegram would not or could not."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from telegram import Bot
from telegram.error import RetryAfter

from actions.moment import Tools
from actions.store.vanishing import Due
from bot.logs import where
from bot.telegram.deleting import delete
from bot.telegram.updates import CHANNEL

logger = logging.getLogger(__name__)

#: Seconds between looks at what is due.
TICK = 2.0
#: Seconds before a chat is tried again: doubled each time, up to the second number.
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 600.0


@dataclass(frozen=True)
class Pause:
    """A chat is left alone for a while."""

    until: float
    seconds: float


class Sweeper:
    """Deletes what is due. Whatever happens to it, what is left to do is in the store."""

    def __init__(self, bot: Bot, tools: Tools) -> None:
        self._bot = bot
        self._tools = tools
        self._pauses: dict[int, Pause] = {}

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            try:
                await self.sweep()
            except Exception as error:  # a locked database: the messages wait, and are deleted when it is free
                logger.error("what is to vanish can't be read yet (%s); trying again", where(error))
            await asyncio.sleep(TICK)

    async def sweep(self) -> None:
        """Delete everything that is due now, chat by chat."""
        for due in await asyncio.to_thread(self._due):
            left = due.messages
            try:
                left = await delete(due.messages, lambda numbers, chat=due.chat: self._ask(chat, numbers))
            except Exception as error:  # whether it was done or not: it is asked for again
                logger.warning("messages can't be deleted yet (%s); trying again", where(error))
            await asyncio.to_thread(self._note, due, left)

    async def _ask(self, chat: str, numbers: list[int]) -> None:
        while True:
            try:
                await self._bot.delete_messages(chat_id=int(chat), message_ids=numbers)
                return
            except RetryAfter as error:
                await asyncio.sleep(error._retry_after.total_seconds())

    def _due(self) -> list[Due]:
        now = self._tools.now()
        # One that is long over tells only how long a chat was left alone last.
        self._pauses = {owner: one for owner, one in self._pauses.items() if one.until > now - LONGEST_PAUSE}
        with self._tools.store.begin() as kept:
            kept.vanishing.give_up(CHANNEL, now)
            return kept.vanishing.due(CHANNEL, now, [owner for owner, one in self._pauses.items() if one.until > now])

    def _note(self, due: Due, left: list[int]) -> None:
        with self._tools.store.begin() as kept:
            kept.vanishing.gone(due.owner, set(due.messages) - set(left))
        last = self._pauses.pop(due.owner, None)
        if left:
            seconds = min(LONGEST_PAUSE, 2 * last.seconds) if last else FIRST_PAUSE
            self._pauses[due.owner] = Pause(self._tools.now() + seconds, seconds)
