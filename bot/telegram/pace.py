"""How fast messages that nobody waits for may go out. Replies never wait here; they only push the others back."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

#: Telegram lets a bot send about 30 messages a second to all chats together.
PERMITTED = 30
#: So many a second are started.
RATE = 29.2
#: Seconds by which a late start is made up for.
CATCH_UP = 0.02
#: After a 429 the rate is so much lower, and grows back by so much with each message that goes through.
SLOWER, RECOVERY = 0.7, 0.2
SLOWEST = 1.0
#: Seconds over which Telegram is taken to count: a little more than one, for what is on its way.
WINDOW = 1.008


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
        self._line = asyncio.Lock()
        self._sent: deque[tuple[float, bool]] = deque()  #: when the last ones went out, and whether they were replies

    async def gate(self) -> None:
        """Go through right before sending: however late and bunched they come, no second lets out too many."""
        while len(self._recent()) >= PERMITTED - self._kept_free():
            await self._sleep(max(0.001, self._sent[0][0] + WINDOW - self._now()))
        self._sent.append((self._now(), False))

    def _recent(self) -> deque[tuple[float, bool]]:
        while self._sent and self._sent[0][0] <= self._now() - WINDOW:
            self._sent.popleft()
        return self._sent

    def _kept_free(self) -> int:
        """Room for replies: half as many as there were in the last second, and at least one."""
        return max(1, sum(is_reply for _, is_reply in self._sent) // 2)

    async def turn(self) -> None:
        """Wait for the next free slot, and for the end of a hold; first come, first served."""
        async with self._line:
            while (left := max(self._next, self._held) - self._now()) > 0:
                await self._sleep(left)
            self._next = max(self._now() - CATCH_UP, self._next) + 1 / self._rate

    def spend(self) -> None:
        """A reply goes out now: the others move back by a slot."""
        self._next = max(self._now(), self._next) + 1 / self._rate
        self._recent().append((self._now(), True))

    def arrived(self) -> None:
        """A message went through: a little faster again."""
        self._rate = min(self._most, self._rate + RECOVERY)

    def hold(self, seconds: float) -> None:
        """Telegram wants silence for so many seconds: nothing goes out before, and then more slowly."""
        self._held = max(self._held, self._now() + seconds)
        self._rate = max(SLOWEST, self._rate * SLOWER)
