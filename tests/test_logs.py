"""Nothing that a person writes is left in a log, on standard output or on standard error; not even when code breaks."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from talking import Person

from actions.moment import Moment
from bot.__main__ import quiet
from bot.turn import Kind, Turn

CANARY = "albatross"
WORDS = f"last winter I found the {CANARY} letters in his coat and I have not slept one whole night since then"

Left = Callable[[], str]


@pytest.fixture
def left(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture) -> Left:
    """What has been written anywhere but into the chat, with logging as the program sets it, at its most talkative."""
    loggers = [logging.getLogger(name) for name in ("httpx", "telegram", "rasa", "rasa_sdk")]
    levels = [logger.level for logger in loggers]
    caplog.set_level(logging.DEBUG)
    quiet()
    yield lambda: caplog.text + "".join(capfd.readouterr())
    for logger, level in zip(loggers, levels):
        logger.setLevel(level)


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
