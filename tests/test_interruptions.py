"""In the middle of a question: what interrupts it, and what is an answer although it sounds like a wish."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from answering import answers
from talking import Person
from telling import bare

from actions.program import BROKE_TRUST, HURT, load
from actions.steps import Side
from bot.settings import ROOT

PROGRAM = load(ROOT / "data")
LABELS = PROGRAM.intake.labels
SIDES = [PROGRAM.exercise("apology").sides[BROKE_TRUST], PROGRAM.exercise("communication").sides[HURT]]

both_sides = pytest.mark.parametrize("side", SIDES, ids=["broke_trust", "hurt"])


def at_first_question(person: Person, side: Side) -> Person:
    role, number = (BROKE_TRUST, "2") if side is SIDES[0] else (HURT, "3")
    person.welcomed(LABELS[role]).says(number)
    assert person.asked(side.steps[0].ask)
    return person


def does(person: Person, what: str) -> str:
    """Type `what`, or press it when it stands in brackets; what the bot said to it."""
    heard = person.presses(what[1:-1]) if what.startswith("[") else person.says(what)
    return "\n".join(one.text for one in heard)


def at_every_step(person: Person, side: Side, interruption: Callable[[Person, int], None]) -> str:
    """Walk the side through, interrupting each question before it is answered; the words of the end."""
    at_first_question(person, side)
    for index, step in enumerate(side.steps):
        interruption(person, index)
        assert person.asked(step.ask)
        farewell = person.says(answers(side)[step.id])
    assert side.act in "\n".join(one.text for one in farewell)
    diary = person.diary()
    assert all(f"**{step.ask}**\n\n> {answers(side)[step.id]}" in diary for step in side.steps)
    return diary


STAYING = {
    "hint": ["hint", "/hint", "[A hint]"],
    "why": ["why", "/why", "Why do you ask?"],
    "ask": ["say that again", "/repeat", "hello", "/next"],
    "utter_help": ["help", "/help"],
    "utter_privacy": ["who reads this"],
    "0 done, 1 begun": ["progress", "/progress"],
}


@both_sides
@pytest.mark.parametrize("says, interruptions", STAYING.items(), ids=STAYING)
def test_a_wish_is_met_and_the_same_question_asked_again(
    person: Person, side: Side, says: str, interruptions: list[str]
) -> None:
    def interrupt(person: Person, index: int) -> None:
        step = side.steps[index]
        met = {"hint": step.hint, "why": step.why, "ask": step.ask}.get(says, says)
        if met.startswith("utter_"):
            words = person.house.tools.operator if met == "utter_privacy" else {}
            met = bare(person.house.tools.sentences.say(met, **words))
        for interruption in interruptions:
            assert met in does(person, interruption), interruption
            assert person.asked(step.ask), interruption

    diary = at_every_step(person, side, interrupt)
    assert all(f"> {interruption}\n" not in diary for interruption in interruptions), "a wish is no answer"


@both_sides
@pytest.mark.parametrize("leaving", ["menu", "/menu", "pause", "/pause", "[Pause]", "/helpnow"])
def test_the_place_is_kept_when_they_leave_and_come_back(person: Person, side: Side, leaving: str) -> None:
    def leave_and_return(person: Person, index: int) -> None:
        does(person, leaving)
        assert not person.asked(side.steps[index].ask)
        reminded = does(person, ["next", "hi"][index % 2])
        assert index == 0 or answers(side)[side.steps[index - 1].id] in reminded

    at_every_step(person, side, leave_and_return)


@both_sides
@pytest.mark.parametrize("back", ["back", "/back", "Go back!"])
def test_back_shows_the_question_before_with_their_words_and_skip_leaves_those_as_they_are(
    person: Person, side: Side, back: str
) -> None:
    def there_and_back(person: Person, index: int) -> None:
        heard = does(person, back)
        before = side.steps[max(index - 1, 0)]
        assert person.asked(before.ask)
        if index > 0:
            assert answers(side)[before.id] in heard
            person.says("skip")

    at_every_step(person, side, there_and_back)


@both_sides
def test_an_answer_written_anew_after_going_back_takes_the_place_of_the_first(person: Person, side: Side) -> None:
    first = answers(side)[side.steps[0].id]
    at_first_question(person, side).says(first)
    person.says("/back")
    person.says("Thinking about it for longer, it was more that I felt alone.")
    assert person.asked(side.steps[1].ask)
    for step in side.steps[1:]:
        farewell = person.says(answers(side)[step.id])
    said = "\n".join(one.text for one in farewell)
    assert "Thinking about it for longer" in said and first not in said
    assert first in person.diary(), "both versions are kept"


@both_sides
@pytest.mark.parametrize("skip", ["skip", "/skip", "[Skip]", "Pass."])
def test_every_question_can_be_left_out(person: Person, side: Side, skip: str) -> None:
    at_first_question(person, side)
    for step in side.steps:
        assert person.asked(step.ask)
        heard = does(person, skip)
    assert side.act in heard and side.takeaway[0].says not in heard
    assert all(step.ask not in person.diary() for step in side.steps)


def test_what_is_left_out_is_not_in_the_summary_but_the_rest_is(person: Person) -> None:
    side = SIDES[0]
    at_first_question(person, side)
    for step in side.steps:
        heard = does(person, "skip" if step.id == "harm" else answers(side)[step.id])
    said = {line.step: line.says in heard for line in side.takeaway}
    assert said.pop("harm") is False and all(said.values())


ANSWERS = [
    "I want him to stop lying",
    "no",
    "No.",
    "nothing",
    "yes",
    "thanks",
    "next time I'll call first",
    "stop seeing her",
    "none",
    "that he stops",
]
#: These may be meant as a wish.
DOUBTFUL = [
    "I need help from you",
    "ok",
    "2",
    "apology",
    "start over with her",
    "I feel stuck",
    "I would stop here and tell her why, then go back and repeat it until she has heard it",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_holds_a_commands_words_is_an_answer(person: Person, answer: str) -> None:
    side = SIDES[1]
    at_first_question(person, side).says(answer)
    assert person.asked(side.steps[1].ask)
    assert f"**{side.steps[0].ask}**\n\n> {answer}\n" in person.diary()


@pytest.mark.parametrize("answer", DOUBTFUL)
def test_an_answer_that_sounds_like_a_wish_is_kept_and_at_most_asked_about(person: Person, answer: str) -> None:
    side = SIDES[1]
    at_first_question(person, side).says(answer)
    assert f"> {answer}\n" in person.diary()
    if not person.heard[-2].text.endswith(side.steps[1].ask):
        assert list(person.heard[-2].buttons)[0] == "That's my answer"
        person.presses("That's my answer")
        assert person.asked(side.steps[1].ask)
    assert f"**{side.steps[0].ask}**\n\n> {answer}\n" in person.diary()


@pytest.mark.parametrize("kind", ["voice", "photo", "sticker", "document", "forward"])
def test_what_is_not_text_gets_a_kind_line_and_the_question_again(person: Person, kind: str) -> None:
    side = SIDES[1]
    at_first_question(person, side).sends(kind)
    assert len(person.last.text) > len(side.steps[0].ask) + 20 and person.asked(side.steps[0].ask)
