"""The passphrase in the terminal: the same, and what was typed there leaves the screen and comes back with no key."""

from __future__ import annotations

import asyncio
import io
import itertools
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from answering import PLAIN
from locks import PHRASE, TEN_MINUTES, WRONG
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.renderer import Renderer
from talking import Clock, Person
from telling import PROGRAM

from bot import terminal as terminal_module
from bot.house import House
from bot.terminal import CHANNEL, Terminal, _prompt

#: Everything before the programme, and the first question of an exercise.
AT_QUESTION = ("hello", "1", "2", "2", "2", "1", "2", "/skip", PROGRAM.exercise("communication").title)
#: Seconds in which a prompt is ready to be typed into.
MOMENT = 0.5
ENTER, UP, LEAVE, BREAK = "\r", "\x1b[A", "\x04", "\x03"


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch, person: Person) -> str:
    """A chat of its own for each test: there is only one at a real terminal."""
    monkeypatch.setattr(terminal_module, "CHAT", person.chat)
    return person.chat


class Letters(DummyOutput):
    """A screen of which only the letters count."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)


class Desk:
    """Someone at a terminal: what they type, line by line or key by key, and what it shows."""

    def __init__(self, house: House, files: Path) -> None:
        self.house, self.out = house, io.StringIO()
        self.terminal = Terminal(house, self.out, files, plain=True)

    def shows(self, *typed: str) -> str:
        """Type these lines, and read what is shown then."""
        before = len(self.out.getvalue())
        for one in typed:
            asyncio.run(self.terminal.say(one))
        return self.out.getvalue()[before:]

    def types(self, *keys: str) -> str:
        """Sit at the prompt and type these keys, with a moment in between; what the prompt writes on the screen."""
        screen = Letters()
        with closing(create_pipe_input()) as keyboard, create_app_session(input=keyboard, output=screen):
            for moment, some in enumerate(keys):
                threading.Timer(moment * MOMENT, keyboard.send_text, [some]).start()
            asyncio.run(_prompt(self.terminal, self.house))
        return "".join(screen.written)

    def says(self, response: str, **words: object) -> str:
        """What a response says there."""
        return terminal_module.as_plain(self.house.tools.sentences.say(response, **words))


@pytest.fixture
def desk(house: House, chat: str, tmp_path: Path) -> Iterator[Desk]:
    """At the first question of an exercise."""
    desk = Desk(house, tmp_path)
    desk.shows(*AT_QUESTION)
    yield desk


def words_of(desk: Desk) -> str:
    """Everything that is kept of what they wrote."""
    with desk.house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, terminal_module.CHAT)
        return "\n".join([*(one.parts for one in kept.runs.versions(person)), person.unsent or ""])


def test_it_is_set_locks_and_opens_as_on_any_channel(desk: Desk, clock: Clock) -> None:
    assert "[1] Never mind" in desk.shows("/lock")
    said = desk.shows(PHRASE)
    assert desk.says("utter_lock_set") in said and desk.says("utter_lock_stands") in said and "1 of" in said
    clock.wait(TEN_MINUTES)
    for typed in ("1", "/menu", "hi"):
        assert desk.shows(typed).strip() == desk.says("utter_locked")
    assert desk.shows(WRONG).strip() == desk.says("utter_lock_wrong")
    said = desk.shows(PHRASE)
    assert desk.says("utter_unlocked_after") in said and "1 of" in said
    assert "Delete those messages" not in said, "what stands on this screen is not Mend's to delete"
    assert "horse" not in words_of(desk).casefold()


@pytest.mark.parametrize("phrase", ["0001", "²²²²", "01 1"])
def test_digits_may_be_a_passphrase_and_press_no_button(desk: Desk, clock: Clock, phrase: str) -> None:
    assert desk.says("utter_lock_set") in desk.shows("/lock", phrase)
    clock.wait(TEN_MINUTES)
    assert desk.says("utter_unlocked") in desk.shows(phrase)


def test_what_waits_at_the_start_of_a_locked_chat_is_the_one_line(desk: Desk, clock: Clock) -> None:
    desk.shows("/lock", PHRASE)
    clock.wait(TEN_MINUTES)
    before = len(desk.out.getvalue())
    desk.types(LEAVE)
    shown = desk.out.getvalue()[before:]
    assert desk.says("utter_locked") in shown and "1 of" not in shown


def test_words_that_were_not_sent_are_shown_only_once_it_is_open(desk: Desk, clock: Clock) -> None:
    desk.shows("/lock", PHRASE)
    desk.types(f"{PLAIN[0]}{BREAK}")
    assert PLAIN[0] in words_of(desk)
    clock.wait(TEN_MINUTES)
    assert PLAIN[0] not in desk.types(BREAK)
    assert PLAIN[0] in desk.types(f"{PHRASE}{ENTER}{BREAK}")
    assert PLAIN[0] in words_of(desk), "and they are still not lost"


def test_half_a_passphrase_is_not_kept(desk: Desk, clock: Clock) -> None:
    desk.types(f"/lock{ENTER}Blue ho{BREAK}")
    assert "Blue" not in words_of(desk)


@pytest.mark.parametrize("lapsed", [False, True], ids=["while it is asked for", "after a silence"])
def test_no_arrow_key_brings_it_back(desk: Desk, clock: Clock, lapsed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if lapsed:
        desk.shows("/lock", PHRASE)
        lapse_at_the_prompt(desk, clock, monkeypatch)
    asks = [] if lapsed else [f"/lock{ENTER}"]
    desk.types(*asks, f"{PHRASE}{ENTER}", f"{UP}{UP}{ENTER}", f"{UP}{UP}{ENTER}", f"{PLAIN[1]}{ENTER}", LEAVE)
    kept = words_of(desk)
    assert "horse" not in kept.casefold() and PLAIN[1] in kept


def lapse_at_the_prompt(desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes go by while the first prompt stands there, and something is typed into it only then."""
    looks, awaits = itertools.count(1), desk.terminal.awaits_passphrase

    def look() -> bool:
        clock.wait(TEN_MINUTES if next(looks) == 2 else 0)
        return awaits()

    monkeypatch.setattr(desk.terminal, "awaits_passphrase", look)


def test_it_leaves_the_screen_once_it_is_typed_and_other_words_stay(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiped, erase = [], Renderer.erase
    monkeypatch.setattr(Renderer, "erase", lambda *arguments: wiped.append(None) or erase(*arguments))
    desk.types(f"{PLAIN[0]}{ENTER}{LEAVE}")
    assert len(wiped) == 0
    desk.types(f"/lock{ENTER}{PHRASE}{ENTER}{LEAVE}")
    assert len(wiped) == 1
