"""Who writes next: threads that wait for a database with one writer, served in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque


class Line:
    """A lock that is handed on to whoever has waited longest.

    Python's own lock may be taken again by the thread that has just let go of it, while others wait.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def acquire(self, timeout: float) -> bool:
        """Wait for one's turn, for at most `timeout` seconds; whether it has come."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        if ticket.acquire(timeout=timeout):
            return True
        with self._guard:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return False
        return True  # it was handed over just now

    def release(self) -> None:
        """Hand the turn on."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
