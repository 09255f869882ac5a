"""A person as the tests play them: says, presses, hears. Speaks to the turns directly, without any channel."""

from __future__ import annotations

import asyncio
import base64
import html
import itertools
import json
import re
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZipFile

from bot.commands import typed
from bot.house import House
from bot.turn import Kind, Turn

CHANNEL = "test"


class Clock:
    """Seconds since the epoch; each look is a second later than the last, so that nothing happens at one instant."""

    def __init__(self, now: float = 1_760_000_000.0) -> None:
        self._now = now

    def __call__(self) -> float:
        self._now += 1
        return self._now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def go_back(self, to: float) -> None:
        """Stand at `to` again, if it is later than that: years that one file's tests let pass are not the others'."""
        self._now = min(self._now, to)


@dataclass(frozen=True)
class Heard:
    """A message of the bot's: its text without markup, its buttons (label -> token), and the reply as it is kept."""

    text: str
    buttons: dict[str, str]
    reply: dict


class Person:
    """Someone who talks with the bot. Every verb returns what the bot said to it."""

    def __init__(self, house: House, clock: Clock, chat: str) -> None:
        self.house, self.clock, self.chat = house, clock, chat
        self.heard: list[Heard] = []
        self._refs = itertools.count(1)

    def says(self, text: str, *, ref: str | None = None) -> list[Heard]:
        """Type something; what begins with a slash may be a command."""
        return self.does(typed(CHANNEL, self.chat, text, ref or str(next(self._refs))))

    def presses(self, label: str) -> list[Heard]:
        """Press the newest button with this label."""
        heard = next((one for one in reversed(self.heard) if label in one.buttons), None)
        assert heard, f"no button {label!r}; there are {[list(one.buttons) for one in self.heard[-3:]]}"
        return self.does(Turn(CHANNEL, self.chat, Kind.CHOICE, heard.buttons[label]))

    def edits(self, ref: str, text: str) -> list[Heard]:
        """Change a message sent before."""
        return self.does(Turn(CHANNEL, self.chat, Kind.EDIT, text, ref))

    def sends(self, kind: str) -> list[Heard]:
        """Send something that is not text."""
        return self.does(Turn(CHANNEL, self.chat, Kind.OTHER, kind, str(next(self._refs))))

    def does(self, *turns: Turn) -> list[Heard]:
        """Do something, or several things at once, and hear the answers. Edits of pressed messages are left out."""
        for turn in turns:
            self.house.turns.take(turn)
        asyncio.run(self._answered())
        new = self._deliver()
        self.heard += new
        return new

    def does_unhearing(self, *turns: Turn) -> list[Heard]:
        """Do one thing after another, each answered before the next, and hear the answers only at the end."""
        for turn in turns:
            self.house.turns.take(turn)
            asyncio.run(self._answered())
        return self.does()

    def exported(self) -> dict[str, bytes]:
        """The files of the archive that the bot gives this person, by name; none when it has nothing of theirs."""
        document = self.says("/export")[-1].reply.get("document")
        if document is None:
            return {}
        with ZipFile(BytesIO(base64.b64decode(document))) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def diary(self) -> str:
        """Everything that the bot has of this person's words, as it gives it to them; empty when it has none."""
        return self.exported().get("diary.md", b"").decode()

    async def _answered(self) -> None:
        while await self.house.turns.answer(CHANNEL, self.chat):
            pass

    def _deliver(self) -> list[Heard]:
        new = []
        while True:
            with self.house.tools.store.begin() as kept:
                row = kept.outbox.waiting(CHANNEL, self.chat)
                if row is None:
                    return new
                reply = json.loads(row.reply)
                kept.outbox.sent(row.id, row.id, self.clock())
            if "edits" not in reply:
                buttons = {button["label"]: button["token"] for line in reply["rows"] for button in line}
                text = html.unescape(re.sub(r"</?[a-z]+>", "", reply.get("text", "")))
                new.append(Heard(text, buttons, reply))

    @property
    def last(self) -> Heard:
        """The newest message of the bot's."""
        return self.heard[-1]

    def asked(self, text: str) -> bool:
        """Whether the newest message asks this."""
        return text in self.last.text

    def screened(self, *answers: str) -> Person:
        """Say hello, and answer the private questions; without `answers` so that nothing stands in the way."""
        self.says("hi")
        for answer in answers or ("Yes", "No", "No", "No", "Yes"):
            self.presses(answer)
        return self

    def welcomed(self, side: str = "I was hurt") -> Person:
        """Go through everything before the programme."""
        self.screened()
        self.presses(side)
        self.presses("Skip")
        return self
