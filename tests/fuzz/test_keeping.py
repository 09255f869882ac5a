"""Whatever comes in is kept before it is acted on: whole, or what fits of it, and then they hear of it."""

from __future__ import annotations

import itertools

import pytest
from absurd import texts
from entries import is_answered_in_the_terminal, is_kept, is_understood_or_not
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from locks import PHRASE, locked
from talking import CHANNEL, Clock, Person
from telling import AT_QUESTION, goes

from bot.commands import typed
from bot.house import House
from bot.turn import LONGEST, Kind
from bot.turns import TOGETHER

FIXED = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
_numbers = itertools.count(1)


@pytest.fixture
def person(fuzz_house: House, fuzz_clock: Clock) -> Person:
    """Someone who has never written to the bot."""
    return Person(fuzz_house, fuzz_clock, chat=f"keeping-{next(_numbers)}")


@settings(FIXED, max_examples=200)
@given(texts, st.sampled_from(list(Kind)))
def test_what_comes_in_is_kept_whole_or_what_fits_of_it_with_a_word_on_that(
    fuzz_house: House, text: str, kind: Kind
) -> None:
    is_kept(fuzz_house, text, kind)


@pytest.mark.parametrize("words", ["5 may", "may 5:" + "1" * 40, "9" * 400 + " june", "june " + "9" * 30 + ".5"])
def test_a_day_in_words_is_read_or_not_whatever_numbers_stand_in_it(words: str) -> None:
    is_understood_or_not(words)


@settings(FIXED, max_examples=60)
@given(texts)
def test_whatever_is_typed_in_the_terminal_is_answered(fuzz_house: House, text: str) -> None:
    is_answered_in_the_terminal(fuzz_house, text)


def test_of_a_megabyte_at_a_question_the_beginning_is_the_answer_and_they_hear_of_it(person: Person) -> None:
    goes(person, AT_QUESTION)
    heard = person.says("We painted. " * 100_000)
    assert heard[0].text == person.house.tools.sentences.say("utter_cut", letters=f"{LONGEST:,}")
    assert "2 of" in heard[-1].text
    assert person.diary().count("We painted.") == LONGEST // len("We painted. ")


def test_of_a_megabyte_in_a_locked_chat_nothing_is_kept_and_nobody_says_so_either(person: Person) -> None:
    locked(person, AT_QUESTION)
    heard = person.says("We painted. " * 100_000)
    assert person.house.tools.sentences.say("utter_cut", letters=f"{LONGEST:,}") not in [one.text for one in heard]
    person.says(PHRASE)
    assert "We painted." not in person.diary()


def test_a_text_as_long_as_telegram_permits_is_kept_whole_without_a_word(person: Person) -> None:
    goes(person, AT_QUESTION)
    heard = person.says("é" * LONGEST)
    assert "2 of" in heard[0].text
    assert "é" * LONGEST in person.diary()


def test_of_very_many_words_at_once_none_is_lost_and_nobody_waits_for_all_of_them(
    person: Person, fuzz_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes(person, AT_QUESTION)
    read: list[int] = []
    answered = fuzz_house.turns._turn

    async def watched(kept, taken) -> None:
        read.append(len(taken.turn.text))
        await answered(kept, taken)

    monkeypatch.setattr(fuzz_house.turns, "_turn", watched)
    said = [f"letter {number} of his: " + "dear one, " * 390 for number in range(20)]
    person.does(*(typed(CHANNEL, person.chat, text, f"many-{at}") for at, text in enumerate(said)))
    assert len(read) > 1 and max(read) <= TOGETHER + len(said)
    diary = person.diary()
    assert all(text.strip() in diary for text in said)
