"""Tries at a locked chat: what is wrong is kept nowhere, too many bring a pause, and danger is heard all the same."""

from __future__ import annotations

import pytest
from locks import BOTH_SIDES, PHRASE, TEN_MINUTES, TIDY, WRONG, answers, held_off, kept_with, line, lines, locked
from talking import CHANNEL, Clock, Person
from telling import AT_QUESTION, BETWEEN, TOLD, goes, hears

from actions.store.care import care_of

# -- wrong tries -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BOTH_SIDES.values(), ids=BOTH_SIDES)
def test_a_wrong_try_is_kept_nowhere_and_says_what_to_do_with_words(person: Person, path: list[str]) -> None:
    before = answers(locked(person, path))
    words = "The albatross letters were in his coat."
    assert lines(person.says(words)) == [line(person, "utter_lock_wrong")]
    assert kept_with(person, "albatross") == [] and answers(person) == before
    person.says(PHRASE)
    assert "albatross" not in person.diary()


def test_three_wrong_tries_bring_a_pause_in_which_nothing_is_tried(person: Person, clock: Clock) -> None:
    locked(person)
    heard = [person.says(WRONG)[0].text for _ in range(3)]
    assert heard == [line(person, "utter_lock_wrong")] * 2 + [line(person, "utter_lock_paused", minutes=5)]
    assert lines(person.says(PHRASE)) == [line(person, "utter_lock_paused", minutes=5)], "not even the right one"
    clock.wait(4 * 60)
    assert lines(person.says(PHRASE)) == [line(person, "utter_lock_paused", minutes=1)]
    clock.wait(60)
    assert person.says(PHRASE)[0].text == line(person, "utter_unlocked_after")


def test_the_pause_doubles_up_to_an_hour_and_is_five_minutes_again_once_it_was_open(
    person: Person, clock: Clock
) -> None:
    locked(person)
    for minutes in (5, 10, 20, 40, 60, 60):
        for _ in range(3):
            [heard] = person.says(WRONG)
        assert heard.text == line(person, "utter_lock_paused", minutes=minutes)
        clock.wait(60 * minutes)
    person.says(PHRASE)
    clock.wait(TEN_MINUTES)
    for _ in range(3):
        [heard] = person.says(WRONG)
    assert heard.text == line(person, "utter_lock_paused", minutes=5)


def test_what_can_be_no_passphrase_is_no_try(person: Person) -> None:
    locked(person)
    for text in ("hi", "abc", "word " * 60, "no"):
        assert held_off(person, person.says(text))
    assert lines(person.says(WRONG)) == [line(person, "utter_lock_wrong")] == lines(person.says(WRONG))


def test_what_else_was_typed_can_be_deleted_once_it_is_open(person: Person) -> None:
    locked(person, BETWEEN)
    for text, ref in (("hi", "901"), (WRONG, "902"), (WRONG, "903"), ("x" * 300, "904")):
        person.says(text, ref=ref)
    heard = person.says(PHRASE, ref="905")[0]
    assert heard.text == line(person, "utter_unlocked_after") and heard.reply["deletes"] == "905"
    heard = person.presses(TIDY)[-1]
    assert heard.text == line(person, "utter_lock_tidied") and heard.reply["deletes"] == "901,902,903,904"
    assert heard.reply["text_if_not"] == line(person, "utter_lock_tidy_left")


# -- danger ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_danger_typed_while_locked_brings_people_and_nothing_is_kept(person: Person, told: str) -> None:
    locked(person, AT_QUESTION)
    for says in (person.says, lambda text: person.edits("1", text)):
        heard = says(told)
        assert hears(person, heard[0].text, "utter_help_now") and not heard[0].buttons and len(heard) == 2
    assert kept_with(person, told) == []
    with person.house.tools.store.begin() as kept:
        assert care_of(kept.people.find(CHANNEL, person.chat)).kind is None, "nobody knows who typed it"


def test_danger_is_heard_during_the_pause_too(person: Person) -> None:
    locked(person)
    for _ in range(3):
        person.says(WRONG)
    heard = person.says(TOLD["self_harm"])
    assert hears(person, heard[0].text, "utter_help_now")
    assert heard[1].text == line(person, "utter_lock_paused", minutes=5)


@pytest.mark.parametrize("answer", ["no", "[No]", "[You misunderstood]", "i don't know"])
def test_who_was_asked_whether_they_are_safe_gets_people_though_it_is_locked(person: Person, answer: str) -> None:
    locked(person)
    person.says(PHRASE)
    goes(person, [TOLD["self_harm"]]).clock.wait(TEN_MINUTES)
    goes(person, [answer])
    assert hears(person, person.heard[-2].text, "utter_help_now")
    assert person.last.text in (line(person, "utter_locked"), line(person, "utter_lock_wrong"))
