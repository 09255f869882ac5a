"""The same bot in the terminal: the same words, buttons as numbered choices."""

from __future__ import annotations

import asyncio
import base64
import html
import io
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.history import DummyHistory, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from actions.store.lock import lock_of
from bot.commands import typed
from bot.house import House
from bot.turn import Kind, Turn

CHANNEL, CHAT = "terminal", "you"
WIDTH = 88

#: HTML tags as rich's styles.
STYLES = {"b": "bold", "i": "italic", "u": "underline", "blockquote": "italic cyan"}


@dataclass(frozen=True)
class Shown:
    """A reply as the terminal shows it."""

    text: str
    buttons: list[tuple[str, str]]  #: label and token, in order


class Terminal:
    """A conversation in the terminal. What is typed is kept before it is acted on, as on any channel."""

    def __init__(self, house: House, out: TextIO, files: Path, *, plain: bool) -> None:
        """Print to `out`; pictures and documents go to the folder `files`. `plain` is for pipes."""
        self._house = house
        self._files = files
        self._plain = plain
        self._console = Console(file=out, width=None if plain else WIDTH, highlight=False, soft_wrap=plain)
        self._buttons: list[tuple[str, str]] = []

    async def say(self, text: str) -> None:
        """Take one typed line, answer it, and print the answers."""
        numbers = {str(number): token for number, (_, token) in enumerate(self._buttons, start=1)}
        token = numbers.get(text.strip())
        await self.take(Turn(CHANNEL, CHAT, Kind.CHOICE, token) if token else typed(CHANNEL, CHAT, text))

    async def take(self, turn: Turn) -> None:
        """Take a turn, answer it, and print the answers."""
        self._house.turns.take(turn)
        await self.catch_up()

    def awaits_passphrase(self) -> bool:
        """Whether what is typed now may be a passphrase."""
        with self._house.tools.store.begin() as kept:
            person = kept.people.find(CHANNEL, CHAT)
            return person is not None and lock_of(person).listens(self._house.tools.now())

    async def catch_up(self) -> None:
        """Answer what waits, and print what has not been printed; after a crash there may be some of both."""
        while await self._house.turns.answer(CHANNEL, CHAT):
            pass
        said = None
        while (waiting := self._next(said)) is not None:
            said, reply = waiting
            if not reply.get("edits"):
                self._print(reply)

    def _next(self, said: int | None) -> tuple[int, dict] | None:
        """Note that `said` has been printed; the number and the words of what is to be printed next."""
        with self._house.tools.store.begin() as kept:
            if said is not None:
                kept.outbox.sent(said, None, self._house.tools.now())
            row = kept.outbox.waiting(CHANNEL, CHAT)
            return (row.id, json.loads(row.reply)) if row else None

    def _print(self, reply: dict) -> None:
        self._buttons = [(button["label"], button["token"]) for row in reply["rows"] for button in row]
        text = reply.get("text", "")
        for kind, name in (("picture", "progress.png"), ("document", reply.get("filename") or "document")):
            if reply.get(kind):
                text += f"\n\n({self._save(base64.b64decode(reply[kind]), name)})"
        if self._plain:
            self._console.out(as_plain(text), highlight=False)
        else:
            self._console.print(Padding(as_rich(text), (1, 0, 0, 2)))
        for number, (label, _) in enumerate(self._buttons, start=1):
            line = f"  [{number}] {label}"
            self._console.out(line, highlight=False, style=None if self._plain else "green")
        if self._plain:
            self._console.out("")

    def _save(self, data: bytes, name: str) -> Path:
        path = self._files / name
        path.touch(mode=0o600)
        path.write_bytes(data)
        return path


def as_rich(text: str) -> Text:
    """A reply's HTML as rich shows it."""
    shown, styles = Text(), []
    for part in re.split(r"(</?[a-z]+>)", text.strip()):
        if part.startswith("</"):
            styles.pop()
            if "blockquote" in part:
                shown.append("\n")
        elif re.fullmatch(r"<[a-z]+>", part):
            styles.append(STYLES.get(part.strip("<>"), ""))
        else:
            shown.append(html.unescape(part), style=" ".join(styles))
    shown.rstrip()
    return shown


def as_plain(text: str) -> str:
    """A reply's HTML as plain text; what is quoted keeps quotation marks."""
    text = re.sub(r"<blockquote>(.*?)</blockquote>", r'"\1"\n', text, flags=re.DOTALL)
    return html.unescape(re.sub(r"</?[a-z]+>", "", text)).strip()


def chat(house: House, files: Path) -> None:
    """Hold a conversation until end of input: with a prompt on a terminal, a line a message from a pipe."""
    plain = not sys.stdin.isatty()
    terminal = Terminal(house, sys.stdout, files, plain=plain)
    asyncio.run(_pipe(terminal) if plain else _prompt(terminal, house))


async def _pipe(terminal: Terminal) -> None:
    if isinstance(sys.stdin, io.TextIOWrapper):  # bytes that are no letters must not end the conversation
        sys.stdin.reconfigure(errors="replace")
    await terminal.take(Turn(CHANNEL, CHAT, Kind.COMMAND, "start"))
    for line in sys.stdin:
        await terminal.say(line.rstrip("\n"))


async def _prompt(terminal: Terminal, house: House) -> None:
    # Only in memory: a history file would leave intimate words on the disk in clear.
    words: PromptSession[str] = PromptSession(history=InMemoryHistory())
    # A passphrase leaves the screen once it is typed, and no arrow key brings it back.
    hidden: PromptSession[str] = PromptSession(history=DummyHistory(), erase_when_done=True)
    await terminal.take(Turn(CHANNEL, CHAT, Kind.COMMAND, "start"))
    while True:
        secret = terminal.awaits_passphrase()
        session = hidden if secret else words
        try:
            with patch_stdout():
                text = await session.prompt_async("\n> ", default="" if secret else _unsent(house))
        except (EOFError, KeyboardInterrupt):
            if not secret:
                _keep_unsent(house, session.default_buffer.text)
            terminal._console.print("\n  Everything is kept. Take care.", style="dim")
            return
        if terminal.awaits_passphrase():
            words = PromptSession(history=InMemoryHistory())
        await terminal.say(text)


def _unsent(house: House) -> str:
    """What was typed but not sent when the program was left last."""
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, CHAT)
        text, person.unsent = (person.unsent or "", None) if person else ("", None)
        return text


def _keep_unsent(house: House, text: str) -> None:
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, CHAT)
        if person and text.strip():
            person.unsent = text
