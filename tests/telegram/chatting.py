"""People on Telegram as the tests play them, and the bot at work among them."""

from __future__ import annotations

import asyncio
import html
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from standin import Heard, StandIn
from telegram import Bot

from actions.steps import Step
from bot.house import House
from bot.settings import Settings
from bot.telegram.app import App
from bot.telegram.reaching import make_bot
from bot.telegram.updates import CHANNEL

#: A token of the right shape; the stand-in knows it, and no other.
TOKEN = "123456:AAcanary-token-that-nobody-may-see-0"
PATIENCE = 60
#: The answers to the five private questions after which everything is open.
SAFE = ("Yes", "No", "No", "No", "Yes")


async def eventually(condition: Callable[[], Any], timeout: float = PATIENCE) -> Any:
    """What `condition` gives, once it gives something."""
    end = time.monotonic() + timeout
    while not (met := await asyncio.to_thread(condition)):
        assert time.monotonic() < end, f"it never came to pass in {timeout} s"
        await asyncio.sleep(0.01)
    return met


def seen(text: str) -> str:
    """A sentence of Mend's as it looks without its markup."""
    for tag in ("b", "i", "blockquote"):
        text = text.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    return html.unescape(text)


def first_steps(house: House) -> list[Step]:
    """The questions of the exercise that people are at unless a test says otherwise."""
    return list(house.tools.program.side("root_cause", "hurt").steps)


def private_questions(house: House) -> list[Step]:
    """The five questions before the programme."""
    return list(house.tools.program.care.screening.side.steps)


def bot_for(tg: StandIn) -> Bot:
    """The client that Mend makes, set up for the stand-in."""
    return make_bot(Settings(_env_file=None, token=tg.token, api_url=tg.base_url.removesuffix("/bot")))


@contextmanager
def out_of_reach(tg: StandIn) -> Iterator[None]:
    """For a while nobody can reach Telegram."""
    tg.stop()
    try:
        yield
    finally:
        tg.start()


@asynccontextmanager
async def at_work(
    tg: StandIn, house: House, *, silence: float = 0.05, bot: Bot | None = None, ahead: float = 0.0
) -> AsyncIterator[App]:
    """The bot, started and polling; stopped at the end as a signal would stop it."""
    app = App(bot or bot_for(tg), house, silence, ahead)
    await app.start()
    polling = asyncio.create_task(app.poll())
    try:
        yield app
    finally:
        while not polling.done():  # a cancellation can get lost while a connection is made
            polling.cancel()
            await asyncio.wait({polling}, timeout=0.1)
        await app.stop()
    with suppress(asyncio.CancelledError):
        polling.result()


@dataclass
class Someone:
    """A person in a private chat. What they do comes back as what the bot said to it, once it has said all."""

    tg: StandIn
    house: House
    chat: int
    refs: list[int] = field(default_factory=list)  #: the messages they sent

    async def says(self, text: str, **about: Any) -> list[Heard]:
        """Write something, or change what was written (`edited_of`)."""
        return await self._does(lambda: self.write(text, **about))

    async def sends(self, kind: str, **fields: Any) -> list[Heard]:
        """Send something that is not text."""
        return await self._does(lambda: self.tg.sends(self.chat, kind, **fields))

    async def presses(self, label: str, message: Heard | None = None) -> list[Heard]:
        """Press a button of the newest message that has it, or of one that was."""
        old = message.message_id if message else None
        return await self._does(lambda: self.tg.presses(self.chat, label, message_id=old))

    async def hears(self) -> list[Heard]:
        """Everything in the chat, once nothing is left to answer or to deliver."""
        await eventually(self._is_answered)
        return self.tg.heard(self.chat)

    def write(self, text: str, **about: Any) -> int:
        """Write something, and don't wait."""
        self.refs.append(self.tg.says(self.chat, text, **about))
        return self.refs[-1]

    async def screened(self) -> Someone:
        """Say hello, and answer the five private questions so that nothing stands in the way."""
        await self.says("/start")
        for answer in SAFE:
            await self.presses(answer)
        return self

    async def welcomed(self) -> Someone:
        """Get to know Mend; no question is open then."""
        await self.screened()
        await self.presses(self.house.tools.program.intake.labels["hurt"])
        await self.says("/skip")
        return self

    async def at_question(self, exercise: str = "root_cause") -> Someone:
        """Begin an exercise; its first question is open then."""
        await self.welcomed()
        await self.says(self.house.tools.program.exercise(exercise).title)
        return self

    @property
    def last(self) -> Heard:
        """The newest message of the bot's."""
        return self.tg.heard(self.chat)[-1]

    @property
    def answers(self) -> dict[str, str]:
        """What Mend keeps as their answers, by step, over all exercises."""
        from actions.store.answers import text_of

        with self.house.tools.store.begin() as kept:
            person = kept.people.find(CHANNEL, str(self.chat))
            runs = kept.runs.all(person)
            return {step: text_of(one) for run in runs for step, one in kept.runs.answers(run).items()}

    async def _does(self, act: Callable[[], Any]) -> list[Heard]:
        before = max((message.message_id for message in self.tg.heard(self.chat, deleted=True)), default=0)
        act()
        return [message for message in await self.hears() if message.message_id > before]

    def _is_answered(self) -> bool:
        if self.tg.unconfirmed:
            return False
        with self.house.tools.store.begin() as kept:
            waits = kept.inbox.waiting(CHANNEL, str(self.chat)) or kept.outbox.waiting(CHANNEL, str(self.chat))
        return not waits
