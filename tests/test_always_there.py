"""Help, the diary and erasing work in every state, also in the middle of a question."""

from __future__ import annotations

import json

import pytest
from answering import PLAIN
from opening import opened, rows_with
from talking import CHANNEL, Clock, Person
from telling import AT_QUESTION, BETWEEN, SCREENED, goes, hears

from actions.program import HURT, load
from bot.house import House
from bot.settings import ROOT
from bot.turn import Kind, Turn

PROGRAM = load(ROOT / "data")
SIDE = PROGRAM.exercise("communication").sides[HURT]

#: What brings someone into a state: texts, and buttons in brackets.
STATES = {
    "someone new": [],
    "at a private question": ["hi", "[Yes]"],
    "before the side is chosen": SCREENED,
    "at the story": [*SCREENED, "[I was hurt]"],
    "nothing begun": BETWEEN,
    "at a question": AT_QUESTION,
    "in doubt": [*AT_QUESTION, "let's pause here please"],
    "paused": [*AT_QUESTION, "pause"],
    "choosing": [*AT_QUESTION, "menu"],
    "asked whether to erase": [*AT_QUESTION, "/delete"],
    "in danger": [*AT_QUESTION, "he hit me again on sunday"],
    "finished": [*AT_QUESTION, *["/skip"] * len(SIDE.steps)],
    "erased": [*SCREENED, "[I was hurt]", "/delete", "[Erase everything]"],
}
in_every_state = pytest.mark.parametrize("path", STATES.values(), ids=STATES)


def rows_of(house: House, chat: str) -> dict[str, list[dict]]:
    """Every row of every table that belongs to this chat."""
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, chat)
        mine = person.id if person is not None else None
        found = {name: [row for row in rows if row["owner"] == mine] for name, rows in opened(kept).items()}
        return {name: rows for name, rows in found.items() if rows}


@in_every_state
def test_help_is_there_at_once(person: Person, path: list[str]) -> None:
    goes(person, path)
    [heard] = person.says("/helpnow")
    assert hears(person, heard.text, "utter_help_now") and "https://findahelpline.com" in heard.text


@in_every_state
def test_who_reads_this_is_told_at_once(person: Person, path: list[str]) -> None:
    goes(person, path)
    told = person.says("/privacy")[0].text
    assert hears(person, told, "utter_privacy") and "not end-to-end encrypted" in told


@pytest.mark.parametrize("command", ["/helpnow", "/privacy", "/export", "/delete"])
def test_the_place_is_kept_meanwhile(person: Person, command: str) -> None:
    goes(person, STATES["at a question"]).says(PLAIN[0])
    person.says(command)
    if command == "/delete":
        person.presses("Keep it")
        assert person.last.text == person.house.tools.sentences.say("utter_not_deleted")
    person.says("/next")
    assert person.asked(SIDE.steps[1].ask)


def test_the_diary_holds_every_word(person: Person) -> None:
    words = {
        "the first words": "My husband has had a second phone since the spring and I found it.",
        "the story": "Found it behind the paint, last Sunday morning, by accident.",
        "an answer": "The phone, the garage, and why he says that it is for work.",
        "an answer written anew": "Only the phone this time, because one thing is quite enough for me.",
        "words in doubt": "let's pause here please",
        "an answer in two messages": "First I go cold, all the way down to my hands and feet,",
        "its second half": "and then I start to clean things that are already clean.",
        "a wording that was mended": "I want him to put both phones onto the tabel every night.",
        "its mended wording": "I want him to put both phones onto the table every night.",
        "words outside of a question": "I just feel so empty tonight, I can't stop crying and shaking.",
    }
    person.says(words["the first words"])
    person.screened().presses("I was hurt")
    if person.asked(PROGRAM.intake.side.steps[1].ask):
        person.says(words["the story"])
    else:
        del words["the story"]
    goes(person, ["3"]).says(words["an answer"])
    person.says("back")
    person.says(words["an answer written anew"])
    goes(person, [words["words in doubt"], "[Pause here]", "next"])
    half, rest = words["an answer in two messages"], words["its second half"]
    person.does(*(Turn(CHANNEL, person.chat, Kind.TEXT, text, text[:5]) for text in (half, rest)))
    person.says(words["a wording that was mended"], ref="tabel")
    person.edits("tabel", words["its mended wording"])
    goes(person, ["pause"]).says(words["words outside of a question"])
    diary = person.diary()
    assert [what for what, text in words.items() if f"> {text}\n" not in diary] == []
    assert person.heard[-1].reply["private"] and person.heard[-1].reply["filename"] == "mend-diary.zip"


def test_the_diary_of_someone_who_has_written_nothing_says_so(person: Person) -> None:
    person.says("/export")
    assert person.last.text == person.house.tools.sentences.say("utter_export_empty")
    assert "document" not in person.last.reply


@in_every_state
def test_erasing_asks_first_and_then_erases_every_row_of_theirs_and_nobody_elses(
    person: Person, house: House, clock: Clock, path: list[str]
) -> None:
    other = goes(Person(house, clock, f"{person.chat}-other"), STATES["in doubt"])
    theirs = rows_of(house, other.chat)
    diary = goes(person, path).diary()
    person.says("/delete")
    assert list(person.last.buttons) == ["Erase everything", "Erase all, and the messages here", "Keep it"]
    assert person.diary() == diary, "nothing is erased before they confirm"

    heard = person.presses("Erase everything")
    goodbye = house.tools.sentences.say("utter_deleted")
    assert [one.text for one in heard] == [goodbye]
    left = rows_of(house, person.chat)
    assert [json.loads(row["reply"])["text"] for row in left.pop("outbox", [])] in ([], [goodbye])
    assert left == {}, "nothing is left but the goodbye"
    assert rows_of(house, other.chat) == theirs
    assert person.diary() == ""


def test_the_goodbye_itself_is_not_kept_once_it_has_arrived(person: Person, house: House) -> None:
    goes(person, [*STATES["at a question"], "/delete", "[Erase everything]"])
    assert rows_of(house, person.chat) == {}


def test_a_second_tap_on_erase_says_nothing_more_and_keeps_nothing(person: Person, house: House) -> None:
    goes(person, [*STATES["at a question"], "/delete"])
    tap = Turn(CHANNEL, person.chat, Kind.CHOICE, person.last.buttons["Erase everything"])
    assert len(person.does(tap)) == 1
    assert person.does(tap) == []
    assert "people" not in rows_of(house, person.chat)


def test_after_erasing_they_are_someone_new(person: Person) -> None:
    goes(person, [*STATES["at a question"], "/delete", "[Erase everything]"]).says("hi")
    assert person.house.tools.sentences.say("utter_welcome") in person.heard[-2].text
    assert person.asked(PROGRAM.care.screening.side.steps[0].ask)


def test_no_word_of_an_erased_person_is_left_in_the_database(person: Person, house: House) -> None:
    goes(person, STATES["at a question"]).says("The zebrafish tattoo that he never told me about.")
    goes(person, ["back", "pause", "next", "/delete", "[Erase everything]"])
    with house.tools.store.begin() as kept:
        assert rows_with(kept, "zebrafish") == []
