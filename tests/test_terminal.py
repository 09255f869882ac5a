"""The conversation in the terminal: what is seen, what can be pressed, and what is still there afterwards."""

from __future__ import annotations

import asyncio
import html
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console
from talking import Person

from bot import terminal as terminal_module
from bot.house import House
from bot.terminal import CHANNEL, STYLES, Terminal, _prompt, as_plain, as_rich
from bot.turn import Kind, Turn

AGE_BUTTONS = "  [1] Yes\n  [2] No\n  [3] Pause\n"
ROLE_BUTTONS = "  [1] I broke trust\n  [2] I was hurt\n  [3] Both, or not sure\n"


#: A hello, and the buttons of the five private questions.
SCREENED = ("hello", "1", "2", "2", "2", "1")


class Screen:
    """A terminal whose output can be read."""

    def __init__(self, house: House, files: Path, *, plain: bool = True) -> None:
        self.out = io.StringIO()
        self.terminal = Terminal(house, self.out, files, plain=plain)

    def shows(self, *lines: str) -> str:
        """Type these lines, and read what is shown then."""
        before = len(self.out.getvalue())
        for line in lines:
            asyncio.run(self.terminal.say(line))
        return self.out.getvalue()[before:]


@pytest.fixture
def chat(house: House, monkeypatch: pytest.MonkeyPatch, person: Person) -> Iterator[str]:
    """A chat of its own for each test: there is only one at a real terminal."""
    monkeypatch.setattr(terminal_module, "CHAT", person.chat)
    return person.chat


@pytest.fixture
def screen(house: House, chat: str, tmp_path: Path) -> Screen:
    return Screen(house, tmp_path)


def on_screen(text: str) -> str:
    """A reply as it is seen where there are colours, in a window wide enough for it."""
    out = io.StringIO()
    Console(file=out, width=4000, highlight=False, color_system=None).print(as_rich(text), end="")
    return out.getvalue().rstrip(" \n")


@pytest.mark.parametrize(
    "reply, plain, rich",
    [
        ("just words", "just words", "just words"),
        ("<b>1 of 5.</b> Which?", "1 of 5. Which?", "[bold]1 of 5.[/bold] Which?"),
        ("<i>Kept.</i>\n\nWhich?", "Kept.\n\nWhich?", "[italic]Kept.[/italic]\n\nWhich?"),
        ("It hurt: <blockquote>he lied</blockquote>Go on", 'It hurt: "he lied"\nGo on',
         "It hurt: [italic cyan]he lied[/italic cyan]\nGo on"),
        ("<blockquote>a\nb</blockquote>", '"a\nb"', "[italic cyan]a\nb[/italic cyan]"),
        ("2 &lt; 3 &amp; 5", "2 < 3 & 5", "2 < 3 & 5"),
        ("&lt;b&gt;mine&lt;/b&gt;", "<b>mine</b>", "<b>mine</b>"),
        ("&amp;lt;", "&lt;", "&lt;"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_reply_is_shown_with_and_without_colours(reply: str, plain: str, rich: str) -> None:
    assert as_plain(reply) == plain
    assert as_rich(reply).markup == rich


@pytest.mark.parametrize(
    "words",
    [
        "[bold]",
        "[/]",
        "[/italic cyan]",
        "[red]he lied[/red]",
        "a\\",
        "a\\\\",
        "\\[b]",
        "[link=x]",
        ":heart:",
        "a :-) [1]",
    ],
)
def test_brackets_and_other_signs_of_a_person_stay_as_they_typed_them(words: str) -> None:
    assert on_screen(f"You wrote: <blockquote>{html.escape(words, quote=False)}</blockquote>") == f"You wrote: {words}"


@given(st.text(st.characters(blacklist_categories=("C", "Z"))))
@example("[/blockquote]\\")
def test_whatever_a_person_writes_is_shown_as_it_is(words: str) -> None:
    reply = f"<b>:</b> <blockquote>{html.escape(words, quote=False)}</blockquote>."
    assert on_screen(reply).split("\n")[0] == f": {words}"
    assert as_plain(reply) == f': "{words}"\n.'


@pytest.mark.parametrize("plain", [True, False])
def test_buttons_are_numbered_and_a_number_presses_one(house: House, chat: str, tmp_path: Path, plain: bool) -> None:
    screen = Screen(house, tmp_path, plain=plain)
    first, *others = SCREENED
    assert AGE_BUTTONS in screen.shows(first)
    assert ROLE_BUTTONS in screen.shows(*others)
    story = house.tools.program.intake.side.steps[1].ask
    assert story.split(",")[0] in " ".join(screen.shows("2").split())


@pytest.mark.parametrize("number", ["0", "4", "17", "-1"])
def test_a_number_without_a_button_is_words(screen: Screen, house: House, number: str) -> None:
    screen.shows("hello", number)
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, terminal_module.CHAT)
        assert person.role is None
        assert any(number in answer.parts for answer in kept.runs.versions(person))


def test_everything_is_shown_once_and_nothing_is_left_waiting(screen: Screen, house: House) -> None:
    first = screen.shows("hello")
    assert "Mend" in first
    asyncio.run(screen.terminal.catch_up())
    assert screen.out.getvalue() == first


def test_what_was_written_before_a_crash_is_answered_at_the_next_start(screen: Screen, house: House) -> None:
    house.turns.take(Turn(CHANNEL, terminal_module.CHAT, Kind.TEXT, "hello"))
    asyncio.run(screen.terminal.catch_up())
    assert AGE_BUTTONS in screen.out.getvalue()


def test_a_picture_is_a_file_that_only_its_owner_can_open(screen: Screen, tmp_path: Path) -> None:
    screen.shows(*SCREENED, "2", "/skip")
    picture = tmp_path / "progress.png"
    assert str(picture) in screen.shows("/progress")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_mode & 0o777 == 0o600


def test_a_document_is_a_file_under_its_own_name(screen: Screen, tmp_path: Path) -> None:
    screen.shows(*SCREENED, "2", "он лгал мне 🌧")
    assert str(tmp_path / "mend-diary.zip") in screen.shows("/export")
    assert "он лгал мне 🌧" in ZipFile(tmp_path / "mend-diary.zip").read("diary.md").decode()


def test_every_mark_that_a_sentence_uses_has_a_style() -> None:
    assert {"b", "i", "blockquote"} <= set(STYLES)


def test_words_that_were_not_sent_are_there_again_at_the_next_start(screen: Screen, house: House) -> None:
    def typed(keys: str) -> None:
        with closing(create_pipe_input()) as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
            keyboard.send_text(keys)
            asyncio.run(_prompt(screen.terminal, house))

    typed("I never told her th\x03")
    with house.tools.store.begin() as kept:
        assert kept.people.find(CHANNEL, terminal_module.CHAT).unsent == "I never told her th"
    typed("at\r\x04")
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, terminal_module.CHAT)
        assert any("I never told her that" in answer.parts for answer in kept.runs.versions(person))
        assert person.unsent is None


def test_bytes_that_are_no_letters_end_no_conversation_that_is_piped_in(
    screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = io.BytesIO(b"hello\n\xff\xfe the rest of it\n\xc2\xb2\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(typed, encoding="utf-8"))
    asyncio.run(terminal_module._pipe(screen.terminal))
    screen.shows("/export")
    assert "the rest of it" in ZipFile(tmp_path / "mend-diary.zip").read("diary.md").decode()
