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
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    retry_if_exception_type,
    wait_fixed,
)

from actions.evening.schedule import late
from actions.moment import Tools
from actions.store import Kept, Unavailable
from bot.logs import where
from bot.metrics import REFUSED, UNASKED
from bot.telegram.again import FIRST_WAIT, may_pass, pause
from bot.telegram.calls import Call, beginning, calls_for, deletions, without_markup
from bot.telegram.deleting import DELETE, delete
from bot.telegram.pace import Pace
from bot.telegram.updates import CHANNEL
from bot.turn import LATE

logger = logging.getLogger(__name__)

#: What Telegram says when an edit changes nothing any more; there is nothing to do then.
ALREADY_SO = ("message is not modified", "message to edit not found", "message can't be edited")


#: Seconds between tries while the database can't be used.
PAUSE = 1.0

#: A reply's number, its words, the message it edits, whether it is to be sent once at most, and since when it waits.
Waiting = tuple[int, dict[str, Any], "int | None", bool, float]


@dataclass(frozen=True)
class Outcome:
    """What became of a reply: the messages that it is now, or none if it was refused."""

    number: int
    messages: tuple[int, ...] | None
    began: float = 0.0  #: when it set out
    unknown: bool = False  #: whether it may have arrived all the same

    @property
    def became(self) -> str:
        """What became of it, in a word."""
        return "sent" if self.messages else "unknown" if self.unknown else "dropped"


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
        excused = False
        if unasked:
            await self._pace.turn()
        while (waiting := await self._noted(chat, outcome, unasked)) is not None:
            number, reply, edited, once, since = waiting
            try:
                if once:
                    call = calls_for(reply, edited)[0]
                    outcome, unasked = await self._say_once(chat, number, call, its_turn=unasked), False
                else:
                    self._pace.spend()
                    outcome = Outcome(number, *await self._say(chat, reply, edited, None if excused else since))
                    excused = excused or self._is_late(since)
            except Forbidden:
                await asyncio.to_thread(self._close, chat)
                return
            except BadRequest:
                logger.error("Telegram refused a reply; dropped", extra={"reply": number})
                outcome = Outcome(number, None)
            if once:
                UNASKED.labels(outcome.became).inc()

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
                REFUSED.inc()
                self._pace.hold(error._retry_after.total_seconds())
            except (BadRequest, Forbidden):
                raise
            except TelegramError as error:  # also an answer that can't be read
                if not isinstance(error.__cause__, (ConnectError, ConnectTimeout, PoolTimeout)):
                    told = {"reply": number}
                    logger.warning("a message may have arrived or not; not sent again", extra=told)
                    return Outcome(number, None, unknown=True)
                self._pace.hold(FIRST_WAIT)
            else:
                self._pace.arrived()
                return Outcome(number, (sent.message_id,), began)

    async def _say(
        self, chat: str, reply: dict[str, Any], edited: int | None, since: float | None
    ) -> tuple[tuple[int, ...], float]:
        """Delete what a reply deletes, then say it; the numbers of its messages, and when the last of them set out.

        When its wait, `since` then, has become long, it begins with a kind line.
        """
        messages, began = [], self._tools.now()
        refused = await delete(deletions(reply), lambda some: self._persist(chat, Call(DELETE, {"message_ids": some})))
        if refused:
            reply = {**reply, "text": reply.get("text_if_not", reply.get("text", ""))}
        for call in calls_for(reply, edited):
            try:
                result, began = await self._persist(chat, call, None if messages else since)
            except BadRequest as error:
                if any(sign in error.message.lower() for sign in ALREADY_SO):
                    continue
                if "parse entities" not in error.message:
                    raise
                result, began = await self._persist(chat, without_markup(call))
            messages.append(result.message_id)
        return tuple(messages), began

    async def _persist(self, chat: str, call: Call, since: float | None = None) -> tuple[Any, float]:
        began: float | None = None
        line = self._tools.sentences.say("utter_waited")

        async def attempt() -> Any:
            nonlocal began
            began = began or self._tools.now()
            said = call if since is None or not self._is_late(since) else beginning(call, line)
            try:
                return await getattr(self._bot, call.method)(chat_id=int(chat), **said.arguments)
            except (RetryAfter, NetworkError) as error:
                REFUSED.inc(isinstance(error, RetryAfter))
                if isinstance(error, RetryAfter) or isinstance(error.__cause__, ConnectError):
                    began = None  # surely not arrived; after any other failure it may have
                raise

        result = await AsyncRetrying(retry=retry_if_exception(may_pass), wait=pause, reraise=True)(attempt)
        return result, began

    def _is_late(self, since: float) -> bool:
        return self._tools.now() - since > LATE

    async def _noted(self, chat: str, last: Outcome | None, unasked: bool) -> Waiting | None:
        """What `_next` gives. What was said and can't be noted yet is kept in mind: it must not be said again."""
        tries = AsyncRetrying(
            retry=retry_if_exception_type(Unavailable if last is not None else ()),
            wait=wait_fixed(PAUSE),
            before_sleep=_not_noted,
            reraise=True,
        )
        return await tries(asyncio.to_thread, self._next, chat, last, unasked)

    # -- what is kept --------------------------------------------------------------------------------------------

    def _next(self, chat: str, last: Outcome | None, unasked: bool) -> Waiting | None:
        """Note what became of the last reply; then the next one.

        What is to be sent once counts as on its way only when it is its turn now (`unasked`).
        """
        with self._tools.store.begin() as kept:
            was_goodbye = last is not None and self._note(kept, last)
            row = kept.outbox.waiting(CHANNEL, chat)
            reply = json.loads(row.reply) if row is not None else {}
            edited = kept.outbox.get(reply["edits"]) if "edits" in reply else None
            if row is not None and (not row.once or unasked):
                kept.outbox.sending(row.id)
            about = (edited.message if edited else None, row.once, row.created_at) if row is not None else ()
            found = (row.id, reply, *about) if row is not None else None
        if was_goodbye:
            self._tools.store.scrub()
        return found

    def _note(self, kept: Kept, last: Outcome) -> bool:
        """Note what became of a reply. True when it was the goodbye to someone erased."""
        if last.unknown:
            kept.outbox.unknown(last.number, self._tools.now())
            return False
        if last.messages is None:
            kept.evenings.not_sent(last.number)
            return kept.outbox.dropped(last.number)
        row = kept.outbox.get(last.number)
        kept.vanishing.said(row, last.messages, last.began)
        *earlier, message = last.messages or (None,)
        return kept.outbox.sent(last.number, message, last.began, earlier=earlier)

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
            was_goodbye = kept.outbox.drop_all(CHANNEL, chat)
            person = kept.people.find(CHANNEL, chat)
            if person is not None:
                person.reachable = False
                kept.evenings.rest(person)
        if was_goodbye:
            self._tools.store.scrub()


def _not_noted(state: RetryCallState) -> None:
    logger.error("what became of a reply can't be noted yet (%s)", where(state.outcome.exception()))
