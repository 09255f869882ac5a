"""Whoever sends very much at once is answered when they slow down, so that nobody waits for the answers to it."""

from __future__ import annotations

from collections import deque

#: More than so many updates within so many seconds. Someone who pours their heart out in short lines sends twenty.
MOST, WINDOW = 30, 60.0


class Rush:
    """How much each chat has sent of late. Pure but for what it remembers: time, in seconds, comes in."""

    def __init__(self) -> None:
        self._came: dict[str, deque[float]] = {}  #: those that sent something last stand last

    def came(self, chat: str, now: float) -> None:
        """Something came from a chat."""
        instants = self._came.pop(chat, None) or deque(maxlen=MOST + 1)
        instants.append(now)
        self._came[chat] = instants
        while self._came[quiet := next(iter(self._came))][-1] <= now - WINDOW:
            del self._came[quiet]

    def left(self, chat: str, now: float) -> float:
        """How many seconds it takes until no more than `MOST` have come within `WINDOW`, if nothing else comes."""
        instants = self._came.get(chat, ())
        return max(0.0, instants[0] + WINDOW - now) if len(instants) > MOST else 0.0

    def __len__(self) -> int:
        """How many chats are remembered: those that sent something within `WINDOW`."""
        return len(self._came)
