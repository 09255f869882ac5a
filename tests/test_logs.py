"""Nothing that a person writes is left in a log, on standard output or on standard error; not even when code breaks."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from talking import Person

from actions.errors import OperatorError
from actions.moment import Moment
from bot import logs
from bot.settings import ROOT
from bot.turn import Kind, Turn

CANARY = "albatross"
WORDS = f"last winter I found the {CANARY} letters in his coat and I have not slept one whole night since then"

Left = Callable[[], str]


@contextmanager
def logging_as_set(form: str) -> Iterator[io.StringIO]:
    """Logging as the program sets it, with every other program at its most talkative; what was written."""
    root, hooks = logging.getLogger(), (sys.excepthook, sys.unraisablehook, threading.excepthook)
    handlers, level, shows = root.handlers[:], root.level, warnings.showwarning
    logs.configure(form, written := io.StringIO())
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.handlers[:], warnings.showwarning = handlers, shows
        sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
        root.setLevel(level)


@pytest.fixture(params=["text", "json"])
def left(request: pytest.FixtureRequest, capfd: pytest.CaptureFixture) -> Iterator[Left]:
    """What has been written anywhere but into the chat."""
    with logging_as_set(request.param) as written:
        yield lambda: written.getvalue() + "".join(capfd.readouterr())


def leave_everything_in(person: Person) -> None:
    """Put the canary in every place where a person can put words."""
    person.says(f"hello {CANARY}")
    person.says(f"sometimes {CANARY}")
    person.screened()
    person.says(f"the one with the {CANARY}")
    person.presses("I was hurt")
    person.says(WORDS, ref="story")
    person.says("1")
    for answer in (f"the {CANARY}", f"stop {CANARY}", f"/{CANARY}", "no", f"[{CANARY}]", f"/start {CANARY}"):
        person.says(answer)
    person.edits("story", f"it was an {CANARY}")
    person.edits("nothing", CANARY)
    person.sends(CANARY)
    person.does(Turn("test", person.chat, Kind.CHOICE, CANARY))
    person.says("pause")
    person.says(WORDS)
    person.says(f"he hit me with the {CANARY} lamp")
    person.says(f"not really {CANARY}")
    person.presses("Yes")
    person.says(f"and the {CANARY} lamp broke")
    person.says("/helpnow")
    person.presses("People who can help")
    person.says(f"{CANARY}land")
    person.says("/progress")
    person.says("/export")
    person.says("/delete")
    person.presses("Erase everything")


def test_a_whole_conversation_leaves_no_word_behind(person: Person, left: Left) -> None:
    leave_everything_in(person)
    assert any(CANARY in heard.text for heard in person.heard), "the words did not even reach the dialogue"
    assert CANARY not in left()


def test_the_program_can_be_heard_at_all(left: Left) -> None:
    logging.getLogger("bot.turns").error("something")
    assert "something" in left()


@pytest.mark.parametrize("name", ["httpx", "httpcore", "telegram", "rasa", "rasa_sdk", "apscheduler", "sqlalchemy"])
def test_of_what_other_programs_say_only_the_place_is_shown(name: str, left: Left) -> None:
    logger = logging.getLogger(f"{name}.somewhere")
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        logger.log(level, CANARY)
    assert left() == ""
    logger.error(f"{CANARY} %s", CANARY)
    [line] = left().splitlines()
    assert CANARY not in line and name in line and "test_logs.py" in line


def test_an_error_is_told_by_its_kinds_and_places(left: Left) -> None:
    try:
        try:
            breaks(WORDS)()
        except ValueError as error:
            raise sa.exc.StatementError(WORDS, f"select '{WORDS}'", {"words": WORDS}, error) from error
    except sa.exc.StatementError:
        logging.getLogger("sqlalchemy").exception(WORDS)
        logging.getLogger("bot.turns").exception("it broke")
    for line in left().splitlines():
        assert CANARY not in line and "StatementError" in line and "ValueError" in line and "test_logs.py:" in line


def test_an_error_in_a_message_of_our_own_is_not_quoted(left: Left) -> None:
    logging.getLogger("bot.turns").error("it broke: %s", ValueError(WORDS))
    line = left()
    assert CANARY not in line and "it broke: ValueError" in line


def test_an_error_for_the_operator_is_told_whole_in_one_line(left: Left) -> None:
    logging.getLogger("bot.turns").error("it broke: %s", OperatorError("the disk is full:\nmake room"))
    [line] = left().splitlines()
    assert "the disk is full: / make room" in line


def ends_in_the_main_thread(error: Exception) -> None:
    sys.excepthook(type(error), error, error.__traceback__)


def ends_in_another_thread(error: Exception) -> None:
    def work() -> None:
        raise error

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def ends_in_a_task(error: Exception) -> None:
    async def work() -> None:
        raise error

    async def forgets() -> None:
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        del task

    asyncio.run(forgets())


def ends_while_it_is_put_away(error: Exception) -> None:
    class Left:
        def __del__(self) -> None:
            raise error

    Left()


@pytest.mark.parametrize(
    "ends", [ends_in_the_main_thread, ends_in_another_thread, ends_in_a_task, ends_while_it_is_put_away]
)
def test_an_error_that_nobody_caught_is_told_without_its_text(ends: Callable[[Exception], None], left: Left) -> None:
    ends(ValueError(WORDS))
    line = left()
    assert CANARY not in line and line.count("ValueError") == line.count("\n") == 1


def printed_by(program: str) -> str:
    """What a program prints in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_warnings_are_not_shown_and_what_ends_the_program_is_told_without_its_text() -> None:
    breaks = f"import warnings; warnings.warn({CANARY!r}); raise ValueError({CANARY!r})"
    assert printed_by(breaks).count(CANARY) >= 2
    line = printed_by(f"from bot import logs; logs.configure(); {breaks}")
    assert CANARY not in line and line.count("ValueError") == line.count("\n") == 1


def test_what_cannot_be_written_is_not_printed_with_what_it_was_about(left: Left) -> None:
    logging.getLogger("bot.turns").error("%d", WORDS)
    assert CANARY not in left()


#: What may stand in a message of our own: where an error was, a name from the code, an error that is told by its kind.
PUT_IN = {"name", "what", "line", "error", "_trouble(error)", "type(error).__name__"}
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


def logged() -> Iterator[tuple[str, ast.Call]]:
    """Every call in which Mend logs something, with its file."""
    for path in [path for room in logs.OURS for path in (ROOT / room).rglob("*.py")]:
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        methods = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS]
        yield from ((path.name, call) for call in methods if "logg" in ast.unparse(call.func.value))


def test_every_message_of_our_own_is_a_fixed_text_into_which_nobodys_words_are_put() -> None:
    calls = list(logged())
    assert len(calls) > 10
    for file, call in calls:
        message, *put_in = call.args
        assert isinstance(message, ast.Constant), (file, call.lineno)
        others = [one for one in map(ast.unparse, put_in) if not one.startswith("where(")]
        assert set(others) <= PUT_IN, (file, call.lineno)


def test_a_line_for_programs_names_the_event_and_only_numbers_beside_it() -> None:
    with logging_as_set("json") as written:
        about = {"update": 7, "reply": 12, "chat": "4455667788", "person": WORDS}
        logging.getLogger("bot.turns").warning("said at %s", "once", extra=about)
        print("Talking on Telegram", file=logs.Lines())
    first, second = map(json.loads, written.getvalue().splitlines())
    assert {name: value for name, value in first.items() if name != "time"} == {
        "level": "warning", "name": "bot.turns", "message": "said at once", "update": 7, "reply": 12
    }  # fmt: skip
    assert (second["level"], second["message"]) == ("info", "Talking on Telegram")


def test_a_line_for_people_is_one_line() -> None:
    with logging_as_set("text") as written:
        logging.getLogger("bot.turns").warning("one\nline", extra={"reply": 12})
    assert written.getvalue().partition(" ")[2] == "warning bot.turns: one line reply=12\n"


def breaks(what: str) -> Callable[..., None]:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(f"can't work with {what}")

    return broken


@pytest.fixture
def at_a_question(person: Person) -> Person:
    person.welcomed()
    person.says("1")
    return person


@pytest.mark.parametrize(
    "broken",
    [
        "actions.exercise._move_on",  # an action
        "bot.listening.read_answer",  # before the dialogue
        "bot.turns.replies_from",  # after it
        "bot.dialogue._Trackers.save",  # at its very end
    ],
)
def test_code_that_breaks_on_someones_words_does_not_quote_them(
    at_a_question: Person, left: Left, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(broken, breaks(WORDS))
    try:
        at_a_question.says(WORDS)
    except ValueError as error:
        assert CANARY in str(error)
    assert CANARY not in left()


def test_an_action_that_breaks_is_named_in_the_log_with_its_place(
    at_a_question: Person, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.exercise._move_on", breaks(WORDS))
    at_a_question.says(WORDS)
    log = left()
    assert "validate_exercise_form" in log and "ValueError" in log and "test_logs.py" in log


def test_who_meets_broken_code_hears_a_kind_line_and_their_words_are_kept(
    at_a_question: Person, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Moment, "say", breaks(WORDS))
    heard = at_a_question.says(WORDS)
    assert [one.text for one in heard] == [at_a_question.house.tools.sentences.say("utter_trouble")]
    monkeypatch.undo()
    with at_a_question.house.tools.store.begin() as kept:
        known = kept.people.find("test", at_a_question.chat)
        assert any(CANARY in answer.parts for answer in kept.runs.versions(known))
    assert CANARY not in left()
