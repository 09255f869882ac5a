"""Mend on Telegram, from start to stop: long polling in, lanes of turns, the outbox out."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any

from rich.console import Console
from telegram import Bot, BotCommand, Update
from telegram.constants import ChatAction
from telegram.error import Conflict, EndPointNotFound, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from actions.errors import OperatorError
from bot.house import House
from bot.nightly import Nightly
from bot.settings import BOTFATHER, Settings
from bot.telegram.lanes import Lanes
from bot.telegram.pace import Pace
from bot.telegram.sender import Sender
from bot.telegram.updates import CHANNEL, WANTED, group_of, turn_of
from bot.turn import Kind

logger = logging.getLogger(__name__)

#: Seconds that Telegram holds a request open while nothing comes.
POLL = 25
#: Seconds that a stop waits for turns in hand.
GRACE = 10
#: Seconds after which the dialogue's thread lets the network's go on: messages leave when it is their turn.
SWITCH = 0.001
#: How many chats are busy at most when evening questions are added, and seconds between looks at who is due.
AT_ONCE, TICK, HURRY = 24, 1.0, 0.2


class TelegramTrouble(OperatorError):
    """Telegram will not let this bot work."""


def serve(settings: Settings, house: House, console: Console) -> None:
    """Talk on Telegram until the program is told to stop; raises `TelegramTrouble` when Telegram refuses the token."""
    asyncio.run(_serve(settings, house, console))


async def _serve(settings: Settings, house: House, console: Console) -> None:
    sys.setswitchinterval(SWITCH)
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    app = App(make_bot(settings), house, settings.gather_seconds)
    try:
        polling = asyncio.create_task(_talk(app, console))
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait({polling, waiting}, return_when=asyncio.FIRST_COMPLETED)
        polling.cancel()
        if polling.done() and not polling.cancelled():
            polling.result()
        console.print("Stopping; what is in hand is finished first.")
    finally:
        await app.stop()


async def _talk(app: App, console: Console) -> None:
    name = await app.start()
    console.print(f"Talking on Telegram as https://t.me/{name}. Stop with Ctrl-C.")
    evenings = asyncio.create_task(app.ask_in_the_evenings())
    try:
        await app.poll()
    finally:
        evenings.cancel()


def make_bot(settings: Settings) -> Bot:
    """python-telegram-bot's client, with time enough for slow networks."""
    return Bot(
        token=settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=HTTPXRequest(connection_pool_size=64, pool_timeout=20, connect_timeout=10, read_timeout=20),
        get_updates_request=HTTPXRequest(connect_timeout=10, read_timeout=POLL + 10),
    )


class App:
    """The bot at work."""

    def __init__(self, bot: Bot, house: House, silence: float) -> None:
        self._bot = bot
        self._house = house
        self._sender = Sender(bot, house.tools, Pace(time.monotonic))
        self._nightly = Nightly(house.tools)
        self._lanes = Lanes(self._work, silence)
        self._evenings: set[str] = set()  #: chats that were woken for nothing but their evening
        self._aside: set[asyncio.Task[Any]] = set()
        self._leaving: set[int] = set()

    async def start(self) -> str:
        """Say hello to Telegram, tell it the commands, and go on where the last run ended; the bot's name."""
        try:
            await _until_reached(self._bot.initialize)
        except InvalidToken:
            raise TelegramTrouble(f"Telegram does not know this TELEGRAM_BOT_TOKEN: {BOTFATHER}") from None
        sentences = self._house.tools.sentences
        commands = [BotCommand(name, text) for name, text in sentences.commands.items()]
        await _until_reached(lambda: self._bot.delete_webhook(drop_pending_updates=False))
        await _until_reached(lambda: self._bot.set_my_commands(commands))
        await _until_reached(lambda: self._bot.set_my_description(sentences.description))
        await _until_reached(lambda: self._bot.set_my_short_description(sentences.short_description))
        for chat in await asyncio.to_thread(self._left_over):
            self._lanes.wake(chat)
        return self._bot.username

    async def poll(self) -> None:
        """Take in updates for ever. An update is confirmed to Telegram only once it is kept."""
        offset = 0
        while True:
            asked = {"offset": offset, "timeout": POLL, "allowed_updates": WANTED}
            try:
                updates = await _until_reached(partial(self._bot.do_api_request, "getUpdates", api_kwargs=asked))
            except (InvalidToken, EndPointNotFound):
                raise TelegramTrouble(f"Telegram does not know this TELEGRAM_BOT_TOKEN any more: {BOTFATHER}") from None
            for raw in updates:
                try:
                    update = Update.de_json(raw, self._bot)
                except Exception as error:  # one update that can't be read must not stop all that come after it
                    logger.error("update %s can't be read (%s)", raw["update_id"], type(error).__name__)
                else:
                    await self._take(update)
                offset = raw["update_id"] + 1

    async def ask_in_the_evenings(self) -> None:
        """Claim what is due, for ever; only so many at a time that no reply has to wait for them."""
        while True:
            room, chats = max(0, AT_ONCE - self._lanes.busy), []
            try:
                chats = await asyncio.to_thread(self._nightly.claim, CHANNEL, room) if room else []
            except Exception as error:  # a locked database: the evenings wait, and are claimed when it is free
                logger.error("evenings can't be claimed yet (%s); trying again", type(error).__name__)
            for chat in chats:
                if not self._lanes.is_busy(chat):
                    self._evenings.add(chat)
                self._lanes.wake(chat)
            await asyncio.sleep(TICK if len(chats) < room else HURRY)

    async def stop(self) -> None:
        """Finish what is in hand, and say goodbye to Telegram."""
        await self._lanes.finish(GRACE)
        await self._bot.shutdown()

    async def _take(self, update: Update) -> None:
        group = group_of(update)
        if group is not None:
            if group in self._leaving and update.my_chat_member is None:
                return
            self._leaving.add(group)
            self._beside(self._leave(group))
            return
        turn = turn_of(update)
        if turn is None:
            return
        while True:
            try:
                new = await asyncio.to_thread(self._house.turns.take, turn, update.update_id)
                break
            except Exception as error:  # a locked database or a full disk: Telegram keeps the update meanwhile
                logger.error("update %s can't be kept yet (%s); trying again", update.update_id, type(error).__name__)
                await asyncio.sleep(1)
        if update.callback_query is not None:
            self._beside(self._bot.answer_callback_query(update.callback_query.id))
        if new:
            if turn.kind is not Kind.LEFT:
                self._beside(self._bot.send_chat_action(int(turn.chat), ChatAction.TYPING))
            self._lanes.wake(turn.chat, written=turn.kind is Kind.TEXT)

    async def _work(self, chat: str) -> None:
        """Everything that waits in a chat: what was not sent before, then each turn and its replies."""
        unasked = chat in self._evenings
        self._evenings.discard(chat)
        if not unasked:
            await self._sender.deliver(chat)
        more = True
        while more:
            more = await self._house.turns.answer(CHANNEL, chat)
            await self._sender.deliver(chat, unasked=unasked)
            unasked = False

    def _left_over(self) -> list[str]:
        with self._house.tools.store.begin() as kept:
            kept.outbox.may_have_arrived(CHANNEL)
            return list(dict.fromkeys(kept.outbox.chats_waiting(CHANNEL) + kept.inbox.chats_waiting(CHANNEL)))

    async def _leave(self, group: int) -> None:
        try:
            await self._bot.send_message(group, self._house.tools.sentences.say("utter_private_only"))
        finally:
            await self._bot.leave_chat(group)

    def _beside(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do what may fail without harm, without waiting for it."""

        async def quietly() -> None:
            try:
                await work
            except TelegramError as error:
                logger.info("a side call failed (%s)", type(error).__name__)

        task = asyncio.create_task(quietly())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


async def _until_reached(call: Any) -> Any:
    """The result of `call`, tried until Telegram can be reached. A token that Telegram refuses is not tried again."""
    tries = 0
    while True:
        try:
            return await call()
        except InvalidToken:
            raise
        except RetryAfter as error:
            await asyncio.sleep(error._retry_after.total_seconds())
        except (Conflict, NetworkError) as error:
            if tries == 0:
                said = "another program polls with this token" if isinstance(error, Conflict) else "can't be reached"
                logger.warning("Telegram: %s; trying again until that changes", said)
            tries += 1
            await asyncio.sleep(min(30.0, 0.5 * 2 ** min(tries, 6)))
