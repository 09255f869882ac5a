"""Drafts that are not polished: too short or too long to read, threats, violence; and an apology that was received."""

from __future__ import annotations

import pytest
from practising import (
    BETTER,
    DRAFT,
    RECEIVED,
    REVIEW,
    at_draft,
    holding,
    reviewed,
    reviewed_received,
    say,
    text,
)
from talking import CHANNEL, Person
from telling import hears

from actions.mirror import HARSH, VIOLENT, read_mirror
from bot.settings import ROOT


@pytest.mark.parametrize(
    "draft, response",
    [
        ("sorry", "utter_draft_too_short"),
        ("🙂", "utter_draft_too_short"),
        ("Du hast mich nie verstanden und ich habe dich immer geliebt.", "utter_draft_not_english"),
        ("I am sorry for what I did to you. " * 700, "utter_draft_too_long"),
    ],
    ids=["short", "no words", "german", "long"],
)
def test_what_can_not_be_reviewed_is_met_kindly_and_kept(person: Person, draft: str, response: str) -> None:
    at_draft(person).says(draft)
    assert say(person, response) in text(person.presses("Done"))
    assert draft.strip() in person.diary()
    if response == "utter_draft_too_short":
        assert "[1]" in reviewed(person, "I'm sorry you feel that way.")
    else:
        person.presses("Rewrite it")
        assert "[1]" in reviewed(person, "I'm sorry you feel that way.")


def test_done_with_nothing_written_asks_again(person: Person) -> None:
    at_draft(person).says("done")
    assert say(person, "utter_draft_empty") in person.last.text and person.asked(DRAFT.ask)


STOPPED = {
    HARSH: ["Come back or you'll regret it.", "You are worthless and I am sorry about the money."],
    VIOLENT: ["I'm sorry I hit you. I was drunk.", "I am sorry for slapping you in the kitchen."],
}
INNOCENT = [
    "I called you pathetic, and you are worthless was the worst of it, I said that.",
    "I told you that you are worthless. That was cruel.",
    "I pushed you away for months.",
]
MIRROR = read_mirror(ROOT / "data" / "mirror.yml")


@pytest.mark.parametrize("why, draft", [(why, draft) for why, drafts in STOPPED.items() for draft in drafts])
def test_words_that_threaten_or_tell_of_violence_are_known(why: str, draft: str) -> None:
    assert MIRROR.stop(draft) == why
    assert MIRROR.stop(f"I took our savings. {draft.upper()}\nI will pay it back.") == why


@pytest.mark.parametrize("draft", [*INNOCENT, "I never hit you.", "I hit you with all of it in one evening."])
def test_owning_such_words_or_deeds_is_known_too(draft: str) -> None:
    assert MIRROR.stop(draft) is None


@pytest.mark.parametrize("draft", STOPPED[HARSH])
def test_words_that_threaten_are_kept_and_not_polished(person: Person, draft: str) -> None:
    at_draft(person).says(draft)
    heard = person.presses("Done")
    assert text(heard) == say(person, "utter_stop_harsh") and list(person.last.buttons) == ["All ten"]
    assert draft in person.diary()
    person.says("hi")
    assert not person.asked(REVIEW.ask)
    person.says("/drafts")
    person.presses("Open 1")
    assert person.last.text == say(person, "utter_stop_harsh")


@pytest.mark.parametrize("draft", STOPPED[VIOLENT])
def test_words_that_tell_of_violence_are_met_at_once_and_kept(person: Person, draft: str) -> None:
    at_draft(person).says(draft)
    assert hears(person, person.last.text, "utter_danger_own") and len(person.last.buttons) == 4
    assert draft in person.diary()
    person.presses("Yes")
    person.says("/apology")
    assert hears(person, person.last.text, "utter_closed_own"), "the apology waits"


def test_a_draft_of_violence_from_before_danger_was_looked_for_is_not_polished(person: Person) -> None:
    reviewed(at_draft(person), BETTER)
    person.presses("Keep it for later")
    with person.house.tools.store.begin() as kept:
        [draft] = kept.drafts.all(kept.people.find(CHANNEL, person.chat))
        kept.drafts.keep(draft, STOPPED[VIOLENT][0], person.clock())
    person.presses("My drafts")
    assert text(person.presses("Open 1")) == say(person, "utter_stop_violent")
    assert list(person.last.buttons) == ["Erase this draft", "All ten"]


@pytest.mark.parametrize("draft", INNOCENT)
def test_owning_such_words_or_deeds_is_no_threat(person: Person, draft: str) -> None:
    reviewed(at_draft(person), draft)


def test_danger_is_met_before_anything_else(person: Person) -> None:
    at_draft(person).says("If you leave me I will kill myself")
    assert hears(person, person.last.text, "utter_danger_self_harm")
    assert "kill myself" in person.diary()


# -- the mirror ----------------------------------------------------------------------------------------------------


def test_who_was_hurt_sees_what_it_owns_and_what_it_dodges_and_owes_nothing(person: Person) -> None:
    holding(person)
    said = reviewed_received(
        person, "I'm sorry you feel that way. I took the money and I will pay it back.", "You made me do it."
    )
    mirror = person.house.tools.mirror
    assert mirror.owns["names_the_act"] in said and mirror.owns["repair"] in said
    assert mirror.dodges["feelings_not_actions"] in said and mirror.dodges["blame_shift"] in said
    assert say(person, "utter_your_own_time") in said
    own = person.house.tools.coach().labels
    assert not [one.id for one in own.deflections.values() if one.question in said or one.reason in said]
    person.presses("Why is this a problem")
    assert RECEIVED.steps[-1].why in text(person.heard[-2:])
    person.presses("Show everything")
    assert mirror.owns["repair"] in person.last.text
    person.presses("I don't read it that way")
    person.presses("None of them")
    person.presses("Another one")
    assert person.asked(RECEIVED.steps[0].ask)
    reviewed_received(person, "Fine, I apologise.")
    assert say(person, "utter_received_done") in text(person.presses("I'm done"))


def test_an_apology_that_owns_nothing_and_one_that_threatens(person: Person) -> None:
    said = reviewed_received(holding(person), "Whatever happened, happened. Can we move on now?")
    assert say(person, "utter_owns_nothing") in said
    person.presses("Another one")
    person.says("I'm sorry about the money. You are worthless, and nobody else will want you.")
    assert text(person.presses("Done")) == say(person, "utter_stop_harsh_received")


def test_an_apology_that_tells_of_violence_to_them_is_met_at_once_and_they_are_believed(person: Person) -> None:
    holding(person).says("I'm sorry I hit you. You had it coming.")
    assert hears(person, person.last.text, "utter_danger_abuse")
    assert "You had it coming" in person.diary()
