"""Drafts that are kept: listed, opened, exported, erased, and nobody else's."""

from __future__ import annotations

from opening import rows_with
from practising import (
    ASKED,
    DODGING,
    DRAFT,
    LABELS,
    OWNING,
    at_draft,
    reviewed,
    say,
    text,
)
from talking import CHANNEL, Clock, Person

from actions.program import BROKE_TRUST
from bot.house import House
from bot.turn import Kind, Turn


def test_drafts_are_listed_opened_written_on_and_kept(person: Person) -> None:
    person.welcomed(LABELS[BROKE_TRUST]).says("/drafts")
    assert person.last.text == say(person, "utter_no_drafts")
    person.presses("A new one")
    for _ in ASKED:
        person.says("skip")
    reviewed(person, "I <took> our savings & lied. " + DODGING)
    person.presses("Keep it for later")
    person.says("my drafts")
    assert ", versions: 1. “I <took> our savings & lied." in person.last.text
    assert "&lt;took&gt;" in person.last.reply["text"] and "&amp;lt;" not in person.last.reply["text"]
    assert "[3]" in text(person.presses("Open 1")) and "Erase this draft" in person.last.buttons
    person.presses("Rewrite it")
    reviewed(person, OWNING)
    person.presses("Keep it for later")
    person.presses("My drafts")
    assert "versions: 2" in person.last.text


def test_an_unfinished_draft_is_listed_too(person: Person) -> None:
    at_draft(person).says("I took our savings.")
    person.says("/drafts")
    assert "versions: 0. “I took our savings.”" in person.last.text
    person.presses("Open 1")
    assert "Done" in person.last.buttons and "I took our savings." in text(person.heard[-2:])
    assert "I took our savings." in reviewed(person, "It was my choice.")


def test_a_draft_that_was_not_begun_is_gone_on_with_where_it_was_left(person: Person) -> None:
    at_draft(person).says("skip")
    assert person.last.text == say(person, "utter_practice_left")
    person.says("/apology")
    assert person.asked(DRAFT.ask)
    assert OWNING in reviewed(person, OWNING)


def test_a_draft_is_erased_with_every_version_and_every_quotation_and_the_rest_stays(
    person: Person, house: House
) -> None:
    person.welcomed(LABELS[BROKE_TRUST]).says("3")
    person.says("Words of another exercise.")
    person.says("/apology")
    person.says("The zebrafish owner")
    for _ in ASKED[1:]:
        person.says("skip")
    reviewed(person, "I'm sorry if the zebrafish hurt you.")
    person.presses("That's not what I meant")
    person.presses("Rewrite it")
    reviewed(person, "I lied about the zebrafish, and it was my choice.")
    person.presses("I'm done")
    person.says("/drafts")
    person.presses("Open 1")
    person.presses("Erase this draft")
    person.presses("Keep the draft")
    assert "zebrafish" in person.diary()
    person.presses("Erase this draft")
    person.presses("Erase the draft")
    assert person.last.text == say(person, "utter_draft_erased")
    assert "zebrafish" not in person.diary() and "Words of another exercise." in person.diary()
    with house.tools.store.begin() as kept:
        assert rows_with(kept, "zebrafish") == []
    person.says("/drafts")
    assert person.last.text == say(person, "utter_no_drafts")


def test_the_export_holds_every_version_and_what_is_in_none(person: Person) -> None:
    reviewed(at_draft(person), "I'm sorry if I hurt you.", "You made me do it.")
    person.says("hmm, the blue folder with all the old letters in it")
    person.presses("That was no draft")
    person.presses("Rewrite it")
    reviewed(person, OWNING)
    person.presses("Rewrite it")
    person.says("I lied about it, and")
    diary = person.diary()
    assert "**Draft, version 1**\n\n> I'm sorry if I hurt you.\n> You made me do it.\n" in diary
    assert f"**Draft, version 2**\n\n> {OWNING}\n" in diary
    assert "> hmm, the blue folder with all the old letters in it\n" in diary and "> I lied about it, and\n" in diary
    assert diary.count("> I'm sorry if I hurt you.") == 1, "no version is told twice"


def test_erasing_everything_erases_drafts_and_nobody_elses(person: Person, house: House, clock: Clock) -> None:
    other = at_draft(Person(house, clock, f"{person.chat}-other"))
    reviewed(other, "I'm sorry if the pangolin hurt you.")
    reviewed(at_draft(person), "I'm sorry if the wolverine hurt you.")
    person.presses("That's not what I meant")
    person.says("/delete")
    person.presses("Erase everything")
    with house.tools.store.begin() as kept:
        assert rows_with(kept, "wolverine") == [] and rows_with(kept, "pangolin")
    assert "pangolin" in other.diary()


def test_nobody_elses_draft_can_be_opened_or_erased(person: Person, house: House, clock: Clock) -> None:
    reviewed(at_draft(person), DODGING)
    person.presses("Keep it for later")
    person.presses("My drafts")
    other = Person(house, clock, f"{person.chat}-other").welcomed(LABELS[BROKE_TRUST])
    other.does(Turn(CHANNEL, other.chat, Kind.CHOICE, person.last.buttons["Open 1"]))
    assert other.last.text == say(person, "utter_unknown_button")
