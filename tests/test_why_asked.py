"""Why "Are you safe right now?" was asked may be asked back, and what it means."""

from __future__ import annotations

import pytest
from talking import Clock, Person
from telling import ANSWERS, AT_DRAFT, AT_QUESTION, BETWEEN, HOUR, TOLD, goes, hears

WHY = ["why?", "what do you mean by that", "why are you asking me that", "wdym"]


def is_told_why(person: Person) -> bool:
    """Whether the newest message says why it was asked, and asks it once more."""
    return hears(person, person.last.text, "utter_safe_why") and list(person.last.buttons) == ANSWERS


@pytest.mark.parametrize("path", [[], BETWEEN, AT_QUESTION, AT_DRAFT], ids=["new", "between", "at a question", "draft"])
@pytest.mark.parametrize("asked", WHY)
def test_it_says_why_and_the_question_stays(person: Person, path: list[str], asked: str) -> None:
    goes(person, path).says(TOLD["self_harm"])
    person.says(asked)
    assert is_told_why(person)
    person.says("no")
    assert hears(person, person.heard[-1].text, "utter_people_anywhere")


def test_once_it_is_answered_why_is_about_something_else(person: Person) -> None:
    goes(person, BETWEEN).says(TOLD["abuse"])
    person.presses("Yes")
    person.says("why?")
    assert not is_told_why(person)


def test_hours_later_too(person: Person, clock: Clock) -> None:
    goes(person, BETWEEN).says(TOLD["abuse"])
    clock.wait(HOUR + 1)
    person.says("why?")
    assert not is_told_why(person)
