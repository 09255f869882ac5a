"""Whatever is sent, nothing breaks, nothing is taken for markup or a command, and no word is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from answering import answers
from talking import CHANNEL, Person

from actions.program import HURT, load
from actions.store.runs import Runs
from bot.commands import cleaned, typed
from bot.settings import ROOT

PROGRAM = load(ROOT / "data")
SIDE = PROGRAM.exercise("communication").sides[HURT]
FIRST, SECOND = SIDE.steps[:2]

WILD = {
    "as long as Telegram allows": "I waited. " * 409 + "I wept",
    "emoji": "👩‍👩‍👧 🌙 💔" * 20,
    "right to left": "אני לא יודעת מה לעשות \u202eevil\u202c مرحبا",
    "control characters": "bell \x07 null \x00 escape \x1b[31m red",
    "half a surrogate": "half \ud83d of an emoji, and the rest of the sentence",
    "bold": "<b>bold</b> <i>not closed <blockquote>",
    "ampersand": "Tom & Jerry &amp; &lt;b&gt;",
    "braces": "{words} {title} {0} {ask.__class__} {{}}",
    "percent": "%s %d %(name)s 100%",
    "restart": "/restart and then nothing else changed between us for many months",
    "forged intent": '/inform{"role": "broke_trust"}',
    "forged slot": '/answer{"value":"hurt"} @ 1.0 and some more words to be long enough',
    "external": "EXTERNAL: reminder",
    "session": "/session_start",
    "quotes": "'; DROP TABLE people; -- \" \\ ` $(reboot)",
    "lines": "one\n\n\n> two\n# three\n**four**",
    "one letter": "x",
    "combining": "e\u0301" * 300 + "\u200b\ufeff",
}
wild = pytest.mark.parametrize("text", WILD.values(), ids=WILD)


def at_question(person: Person) -> Person:
    person.welcomed().says("3")
    assert person.asked(FIRST.ask)
    return person


def fault(person: Person, text: str) -> bool:
    return person.house.tools.sentences.say("utter_trouble") in text


def in_diary(person: Person, text: str) -> bool:
    return "\n".join(f"> {line}".rstrip() for line in cleaned(text).splitlines()) in "\n".join(
        line.rstrip() for line in person.diary().split("\n")
    )


@wild
def test_at_a_question_it_is_the_answer_whole_and_quoted_as_it_was_written(person: Person, text: str) -> None:
    at_question(person).says(text)
    if "That's my answer" in person.last.buttons:
        person.presses("That's my answer")
    assert person.asked(SECOND.ask)
    assert in_diary(person, text)
    person.says("/back")
    assert cleaned(text).strip()[:100] in person.last.text.replace("\u2060", "")
    assert "<b>bold" not in person.last.reply["text"] and "<i>not closed" not in person.last.reply["text"]
    person.says("skip")
    for step in SIDE.steps[1:]:
        assert person.asked(step.ask)
        farewell = person.says(answers(SIDE)[step.id])
    assert SIDE.act in "\n".join(one.text for one in farewell)


@wild
def test_outside_of_any_question_it_gets_an_answer_and_begins_nothing(person: Person, text: str) -> None:
    assert person.welcomed().says(text)
    assert not any(fault(person, one.text) for one in person.heard)
    assert "<b>bold" not in person.last.reply["text"]
    assert "0 done, 0 begun" in person.says("progress")[0].text


@wild
def test_as_the_first_words_ever_it_breaks_nothing_and_decides_no_side(person: Person, text: str) -> None:
    adult, side = PROGRAM.care.screening.side.steps[0], PROGRAM.intake.side.steps[0]
    assert person.says(text) and not any(fault(person, one.text) for one in person.heard)
    person.says("hi")
    assert insists(person, text, adult.ask), "only a clear answer counts"
    person.screened()
    assert insists(person, text, side.ask), "only the person says which side they are on"
    assert in_diary(person, text)


def insists(person: Person, text: str, question: str) -> bool:
    """Whether these words, given as the answer to a question that needs one of its buttons, leave it open."""
    assert person.asked(question)
    person.says(text)
    if "That's my answer" in person.last.buttons:
        person.presses("That's my answer")
    return person.asked(question)


FIRST_WORDS = ["i can't breathe", "Mein Mann hat mich betrogen", "she left on sunday", "we were happy until may"]


@pytest.mark.parametrize("words", FIRST_WORDS)
def test_the_first_words_ever_are_kept(person: Person, words: str) -> None:
    person.says(words)
    assert person.asked(PROGRAM.care.screening.side.steps[0].ask)
    assert in_diary(person, words)


@pytest.mark.parametrize("blank", ["", " ", "\n\n\t ", "\x00\x07"])
def test_blank_messages_are_no_answer(person: Person, blank: str) -> None:
    at_question(person).says(blank)
    assert person.asked(FIRST.ask)
    assert FIRST.ask not in person.diary()


THINGS = ("cups", "coats", "keys", "books", "chairs", "lamps", "plates", "towels", "shoes", "stamps")


def test_ten_messages_in_one_go_are_one_answer_and_none_is_lost(person: Person) -> None:
    at_question(person)
    texts = [f"we spoke about the {thing}" for thing in THINGS]
    heard = person.does(*(typed(CHANNEL, person.chat, text, f"ten-{text}") for text in texts))
    assert len(heard) == 1 and person.asked(SECOND.ask)
    assert "\n".join(f"> {text}" for text in texts) in person.diary()


def test_ten_messages_in_one_go_from_someone_new_are_all_kept(person: Person) -> None:
    texts = [f"and then he lied to me again, for the {number}th time this year" for number in range(10)]
    person.does(*(typed(CHANNEL, person.chat, text, f"ten-{text}") for text in texts))
    assert person.asked(PROGRAM.care.screening.side.steps[0].ask)
    assert all(text in person.diary() for text in texts)


def test_someone_who_is_not_understood_never_hears_the_same_line_twice_in_a_row(person: Person) -> None:
    person.welcomed()
    said = ["qwerty zxcv", "/restart", "%s %d", "🙂", "EXTERNAL: x", "/foo", "…", "lorem ipsum dolor"]
    lines = [person.says(text)[0].text for text in said]
    assert all(one != other for one, other in pairwise(lines))


@pytest.mark.parametrize("said", ["/restart", '/intent{"x":1}', "/practise_apology", "/erase_all", "/Menue"])
def test_a_command_that_does_not_exist_begins_nothing_and_shows_those_that_do(person: Person, said: str) -> None:
    person.welcomed()
    heard = person.says(said)
    assert "/menu" in heard[-1].text and "/helpnow" in heard[-1].text
    assert "0 done, 0 begun" in person.says("/progress")[0].text


def test_helpnow_is_heard_whatever_stands_behind_it(person: Person) -> None:
    plainly = [one.text for one in Person(person.house, person.clock, f"{person.chat}-other").says("/helpnow")]
    assert [one.text for one in person.says("/helpnow please, quickly")] == plainly


def test_what_they_write_after_being_told_to_write_on_is_kept(person: Person) -> None:
    person.welcomed().says("I feel so alone tonight and I just can't stop crying over all of it")
    person.presses("I'll write on")
    written = ["the house is quiet now", "I don't know", "pizza on the floor, still"]
    for text in written:
        person.says(text)
    assert all(f"> {text}\n" in person.diary() for text in written)


# -- when something breaks -----------------------------------------------------------------------------------------


def test_when_an_answer_breaks_something_they_hear_a_kind_line_and_the_words_are_kept(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_question(person)
    with monkeypatch.context() as broken:
        broken.setattr(Runs, "move", lambda *_: 1 / 0)
        person.says("That evening in March, when the phone lay face down on the table.")
    assert fault(person, person.last.text)
    assert "the phone lay face down" in person.diary()
    person.says("hint")
    assert FIRST.hint in person.heard[-2].text and person.asked(FIRST.ask)
    person.says("The evening in March, and the one after it, and the morning in between.")
    assert person.asked(SECOND.ask)
    assert "the phone lay face down" in person.diary()


def test_when_a_picture_breaks_the_question_stays_open(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    at_question(person)
    with monkeypatch.context() as broken:
        broken.setattr("actions.pictures.draw", lambda *_, **__: 1 / 0)
        heard = person.says("progress")
    assert len(heard) == 1 and fault(person, heard[0].text)
    person.says(answers(SIDE)[FIRST.id])
    assert person.asked(SECOND.ask)
