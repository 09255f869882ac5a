"""How fast messages that nobody waits for may go out. Replies never wait here; they only push the others back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

#: Telegram lets a bot send about 30 messages a second to all chats together; a little is left for replies.
RATE = 29.0
#: After a 429 the rate is halved, and grows back by so much with each message that goes through.
RECOVERY = 0.25
SLOWEST = 1.0


class Pace:
    """Slots for messages, one after another at an even distance, so that no second holds more than is allowed."""

    def __init__(
        self,
        now: Callable[[], float],
        rate: float = RATE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`now` gives seconds of a clock that never goes back; `rate` is messages a second."""
        self._now, self._sleep = now, sleep
        self._most = self._rate = rate
        self._next = self._held = 0.0

    async def turn(self) -> None:
        """Wait for the next free slot, and for the end of a hold."""
        slot = max(self._now(), self._next, self._held)
        self._next = slot + 1 / self._rate
        await self._sleep(max(0.0, slot - self._now()))
        while (left := self._held - self._now()) > 0:
            await self._sleep(left)

    def spend(self) -> None:
        """A reply goes out now: the others move back by a slot."""
        self._next = max(self._now(), self._next) + 1 / self._rate

    def arrived(self) -> None:
        """A message went through: a little faster again."""
        self._rate = min(self._most, self._rate + RECOVERY)

    def hold(self, seconds: float) -> None:
        """Telegram wants silence for so many seconds: nothing goes out before, and then half as fast."""
        self._held = max(self._held, self._now() + seconds)
        self._rate = max(SLOWEST, self._rate / 2)
