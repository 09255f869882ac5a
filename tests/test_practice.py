"""Practising an apology: the way to the draft, its review, and the next version."""

from __future__ import annotations

import pytest
from answering import PLAIN, answers
from practising import (
    ANSWERS,
    ASKED,
    BETTER,
    DODGING,
    DRAFT,
    LABELS,
    OWN,
    OWNING,
    PROGRAM,
    RECEIVED,
    REVIEW,
    at_draft,
    reviewed,
    say,
    text,
)
from talking import Person

from actions.program import BOTH, BROKE_TRUST, HURT

# -- the way to the draft ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ["/apology", "practise apology", "can you check my apology", "/apology@mend_bot"])
def test_words_and_the_command_lead_to_it(person: Person, entry: str) -> None:
    person.welcomed(LABELS[BROKE_TRUST]).says(entry)
    assert person.asked(OWN.opening) and person.asked(OWN.steps[0].ask)


@pytest.mark.parametrize("role, label", [(BROKE_TRUST, "Practise saying it"), (HURT, "Look at one you got")])
def test_it_is_offered_where_the_strategy_ends(person: Person, role: str, label: str) -> None:
    side = PROGRAM.exercise("apology").sides[role]
    person.welcomed(LABELS[role]).says("2")
    for words in answers(side).values():
        person.says(words)
    person.presses(label)
    assert person.asked(PROGRAM.practice.sides[role].opening)
    if role == BROKE_TRUST:  # the value and the harm were just told: they are not asked again
        assert person.asked("1 of 2") and person.asked(say(person, "utter_known_before"))
        person.says("skip")
        person.says("skip")
        assert person.asked(DRAFT.ask)
        assert all(words in person.last.text for words in PLAIN[:2])


def test_someone_new_is_welcomed_first_and_someone_on_both_sides_is_asked_which(person: Person) -> None:
    person.says("/apology")
    assert person.asked(PROGRAM.care.screening.side.steps[0].ask)
    person.screened().presses(LABELS[BOTH])
    person.presses("Skip")
    person.says("/apology")
    assert set(person.last.buttons) == {LABELS[BROKE_TRUST], LABELS[HURT]}
    person.presses(LABELS[HURT])
    assert person.asked(RECEIVED.steps[0].ask)


def test_each_question_comes_alone_and_what_matters_stands_before_the_draft(person: Person) -> None:
    person.welcomed(LABELS[BROKE_TRUST]).says("/apology")
    for step in ASKED:
        assert person.asked(step.ask)
        person.says(ANSWERS[step.id])
    assert person.asked(DRAFT.ask) and ANSWERS["value"] in person.last.text and ANSWERS["harm"] in person.last.text
    assert all(f"**{step.ask}**\n\n> {ANSWERS[step.id]}\n" in person.diary() for step in ASKED)


def test_every_question_can_be_left_out_gone_back_to_and_explained(person: Person) -> None:
    person.welcomed(LABELS[BROKE_TRUST]).says("/apology")
    for before, step in zip(ASKED, ASKED[1:]):
        person.says("skip")
        assert person.asked(step.ask)
        person.says("back")
        assert person.asked(before.ask)
        person.says("/skip")
        assert step.why in text(person.says("why")) and person.asked(step.ask)
        assert step.hint in text(person.says("hint")) and person.asked(step.ask)
    person.says("skip")
    person.says("/back")
    assert person.asked(ASKED[-1].ask)


# -- the draft and its review --------------------------------------------------------------------------------------


def test_three_flags_at_most_the_hardest_first_each_with_its_reason_and_one_question(person: Person) -> None:
    said = reviewed(at_draft(person), DODGING + " It was only once. Can we move on now?")
    assert said.count("<i>") == 3 and "[3]" in said and "[4]" not in said
    assert "<u>you never listened</u>" in said and "handing" not in said
    labels = person.house.tools.coach().labels.deflections
    hard = [one for one in labels.values() if one.severity == "hard" and one.reason in said]
    assert len(hard) == 3 and all(one.question in said for one in hard)
    assert list(person.last.buttons) == [
        *("Rewrite it", "Why is this a problem", "That's not what I meant"),
        *("Show everything", "Keep it for later", "I'm done"),
    ]
    assert person.last.reply["private"]


def test_a_draft_may_come_in_several_messages_and_marks_stand_right_among_signs_of_many_units(person: Person) -> None:
    pieces = ["💔👩‍👩‍👧‍👦 <b>Marta</b> & you,", "I'm sorry you feel that way 🏳️‍🌈é̂.", "You made me do it."]
    said = reviewed(at_draft(person), *pieces)
    assert "<blockquote>💔👩‍👩‍👧‍👦 &lt;b&gt;Marta&lt;/b&gt; &amp; you,\n" in said and "🏳️‍🌈é̂.\n" in said
    flags = person.house.tools.coach().review("\n".join(pieces)).hardest()
    assert len(flags) == 2 and all(f"<u>{flag.quote}</u>" in said for flag in flags)


def test_what_is_strong_is_said_and_at_most_one_thing_is_asked_for(person: Person) -> None:
    said = reviewed(at_draft(person), OWNING)
    elements = person.house.tools.coach().labels.elements
    assert elements["responsibility"].strength in said and say(person, "utter_no_flags") in said
    assert [name for name, one in elements.items() if one.missing and one.missing in said] == ["acknowledges_hurt"]
    assert "Why is this a problem" not in person.last.buttons


def test_each_version_is_compared_with_the_last(person: Person) -> None:
    reviewed(at_draft(person), DODGING)
    person.presses("Rewrite it")
    assert person.asked(say(person, "utter_rewrite"))
    said = reviewed(person, BETTER)
    labels = person.house.tools.coach().labels
    gone, gained = (
        part.partition("\n")[0] for part in (said.split("last version:</b> ")[1], said.split("New in it:")[1])
    )
    assert labels.deflections["blame_shift"].name in gone and labels.deflections["conditional"].name in gone
    assert labels.elements["responsibility"].name in gained
    person.presses("Rewrite it")
    said = reviewed(person, BETTER + " I will pay it back.")
    assert f"Still there:</b> {labels.deflections['excuse'].name}" in said and "Gone" not in said
    assert labels.elements["repair"].strength in said, "what is new is what is praised"
    person.presses("Rewrite it")
    assert say(person, "utter_draft_same") in reviewed(person, BETTER + " I will pay it back.")


def test_what_they_did_not_mean_is_not_marked_again_in_this_draft(person: Person) -> None:
    reviewed(at_draft(person), DODGING)
    person.presses("That's not what I meant")
    assert list(person.last.buttons)[-1] == "None of them" and len(person.last.buttons) == 4
    heard = person.presses("2. you never listened")
    assert "“you never listened”" in heard[0].text.splitlines()[0] and "[1] “you never" not in heard[0].text
    person.presses("Show everything")
    assert "Not meant so, you said: “you never listened”" in person.last.text
    person.presses("Rewrite it")
    assert "<u>you never listened" not in reviewed(person, "You never listened, it is true. " + BETTER)
    person.presses("I'm done")
    person.says("/drafts")
    person.presses("A new one")
    for _ in ASKED:
        person.says("skip")
    assert "<u>You never listened</u>" in reviewed(person, "You never listened, it is true."), "another draft"


def test_a_single_flag_is_dismissed_at_once_and_none_of_several_may_be_meant(person: Person) -> None:
    reviewed(at_draft(person), BETTER)
    assert say(person, "utter_no_flags") in text(person.presses("That's not what I meant"))
    person.presses("Rewrite it")
    reviewed(person, DODGING)
    person.presses("That's not what I meant")
    person.presses("None of them")
    assert person.asked(REVIEW.ask) and "Rewrite it" in person.last.buttons


@pytest.mark.parametrize("asking", ["[Why is this a problem]", "why", "/why"])
def test_why_says_what_is_the_matter_with_each_phrase(person: Person, asking: str) -> None:
    reviewed(at_draft(person), DODGING)
    heard = person.presses(asking[1:-1]) if asking.startswith("[") else person.says(asking)
    coach = person.house.tools.coach()
    assert all(coach.why(flag) in text(heard) for flag in coach.review(DODGING).hardest())
    assert person.asked(REVIEW.ask)


@pytest.mark.parametrize(
    "asking", ["write it for me", "Can you write it for me?", "can u just write it for me", "what should I say"]
)
def test_it_never_writes_the_apology_and_says_so_kindly(person: Person, asking: str) -> None:
    at_draft(person).says(asking)
    assert person.asked(say(person, "utter_wont_write")) and person.asked(DRAFT.ask)
    reviewed(person, DODGING)
    person.says(asking)
    assert person.asked(REVIEW.ask)
    person.presses("I'm done")
    person.says(asking)
    assert person.last.text == say(person, "utter_wont_write")


def test_done_says_how_to_give_it_and_that_no_reply_is_owed(person: Person) -> None:
    reviewed(at_draft(person), OWNING)
    assert say(person, "utter_giving") in text(person.presses("I'm done"))
    person.says("hi")
    assert not person.asked(REVIEW.ask), "it is over, until they open it again"
