"""Danger comes before everything: wherever it is told, the rest stops, the words are kept, and one thing is asked."""

from __future__ import annotations

import pytest
from talking import CHANNEL, Clock, Person
from telling import (
    ANSWERS,
    AT_DRAFT,
    AT_QUESTION,
    AT_RECEIVED,
    BETWEEN,
    DAY,
    HELP,
    HOUR,
    LONG,
    MILD,
    PROGRAM,
    STATES,
    TOLD,
    WRITING,
    goes,
    hears,
    in_hand,
)

from actions.lifelines import day_of
from actions.program import HURT
from bot.turn import Kind, Turn

FIRST, SECOND = PROGRAM.exercise("communication").sides[HURT].steps[:2]
VICTIMS = "utter_danger_abuse"


def is_asked(person: Person, kind: str) -> bool:
    """Whether the newest message says what belongs to this kind of danger, and asks whether they are safe."""
    return hears(person, person.last.text, f"utter_danger_{kind}") and list(person.last.buttons) == ANSWERS


# -- wherever it is told ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_in_every_state_one_message_brings_help_and_one_question_and_the_words_are_kept(
    person: Person, path: list[str]
) -> None:
    heard = goes(person, path).says(TOLD["self_harm"])
    assert len(heard) == 1 and is_asked(person, "self_harm")
    assert heard[0].text.count("?") == 1 and "https://findahelpline.com" in heard[0].text
    assert in_hand(person) is None
    assert f"> {TOLD['self_harm']}\n" in person.diary()


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("path", [[], BETWEEN, AT_QUESTION], ids=["someone new", "between", "at a question"])
def test_each_kind_of_danger_has_its_own_words(person: Person, path: list[str], kind: str) -> None:
    goes(person, path).says(TOLD[kind])
    assert is_asked(person, kind)


def test_the_exercise_stops_and_goes_on_where_it_was_without_those_words(person: Person) -> None:
    goes(person, AT_QUESTION).says(TOLD["self_harm"])
    assert FIRST.ask not in person.last.text
    person.presses("Yes")
    assert in_hand(person) is None, "nothing goes on by itself"
    person.says("/next")
    assert person.asked(FIRST.ask) and TOLD["self_harm"] not in person.last.text
    person.says(FIRST.example)
    assert person.asked(SECOND.ask)


def test_a_draft_stops_and_those_words_are_no_part_of_it(person: Person) -> None:
    piece = "I took our savings, and it was my choice."
    goes(person, [*AT_DRAFT, piece]).says(TOLD["self_harm"])
    person.presses("Yes")
    person.says("/apology")
    heard = person.presses("Done")
    assert piece in heard[0].text and not any(TOLD["self_harm"] in one.text for one in heard)
    diary = person.diary()
    assert f"> {piece}\n" in diary and f"> {TOLD['self_harm']}\n" in diary


def test_free_writing_is_kept_to_the_last_word(person: Person) -> None:
    goes(person, [*WRITING, MILD]).says(TOLD["abuse"])
    assert is_asked(person, "abuse") and in_hand(person) is None
    diary = person.diary()
    assert all(f"> {words}\n" in diary for words in (LONG, MILD, TOLD["abuse"]))


@pytest.mark.parametrize("path", [AT_QUESTION, BETWEEN], ids=["an answer", "no answer"])
def test_a_message_that_is_changed_into_danger_is_heard_and_kept(person: Person, path: list[str]) -> None:
    goes(person, path).says(FIRST.example if path is AT_QUESTION else "thanks", ref="700001")
    person.edits("700001", TOLD["self_harm"])
    assert is_asked(person, "self_harm") and in_hand(person) is None
    assert f"> {TOLD['self_harm']}\n" in person.diary()


def test_danger_in_one_of_several_messages_is_heard_and_all_are_kept(person: Person) -> None:
    texts = (MILD, TOLD["self_harm"], "and the kettle is on")
    heard = goes(person, AT_QUESTION).does(
        *(Turn(CHANNEL, person.chat, Kind.TEXT, text, f"80000{number}") for number, text in enumerate(texts))
    )
    assert len(heard) == 1 and is_asked(person, "self_harm")
    diary = person.diary()
    assert all(f"> {text}\n" in diary for text in texts)


def test_half_a_sentence_in_a_very_long_answer_is_heard(person: Person) -> None:
    goes(person, AT_QUESTION).says(" ".join([LONG] * 150 + [TOLD["self_harm"]] + [LONG] * 20))
    assert is_asked(person, "self_harm")


# -- what is answered to the question --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said, response",
    [
        *[(said, "utter_safe_yes") for said in ("[Yes]", "yes", "I'm safe", "fine")],
        *[(said, "utter_safe_no") for said in ("[No]", "No.", "nope", "I'm not safe")],
        *[(said, "utter_safe_unsure") for said in ("[I don't know]", "idk", "I don't know", "maybe")],
        *[(said, "utter_misunderstood") for said in ("[You misunderstood]", "you misunderstood!", "I was joking")],
    ],
)
@pytest.mark.parametrize("path", [[], AT_QUESTION], ids=["someone new", "at a question"])
def test_it_is_answered_by_button_or_in_words(person: Person, path: list[str], said: str, response: str) -> None:
    goes(person, path).says(TOLD["self_harm"])
    heard = goes(person, [said]).heard[-1]
    assert hears(person, heard.text, response)
    assert HELP in heard.buttons or "United Kingdom" in heard.buttons


def test_who_is_not_safe_gets_people_at_once(person: Person) -> None:
    goes(person, AT_QUESTION).says(TOLD["self_harm"])
    [heard] = person.presses("No")
    assert person.house.tools.sentences.label("emergency") in heard.text and "findahelpline.com" in heard.text
    assert FIRST.ask not in heard.text


@pytest.mark.parametrize("kind", ["self_harm", "abuse"])
def test_who_was_misunderstood_goes_on_where_they_were(person: Person, clock: Clock, kind: str) -> None:
    goes(person, AT_QUESTION).says(TOLD[kind])
    person.presses("You misunderstood")
    assert list(person.last.buttons) == [HELP, "Go on where I was"]
    if kind == "abuse":  # for the day it is gone gently with, whatever they say; not for ever
        clock.wait(DAY)
    person.presses("Go on where I was")
    assert person.asked(FIRST.ask)


@pytest.mark.parametrize("answer", ["Yes", "You misunderstood"])
def test_help_stays_near_for_a_day_and_not_after(person: Person, clock: Clock, answer: str) -> None:
    goes(person, BETWEEN)
    person.says("/repeat")
    assert HELP not in person.last.buttons
    person.says(TOLD["self_harm"])
    person.presses(answer)
    clock.wait(DAY - HOUR)
    person.says("/repeat")
    assert HELP in person.last.buttons
    clock.wait(HOUR)
    person.says("/repeat")
    assert HELP not in person.last.buttons


# -- told again, and what comes after --------------------------------------------------------------------------------


def test_told_twice_it_is_answered_in_other_words(person: Person) -> None:
    first = person.says(TOLD["self_harm"])
    second = person.says("I just want to die.")
    assert hears(person, second[0].text, "utter_danger_again") and second[0].text != first[0].text
    assert list(second[0].buttons) == ANSWERS and "findahelpline.com" in second[0].text
    person.says(TOLD["abuse"])
    assert is_asked(person, "abuse"), "another danger has words of its own"


def test_told_again_hours_later_it_is_answered_anew_and_soon_after_that_in_other_words(
    person: Person, clock: Clock
) -> None:
    person.says(TOLD["self_harm"])
    clock.wait(2 * HOUR)
    person.says(TOLD["self_harm"])
    assert is_asked(person, "self_harm")
    clock.wait(60)
    person.says(TOLD["self_harm"])
    assert hears(person, person.last.text, "utter_danger_again")


@pytest.mark.parametrize("path", [BETWEEN, AT_QUESTION, []], ids=["between", "at a question", "someone new"])
def test_who_writes_on_is_heard_with_help_beside_it(person: Person, path: list[str]) -> None:
    goes(person, path).says(TOLD["self_harm"])
    person.presses("Yes")
    [heard] = person.says(MILD)
    assert HELP in heard.buttons and "kept" in heard.text
    assert f"> {MILD}\n" in person.diary()


# -- whose danger it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [[], BETWEEN, AT_QUESTION, AT_DRAFT], ids=["new", "between", "question", "draft"])
def test_own_violence_is_never_answered_with_what_is_said_to_those_who_suffer_it(
    person: Person, path: list[str]
) -> None:
    goes(person, path).says(TOLD["own"])
    assert is_asked(person, "own")
    for step in ("[No]", "[United Kingdom]", "I slapped her again.", "[Yes]", "/apology", "/menu"):
        goes(person, [step])
    assert not any(hears(person, one.text, VICTIMS) or "I believe you" in one.text for one in person.heard)
    tools = person.house.tools
    lines = tools.helplines.of("GB", "own_violence", day_of(tools.now()))  # none once the tests' clock is years ahead
    wanted = [line.phone for line in lines] or [one.url for one in tools.helplines.directories if "abuse" in one.topics]
    assert any(wanted[0] in one.text for one in person.heard), "those who help to stop"


def test_for_a_day_own_violence_closes_the_apology_with_words_of_its_own(person: Person, clock: Clock) -> None:
    goes(person, [*AT_DRAFT, TOLD["own"], "[Yes]"]).says("/apology")
    assert hears(person, person.last.text, "utter_closed_own") and in_hand(person) is None
    clock.wait(DAY)
    person.says("/apology")
    assert in_hand(person) == "practice"


@pytest.mark.parametrize("said", ["I'm sorry that I hit you. I was drunk.", "I hit you because I was drunk, sorry."])
def test_an_apology_received_that_tells_of_violence_is_told_as_abuse(person: Person, said: str) -> None:
    goes(person, AT_RECEIVED).says(said)
    assert is_asked(person, "abuse")
    assert f"> {said}\n" in person.diary()
    person.presses("Yes")
    person.says("/apology")
    assert hears(person, person.last.text, "utter_closed")


def test_the_same_words_in_an_apology_of_their_own_are_told_as_theirs(person: Person) -> None:
    goes(person, AT_DRAFT).says("I'm sorry that I hit you. I was drunk.")
    assert is_asked(person, "own")
