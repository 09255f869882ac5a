"""Both sides through all ten strategies: choosing one, walking it to its end, seeing how far one is, doing it again."""

from __future__ import annotations

import pytest
from answering import answers
from talking import Heard, Person

from actions.program import BROKE_TRUST, HURT, ROLES, load
from actions.sentences import quoted
from actions.steps import Exercise, Side
from bot.settings import ROOT

PROGRAM = load(ROOT / "data")
LABELS = PROGRAM.intake.labels
WALKS = [(exercise, role) for exercise in PROGRAM.exercises for role in ROLES]
WALK_NAMES = [f"{exercise.id}-{role}" for exercise, role in WALKS]
EXERCISE_NAMES = [exercise.id for exercise in PROGRAM.exercises]


def walk(person: Person, side: Side, words: dict[str, str] | None = None) -> list[Heard]:
    """Answer each question, with these words if any are given; what is said to the last answer."""
    farewell: list[Heard] = []
    for step in side.steps:
        assert person.asked(step.ask)
        farewell = person.says((words or answers(side))[step.id])
    return farewell


def examples(side: Side) -> dict[str, str]:
    """The examples that stand beside the questions."""
    return {step.id: step.example for step in side.steps}


def whole(heard: list[Heard]) -> str:
    return "\n".join(one.text for one in heard)


def questions(heard: list[Heard], side: Side) -> list[str]:
    return [step.id for one in heard for step in side.steps if step.ask in one.text]


def ends_well(farewell: list[Heard], side: Side, words: dict[str, str]) -> None:
    """The end quotes these words, each under its line, and gives the act for the week."""
    said = whole(farewell)
    for line in side.takeaway:
        if line.step in words:
            assert f"{line.says}:\n{quoted(words[line.step])}" in said
        else:
            assert f"{line.says}:" not in said
    assert side.act in said


@pytest.mark.parametrize("exercise, role", WALKS, ids=WALK_NAMES)
def test_the_examples_as_answers_lead_through_every_question_once_and_come_back_at_the_end(
    person: Person, exercise: Exercise, role: str
) -> None:
    side = exercise.sides[role]
    person.welcomed(LABELS[role])
    begun = len(person.heard)
    person.says(str(exercise.number))
    assert exercise.title in whole(person.heard[begun:]) and side.opening in whole(person.heard[begun:])
    farewell = walk(person, side, examples(side))
    assert questions(person.heard[begun:], side) == [step.id for step in side.steps]
    ends_well(farewell, side, examples(side))
    assert all(step.example in person.diary() for step in side.steps)


@pytest.mark.parametrize("exercise, role", WALKS, ids=WALK_NAMES)
def test_buttons_alone_lead_through_every_question_once(person: Person, exercise: Exercise, role: str) -> None:
    side = exercise.sides[role]
    person.welcomed(LABELS[role]).presses("All ten")
    begun = len(person.heard)
    farewell = person.presses(f"{exercise.number}. {exercise.short}")
    for step in side.steps:
        assert person.asked(step.ask)
        farewell = person.presses(step.choices[-1] if step.choices else "Skip")
    assert questions(person.heard[begun:], side) == [step.id for step in side.steps]
    ends_well(farewell, side, {step.id: step.choices[-1] for step in side.steps if step.choices})


@pytest.mark.parametrize(
    "exercise, role, step",
    [(exercise, role, step) for exercise, role in WALKS for step in exercise.sides[role].steps if step.choices],
    ids=lambda one: getattr(one, "id", one),
)
def test_a_typed_choice_counts_as_the_button_does(person: Person, exercise: Exercise, role: str, step) -> None:
    side = exercise.sides[role]
    person.welcomed(LABELS[role]).says(exercise.title)
    for before in side.steps[: side.number(step.id) - 1]:
        person.says(answers(side)[before.id])
    person.says(f"  {step.choices[0].upper()}! ")
    assert not person.asked(step.ask)
    assert step.choices[0].upper() in person.diary()


@pytest.mark.parametrize("exercise", PROGRAM.exercises, ids=EXERCISE_NAMES)
def test_a_strategy_answers_to_its_number_its_title_its_button_and_its_other_names(
    person: Person, exercise: Exercise
) -> None:
    first = exercise.sides[HURT].steps[0]
    person.welcomed()
    for said in (str(exercise.number), exercise.title.upper() + "!", f" {exercise.short} ", *exercise.names[::3]):
        person.says(said)
        assert person.asked(first.ask), said
        person.says("pause")


SENTENCES = [
    ("the one about apologising", "apology"),
    ("can we do the part about forgiving him", "forgiveness"),
    ("the one about keeping small promises", "consistency"),
    ("something about daily rituals", "rituals"),
    ("the one about being open and vulnerable", "vulnerability"),
    ("take me to number 7", "professional_help"),
    ("the one about why it happened", "root_cause"),
    ("the one where we learn to talk to each other", "communication"),
    ("the one about giving each other space", "time_and_space"),
    ("the one about saying yes to each other again", "reaffirm"),
]


@pytest.mark.parametrize("sentence, meant", SENTENCES)
def test_a_strategy_can_be_described_in_a_sentence(person: Person, sentence: str, meant: str) -> None:
    exercise = PROGRAM.exercise(meant)
    person.welcomed().says(sentence)
    if exercise.short in person.last.buttons:
        assert len(person.last.buttons) == 3, "two that may be meant, and all ten"
        person.presses(exercise.short)
    assert person.asked(exercise.sides[HURT].steps[0].ask)


def test_next_follows_the_suggested_order_for_someone_on_both_sides_and_progress_counts(person: Person) -> None:
    person.welcomed(LABELS["both"])
    for done, name in enumerate(PROGRAM.order):
        exercise, role = PROGRAM.exercise(name), ROLES[done % 2]
        assert exercise.title in person.last.text, "it is suggested"
        person.says("next")
        assert set(person.last.buttons) == {LABELS[side] for side in ROLES}
        person.presses(LABELS[role])
        counts = person.says("progress")[0]
        assert f"{done} done, 1 begun, {9 - done} still open" in counts.text and counts.reply["picture"]
        assert exercise.sides[role].act in whole(walk(person, exercise.sides[role]))
    assert person.asked(person.house.tools.sentences.say("utter_all_done"))
    assert "10 done, 0 begun, 0 still open" in person.says("/progress")[0].text


def test_the_button_under_the_welcome_begins_what_it_names(person: Person) -> None:
    first = PROGRAM.exercise(PROGRAM.order[0])
    person.welcomed(LABELS[BROKE_TRUST]).presses(f"Begin: {first.short}")
    assert person.asked(first.sides[BROKE_TRUST].steps[0].ask)


def test_a_finished_strategy_can_be_read_and_walked_again_and_both_versions_stay(person: Person) -> None:
    exercise = PROGRAM.exercise("apology")
    side = exercise.sides[HURT]
    person.welcomed().says("2")
    walk(person, side)

    person.says("apologising")
    assert exercise.title in person.last.text and not questions([person.last], side)
    read = whole(person.presses("Read it again"))
    first = answers(side)
    assert all(f"{step.ask}\n{first[step.id]}" in read for step in side.steps)

    person.presses("Do it again")
    assert "of 5" in person.last.text and first[side.steps[0].id] not in person.last.text
    anew = {step: f"A year later: {words.lower()}" for step, words in first.items()}
    for step in side.steps:
        assert person.asked(step.ask)
        farewell = person.says(anew[step.id])
    ends_well(farewell, side, anew)

    read = whole(person.presses("Read it again"))
    assert all(anew[step.id] in read and first[step.id] not in read for step in side.steps)
    assert all(anew[step.id] in person.diary() and first[step.id] in person.diary() for step in side.steps)
    assert "1 done" in person.says("progress")[0].text


def test_a_second_walk_left_in_the_middle_goes_on_where_it_was(person: Person) -> None:
    side = PROGRAM.exercise("rituals").sides[HURT]
    person.welcomed().says("6")
    walk(person, side)
    person.presses("Read it again")
    person.presses("Do it again")
    person.says("We would cook on Sundays, with the radio on and no phones.")
    person.says("pause")
    person.says("rituals")
    assert "with the radio on" in whole(person.heard[-2:]) and person.asked(side.steps[1].ask)


def test_changing_sides_asks_the_other_sides_questions_from_then_on(person: Person) -> None:
    exercise = PROGRAM.exercise("apology")
    person.welcomed().says("/role")
    person.presses(LABELS[BROKE_TRUST])
    person.says(exercise.title)
    assert person.asked(exercise.sides[BROKE_TRUST].steps[0].ask)
