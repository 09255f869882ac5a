"""Evenings on which a promise comes back, for someone who wrote one down in the fourth strategy."""

from __future__ import annotations

from itertools import pairwise

import pytest
from answering import answers
from evenings import FRIDAY, MONDAY, NOT_TONIGHT, REFLECTIONS, asked, comes, settled, today
from talking import Person
from telling import BETWEEN, OWN_SIDE, PROGRAM, goes

from actions.evening.questions import Outcome
from actions.program import BROKE_TRUST, HURT

SHORT = "A quiet day."
STRATEGY = PROGRAM.exercise("consistency")
KEPT, SLIPPED, TOLD = (REFLECTIONS.outcomes[name] for name in ("kept", "slipped", "told"))


def having_promised(person: Person, weekday: int = MONDAY) -> Person:
    """Someone who broke trust, wrote down a promise, and settled their evenings on this weekday."""
    return settled(person, [*OWN_SIDE, "4", *answers(STRATEGY.sides[BROKE_TRUST]).values()], weekday=weekday)


@pytest.fixture
def promised(person: Person) -> Person:
    """Someone who wrote down a promise."""
    return having_promised(person)


def asks_about_the_promise(person: Person) -> str:
    """The evening comes, and asks about the promise; the wording."""
    heard = comes(person)
    assert [one.text in REFLECTIONS.promise_asks for one in heard] == [True]
    assert list(heard[0].buttons) == [KEPT.label, SLIPPED.label, TOLD.label, "Show my promise", NOT_TONIGHT]
    return heard[0].text


@pytest.mark.parametrize("outcome", [KEPT, SLIPPED, TOLD], ids=["kept", "slipped", "told first"])
@pytest.mark.parametrize("typed", [False, True], ids=["pressed", "typed"])
def test_how_the_promise_went_is_noted_and_after_a_slip_there_are_words_for_it(
    promised: Person, outcome: Outcome, typed: bool
) -> None:
    asks_about_the_promise(promised)
    promised.says(min(outcome.names)) if typed else promised.presses(outcome.label)
    assert any(promised.last.text.startswith(line) for line in outcome.said)
    assert (REFLECTIONS.repair in promised.last.text) is (outcome is not KEPT)
    assert not promised.last.buttons


def test_they_can_see_their_promise_before_they_answer(promised: Person) -> None:
    wording = asks_about_the_promise(promised)
    promised.presses("Show my promise")
    assert answers(STRATEGY.sides[BROKE_TRUST])["promise"] in promised.last.text and promised.asked(wording)


def test_the_promise_comes_every_other_evening_in_another_wording_and_is_counted(promised: Person) -> None:
    wordings = []
    for outcome in (KEPT, SLIPPED, TOLD):
        wordings.append(asks_about_the_promise(promised))
        promised.presses(outcome.label)
        if outcome is not TOLD:
            asked(comes(promised))
            promised.says(SHORT)
    assert all(one != other for one, other in pairwise(wordings))
    goes(promised, ["/journal", "[My last weeks]"])
    assert "Your promise: 1 of 3 kept, 1 slip told first." in promised.last.text


def test_without_a_written_promise_it_is_not_asked_about(person: Person) -> None:
    settled(person, path=OWN_SIDE)
    assert [asked(comes(person)).after for _ in range(2)] == [None, None]


def test_on_a_hard_date_the_promise_is_left_alone(person: Person) -> None:
    having_promised(person, weekday=FRIDAY)
    goes(person, ["/evening", "[A hard date]", f"{today(person.clock):%-d %B}", "[A softer question]"])
    assert asked(comes(person)).gentle


def test_who_was_hurt_is_not_made_to_watch_over_a_promise(person: Person) -> None:
    settled(person, [*BETWEEN, "4", *answers(STRATEGY.sides[HURT]).values()])
    for _ in range(2):
        asked(comes(person))
        person.says(SHORT)
