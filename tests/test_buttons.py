"""Buttons that are old, pressed twice, somebody else's, or made up."""

from __future__ import annotations

import pytest
from answering import PLAIN
from talking import CHANNEL, Clock, Person

from actions.program import HURT, load
from bot.house import House
from bot.settings import ROOT
from bot.turn import Kind, Turn

PROGRAM = load(ROOT / "data")
SIDE = PROGRAM.exercise("communication").sides[HURT]
FIRST, SECOND = SIDE.steps[:2]


def at_question(person: Person) -> Person:
    person.welcomed().says("3")
    assert person.asked(FIRST.ask)
    return person


def token(person: Person, label: str) -> str:
    return next(one.buttons[label] for one in reversed(person.heard) if label in one.buttons)


def press(person: Person, token: str) -> Turn:
    return Turn(CHANNEL, person.chat, Kind.CHOICE, token)


@pytest.mark.parametrize("label", ["A hint", "Skip", "Pause"])
def test_a_button_of_an_earlier_question_shows_the_present_one_and_does_nothing_else(
    person: Person, label: str
) -> None:
    at_question(person)
    old = press(person, token(person, label))
    person.says(PLAIN[0])
    before = person.diary()
    person.does(old)
    assert person.last.text.startswith(person.house.tools.sentences.say("utter_stale")) and person.asked(SECOND.ask)
    assert person.diary() == before


def test_a_choice_of_an_earlier_question_does_not_answer_the_present_one(person: Person) -> None:
    exercise = PROGRAM.exercise("apology")
    how = next(step for step in exercise.sides[HURT].steps if step.choices)
    person.welcomed().says("apology")
    while not person.asked(how.ask):
        person.says("skip")
    old = press(person, token(person, how.choices[0]))
    person.says(PLAIN[4])
    person.does(old)
    assert how.choices[0] not in person.diary()


def test_a_button_of_a_question_when_none_is_open_offers_the_ten(person: Person) -> None:
    old = press(person, token(at_question(person), "Skip"))
    person.says("menu")
    person.does(old)
    assert list(person.last.buttons) == ["All ten"]
    person.says("next")
    assert person.asked(FIRST.ask)


def test_a_button_pressed_twice_counts_once(person: Person) -> None:
    skip = press(person, token(at_question(person), "Skip"))
    heard = person.does(skip, skip)
    assert len(heard) == 1 and person.asked(SECOND.ask)
    assert person.does(skip) == []


def test_of_two_buttons_under_one_message_the_first_pressed_counts(person: Person) -> None:
    person.screened()
    hurt, broke = (press(person, token(person, label)) for label in ("I was hurt", "I broke trust"))
    person.does(hurt, broke)
    person.presses("Skip")
    person.says("3")
    assert person.asked(FIRST.ask)


FORGED = ["", "x", "answer:hurt", "delete_yes", "set_role:hurt", "1", "x" * 64, "' OR 1=1 --", "%", "\u202e", "/delete"]


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_button_changes_nothing(person: Person, forged: str) -> None:
    at_question(person).says(PLAIN[0])
    before = person.diary()
    person.does(press(person, forged))
    assert person.last.text == person.house.tools.sentences.say("utter_unknown_button")
    assert person.diary() == before
    person.says("/repeat")
    assert person.asked(SECOND.ask)


@pytest.mark.parametrize("label", ["Skip", "Erase everything"])
def test_somebody_elses_button_does_nothing_to_either(person: Person, house: House, clock: Clock, label: str) -> None:
    at_question(person).says(PLAIN[0])
    person.says("/delete")
    other = Person(house, clock, f"{person.chat}-other").welcomed()
    other.says("3")
    other.says("My own words, in my own chat, about my own evening.")
    other.does(press(other, token(person, label)))
    assert other.last.text == house.tools.sentences.say("utter_unknown_button")
    assert "My own words" in other.diary() and PLAIN[0] in person.diary()
    assert person.presses("Keep it")
