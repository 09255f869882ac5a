"""One lane a chat: its turns are answered strictly in order, and no chat waits for another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.logs import where

logger = logging.getLogger(__name__)

#: A thought that comes in many messages is waited for at most this many times the usual silence.
PATIENCE = 8
#: Seconds before a lane that failed (a locked database, a full disk) tries again.
PAUSE_AFTER_FAILURE = 1.0


class Lanes:
    """Runs `work(chat)` for each chat that is woken, one at a time a chat, until nothing is left to do there."""

    def __init__(self, work: Callable[[str], Awaitable[None]], silence: float) -> None:
        """`silence` is how many seconds nothing must come in a chat before a written thought counts as whole."""
        self._work = work
        self._silence = silence
        self._due: set[str] = set()
        self._written: dict[str, float] = {}
        self._lanes: dict[str, asyncio.Task[None]] = {}

    def wake(self, chat: str, *, written: bool = False) -> None:
        """Something came in `chat`; `written` when more of the same thought may follow."""
        self._due.add(chat)
        if written:
            self._written[chat] = _now()
        else:
            self._written.pop(chat, None)
        if chat not in self._lanes:
            self._lanes[chat] = asyncio.create_task(self._run(chat))

    @property
    def busy(self) -> int:
        """How many chats something is done for now."""
        return len(self._lanes)

    def is_busy(self, chat: str) -> bool:
        """Whether something is done in a chat now."""
        return chat in self._lanes

    async def finish(self, seconds: float) -> None:
        """Let the lanes finish what they are doing, for at most `seconds`; the rest waits in the inbox."""
        if self._lanes:
            await asyncio.wait(list(self._lanes.values()), timeout=seconds)
        for lane in list(self._lanes.values()):
            lane.cancel()

    async def _run(self, chat: str) -> None:
        try:
            while chat in self._due:
                await self._listen(chat)
                self._due.discard(chat)
                try:
                    await self._work(chat)
                except Exception as error:  # one chat's trouble must not end its lane: what waits there is kept
                    logger.error("a lane failed (%s); trying again", where(error))
                    await asyncio.sleep(PAUSE_AFTER_FAILURE)
                    self._due.add(chat)
        finally:
            del self._lanes[chat]
            self._written.pop(chat, None)

    async def _listen(self, chat: str) -> None:
        """Wait until nothing has been written for a moment."""
        until = _now() + PATIENCE * self._silence
        while chat in self._written and _now() < until:
            left = self._written[chat] + self._silence - _now()
            if left <= 0:
                return
            await asyncio.sleep(left)


def _now() -> float:
    return asyncio.get_running_loop().time()
