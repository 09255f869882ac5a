"""Mend on Telegram, from start to stop: long polling in, lanes of turns, the outbox out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import EndPointNotFound, InvalidToken

from bot.house import House
from bot.logs import where
from bot.nightly import Nightly
from bot.retention import Retention
from bot.settings import BOTFATHER
from bot.telegram.aside import Aside
from bot.telegram.introducing import TelegramTrouble, introduce
from bot.telegram.lanes import Lanes
from bot.telegram.pace import Pace
from bot.telegram.reaching import POLL, until_reached
from bot.telegram.rush import Rush
from bot.telegram.sender import Sender
from bot.telegram.updates import CHANNEL, WANTED, Came, number_of, read, written_at
from bot.telegram.vanishing import Sweeper
from bot.turn import LATE, Kind

logger = logging.getLogger(__name__)

#: How many updates Telegram hands over at once.
FULL = 100
#: Seconds before Telegram is asked again when nothing that it handed over has a number to go on from.
STUCK = 1.0
#: Seconds that a stop waits for turns in hand.
GRACE = 10
#: How many chats are busy at most when evening questions are added, and seconds between looks at who is due.
AT_ONCE, TICK, HURRY = 24, 1.0, 0.2


class App:
    """The bot at work."""

    def __init__(self, bot: Bot, house: House, silence: float, ahead: float = 0.0) -> None:
        """Waits for `silence` seconds after a message for more; its clock is `ahead` of Telegram's by so many."""
        self._ahead = ahead
        self._bot = bot
        self._house = house
        self._sender = Sender(bot, house.tools, Pace(time.monotonic))
        self._nightly = Nightly(house.tools)
        self._retention = Retention(house.tools)
        self._sweeper = Sweeper(bot, house.tools)
        self._lanes = Lanes(self._work, silence)
        self._unasked: set[str] = set()  #: chats that were woken for nothing but what comes unasked
        self._aside = Aside()
        self._leaving: set[int] = set()
        self._rush = Rush()
        self._resting: set[str] = set()  #: chats that are answered when they have slowed down
        self.gone_on = 0  #: in how many chats something had waited since the last run
        self._held_up = True  #: whether what comes next may have waited: at first, since the last run

    async def start(self) -> str:
        """Say hello to Telegram, fetch updates from now on, and go on where the last run ended; the bot's name."""
        await self.introduce()
        await until_reached(lambda: self._bot.delete_webhook(drop_pending_updates=False))
        left = await asyncio.to_thread(self._left_over)
        self.gone_on = len(left)
        for chat in left:
            self._lanes.wake(chat)
        return self._bot.username

    async def introduce(self) -> None:
        """Say hello to Telegram, and tell it the commands; raises `TelegramTrouble` when it refuses the token."""
        await introduce(self._bot, self._house.tools.sentences)

    async def poll(self) -> None:
        """Take in updates for ever. An update is confirmed to Telegram only once it is kept."""
        offset, now = 0, self._house.tools.now
        while True:
            asked, began = {"offset": offset, "timeout": POLL, "allowed_updates": WANTED}, now()
            try:
                updates = await until_reached(partial(self._bot.do_api_request, "getUpdates", api_kwargs=asked))
            except (InvalidToken, EndPointNotFound):
                raise TelegramTrouble(f"Telegram does not know this TELEGRAM_BOT_TOKEN any more: {BOTFATHER}") from None
            updates = updates if isinstance(updates, list) else [updates]
            held_up = self._held_up or now() - began > POLL + LATE
            self._held_up = held_up and len(updates) == FULL  # then more waits behind these
            before = offset
            for raw in updates:
                number = number_of(raw)
                try:
                    came = read(raw, self._bot)
                except Exception as error:  # one update that can't be read must not stop all that come after it
                    logger.error("an update can't be read (%s)", where(error), extra={"update": number})
                else:
                    await self._take(came, held_up=held_up)
                offset = offset if number is None else number + 1
            if updates and offset == before:
                await asyncio.sleep(STUCK)

    async def ask_in_the_evenings(self) -> None:
        """Claim evenings that are due, for ever."""
        await self._wake_for("evenings", self._nightly.claim)

    async def clear_out(self) -> None:
        """Erase what has been kept for long enough, and tell those first who have been away for long; for ever."""
        await self._wake_for("what is no longer needed", self._retention.look)

    async def _wake_for(self, what: str, claim: Callable[[str, int], list[str]]) -> None:
        """Claim what nobody asked for, for ever; only so many at a time that no reply has to wait for them."""
        while True:
            room, chats = max(0, AT_ONCE - self._lanes.busy), []
            try:
                chats = await asyncio.to_thread(claim, CHANNEL, room) if room else []
            except Exception as error:  # a locked database: it waits, and is claimed when that is free
                logger.error("%s can't be claimed yet (%s); trying again", what, where(error))
            for chat in chats:
                if not self._lanes.is_busy(chat):
                    self._unasked.add(chat)
                self._lanes.wake(chat)
            await asyncio.sleep(TICK if len(chats) < room else HURRY)

    async def let_vanish(self) -> None:
        """Delete what is to vanish from chats, for ever."""
        await self._sweeper.run()

    async def stop(self) -> None:
        """Finish what is in hand, and say goodbye to Telegram."""
        await self._lanes.finish(GRACE)
        await self._bot.shutdown()

    async def _take(self, came: Came, *, held_up: bool) -> None:
        """Take an update in. Only where they were `held_up` does its date tell anything: clocks may differ."""
        update, turn = came.update, came.turn
        if turn is None:
            self.leave(came)
            return
        now, began = self._house.tools.now, self._house.tools.now()
        written = written_at(update) if held_up else None
        since = began if written is None else written + self._ahead
        while True:
            late = now() - since > LATE
            try:
                new = await asyncio.to_thread(self._house.turns.take, replace(turn, late=late), came.number)
                break
            except Exception as error:  # a locked database or a full disk: Telegram keeps the update meanwhile
                told = {"update": came.number}
                logger.error("an update can't be kept yet (%s); trying again", where(error), extra=told)
                await asyncio.sleep(1)
        self._held_up |= now() - began > LATE
        self.seen(came, new=new, late=late)
        if new:
            self._lanes.wake(turn.chat, written=turn.kind is Kind.TEXT)

    def leave(self, came: Came) -> None:
        """Leave the group that an update comes from, if it comes from one."""
        if came.group is None or (came.group in self._leaving and came.update.my_chat_member is None):
            return
        self._leaving.add(came.group)
        self._aside.do(self._leave(came.group))

    def seen(self, came: Came, *, late: bool, new: bool = True, waited: float = 0.0) -> None:
        """Show in its chat that an update was seen, which has waited for so many seconds and is kept by now."""
        update, turn = came.update, came.turn
        if update.callback_query is not None:
            self._aside.do(self._bot.answer_callback_query(update.callback_query.id))
        if new and not late:
            self._rush.came(turn.chat, time.monotonic() - waited)
        if new and turn.kind is not Kind.LEFT and turn.chat not in self._resting:
            self._aside.do(self._bot.send_chat_action(int(turn.chat), ChatAction.TYPING))

    async def attend(self, chat: str, *, unasked: bool = False, unsent: bool = True) -> float:
        """Everything that waits in a chat: what was not sent before (`unsent`), then each turn and its replies.

        Whoever sends very much at once is told so: for how many seconds to leave the rest, or 0 when nothing is left.
        """
        if unsent and not unasked:
            await self._sender.deliver(chat)
        more = True
        while more:
            if (seconds := self._rush.left(chat, time.monotonic())) > 0:
                await asyncio.to_thread(self._house.turns.rest, CHANNEL, chat)
                await self._sender.deliver(chat)
                return seconds
            more = await self._house.turns.answer(CHANNEL, chat)
            await self._sender.deliver(chat, unasked=unasked)
            unasked = False
        return 0

    async def _work(self, chat: str) -> None:
        if chat in self._resting:
            return
        unasked = chat in self._unasked
        self._unasked.discard(chat)
        if await self.attend(chat, unasked=unasked) > 0:
            self._resting.add(chat)
            self._aside.do(self._read_on(chat))

    async def _read_on(self, chat: str) -> None:
        while (seconds := self._rush.left(chat, time.monotonic())) > 0:
            await asyncio.sleep(seconds)
        self._resting.discard(chat)
        self._lanes.wake(chat)

    def _left_over(self) -> list[str]:
        with self._house.tools.store.begin() as kept:
            kept.outbox.may_have_arrived(CHANNEL)
            return list(dict.fromkeys(kept.outbox.chats_waiting(CHANNEL) + kept.inbox.chats_waiting(CHANNEL)))

    async def _leave(self, group: int) -> None:
        try:
            await self._bot.send_message(group, self._house.tools.sentences.say("utter_private_only"))
        finally:
            await self._bot.leave_chat(group)
