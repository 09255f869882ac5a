"""Words that come late, and people who come back: days later, after a restart, or to mend what they wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from answering import answers
from talking import CHANNEL, Clock, Person

from actions.program import HURT, load
from bot.commands import typed
from bot.house import House, build
from bot.settings import ROOT, Settings
from bot.turn import Kind, Turn

PROGRAM = load(ROOT / "data")
SIDE = PROGRAM.exercise("apology").sides[HURT]
FIRST, SECOND, THIRD = SIDE.steps[:3]
ANSWERS = answers(SIDE)
DAY = 86_400.0
WORDS = "I would need him to say it without looking at the floor."


@pytest.fixture
def answering(person: Person) -> Person:
    """Someone who has answered the first question of the apology and is asked the second."""
    person.welcomed().says("apology")
    person.says(WORDS, ref="first")
    assert person.asked(SECOND.ask)
    return person


def said(person: Person, *texts: str) -> list[Turn]:
    return [typed(CHANNEL, person.chat, text, f"at-once-{number}") for number, text in enumerate(texts)]


def under(step, *lines: str) -> str:
    """How the diary shows an answer."""
    return f"**{step.ask}**\n\n" + "\n".join(f"> {line}" for line in lines) + "\n"


# -- days later ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("returning", ["hi", "I'm back", "/start", "/next", "Good morning!"])
@pytest.mark.parametrize("leaving", ["pause", "menu", "/helpnow", "nothing"])
def test_after_weeks_they_hear_their_last_words_and_the_open_question(
    answering: Person, clock: Clock, leaving: str, returning: str
) -> None:
    if leaving != "nothing":
        answering.says(leaving)
    clock.wait(40 * DAY)
    answering.says(returning)
    assert WORDS in "\n".join(one.text for one in answering.heard[-2:])
    assert answering.asked(SECOND.ask)
    answering.says(ANSWERS[SECOND.id])
    assert answering.asked(THIRD.ask)


@pytest.mark.parametrize(
    "anything", ["so", "it has been a hard week", "I am not sure that I can do this but here I am", "🙂"]
)
def test_after_a_pause_anything_they_write_brings_the_question_back(
    answering: Person, clock: Clock, anything: str
) -> None:
    answering.says("pause")
    clock.wait(3 * DAY)
    answering.says(anything)
    assert answering.asked(SECOND.ask)


@pytest.mark.parametrize(
    "words", ["My mother came and we painted the kitchen.", "he slept here", "we talked last night"]
)
def test_what_they_write_when_they_come_back_is_kept(answering: Person, words: str) -> None:
    answering.says("pause")
    answering.says(words)
    assert f"> {words}\n" in answering.diary()


def test_someone_who_left_before_the_first_question_is_asked_it_again(person: Person, clock: Clock) -> None:
    adult = PROGRAM.care.screening.side.steps[0]
    person.says("hi")
    assert person.asked(adult.ask)
    clock.wait(10 * DAY)
    person.says("hello")
    assert person.asked(adult.ask) and list(person.last.buttons) == [*adult.choices, "Pause"]


def test_someone_who_left_before_they_chose_a_side_is_asked_for_it_again(person: Person, clock: Clock) -> None:
    side = PROGRAM.intake.side.steps[0]
    person.screened()
    assert person.asked(side.ask)
    clock.wait(10 * DAY)
    person.says("hello")
    assert person.asked(side.ask) and list(person.last.buttons) == list(PROGRAM.intake.labels.values())


def test_someone_with_nothing_open_is_offered_the_next_strategy_but_nothing_is_begun(person: Person) -> None:
    person.welcomed()
    person.says("good evening")
    assert PROGRAM.exercise(PROGRAM.order[0]).title in person.last.text
    assert "0 done, 0 begun" in person.says("progress")[0].text


def test_the_strategy_left_last_is_the_one_that_goes_on(answering: Person) -> None:
    answering.says("menu")
    answering.says("rituals")
    answering.says("pause")
    answering.says("hi")
    assert answering.asked(PROGRAM.exercise("rituals").sides[HURT].steps[0].ask)
    answering.says("menu")
    answering.says("apology")
    assert WORDS in answering.heard[-2].text and answering.asked(SECOND.ask)


def test_after_a_restart_everyone_goes_on_where_they_were(
    house: House, settings: Settings, model: Path, clock: Clock, answering: Person
) -> None:
    people = {name: Person(house, clock, f"{answering.chat}-{name}") for name in ("new", "doubting", "waiting")}
    people["new"].screened()
    people["doubting"].welcomed().says("apology")
    people["doubting"].says("let's pause here please")
    people["waiting"].welcomed().says("apology")
    house.turns.take(*said(people["waiting"], "The letter came while nobody was in the house."))

    again = build(settings, model, clock)
    try:
        for one in (answering, *people.values()):
            one.house = again
        answering.says("hi")
        assert WORDS in answering.heard[-2].text and answering.asked(SECOND.ask)
        answering.presses("Skip")
        assert answering.asked(THIRD.ask)
        people["new"].presses("I was hurt")
        assert people["new"].asked(PROGRAM.intake.side.steps[1].ask)
        people["doubting"].presses("That's my answer")
        assert people["doubting"].asked(SECOND.ask)
        people["waiting"].does()
        assert people["waiting"].asked(SECOND.ask)
        assert under(FIRST, "The letter came while nobody was in the house.") in people["waiting"].diary()
    finally:
        again.close()


# -- mending what was written --------------------------------------------------------------------------------------


def test_an_edited_message_corrects_the_answer_and_the_open_question_stays(answering: Person) -> None:
    answering.edits("first", "I would need her to say it.")
    assert answering.asked(SECOND.ask)
    for step in SIDE.steps[1:]:
        answering.says(ANSWERS[step.id])
    end = "\n".join(one.text for one in answering.heard[-3:])
    assert "I would need her to say it." in end and WORDS not in end
    assert under(FIRST, WORDS) in answering.diary() and under(FIRST, "I would need her to say it.") in answering.diary()


def test_an_edit_after_the_end_shows_when_it_is_read_again(answering: Person) -> None:
    for step in SIDE.steps[1:]:
        answering.says(ANSWERS[step.id])
    answering.edits("first", "I have thought about it again.")
    answering.says("apology")
    read = "\n".join(one.text for one in answering.presses("Read it again"))
    assert "I have thought about it again." in read and WORDS not in read


def test_an_edit_of_one_message_of_several_leaves_the_others(person: Person) -> None:
    person.welcomed().says("apology")
    person.does(*said(person, "that he means it", "that he stays", "that he lissens"))
    person.edits("at-once-2", "that he listens")
    assert under(FIRST, "that he means it", "that he stays", "that he listens") in person.diary()


@pytest.mark.parametrize("edited", ["hint", "unknown"])
def test_an_edit_of_what_is_no_answer_changes_nothing(answering: Person, edited: str) -> None:
    answering.says("hint", ref="hint")
    before = answering.diary()
    answering.edits(edited, "something else")
    assert answering.asked(SECOND.ask)
    assert answering.diary() == before


def test_an_edit_of_an_answer_that_was_written_anew_does_not_bring_the_old_one_back(answering: Person) -> None:
    answering.says("back")
    answering.says("A letter, in his own hand, and then a long time of nothing at all.")
    answering.edits("first", "An old thought, in new words.")
    for step in SIDE.steps[1:]:
        heard = answering.says(ANSWERS[step.id])
    assert "A letter, in his own hand" in heard[0].text


def test_an_edit_of_words_in_doubt_leaves_the_choice_open(person: Person) -> None:
    person.welcomed().says("apology")
    person.says("let's pause here please", ref="doubt")
    person.edits("doubt", "let's pause here, he always says")
    person.presses("That's my answer")
    assert person.asked(SECOND.ask)
    assert under(FIRST, "let's pause here, he always says") in person.diary()


def test_every_wording_of_what_they_told_outside_of_a_question_is_kept(person: Person) -> None:
    person.welcomed().says("I feel so alone tonight and I just can't stop crying over him", ref="note")
    person.edits("note", "I feel so alone tonight and I just can't stop crying over us")
    assert "crying over him" in person.diary() and "crying over us" in person.diary()


# -- several at once, and too late ---------------------------------------------------------------------------------


def test_several_messages_at_once_are_one_answer(person: Person) -> None:
    person.welcomed().says("apology")
    heard = person.does(*said(person, "that he means it", "really", "and no more excuses"))
    assert len(heard) == 1 and person.asked(SECOND.ask)
    assert under(FIRST, "that he means it", "really", "and no more excuses") in person.diary()


def test_a_message_written_before_the_next_question_could_be_seen_belongs_to_the_answer_before(person: Person) -> None:
    person.welcomed().says("apology")
    heard = person.does_unhearing(*said(person, WORDS, "And that he doesn't whisper it this time, for all to hear."))
    assert person.asked(SECOND.ask) and not any(THIRD.ask in one.text for one in heard)
    assert under(FIRST, WORDS, "And that he doesn't whisper it this time, for all to hear.") in person.diary()
    person.says(ANSWERS[SECOND.id])
    assert person.asked(THIRD.ask)


def test_words_sent_right_after_pressing_a_choice_are_kept_with_it(person: Person) -> None:
    how = next(step for step in SIDE.steps if step.choices)
    person.welcomed().says("apology")
    while not person.asked(how.ask):
        person.says("skip")
    press = Turn(CHANNEL, person.chat, Kind.CHOICE, person.last.buttons[how.choices[0]])
    person.does_unhearing(press, *said(person, "but only if he comes to my sister's house, not here at home"))
    assert under(how, how.choices[0], "but only if he comes to my sister's house, not here at home") in person.diary()


@pytest.mark.parametrize("late", ["And I mean every single word of it.", "with the blue tiles"])
def test_words_that_come_right_after_the_last_answer_are_kept(answering: Person, late: str) -> None:
    for step in SIDE.steps[1:-1]:
        answering.says(ANSWERS[step.id])
    answering.does_unhearing(*said(answering, "I want to be free to leave the room and say nothing at all.", late))
    assert f"> {late}\n" in answering.diary()
