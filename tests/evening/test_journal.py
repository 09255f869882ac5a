"""The journal of the evenings: reading, searching and erasing it, the weekly look-back; and it is nobody else's."""

from __future__ import annotations

import base64

import pytest
from evenings import (
    MONDAY,
    NOT_TONIGHT,
    QUESTIONS,
    SUNDAY,
    answered,
    asked,
    beside,
    comes,
    forged,
    kept_in,
    looks,
    named,
    number_of,
    passes,
    planned,
    said,
    settled,
)
from talking import CHANNEL, Heard, Person
from telling import BETWEEN, goes

#: What was answered on six evenings.
SIX = (
    "We walked round the harbour after work.",
    "He made a lentil stew, and we ate it late.",
    "I slept at my sister's.",
    "The Harbour again, in the rain this time.",
    "The house was cold.",
    "We watched the film to its end.",
)


def lines(heard: list[Heard]) -> list[str]:
    """The entries in a list of the journal."""
    return [line for line in heard[0].text.splitlines() if " 20" in line and ": " in line]


# -- reading ---------------------------------------------------------------------------------------------------------


def test_an_empty_journal_says_so_and_offers_an_evening_question(person: Person) -> None:
    goes(person, [*BETWEEN, "/journal"])
    assert said(person, person.last.text, "utter_journal_empty") and "An evening question" in person.last.buttons
    settled(person, path=[])
    goes(person, ["/journal"])
    assert "An evening question" not in person.last.buttons, "they have it already"


@pytest.mark.parametrize("way", ["/journal", "my journal"])
def test_five_evenings_a_page_the_newest_first_with_older_and_newer(person: Person, way: str) -> None:
    days = answered(settled(person), *SIX)
    entries = [f"{named(day)}: {words}" for day, words in zip(days, SIX)][::-1]
    assert lines(person.says(way)) == entries[:5]
    assert "Older" in person.last.buttons and "Newer" not in person.last.buttons
    assert person.last.reply["private"], "it is not to be forwarded"
    assert lines(person.presses("Older")) == entries[5:]
    assert "Newer" in person.last.buttons and "Older" not in person.last.buttons
    assert lines(person.presses("Newer")) == entries[:5]


def test_an_entry_opens_whole_with_its_question_and_its_numbers(person: Person) -> None:
    whole = "We talked about the harbour and what we said there. " * 8 + "And then we slept."
    day = passes(settled(person))
    question = asked(looks(person))
    goes(person, ["[Safety]", "[6]", whole])
    assert whole not in person.says("/journal")[0].text and "We talked about" in person.last.text
    entry = person.presses(f"{day:%-d %B}")[0].text
    assert [part in entry for part in (named(day), question.ask, whole, "Safety 6")] == [True] * 4


def test_an_evening_without_an_answer_is_no_entry(person: Person) -> None:
    day = answered(settled(person), SIX[0], f"[{NOT_TONIGHT}]")[0]
    comes(person)
    assert lines(person.says("/journal")) == [f"{named(day)}: {SIX[0]}"]


# -- searching -------------------------------------------------------------------------------------------------------


def test_a_word_is_found_in_every_evening_that_holds_it(person: Person) -> None:
    days = answered(settled(person), *SIX[:4])
    goes(person, ["/journal", "[Look for a word]"])
    found = lines(person.says("harbour"))
    assert found == [f"{named(days[3])}: {SIX[3]}", f"{named(days[0])}: {SIX[0]}"]
    person.presses(f"{days[0]:%-d %B}")
    assert SIX[0] in person.last.text


@pytest.mark.parametrize("word", ["bicycle", "marzipan"])
def test_a_word_that_is_nowhere_is_said_to_be_nowhere_and_another_can_be_looked_for(person: Person, word: str) -> None:
    answered(settled(person), SIX[0])
    goes(person, ["/journal", "[Look for a word]", word])
    assert said(person, person.last.text, "utter_search_nothing") and f"“{word}”" in person.last.text
    goes(person, ["[Look for a word]"])
    assert len(lines(person.says("walked"))) == 1


def test_what_they_looked_for_is_not_kept_among_their_words(person: Person) -> None:
    answered(settled(person), SIX[0])
    goes(person, ["/journal", "[Look for a word]", "saffron"])
    assert "saffron" not in person.diary()
    assert set(kept_in(person, "saffron")) <= {"outbox"}, "but for the message that says so"


# -- erasing ---------------------------------------------------------------------------------------------------------


def test_an_entry_can_be_erased_in_the_middle_of_a_question_which_stays_open(person: Person) -> None:
    words = "I found the key to the Bellevue in his shoe."
    day = answered(settled(person), words)[0]
    goes(person, ["/journal", f"[{day:%-d %B}]", "[Erase this one]", "3"])
    asked_now = person.last.text
    heard = person.presses("Erase it")
    assert said(person, heard[0].text, "utter_entry_erased") and heard[-1].text == asked_now
    assert kept_in(person, words) == []
    person.says("We would need to stop reading each other's letters.")
    assert "2 of" in person.last.text


def test_an_erased_entry_is_gone_from_everywhere_and_the_others_stay(person: Person) -> None:
    secret = "I found the receipt from the Bellevue in his coat."
    days = answered(settled(person), SIX[0], "[Trust]", SIX[1])
    goes(person, ["/journal", "[Look for a word]", "harbour"])
    days.append(passes(person))
    looks(person)
    person.says(secret, ref="710001")
    person.edits("710001", secret.replace("coat", "jacket"))
    goes(person, ["/journal", f"[{days[-1]:%-d %B}]"])
    assert "Bellevue" in person.last.text and kept_in(person, "Bellevue")
    goes(person, ["[Erase this one]", "[Erase it]"])
    assert said(person, person.last.text, "utter_entry_erased")
    assert kept_in(person, "Bellevue") == []
    assert "Bellevue" not in person.diary() and f"> {SIX[0]}\n" in person.diary()
    assert lines(person.says("/journal")) == [f"{named(days[2])}: {SIX[1]}", f"{named(days[0])}: {SIX[0]}"]
    assert looks(person) == [], "and that evening is not asked anew"


def test_erasing_is_asked_about_first_and_can_be_left(person: Person) -> None:
    day = answered(settled(person), SIX[0])[0]
    goes(person, ["/journal", f"[{day:%-d %B}]", "[Erase this one]"])
    assert named(day) in person.last.text and list(person.last.buttons) == ["Erase it", "Keep it"]
    assert SIX[0] in person.presses("Keep it")[0].text
    assert len(lines(person.says("/journal"))) == 1


def test_a_number_is_erased_with_the_words(person: Person) -> None:
    day = passes(settled(person))
    looks(person)
    goes(person, ["[Closeness]", "[9]", SIX[0], "/journal", f"[{day:%-d %B}]", "[Erase this one]", "[Erase it]"])
    assert said(person, person.says("/journal")[0].text, "utter_journal_empty")
    goes(person, ["/evening", "[My journal]"])
    assert "Closeness" not in person.last.text


# -- the week --------------------------------------------------------------------------------------------------------


def rated(person: Person, *numbers: int) -> None:
    """An evening for each number: how safe it was, and a few words."""
    for number, words in zip(numbers, SIX):
        comes(person)
        goes(person, ["[Safety]", f"[{number}]", words])


def test_the_week_comes_on_the_chosen_evening_with_a_picture_and_sentences(person: Person) -> None:
    goes(settled(person), ["/evening", "[The weekly look-back]", "[Thu]"])
    rated(person, 4, 6)
    asked(comes(person))
    heard = comes(person)
    assert [said(person, one.text, "utter_week_ready") for one in heard] == [True], "instead of a question"
    assert planned(person)[0].weekday() == 4
    shown = person.presses("Show my week")
    assert base64.b64decode(shown[0].reply["picture"]).startswith(b"\x89PNG")
    assert shown[0].text == "You answered on 2 of 3 evenings this week. Safety stood around 5 of 10."
    assert shown[0].reply["private"] and not person.last.buttons


def test_the_next_week_is_compared_with_the_week_before(person: Person) -> None:
    settled(person)
    rated(person, 2, 2, 2, 2, 2, 2)
    assert said(person, comes(person)[0].text, "utter_week_ready") and planned(person)[0].weekday() == MONDAY
    assert "6 of 6 evenings" in "".join(one.text for one in person.presses("Show my week"))
    rated(person, 8, 8, 8, 8, 8, 8)
    comes(person)
    shown = person.presses("Show my week")
    assert "Safety stood around 8 of 10, the week before around 2." in shown[0].text
    assert f"“{SIX[0]}”" in shown[1].text, "words from one of the lighter evenings"


def test_with_too_little_to_look_back_on_a_question_comes(person: Person) -> None:
    goes(settled(person), ["/evening", "[The weekly look-back]", "[Wed]"])
    rated(person, 4)
    comes(person)
    asked(comes(person))


def test_without_a_look_back_every_evening_has_its_question(person: Person) -> None:
    goes(settled(person, weekday=SUNDAY - 3), ["/evening", "[The weekly look-back]", "[Never]"])
    rated(person, 4, 4, 4)
    assert planned(person)[0].weekday() == SUNDAY
    asked(comes(person))


# -- nobody else's ---------------------------------------------------------------------------------------------------


def test_nobody_can_open_or_erase_an_evening_of_someone_elses_by_its_number(person: Person) -> None:
    day = answered(settled(person), SIX[2])[0]
    number, stranger = number_of(person, day), beside(person)
    for choice in (f"open_entry:{number}", f"erase_entry:{number}", f"erase_entry:{number}.yes"):
        assert [said(person, one.text, "utter_entry_gone") for one in forged(stranger, choice)] == [True], choice
    assert not any(SIX[2] in one.text or named(day) in one.text for one in stranger.heard)
    assert lines(person.says("/journal")) == [f"{named(day)}: {SIX[2]}"]
    assert SIX[2] in forged(person, f"open_entry:{number}")[0].text, "their own number opens it"


@pytest.mark.parametrize("choice", ["open_evening", "not_tonight", "look_back"])
def test_nobody_can_answer_an_evening_of_someone_elses_by_its_number(person: Person, choice: str) -> None:
    goes(settled(person), ["/evening", "[Hide it on the lock screen]"])
    day, stranger = passes(person), beside(person)
    looks(person)
    number = number_of(person, day)
    heard = forged(stranger, f"{choice}:{number}")
    assert heard and not any(one.text in QUESTIONS for one in heard)
    with person.house.tools.store.begin() as kept:
        assert kept.evenings.get(kept.people.find(CHANNEL, person.chat), number).answered_at is None
    asked(person.presses("Open it"))


@pytest.mark.parametrize("choice", ["open_entry:99999999", "open_entry:x", "erase_entry:", "journal:-5", "journal:999"])
def test_a_number_that_is_no_evening_breaks_nothing(person: Person, choice: str) -> None:
    answered(settled(person), SIX[0])
    heard = forged(person, choice)
    assert heard and not any(said(person, one.text, "utter_trouble") for one in heard)
