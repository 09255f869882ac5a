"""Reaching Telegram: the client, and the calls without which nothing goes on, tried until they are answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter
from telegram.request import HTTPXRequest

from bot.logs import where
from bot.settings import Settings

logger = logging.getLogger(__name__)

#: Seconds that Telegram holds a request open while nothing comes.
POLL = 25
#: Seconds between tries: doubled each time, up to the second number.
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0


def make_bot(settings: Settings) -> Bot:
    """python-telegram-bot's client, with time enough for slow networks."""
    return Bot(
        token=settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=HTTPXRequest(connection_pool_size=64, pool_timeout=20, connect_timeout=10, read_timeout=20),
        get_updates_request=HTTPXRequest(connect_timeout=10, read_timeout=POLL + 10),
    )


async def until_reached(call: Callable[[], Awaitable[Any]]) -> Any:
    """The result of `call`, tried until Telegram can be reached. A token that Telegram refuses is not tried again."""
    tries = 0
    while True:
        try:
            return await call()
        except (InvalidToken, EndPointNotFound):
            raise
        except RetryAfter as error:
            await asyncio.sleep(error._retry_after.total_seconds())
        except Exception as error:  # also an answer that is none of Telegram's: a proxy's page, half a document
            if tries == 0:
                logger.warning("Telegram: %s; trying again until that changes", _trouble(error))
            tries += 1
            await asyncio.sleep(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 5)))


def _trouble(error: Exception) -> str:
    if isinstance(error, Conflict):
        return "another program polls with this token"
    return "can't be reached" if isinstance(error, NetworkError) else f"its answer can't be read ({where(error)})"
