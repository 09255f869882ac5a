"""Ways through Mend on which it once broke. They were found by having people do anything, in any order."""

from __future__ import annotations

import time
from zoneinfo import available_timezones

import pytest
from answering import answers
from talking import Person
from telling import AT_QUESTION, BETWEEN, LONG, WRITING, goes

from actions.evening.schedule import zone_of
from actions.evening.when import read_pause, read_when
from actions.program import HURT, load
from bot.settings import ROOT

PROGRAM = load(ROOT / "data")
SIDE = PROGRAM.exercise("communication").sides[HURT]


def sound(person: Person) -> bool:
    trouble = person.house.tools.sentences.say("utter_trouble")
    return all(trouble not in one.text for one in person.heard)


def finished(person: Person) -> Person:
    """Someone who has just finished a strategy, and can read it again."""
    goes(person, AT_QUESTION)
    for step in SIDE.steps:
        person.says(answers(SIDE)[step.id])
    return person


def test_who_reads_a_strategy_again_in_the_middle_of_free_writing_reads_it(person: Person) -> None:
    read_again = next(one.buttons for one in finished(person).heard[::-1] if "Read it again" in one.buttons)
    goes(person, [LONG, "[I'll write on]", "a line written freely"])
    assert "Read it again" in read_again
    heard = person.presses("Read it again")
    assert answers(SIDE)[SIDE.steps[0].id] in "\n".join(one.text for one in heard) and sound(person)


@pytest.mark.parametrize("said", ["/skip", "skip"])
def test_leaving_free_writing_out_stops_it_and_finishes_nothing(person: Person, said: str) -> None:
    goes(person, [*WRITING, "a line written freely"])
    heard = person.says(said)
    assert [one.text for one in heard] == [one.text for one in heard if "kept" in one.text] and sound(person)
    assert "a line written freely" in person.diary()
    assert "0 done, 0 begun" in person.says("/progress")[0].text


@pytest.mark.parametrize(
    "said",
    ["/start", "hello", "/next", "/menu", "/drafts", "/journal", "/evening", "/apology", "/progress", "/role", "/help",
     "/back", "/hint", "/why", "/repeat", "/pause", "/privacy", "/export", "/delete", "/helpnow", "1"],
)  # fmt: skip
def test_every_way_on_from_free_writing_leads_somewhere(person: Person, said: str) -> None:
    goes(person, [*WRITING, "a line written freely"])
    assert person.says(said)[-1].text and sound(person)
    assert "a line written freely" in person.diary()


@pytest.mark.parametrize("words", ["sorry if but ", "at 9 ", "utc +", "half past ", "a/", "october 12 ", "9:"])
def test_a_very_long_answer_to_when_keeps_nobody_waiting(words: str) -> None:
    text = (words * 40_000)[:80_000]
    begun = time.process_time()
    read_when(text)
    read_pause(text)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("place", ["a/" * 200, "../" * 50 + "etc/passwd", "/" * 300, "Nowhere/" + "x" * 3000, "./."])
def test_a_place_that_looks_like_a_path_is_no_place_and_is_asked_for_again(person: Person, place: str) -> None:
    goes(person, [*BETWEEN, "/evening", "21:30"])
    asked = person.last.text
    heard = person.says(place)
    assert sound(person) and heard[-1].text.splitlines()[-1] == asked.splitlines()[-1]


def test_every_zone_that_there_is_is_known() -> None:
    assert [name for name in available_timezones() if zone_of(name) is None] == []


def test_an_hour_said_in_the_middle_of_many_words_is_still_read(person: Person) -> None:
    goes(person, BETWEEN)
    person.says("/evening")
    person.says("well, " + "it is hard to say, " * 40 + "maybe at 21:30 in Lagos")
    assert "21:30" in person.last.text
