"""A locked chat: nothing that tells of anyone is shown, whoever types, presses, changes or sends what."""

from __future__ import annotations

from pathlib import Path

import pytest
from answering import PLAIN
from locks import (
    BOTH_SIDES,
    PHRASE,
    TEN_MINUTES,
    WRONG,
    answers,
    held_off,
    is_open,
    kept_with,
    line,
    lines,
    locked,
    secured,
)
from seeing import coach
from talking import CHANNEL, Clock, Person
from telling import AT_QUESTION, BETWEEN, HELP, PROGRAM, STATES, goes, hears, in_hand

from actions.program import HURT
from bot.house import House, build
from bot.settings import Settings
from bot.turn import Kind, Turn

FIRST, SECOND = PROGRAM.exercise("communication").sides[HURT].steps[:2]
ANSWERED = [*AT_QUESTION, PLAIN[0]]


# -- holding off -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_in_every_state_everything_is_held_off_with_one_neutral_line(person: Person, path: list[str]) -> None:
    goes(person, path)
    labels = list(dict.fromkeys(label for one in person.heard for label in one.buttons))
    locked(person)
    before = answers(person), in_hand(person)
    assert held_off(person, person.says("hi"))
    for command in ("/start", "/menu", "/progress", "/export", "/journal", "/drafts", "/evening", "/lock", "/help"):
        assert held_off(person, person.says(command)), command
    for label in labels:
        if not label.startswith(("Erase ", "Keep it")):
            assert line(person, "utter_locked") == person.presses(label)[-1].text, label
    assert held_off(person, person.edits("1", "I changed my mind."))
    assert held_off(person, person.sends("voice")) and held_off(person, person.sends("photo"))
    assert held_off(person, person.does(Turn(CHANNEL, person.chat, Kind.PLACE, "Africa/Lagos", "77")))
    assert (answers(person), in_hand(person)) == before or HELP in labels


@pytest.mark.parametrize("path", BOTH_SIDES.values(), ids=BOTH_SIDES)
def test_it_is_locked_after_ten_minutes_of_silence_and_not_before(
    person: Person, clock: Clock, path: list[str]
) -> None:
    secured(person, path)
    for _ in range(3):
        clock.wait(TEN_MINUTES - 60)
        assert is_open(person), "each doing begins the ten minutes anew"
    clock.wait(TEN_MINUTES)
    assert not is_open(person)
    clock.wait(TEN_MINUTES)
    assert not is_open(person), "and what is held off does not open it"


def test_the_line_tells_nothing_but_the_ways_out(person: Person) -> None:
    [heard] = locked(person, ANSWERED).says("/menu")
    assert "/helpnow" in heard.text and "/delete" in heard.text
    assert not heard.reply.get("private") and len(heard.text.split()) < 30


def test_blocking_and_coming_back_says_nothing_and_opens_nothing(person: Person) -> None:
    locked(person)
    for kind in (Kind.LEFT, Kind.RETURNED):
        assert person.does(Turn(CHANNEL, person.chat, kind)) == []
    assert not is_open(person)


def test_words_that_came_in_while_it_was_open_are_no_try_however_late_they_are_read(
    person: Person, clock: Clock
) -> None:
    secured(person, AT_QUESTION)
    person.house.turns.take(Turn(CHANNEL, person.chat, Kind.TEXT, PLAIN[0], "900"))
    clock.wait(3 * TEN_MINUTES)
    assert person.does() and person.asked(SECOND.ask)
    assert any(PLAIN[0] in one for one in answers(person))
    assert not is_open(person), "the silence began when they wrote"


# -- the right passphrase --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BOTH_SIDES.values(), ids=BOTH_SIDES)
def test_the_passphrase_opens_it_with_one_line_and_the_open_question(person: Person, path: list[str]) -> None:
    question = goes(person, path).heard[-1].text if path is not BETWEEN else None
    heard = locked(person).says(PHRASE, ref="900")
    assert lines(heard) == [line(person, "utter_unlocked"), *([question] if question else [])]
    assert heard[0].reply["deletes"] == "900" and not heard[0].buttons
    assert line(person, "utter_lock_stands") in heard[0].reply["text_if_not"]
    assert is_open(person)


def test_the_question_that_was_open_takes_the_next_words_as_its_answer(person: Person) -> None:
    locked(person, ANSWERED).says(PHRASE)
    assert person.asked(SECOND.ask)
    person.says(PLAIN[1])
    assert f"**{SECOND.ask}**\n\n> {PLAIN[1]}\n" in person.diary()


def test_words_that_were_asked_about_are_asked_about_again(person: Person) -> None:
    locked(person, [*AT_QUESTION, "let's pause here please"]).says(PHRASE)
    assert list(person.last.buttons) == ["That's my answer", "Pause here"]


def test_the_passphrase_and_the_words_behind_it_are_taken_one_by_one(person: Person) -> None:
    locked(person, BETWEEN)
    texts = (PHRASE, "We painted the kitchen last Sunday, and then we drove to the lake and had a swim together there.")
    person.does(*(Turn(CHANNEL, person.chat, Kind.TEXT, text, f"80{n}") for n, text in enumerate(texts)))
    assert is_open(person) and f"> {texts[1]}\n" in person.diary() and kept_with(person, PHRASE) == []


# -- what always works -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_helpnow_and_privacy_need_no_passphrase(person: Person, path: list[str]) -> None:
    [heard] = locked(person, path).says("/helpnow")
    assert hears(person, heard.text, "utter_help_now") and not heard.buttons, "what is behind the buttons is theirs"
    assert lines(person.says("/privacy")) == [line(person, "utter_privacy", **person.house.tools.operator)]
    assert not is_open(person)


def test_delete_asks_once_and_is_the_way_out(person: Person) -> None:
    locked(person, ANSWERED).says("/delete")
    person.presses("Keep it")
    assert person.last.text == line(person, "utter_not_deleted") and not is_open(person)
    person.says("/delete")
    person.presses("Erase everything")
    assert person.last.text == line(person, "utter_deleted")
    person.says("hi")
    assert person.asked(PROGRAM.care.screening.side.steps[0].ask), "they begin anew, and nothing is locked"
    with person.house.tools.store.begin() as kept:
        assert kept.people.find(CHANNEL, person.chat).lock is None


# -- buttons and edits -----------------------------------------------------------------------------------------------


def test_a_button_that_was_held_off_still_works_once_it_is_open(person: Person) -> None:
    token = goes(person, AT_QUESTION).last.buttons["A hint"]
    assert held_off(person, locked(person).does(Turn(CHANNEL, person.chat, Kind.CHOICE, token)))
    person.says(PHRASE)
    assert FIRST.hint in person.does(Turn(CHANNEL, person.chat, Kind.CHOICE, token))[0].text


def test_forged_and_strange_buttons_are_held_off_like_any_other(person: Person, house: House, clock: Clock) -> None:
    other = goes(Person(house, clock, f"{person.chat}-other"), AT_QUESTION)
    locked(person, AT_QUESTION)
    for token in ("forged", "lock_remove", "delete_no", "", other.last.buttons["Skip"]):
        assert held_off(person, person.does(Turn(CHANNEL, person.chat, Kind.CHOICE, token)))


def test_a_changed_answer_stays_as_it_was(person: Person) -> None:
    goes(person, AT_QUESTION).says(PLAIN[0], ref="900")
    locked(person)
    before = answers(person)
    assert held_off(person, person.edits("900", "I hate the albatross."))
    assert answers(person) == before and kept_with(person, "albatross") == []


def test_a_slip_that_is_changed_into_the_passphrase_opens_it_and_goes_from_the_chat(person: Person) -> None:
    locked(person, AT_QUESTION).says(WRONG, ref="900")
    assert lines(person.edits("900", "Blue house 17")) == [line(person, "utter_lock_wrong")]
    assert person.edits("900", PHRASE)[0].reply["deletes"] == "900"
    assert is_open(person)


# -- afterwards ------------------------------------------------------------------------------------------------------


def test_it_is_locked_after_a_restart_and_the_tries_are_counted_on(
    person: Person, clock: Clock, model: Path, settings: Settings
) -> None:
    locked(person, AT_QUESTION)
    person.says(WRONG)
    person.says(WRONG)
    again = build(settings, model, clock, coach)
    try:
        later = Person(again, clock, person.chat)
        assert held_off(later, later.says("/menu"))
        assert lines(later.says(WRONG)) == [line(later, "utter_lock_paused", minutes=5)]
        clock.wait(5 * 60)
        later.says(PHRASE)
        assert later.asked(FIRST.ask) and later.clock is clock
    finally:
        again.close()
