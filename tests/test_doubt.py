"""Short words at a question that may be its answer or a wish: they are kept, and the person says which they were."""

from __future__ import annotations

import pytest
from answering import PLAIN
from talking import CHANNEL, Person

from actions.program import HURT, load
from bot.settings import ROOT
from bot.turn import Kind, Turn

SIDE = load(ROOT / "data").exercise("communication").sides[HURT]


def at_question(person: Person) -> Person:
    person.welcomed().says("3")
    assert person.asked(SIDE.steps[0].ask)
    return person


def does(person: Person, what: str) -> str:
    """Type `what`, or press it when it stands in brackets; what the bot said to it."""
    heard = person.presses(what[1:-1]) if what.startswith("[") else person.says(what)
    return "\n".join(one.text for one in heard)


WISHES = {
    "let's pause here please": "Pause here",
    "can we skip this question": "Leave it out",
    "can you repeat the question": "Ask again",
    "how do i get a copy of all this": "How to get a copy",
    "/restart": "Show all ten",
}


@pytest.mark.parametrize("words, offered", WISHES.items())
def test_words_that_may_be_a_wish_are_kept_and_asked_about(person: Person, words: str, offered: str) -> None:
    at_question(person).says(words)
    assert list(person.last.buttons) == ["That's my answer", offered]
    assert words in person.diary()


@pytest.mark.parametrize("kept", ["[That's my answer]", "no", "It's my answer."])
@pytest.mark.parametrize("words", WISHES)
def test_words_in_doubt_are_the_answer_if_they_say_so(person: Person, words: str, kept: str) -> None:
    at_question(person).says(words)
    does(person, kept)
    assert person.asked(SIDE.steps[1].ask)
    assert f"**{SIDE.steps[0].ask}**\n\n> {words}\n" in person.diary()


@pytest.mark.parametrize("agreeing", ["button", "yes"])
@pytest.mark.parametrize("words, offered", WISHES.items())
def test_words_in_doubt_that_were_a_wish_are_kept_and_the_wish_is_met(
    person: Person, words: str, offered: str, agreeing: str
) -> None:
    say = person.house.tools.sentences.say
    at_question(person).says(words)
    heard = does(person, f"[{offered}]" if agreeing == "button" else agreeing)
    met = {
        "Pause here": "place",
        "Leave it out": SIDE.steps[1].ask,
        "Ask again": SIDE.steps[0].ask,
        "How to get a copy": say("utter_how_to_export"),
        "Show all ten": "The ten strategies",
    }
    assert met[offered] in heard
    assert words in person.diary(), "no word is lost"
    person.says("next")
    assert "Last time you wrote" not in person.last.text, "they were no answer"


def test_further_words_after_words_in_doubt_belong_to_the_same_answer(person: Person) -> None:
    at_question(person).says("let's pause here please")
    person.says("That is what I always say when it gets loud between the two of us.")
    assert person.asked(SIDE.steps[1].ask)
    assert "> let's pause here please\n> That is what I always say" in person.diary()


def test_an_answer_after_what_looks_like_a_command_is_the_answer_alone(person: Person) -> None:
    at_question(person).says("/restart")
    person.says("That is what I always say when it gets loud between the two of us.")
    assert person.asked(SIDE.steps[1].ask)
    person.says("back")
    assert "That is what I always say" in person.last.text and "/restart" not in person.last.text


def test_another_wish_while_in_doubt_is_met(person: Person) -> None:
    at_question(person).says("can we skip this question")
    assert SIDE.steps[0].hint in does(person, "hint")
    assert person.asked(SIDE.steps[0].ask)


@pytest.mark.parametrize("between", ["sticker", "edit", "stale button"])
def test_what_comes_between_leaves_words_in_doubt_in_doubt(person: Person, between: str) -> None:
    at_question(person)
    old = Turn(CHANNEL, person.chat, Kind.CHOICE, person.last.buttons["Skip"])
    person.says(PLAIN[0])
    person.says("let's pause here please")
    if between == "sticker":
        person.sends("sticker")
    elif between == "edit":
        person.edits("unknown", "something else")
    else:
        person.does(old)
    assert list(person.last.buttons) == ["That's my answer", "Pause here"]
    person.says("no")
    assert person.asked(SIDE.steps[2].ask)


def test_the_bot_does_not_ask_twice_whether_it_was_an_answer(person: Person) -> None:
    at_question(person).says("let's pause here please")
    asked = person.last.text
    person.says("can we stop here please")
    assert person.last.text != asked
