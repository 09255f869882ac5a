"""Deleting messages from a chat, as far as Telegram lets a bot do that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram.error import BadRequest

#: The method that deletes messages, and how many it takes at once.
DELETE, MOST_DELETED = "delete_messages", 100


async def delete(numbers: Sequence[int], ask: Callable[[list[int]], Awaitable[Any]]) -> list[int]:
    """Delete messages, so many at a time, by way of `ask`; those that Telegram will not delete.

    Messages that are gone already are no hindrance. One that is too old has Telegram refuse all that are asked for
    with it, so a portion that is refused is asked for again in halves. What else `ask` raises is passed on.
    """
    portions = [list(numbers[start : start + MOST_DELETED]) for start in range(0, len(numbers), MOST_DELETED)]
    refused = []
    while portions:
        portion = portions.pop(0)
        try:
            await ask(portion)
        except BadRequest:
            half = len(portion) // 2
            if half:
                portions[:0] = [portion[:half], portion[half:]]
            else:
                refused += portion
    return refused
