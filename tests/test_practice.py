"""Practising an apology: the draft, the review, the next version, and everything that comes between."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from talking import CHANNEL, Clock, Heard, Person

from actions.program import BOTH, BROKE_TRUST, HURT, load
from actions.store.models import Base
from bot.commands import typed
from bot.house import House
from bot.settings import ROOT
from bot.turn import Kind, Turn

PROGRAM = load(ROOT / "data")
LABELS = PROGRAM.intake.labels
OWN, RECEIVED = (PROGRAM.practice.sides[role] for role in (BROKE_TRUST, HURT))
ASKED = OWN.steps[:-2]
DRAFT, REVIEW = OWN.steps[-2:]
ANSWERS = {
    "who": "Marta, and her mother a bit",
    "what": "I emptied our savings over five months",
    "value": "Being someone you can leave the house keys with",
    "harm": "she says she reads every letter twice now",
}
#: A draft with three dodges, hardest first: a sorry for feelings, blame, an "if".
DODGING = "I'm sorry if you felt hurt. I was stressed, but you never listened to me either."
BETTER = "I took our savings, and it was my choice. I was stressed."
OWNING = "I took our savings, and it was my choice. I am sorry that I lied to you about it. I will pay it back."


def text(heard: list[Heard]) -> str:
    return "\n".join(one.text for one in heard)


def markup(heard: list[Heard]) -> str:
    return "\n".join(one.reply["text"] for one in heard)


def at_draft(person: Person) -> Person:
    """Someone who broke trust and is asked for a draft; nothing was said before it."""
    person.welcomed(LABELS[BROKE_TRUST]).says("/apology")
    for _ in ASKED:
        person.says("skip")
    assert person.asked(DRAFT.ask)
    return person


def reviewed(person: Person, *draft: str) -> str:
    """What the coach says of a draft, with its markup."""
    for piece in draft:
        person.says(piece)
    heard = person.presses("Done")
    assert person.asked(REVIEW.ask)
    return markup(heard)


def holding(person: Person) -> Person:
    """Someone who holds an apology that they were given."""
    person.welcomed(LABELS[HURT]).says("/apology")
    assert person.asked(RECEIVED.steps[0].ask)
    return person


def say(person: Person, response: str, **words: str) -> str:
    return person.house.tools.sentences.say(response, **words)


# -- the way to the draft ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ["/apology", "practise apology", "can you check my apology", "/apology@mend_bot"])
def test_words_and_the_command_lead_to_it(person: Person, entry: str) -> None:
    person.welcomed(LABELS[BROKE_TRUST]).says(entry)
    assert person.asked(OWN.opening) and person.asked(OWN.steps[0].ask)


@pytest.mark.parametrize("role, label", [(BROKE_TRUST, "Practise saying it"), (HURT, "Look at one you got")])
def test_it_is_offered_where_the_strategy_ends(person: Person, role: str, label: str) -> None:
    side = PROGRAM.exercise("apology").sides[role]
    person.welcomed(LABELS[role]).says("2")
    for step in side.steps:
        person.says(step.example)
    person.presses(label)
    assert person.asked(PROGRAM.practice.sides[role].opening)
    if role == BROKE_TRUST:  # the value and the harm were just told: they are not asked again
        assert person.asked("1 of 2") and person.asked(say(person, "utter_known_before"))
        person.says("skip")
        person.says("skip")
        assert person.asked(DRAFT.ask)
        assert side.steps[0].example in person.last.text and side.steps[1].example in person.last.text


def test_someone_new_is_welcomed_first_and_someone_on_both_sides_is_asked_which(person: Person) -> None:
    person.says("/apology")
    assert person.asked(PROGRAM.intake.side.steps[0].ask)
    person.presses(LABELS[BOTH])
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


@pytest.mark.parametrize("asking", ["write it for me", "Can you write it for me?", "what should I say"])
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
    "utter_stop_harsh": ["Come back or you'll regret it.", "You are worthless and I am sorry about the money."],
    "utter_stop_violent": ["I'm sorry I hit you. I was drunk.", "I am sorry for slapping you in the kitchen."],
}
INNOCENT = [
    "I called you pathetic, and you are worthless was the worst of it, I said that.",
    "I told you that you are worthless. That was cruel.",
    "I pushed you away for months.",
    "I hit you with all of it in one evening.",
    "I never hit you, but I scared you.",
]


@pytest.mark.parametrize("response, draft", [(name, draft) for name, drafts in STOPPED.items() for draft in drafts])
def test_words_that_threaten_or_tell_of_violence_are_kept_and_not_polished(
    person: Person, response: str, draft: str
) -> None:
    at_draft(person).says(draft)
    heard = person.presses("Done")
    assert text(heard) == say(person, response) and list(person.last.buttons) == ["All ten"]
    assert draft in person.diary()
    person.says("hi")
    assert not person.asked(REVIEW.ask)
    person.says("/drafts")
    person.presses("Open 1")
    assert person.last.text == say(person, response)


@pytest.mark.parametrize("draft", INNOCENT)
def test_owning_such_words_or_deeds_is_no_threat(person: Person, draft: str) -> None:
    reviewed(at_draft(person), draft)


def test_danger_is_met_before_anything_else(person: Person) -> None:
    at_draft(person).says("If you leave me I will kill myself")
    assert person.last.text == say(person, "utter_help_now")
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


def reviewed_received(person: Person, *pieces: str) -> str:
    for piece in pieces:
        person.says(piece)
    heard = person.presses("Done")
    assert person.asked(RECEIVED.steps[-1].ask)
    return markup(heard)


def test_an_apology_that_owns_nothing_and_one_that_threatens(person: Person) -> None:
    said = reviewed_received(holding(person), "Whatever happened, happened. Can we move on now?")
    assert say(person, "utter_owns_nothing") in said
    person.presses("Another one")
    person.says("I'm sorry I hit you. You had it coming.")
    assert text(person.presses("Done")) == say(person, "utter_stop_violent_received")


# -- at every moment -----------------------------------------------------------------------------------------------


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
    assert "stop here for tonight\nI took it" in reviewed(person, "I took it.")


def test_what_they_write_after_a_review_is_the_next_version_unless_they_say_otherwise(person: Person) -> None:
    reviewed(at_draft(person), DODGING)
    person.says("hmm, what would she hear in that, I wonder")
    assert say(person, "utter_new_version") == person.last.reply["text"]
    person.presses("That was no draft")
    assert person.asked(REVIEW.ask) and "I wonder" in person.diary()
    person.says(BETTER)
    assert "I wonder" not in reviewed(person)


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
    assert person.asked(DRAFT.ask if skip == "later" else ASKED[0].ask)


# -- keeping them --------------------------------------------------------------------------------------------------


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
    reviewed(person, "I took the zebrafish, and it was my choice.")
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
        for table in Base.metadata.sorted_tables:
            assert not [row for row in kept.session.execute(sa.select(table)) if "zebrafish" in str(row)], table.name
    person.says("/drafts")
    assert person.last.text == say(person, "utter_no_drafts")


def test_the_export_holds_every_version_and_what_is_in_none(person: Person) -> None:
    reviewed(at_draft(person), "I'm sorry if I hurt you.", "You made me do it.")
    person.says("I wonder what she would hear in this one")
    person.presses("That was no draft")
    person.presses("Rewrite it")
    reviewed(person, OWNING)
    person.presses("Rewrite it")
    person.says("I took it, and")
    diary = person.diary()
    assert "**Draft, version 1**\n\n> I'm sorry if I hurt you.\n> You made me do it.\n" in diary
    assert f"**Draft, version 2**\n\n> {OWNING}\n" in diary
    assert "> I wonder what she would hear in this one\n" in diary and "> I took it, and\n" in diary
    assert diary.count("> I'm sorry if I hurt you.") == 1, "no version is told twice"


def test_erasing_everything_erases_drafts_and_nobody_elses(person: Person, house: House, clock: Clock) -> None:
    other = at_draft(Person(house, clock, f"{person.chat}-other"))
    reviewed(other, "I'm sorry if the pangolin hurt you.")
    reviewed(at_draft(person), "I'm sorry if the wolverine hurt you.")
    person.presses("That's not what I meant")
    person.says("/delete")
    person.presses("Erase everything")
    with house.tools.store.begin() as kept:
        rows = [str(row) for table in Base.metadata.sorted_tables for row in kept.session.execute(sa.select(table))]
    assert not [row for row in rows if "wolverine" in row] and [row for row in rows if "pangolin" in row]
    assert "pangolin" in other.diary()


def test_nobody_elses_draft_can_be_opened_or_erased(person: Person, house: House, clock: Clock) -> None:
    reviewed(at_draft(person), DODGING)
    person.presses("Keep it for later")
    person.presses("My drafts")
    other = Person(house, clock, f"{person.chat}-other").welcomed(LABELS[BROKE_TRUST])
    other.does(Turn(CHANNEL, other.chat, Kind.CHOICE, person.last.buttons["Open 1"]))
    assert other.last.text == say(person, "utter_unknown_button")


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
