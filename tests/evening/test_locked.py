"""The evening question in a locked chat: it comes all the same, and an answer needs the passphrase first."""

from __future__ import annotations

import pytest
from evenings import NOT_TONIGHT, SCALES, asked, comes, settled
from locks import PHRASE, TIDY, held_off, kept_with, line, lines, locked
from talking import Person
from telling import BETWEEN, OWN_SIDE

ANSWER = "We cooked the albatross soup together and the kitchen smelled of thyme."


def with_lock(person: Person, path: list[str]) -> Person:
    """Someone who is asked each evening, in a chat that is locked."""
    return locked(settled(person, path))


@pytest.mark.parametrize("path", [BETWEEN, OWN_SIDE], ids=["hurt", "broke trust"])
def test_it_comes_as_ever_and_its_answer_is_kept_once_the_chat_is_open(person: Person, path: list[str]) -> None:
    question = asked(comes(with_lock(person, path)))
    assert lines(person.says(ANSWER, ref="900")) == [line(person, "utter_lock_wrong")]
    assert kept_with(person, "albatross") == []
    heard = person.says(PHRASE, ref="901")
    assert lines(heard) == [line(person, "utter_unlocked_after"), question.ask]
    assert list(heard[0].buttons) == [TIDY] and heard[0].reply["deletes"] == "901", "their words still stand there"
    assert list(heard[1].buttons) == [*SCALES, NOT_TONIGHT]
    person.says(ANSWER)
    assert f"**{question.ask}**\n\n> {ANSWER}\n" in person.diary()


@pytest.mark.parametrize("label", [SCALES[0], NOT_TONIGHT])
def test_its_buttons_are_held_off_and_work_afterwards(person: Person, label: str) -> None:
    asked(comes(with_lock(person, BETWEEN)))
    assert held_off(person, person.presses(label))
    person.says(PHRASE)
    assert not held_off(person, person.presses(label))


def test_a_discreet_one_is_opened_after_the_passphrase(person: Person) -> None:
    settled(person)
    for step in ("/evening", "[Change something]", "[Hide it on the lock screen]"):
        person.presses(step[1:-1]) if step.startswith("[") else person.says(step)
    locked(person)
    assert lines(comes(person)) == ["Evening note"]
    assert held_off(person, person.presses("Open it"))
    assert lines(person.says(PHRASE)) == [line(person, "utter_unlocked")], "no question was opened yet"
    asked(person.presses("Open it"))


def test_an_evening_opens_nothing(person: Person) -> None:
    asked(comes(with_lock(person, BETWEEN)))
    assert held_off(person, person.says("/journal"))
    asked(comes(person))
    assert held_off(person, person.says("/journal"))
