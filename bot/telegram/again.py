"""When a call to Telegram is tried again, and after how long."""

from __future__ import annotations

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from tenacity import RetryCallState, wait_exponential_jitter

#: Seconds between tries while Telegram can't be reached: doubled each time, up to the second number.
FIRST_WAIT, LONGEST_WAIT = 0.5, 30


def may_pass(error: BaseException) -> bool:
    """Whether trying again may help. `BadRequest` is a `NetworkError` too, and never gets better.

    A plain `TelegramError` is an answer that can't be read.
    """
    passing = isinstance(error, (RetryAfter, NetworkError)) or type(error) is TelegramError
    return passing and not isinstance(error, BadRequest)


def pause(state: RetryCallState) -> float:
    """Seconds until the next try: as many as Telegram says, else more each time."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryAfter):
        return error._retry_after.total_seconds()  # the public property changes its type between versions
    return wait_exponential_jitter(initial=FIRST_WAIT, max=LONGEST_WAIT, jitter=FIRST_WAIT)(state)
