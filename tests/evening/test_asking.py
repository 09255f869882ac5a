"""The question of an evening: it comes once, takes one answer, and ends with one warm line."""

from __future__ import annotations

import pytest
from evenings import (
    NOT_TONIGHT,
    QUESTIONS,
    REFLECTIONS,
    SCALES,
    asked,
    at,
    comes,
    looks,
    named,
    passes,
    said,
    settled,
    today,
)
from talking import Clock, Person
from telling import ANSWERS, AT_QUESTION, PROGRAM, TOLD, goes, hears

from actions.program import HURT

LONG = "We cooked the soup together and the kitchen smelled of thyme."
SHORT = "A quiet day."
COMMUNICATION = PROGRAM.exercise("communication")
BACK = f"Go on: {COMMUNICATION.short}"


def warm(text: str) -> bool:
    return any(text.endswith(line) for line in REFLECTIONS.warm[HURT])


# -- once ------------------------------------------------------------------------------------------------------------


def test_it_comes_at_its_minute_and_not_before(person: Person, clock: Clock) -> None:
    settled(person, hour="21:30")
    at(clock, "21:29")
    assert looks(person) == []
    at(clock, "21:31")
    asked(looks(person))
    assert list(person.last.buttons) == [*SCALES, NOT_TONIGHT] and person.last.reply["once"]


def test_it_never_comes_twice_for_a_date(person: Person, clock: Clock) -> None:
    day = passes(settled(person))
    asked(looks(person))
    assert looks(person) == []
    goes(person, ["/evening", "[Another hour]", "[22:00]"])
    assert "The next one comes tomorrow" in person.last.text
    at(clock, "22:12")
    assert today(clock) == day and looks(person) == []


def test_another_question_comes_each_evening(person: Person) -> None:
    questions = [asked(comes(settled(person))).id]
    for _ in range(4):
        person.says(SHORT)
        questions.append(asked(comes(person)).id)
    assert len(set(questions)) == 5


# -- one answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words, quotes", [(SHORT, False), (LONG, True)], ids=["short", "long"])
def test_the_answer_is_kept_and_gets_one_warm_line_and_no_second_question(
    person: Person, words: str, quotes: bool
) -> None:
    question = asked(comes(settled(person)))
    heard = person.says(words)
    assert [warm(one.text) for one in heard] == [True] and "?" not in heard[0].text
    assert (f"“{words}”" in heard[0].text) is quotes
    assert not heard[0].buttons
    assert f"**{question.ask}**\n\n> {words}\n" in person.diary()


@pytest.mark.parametrize("words", ["7", "0" * 5000, "9" * 33_000, "²", "11"], ids=len)
def test_a_question_with_a_scale_takes_any_number(person: Person, words: str) -> None:
    settled(person)
    while (question := QUESTIONS.get(comes(person)[0].text)) is None or question.scale is None:
        person.presses(NOT_TONIGHT) if question is None else person.says(SHORT)
    assert warm(person.says(words)[-1].text)
    assert f"> {words[:100]}" in person.diary()


@pytest.mark.parametrize("words", ["nothing", "I don't know", "no"])
def test_nothing_is_an_answer_too(person: Person, words: str) -> None:
    comes(settled(person))
    assert [one.text in REFLECTIONS.nothing[HURT] for one in person.says(words)] == [True]
    assert f"> {words}\n" in person.diary()


@pytest.mark.parametrize("words", ["hi", "/next", "/start", "/repeat", "why", "hint", "/back"])
def test_whatever_is_asked_in_between_the_evenings_own_question_stays(person: Person, words: str) -> None:
    question = asked(comes(settled(person)))
    person.says(words)
    assert person.asked(question.ask)
    person.says(SHORT)
    assert f"**{question.ask}**\n\n> {SHORT}\n" in person.diary()


def test_an_edited_answer_is_corrected(person: Person) -> None:
    comes(settled(person))
    person.says("We had a terible dinner.", ref="700001")
    person.edits("700001", "We had a terrible dinner.")
    assert "We had a terrible dinner." in person.says("/journal")[0].text and "terible" not in person.last.text


def test_after_midnight_it_still_belongs_to_the_evening_before(person: Person, clock: Clock) -> None:
    day = passes(settled(person))
    question = asked(looks(person))
    at(clock, "00:40")
    assert warm(person.says(SHORT)[0].text)
    assert f"{named(day)}: {SHORT}" in person.says("/journal")[0].text
    assert f"**{question.ask}**\n\n> {SHORT}\n" in person.diary()


def test_words_after_the_night_are_no_answer_to_it(person: Person, clock: Clock) -> None:
    question = asked(comes(settled(person)))
    at(clock, "04:01")
    assert not warm(person.says(SHORT)[0].text)
    assert question.ask not in person.diary() and f"> {SHORT}\n" in person.diary()
    assert said(person, person.says("/journal")[0].text, "utter_journal_empty")


@pytest.fixture(params=["open", "paused"])
def exercising(person: Person, request: pytest.FixtureRequest) -> Person:
    """Someone at the first question of an exercise, or who paused there, when the evening comes."""
    at(person.clock, "12:00")
    goes(person, [*AT_QUESTION, "/evening", "[21:00]", "[Lagos]", BACK])
    return goes(person, ["pause"] if request.param == "paused" else [])


def test_in_the_middle_of_an_exercise_it_is_asked_just_once(exercising: Person) -> None:
    asked(comes(exercising))


def test_an_exercise_left_open_is_one_tap_away_after_the_answer(exercising: Person) -> None:
    comes(exercising)
    exercising.says(SHORT)
    exercising.presses(BACK)
    assert exercising.asked(COMMUNICATION.sides[HURT].steps[0].ask)


def test_danger_told_as_an_answer_is_met_as_danger(person: Person) -> None:
    comes(settled(person))
    person.says(TOLD["self_harm"])
    assert hears(person, person.last.text, "utter_danger_self_harm") and list(person.last.buttons) == ANSWERS
    assert f"> {TOLD['self_harm']}\n" in person.diary()
    assert said(person, person.says("/journal")[0].text, "utter_journal_empty"), "it is no entry among the others"


# -- numbers, and not tonight ----------------------------------------------------------------------------------------


def test_numbers_are_given_by_two_taps_and_words_may_still_come(person: Person) -> None:
    day = passes(settled(person))
    looks(person)
    goes(person, ["[Safety]"])
    assert list(person.last.buttons) == [str(number) for number in range(11)]
    goes(person, ["[7]"])
    assert "Safety 7 of 10" in person.last.text and list(person.last.buttons) == ["Trust", "Closeness"]
    goes(person, ["[Trust]", "[10]"])
    assert list(person.last.buttons) == ["Closeness"]
    assert f"{named(day)}: Trust 10, Safety 7" in person.says("/journal")[0].text


def test_after_a_number_words_are_the_answer_beside_it(person: Person) -> None:
    day = passes(settled(person))
    looks(person)
    goes(person, ["[Closeness]", "[0]", SHORT, "/journal", f"[{day:%-d %B}]"])
    assert SHORT in person.last.text and "Closeness 0" in person.last.text


@pytest.mark.parametrize("way", ["[Not tonight]", "/skip", "not tonight", "Not tonight."])
def test_not_tonight_is_met_kindly_and_ends_the_evening(person: Person, way: str) -> None:
    question = asked(comes(settled(person)))
    goes(person, [way])
    assert said(person, person.last.text, "utter_not_tonight") and not person.last.buttons
    assert looks(person) == []
    person.says(SHORT)
    assert f"**{question.ask}**\n\n> {SHORT}" not in person.diary()
    assert said(person, person.says("/journal")[0].text, "utter_journal_empty")


def test_pausing_at_it_promises_nothing_that_is_not_done(person: Person) -> None:
    question = asked(comes(settled(person)))
    promised = said(person, person.says("/pause")[0].text, "utter_paused")
    person.says("hi")
    assert person.asked(question.ask) is promised, "told that it goes on from this question, it does"


# -- on a locked screen ----------------------------------------------------------------------------------------------


@pytest.fixture
def discreet(person: Person) -> Person:
    """Someone whose locked screen may show nothing."""
    return goes(settled(person), ["/evening", "[Hide it on the lock screen]"])


def test_discreetly_nothing_shows_but_evening_note_and_it_opens_on_a_tap(discreet: Person) -> None:
    heard = comes(discreet)
    assert [one.text for one in heard] == ["Evening note"] and list(heard[0].buttons) == ["Open it", NOT_TONIGHT]
    asked(discreet.presses("Open it"))
    assert warm(discreet.says(SHORT)[0].text)


def test_a_note_left_closed_can_be_declined_and_not_opened_once_the_night_is_over(
    discreet: Person, clock: Clock
) -> None:
    comes(discreet)
    assert said(discreet, discreet.presses(NOT_TONIGHT)[0].text, "utter_not_tonight")
    comes(discreet)
    at(clock, "04:01")
    assert said(discreet, discreet.presses("Open it")[0].text, "utter_evening_over")


def test_shown_again_on_the_lock_screen_it_is_the_question_itself(discreet: Person) -> None:
    goes(discreet, ["/evening", "[Show it on the lock screen]"])
    asked(comes(discreet))
