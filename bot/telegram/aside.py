"""Calls that may fail without harm, beside the work: "typing …", the end of a button's spinning, leaving a group."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from telegram.error import TelegramError

from bot.logs import where

logger = logging.getLogger(__name__)


class Aside:
    """Does what nobody waits for."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def do(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begin it; when Telegram refuses, that is noted, and nothing else happens."""
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except TelegramError as error:
        logger.info("a side call failed (%s)", where(error))
