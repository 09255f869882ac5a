"""Updates taken from the inbox together."""

from __future__ import annotations

from dataclasses import dataclass

from actions.store.models import Incoming
from bot.turn import Turn


@dataclass(frozen=True)
class Taken:
    """Updates that are answered together: one, or several texts that were written as one thought."""

    rows: list[Incoming]
    turn: Turn
    parts: list[tuple[str, str]]  #: (message reference, text)
    received_at: float
    more: bool  #: whether other updates of the chat wait
