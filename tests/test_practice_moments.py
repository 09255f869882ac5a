"""At a draft and at its review: wishes, leaving, coming back, late words, and whatever else is written."""

from __future__ import annotations

import json

import pytest
from practising import (
    BETTER,
    DODGING,
    DRAFT,
    REVIEW,
    at_draft,
    markup,
    reviewed,
    say,
    text,
)
from talking import CHANNEL, Clock, Person

from bot.commands import typed
from bot.turn import Kind, Turn

WISHES = ["help", "who reads this", "progress", "hello", "say that again", "hint", "/help", "/progress", "/next"]


@pytest.mark.parametrize("wish", WISHES)
def test_a_wish_is_met_at_the_draft_and_at_the_review_and_is_no_part_of_the_draft(person: Person, wish: str) -> None:
    at_draft(person).says("I'm sorry you feel that way.")
    person.says(wish)
    assert "Done" in person.last.buttons
    assert "that way</u>" in reviewed(person) or "[1]" in person.last.text
    person.says(wish)
    assert person.asked(REVIEW.ask) and "Rewrite it" in person.last.buttons
    assert f"> {wish}" not in person.diary()


@pytest.mark.parametrize("leaving", ["pause", "/pause", "menu", "stop", "/helpnow", "[Pause]"])
def test_the_draft_is_there_when_they_come_back(person: Person, clock: Clock, leaving: str) -> None:
    at_draft(person).says("I took our savings.")
    person.presses("Pause") if leaving == "[Pause]" else person.says(leaving)
    clock.wait(40 * 86_400)
    assert "I took our savings." in text(person.says("hi")) and "Done" in person.last.buttons
    assert "I took our savings.\nIt was my choice." in text_of(reviewed(person, "It was my choice."))
    if leaving != "[Pause]":
        person.says(leaving)
        assert "It was my choice." in text(person.says("I'm back")) and "Rewrite it" in person.last.buttons


def text_of(said: str) -> str:
    return said.replace("<u>", "").replace("</u>", "")


def test_words_that_may_be_a_wish_are_asked_about_and_leave_the_draft_if_they_were_one(person: Person) -> None:
    at_draft(person).says("I took our savings.")
    person.says("i want to stop here for tonight")
    assert set(person.last.buttons) == {"It's part of the draft", "Pause here"}
    person.presses("Pause here")
    person.says("next")
    assert "tonight" not in reviewed(person, "It was my choice.") and "tonight" in person.diary()
    person.presses("Rewrite it")
    person.says("i want to stop here for tonight")
    person.presses("It's part of the draft")
    assert "stop here for tonight\nI lied about it" in reviewed(person, "I lied about it.")


def test_what_they_write_after_a_review_is_the_next_version_unless_they_say_otherwise(person: Person) -> None:
    reviewed(at_draft(person), DODGING)
    person.says("hmm, the blue folder with all the old letters in it")
    assert say(person, "utter_new_version") == person.last.reply["text"]
    person.presses("That was no draft")
    assert person.asked(REVIEW.ask) and "blue folder" in person.diary()
    person.says(BETTER)
    assert "blue folder" not in reviewed(person)


def test_back_leads_from_the_review_to_the_draft_and_words_are_added_to_it(person: Person) -> None:
    reviewed(at_draft(person), BETTER)
    person.says("back")
    assert list(person.last.buttons) == ["Done", "Pause"]
    assert "I will pay it back." in reviewed(person, "I will pay it back.")
    assert "version 2" in person.diary() and "version 3" not in person.diary()
    person.presses("Rewrite it")
    person.says("/back")
    assert person.asked(REVIEW.ask)


def test_a_message_that_is_changed_after_the_review_makes_a_version(person: Person) -> None:
    at_draft(person).says("I'm sorry if I hurt you.", ref="first")
    reviewed(person)
    said = markup(person.edits("first", "I am sorry that I hurt you."))
    assert "Version 2" in said and "Gone since the last version" in said


def test_words_that_come_before_the_review_is_seen_are_part_of_the_draft(person: Person) -> None:
    at_draft(person).says("I took our savings.")
    done = Turn(CHANNEL, person.chat, Kind.CHOICE, person.last.buttons["Done"])
    heard = person.does_unhearing(done, typed(CHANNEL, person.chat, "And it was my choice.", "late"))
    assert "I took our savings.\nAnd it was my choice." in heard[-1].text and "Version 2" in heard[-1].text


@pytest.mark.parametrize("skip", ["skip", "/skip", "later"])
def test_leaving_the_draft_out_is_allowed(person: Person, skip: str) -> None:
    at_draft(person).says(skip)
    assert "Rewrite it" not in person.last.buttons
    person.says("/apology")
    assert person.asked(DRAFT.ask)


# -- whatever comes ------------------------------------------------------------------------------------------------


WILD = [
    "{ask} {0} %s </blockquote><u>x</u> & 'if' \"but\"",
    "/restart",
    '/inform{"answer": "x"} and I am sorry if it hurt',
    "\u202eesrever ni yrros m'I",
    "𝓘'𝓶 𝓼𝓸𝓻𝓻𝔂 𝔂𝓸𝓾 𝓯𝓮𝓮𝓵",
    "I'm sorry you feel that way " * 150,
    "\n\n\n.\n\n\n",
    "👩‍👩‍👧‍👦" * 300,
    "sorry\x00\ud800 if you were hurt",
    "z̷̢̛a̸͠l̵̡g̶o sorry if you felt that way",
]


@pytest.mark.parametrize("draft", WILD, ids=range(len(WILD)))
def test_whatever_is_written_is_kept_and_answered(person: Person, draft: str) -> None:
    at_draft(person).says(draft)
    for label in ("It's part of the draft",) if "It's part of the draft" in person.last.buttons else ():
        person.presses(label)
    heard = person.presses("Done")
    assert heard and say(person, "utter_trouble") not in text(heard)
    for one in heard:
        assert one.reply["text"].count("<u>") == one.reply["text"].count("</u>")
        assert "</blockquote><u>x" not in one.reply["text"]
    json.dumps([one.reply for one in heard])
    whole = draft.replace("\x00", "").replace("\ud800", "\ufffd").strip()
    assert all(line in person.diary() for line in whole.splitlines())
    person.says("menu")
    assert person.house.tools.program.exercises[0].title in person.last.text
