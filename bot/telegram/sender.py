"""From the outbox to Telegram: in order, again when that may help, and never for ever in vain."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

from httpx import ConnectError
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential_jitter

from actions.moment import Tools
from bot.telegram.calls import DELETE, Call, calls_for, without_markup
from bot.telegram.updates import CHANNEL

logger = logging.getLogger(__name__)

#: Seconds between tries while Telegram can't be reached: doubled each time, up to the second number.
FIRST_WAIT, LONGEST_WAIT = 0.5, 30

#: What Telegram says when an edit changes nothing any more; there is nothing to do then.
ALREADY_SO = ("message is not modified", "message to edit not found", "message can't be edited")


@dataclass(frozen=True)
class Outcome:
    """What became of a reply: the message that it is now, or none if it was refused."""

    number: int
    message: int | None
    began: float = 0.0  #: when it set out


class Sender:
    """Says what the outbox holds, one chat at a time.

    A reply is sent at least once: Telegram offers no way to ask whether a message whose confirmation was lost has
    arrived, and after a confession a silence is worse than the same sentence twice.
    """

    def __init__(self, bot: Bot, tools: Tools) -> None:
        self._bot = bot
        self._tools = tools

    async def deliver(self, chat: str) -> None:
        """Send everything that waits for a chat, in order."""
        outcome: Outcome | None = None
        while (waiting := await asyncio.to_thread(self._next, chat, outcome)) is not None:
            number, reply, edited = waiting
            try:
                outcome = Outcome(number, *await self._say(chat, calls_for(reply, edited)))
            except Forbidden:
                await asyncio.to_thread(self._close, chat)
                return
            except BadRequest:
                logger.error("reply %s: Telegram refused it; dropped", number)
                outcome = Outcome(number, None)

    async def _say(self, chat: str, calls: list[Call]) -> tuple[int, float]:
        """Make the calls of one reply; the number of its last message, and when that set out."""
        message, began = 0, self._tools.now()
        for call in calls:
            try:
                result, began = await self._persist(chat, call)
            except TelegramError as error:
                if call.method == DELETE and not isinstance(error, Forbidden):
                    continue  # what can't be deleted stays; the person is told to look
                if not isinstance(error, BadRequest):
                    raise
                if any(sign in error.message.lower() for sign in ALREADY_SO):
                    continue
                if "parse entities" not in error.message:
                    raise
                result, began = await self._persist(chat, without_markup(call))
            message = getattr(result, "message_id", message)
        return message, began

    async def _persist(self, chat: str, call: Call) -> tuple[Any, float]:
        began: float | None = None

        async def attempt() -> Any:
            nonlocal began
            began = began or self._tools.now()
            try:
                return await getattr(self._bot, call.method)(chat_id=int(chat), **call.arguments)
            except (RetryAfter, NetworkError) as error:
                if isinstance(error, RetryAfter) or isinstance(error.__cause__, ConnectError):
                    began = None  # surely not arrived; after any other failure it may have
                raise

        result = await AsyncRetrying(retry=retry_if_exception(_may_pass), wait=_wait, reraise=True)(attempt)
        return result, began

    # -- what is kept --------------------------------------------------------------------------------------------

    def _next(self, chat: str, last: Outcome | None) -> tuple[int, dict[str, Any], int | None] | None:
        """Note what became of the last reply; then the next one: its number, its words, and the message it edits."""
        with self._tools.store.begin() as kept:
            if last is not None and last.message is None:
                kept.outbox.dropped(last.number)
            elif last is not None:
                kept.outbox.sent(last.number, last.message, last.began)
            row = kept.outbox.waiting(CHANNEL, chat)
            if row is None:
                return None
            reply = json.loads(row.reply)
            edited = kept.outbox.get(reply["edits"]) if "edits" in reply else None
            kept.outbox.sending(row.id)
            return row.id, reply, edited.message if edited else None

    def _close(self, chat: str) -> None:
        """The person has blocked the bot: nothing more can be said until they come back."""
        with self._tools.store.begin() as kept:
            kept.outbox.drop_all(CHANNEL, chat)
            person = kept.people.find(CHANNEL, chat)
            if person is not None:
                person.reachable = False


def _may_pass(error: BaseException) -> bool:
    """Whether trying again may help. `BadRequest` is a `NetworkError` too, and never gets better."""
    return isinstance(error, (RetryAfter, NetworkError)) and not isinstance(error, BadRequest)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryAfter):
        return error._retry_after.total_seconds()  # the public property changes its type between versions
    return wait_exponential_jitter(initial=FIRST_WAIT, max=LONGEST_WAIT, jitter=FIRST_WAIT)(state)
