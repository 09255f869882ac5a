"""From the outbox to Telegram: in order, again when that may help, and never for ever in vain."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

from httpx import ConnectError, ConnectTimeout, PoolTimeout
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential_jitter

from actions.evening.schedule import late
from actions.moment import Tools
from bot.telegram.calls import DELETE, Call, calls_for, without_markup
from bot.telegram.pace import Pace
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
    unknown: bool = False  #: whether it may have arrived all the same


class Sender:
    """Says what the outbox holds, one chat at a time.

    A reply is sent at least once: Telegram offers no way to ask whether a message whose confirmation was lost has
    arrived, and after a confession a silence is worse than the same sentence twice. What comes unasked is sent once at
    most, at the pace that Telegram allows: an evening without a question is a pity, two questions are a nuisance.
    """

    def __init__(self, bot: Bot, tools: Tools, pace: Pace) -> None:
        self._bot = bot
        self._tools = tools
        self._pace = pace

    async def deliver(self, chat: str, *, unasked: bool = False) -> None:
        """Send everything that waits for a chat, in order. With `unasked` nobody waits for it: it takes its turn."""
        outcome: Outcome | None = None
        if unasked:
            await self._pace.turn()
        while (waiting := await asyncio.to_thread(self._next, chat, outcome, unasked)) is not None:
            number, reply, edited, once = waiting
            try:
                if once:
                    call = calls_for(reply, edited)[0]
                    outcome, unasked = await self._say_once(chat, number, call, its_turn=unasked), False
                else:
                    self._pace.spend()
                    outcome = Outcome(number, *await self._say(chat, calls_for(reply, edited)))
            except Forbidden:
                await asyncio.to_thread(self._close, chat)
                return
            except BadRequest:
                logger.error("reply %s: Telegram refused it; dropped", number)
                outcome = Outcome(number, None)

    async def _say_once(self, chat: str, number: int, call: Call, *, its_turn: bool) -> Outcome:
        """Send what came unasked, if it is not too late; again only when it surely did not arrive."""
        while True:
            if not its_turn:
                await self._pace.turn()
                if not await asyncio.to_thread(self._set_out, number):
                    return Outcome(number, None)
            its_turn = False
            await self._pace.gate()
            try:
                began = self._tools.now()
                sent = await getattr(self._bot, call.method)(chat_id=int(chat), **call.arguments)
            except RetryAfter as error:
                self._pace.hold(error._retry_after.total_seconds())
            except (BadRequest, Forbidden):
                raise
            except NetworkError as error:
                if not isinstance(error.__cause__, (ConnectError, ConnectTimeout, PoolTimeout)):
                    logger.warning("reply %s: may have arrived or not; not sent again", number)
                    return Outcome(number, None, unknown=True)
                self._pace.hold(FIRST_WAIT)
            else:
                self._pace.arrived()
                return Outcome(number, sent.message_id, began)

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

    def _next(
        self, chat: str, last: Outcome | None, unasked: bool
    ) -> tuple[int, dict[str, Any], int | None, bool] | None:
        """Note what became of the last reply; then the next one.

        Of that its number, its words, the message it edits, and whether it is to be sent once at most: such a one
        counts as on its way only when it is its turn now (`unasked`).
        """
        with self._tools.store.begin() as kept:
            if last is not None and last.unknown:
                kept.outbox.unknown(last.number, self._tools.now())
            elif last is not None and last.message is None:
                kept.outbox.dropped(last.number)
                kept.evenings.not_sent(last.number)
            elif last is not None:
                kept.outbox.sent(last.number, last.message, last.began)
            row = kept.outbox.waiting(CHANNEL, chat)
            if row is None:
                return None
            reply = json.loads(row.reply)
            edited = kept.outbox.get(reply["edits"]) if "edits" in reply else None
            if not row.once or unasked:
                kept.outbox.sending(row.id)
            return row.id, reply, edited.message if edited else None, row.once

    def _set_out(self, number: int) -> bool:
        """Note that this one is on its way now; not if it is too late for it, or if it is gone."""
        with self._tools.store.begin() as kept:
            row = kept.outbox.get(number)
            if row is None or late(row.created_at, self._tools.now()):
                return False
            kept.outbox.sending(number)
            return True

    def _close(self, chat: str) -> None:
        """The person has blocked the bot: nothing more can be said until they come back."""
        with self._tools.store.begin() as kept:
            kept.outbox.drop_all(CHANNEL, chat)
            person = kept.people.find(CHANNEL, chat)
            if person is not None:
                person.reachable = False
                kept.evenings.rest(person)


def _may_pass(error: BaseException) -> bool:
    """Whether trying again may help. `BadRequest` is a `NetworkError` too, and never gets better."""
    return isinstance(error, (RetryAfter, NetworkError)) and not isinstance(error, BadRequest)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryAfter):
        return error._retry_after.total_seconds()  # the public property changes its type between versions
    return wait_exponential_jitter(initial=FIRST_WAIT, max=LONGEST_WAIT, jitter=FIRST_WAIT)(state)
