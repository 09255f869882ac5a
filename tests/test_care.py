"""What is there for someone in danger: people by country, a plan in their own words, a calm minute, traces that go."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from talking import CHANNEL, Clock, Heard, Person
from telling import AT_QUESTION, BETWEEN, DAY, HELP, MILD, PROGRAM, STATES, TOLD, bare, goes, hears, in_hand

from actions.coach.loading import nothing
from actions.encoder.labels import RISKS
from actions.encoder.model import Look, Span
from actions.program import HURT
from actions.safety.recognise import Recogniser
from actions.store.models import Answer, Outgoing

FIRST, SECOND = PROGRAM.exercise("communication").sides[HURT].steps[:2]
PLANS = PROGRAM.care.plan.sides
IN_DANGER = [*AT_QUESTION, TOLD["self_harm"], "[Yes]"]
#: Numbers of the United Kingdom, and a directory of Canada.
SAMARITANS, REFUGE, BRITISH, CANADIAN = "116 123", "0808 2000 247", "999", "sheltersafe.ca"


def text(heard: list[Heard]) -> str:
    return "\n".join(one.text for one in heard)


def written(person: Person, kind: str) -> Person:
    """Answer every question of a plan."""
    for step in PLANS[kind].steps:
        assert person.asked(step.ask)
        person.says(step.example)
    return person


# -- people ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_helpnow_brings_people_in_every_state_and_keeps_the_place(person: Person, path: list[str]) -> None:
    open_before = in_hand(goes(person, path))
    [heard] = person.says("/helpnow")
    assert hears(person, heard.text, "utter_help_now") and "findahelpline.com" in heard.text
    assert list(heard.buttons) == [HELP, "A plan for safety", "A calm minute"]
    person.says("/start")
    assert open_before in (None, "note", in_hand(person))


@pytest.mark.parametrize("path", [*STATES.values(), IN_DANGER], ids=[*STATES, "in danger"])
@pytest.mark.parametrize("button", [HELP, "A plan for safety", "A calm minute"])
def test_what_stands_under_helpnow_works_in_every_state(person: Person, path: list[str], button: str) -> None:
    goes(person, [*path, "/helpnow"]).presses(button)
    if button == "A plan for safety":
        assert in_hand(person) == "plan"
    else:
        response = "utter_people_anywhere" if button == HELP else "utter_ground"
        assert hears(person, person.last.text, response)


def test_the_country_is_asked_and_remembered_and_its_numbers_are_shown(person: Person) -> None:
    goes(person, IN_DANGER).presses(HELP)
    assert not any(mark in person.last.text for mark in (SAMARITANS, REFUGE, CANADIAN)), "no country was named yet"
    assert person.asked(person.house.tools.sentences.label("emergency"))
    assert set(person.house.tools.helplines.countries.values()) < set(person.last.buttons)
    person.presses("United Kingdom")
    assert person.asked(SAMARITANS) and person.asked(f"In danger now: {BRITISH}") and CANADIAN not in person.last.text
    assert SAMARITANS in text(person.says("/helpnow")) and person.asked(f"call {BRITISH}")
    assert f"call {BRITISH}" in text(person.says(TOLD["abuse"])), "from now on it is in the first message too"
    person.presses("I don't know")
    assert person.asked(REFUGE) and "Canada" not in person.last.buttons, "it is not asked again"


@pytest.mark.parametrize("said, number", [("uk", BRITISH), ("England.", BRITISH), ("Canada", "9-1-1"), ("US", "911")])
def test_a_country_may_be_typed(person: Person, said: str, number: str) -> None:
    goes(person, [*IN_DANGER, f"[{HELP}]"]).says(said)
    assert person.asked(f"In danger now: {number}")


def test_another_country_is_taken_for_an_answer_and_gets_the_directories_only(person: Person) -> None:
    goes(person, [*IN_DANGER, f"[{HELP}]", "[Another country]"])
    assert person.asked("findahelpline.com") and CANADIAN not in person.last.text
    assert person.asked(person.house.tools.sentences.label("emergency"))
    person.says("/helpnow")
    person.presses(HELP)
    assert "Canada" not in person.last.buttons and not person.asked(SAMARITANS)


def test_who_is_in_canada_gets_its_own_directory(person: Person) -> None:
    goes(person, [TOLD["abuse"], "[No]", "[Canada]"])
    assert person.asked(CANADIAN)


# -- the plan --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PLANS)
def test_a_plan_is_written_shown_kept_and_shown_again(person: Person, kind: str) -> None:
    goes(person, [*BETWEEN, TOLD[kind], "[Yes]"]).presses("A plan for safety")
    assert person.asked(PLANS[kind].opening)
    written(person, kind)
    steps = {step.id: step for step in PLANS[kind].steps}
    lines = [bare(f"{line.says}:\n{steps[line.step].example}") for line in PLANS[kind].takeaway]

    def is_shown() -> bool:
        shown = next(one for one in reversed(person.heard) if "Your plan" in one.text)
        return all(line in text(person.heard[person.heard.index(shown) :]) for line in lines) and shown.reply["private"]

    assert is_shown()
    goes(person, ["/menu", "/helpnow", "[A plan for safety]"])
    assert is_shown() and "A plan for safety" not in person.last.buttons
    diary = person.diary()
    assert f"## {PROGRAM.care.plan.title}" in diary
    assert all(f"**{step.ask}**\n\n> {step.example}\n" in diary for step in steps.values())


def test_a_plan_left_in_the_middle_goes_on_where_it_was(person: Person) -> None:
    goes(person, ["/helpnow", "[A plan for safety]"])
    first, second, *_ = PLANS["self_harm"].steps
    person.says(first.example)
    goes(person, ["pause", "/helpnow", "[A plan for safety]"])
    assert person.asked(second.ask) and in_hand(person) == "plan"


def test_what_is_left_out_of_a_plan_is_not_in_it_and_it_can_be_written_anew(person: Person) -> None:
    steps = PLANS["self_harm"].steps
    goes(person, ["/helpnow", "[A plan for safety]", *["skip"] * (len(steps) - 1)]).says("my niece")
    shown = text(person.heard[-2:])
    assert "my niece" in shown and PLANS["self_harm"].takeaway[0].says not in shown
    person.presses("Write it anew")
    assert person.asked(steps[0].ask)
    written(person, "self_harm")
    goes(person, ["/helpnow", "[A plan for safety]"])
    assert steps[0].example in text(person.heard[-2:]) and "my niece" not in text(person.heard[-2:])
    assert "> my niece\n" in person.diary()


def test_a_sign_of_danger_can_be_written_into_the_plan(person: Person) -> None:
    sign = "I begin to think that everyone would be better off without me."
    goes(person, [*IN_DANGER, "[A plan for safety]"]).says(sign)
    goes(person, ["/helpnow", "[A plan for safety]", *["skip"] * len(PLANS["self_harm"].steps)])
    goes(person, ["/helpnow", "[A plan for safety]"])
    assert f"{PLANS['self_harm'].takeaway[0].says}:\n{sign}" in text(person.heard[-2:])


def test_a_calm_minute_is_one_message_with_ways_on(person: Person) -> None:
    [heard] = goes(person, IN_DANGER).presses("A calm minute")
    assert heard.text == bare(person.house.tools.sentences.say("utter_ground"))
    assert HELP in heard.buttons and "A calm minute" not in heard.buttons and "?" not in heard.text


# -- a hint ----------------------------------------------------------------------------------------------------------


HINTS = ("their rules", TOLD["self_harm"])


class Hinting:
    """An encoder that hears a hint of danger in "their rules", and in what is told plainly, and nothing else."""

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        looks = [nothing() for _ in spans]
        for look, (start, end) in zip(looks, spans):
            look.likely["risks"][RISKS.index("abuse")] = 0.2 * any(words in text[start:end] for words in HINTS)
        return looks


@pytest.fixture
def hinting(person: Person, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Someone whose hints are heard in "their rules"."""
    monkeypatch.setattr(person.house.turns._listener._watch, "_recogniser", Recogniser.load(Hinting()))
    return person


HINT = "We kept to their rules again on Sunday."


def test_a_hint_stops_nothing_and_shows_once_a_day_where_people_are(hinting: Person, clock: Clock) -> None:
    goes(hinting, AT_QUESTION)
    hint, question = hinting.says(HINT)
    assert hears(hinting, hint.text, "utter_gently") and list(hint.buttons) == [HELP]
    assert SECOND.ask in question.text and f"**{FIRST.ask}**\n\n> {HINT}\n" in hinting.diary()
    assert len(hinting.says(HINT)) == 1, "not again today"
    clock.wait(DAY)
    assert hears(hinting, hinting.says(HINT)[0].text, "utter_gently")


def test_who_has_told_of_danger_is_not_shown_it_for_a_hint_as_well(hinting: Person) -> None:
    goes(hinting, [*AT_QUESTION, TOLD["self_harm"], "[Yes]", "/next"])
    assert [SECOND.ask in one.text for one in hinting.says(HINT)] == [True]


# -- traces ----------------------------------------------------------------------------------------------------------


def bots(person: Person) -> set[int]:
    """The numbers of all the messages of the bot's that are in the chat."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        rows = kept.session.execute(sa.select(Outgoing).where(Outgoing.chat_id == known.id)).scalars()
        return {row.message for row in rows if "edits" not in json.loads(row.reply)} - {None}


def test_what_was_said_since_is_deleted_from_the_chat_on_both_sides_and_nothing_before(person: Person) -> None:
    goes(person, AT_QUESTION).says(FIRST.example, ref="900001")
    before = bots(person)
    person.says(TOLD["self_harm"], ref="900002")
    person.presses("Yes")
    person.says(MILD, ref="900003")
    since = bots(person) - before
    heard = person.presses("Delete this exchange")
    asked = set(map(int, heard[-1].reply["deletes"].split(",")))
    assert bare(person.house.tools.sentences.say("utter_exchange_erased")) == heard[-1].text
    assert since <= asked and not asked & before
    assert {900002, 900003} <= asked and 900001 not in asked
    diary = person.diary()
    assert f"> {TOLD['self_harm']}\n" in diary and f"> {MILD}\n" in diary, "what is kept stays kept"


def test_what_was_typed_as_an_answer_is_deleted_too(person: Person) -> None:
    person.says(TOLD["self_harm"], ref="900001")
    person.says("I'm fine", ref="900002")
    deletes = person.presses("Delete this exchange")[-1].reply["deletes"]
    assert {"900001", "900002"} <= set(deletes.split(","))


def test_an_exchange_of_another_day_is_not_deleted_with_todays(person: Person, clock: Clock) -> None:
    goes(person, BETWEEN).says(TOLD["self_harm"], ref="900001")
    person.presses("Yes")
    old = bots(person)
    clock.wait(2 * DAY)
    person.says(TOLD["self_harm"], ref="900002")
    person.presses("Yes")
    asked = set(map(int, person.presses("Delete this exchange")[-1].reply["deletes"].split(",")))
    assert 900002 in asked and 900001 not in asked and not asked & old


def test_erasing_everything_erases_what_was_kept_in_mind(person: Person) -> None:
    goes(person, [TOLD["self_harm"], "[No]", "[United Kingdom]", "/helpnow", "[A plan for safety]"])
    person.says(PLANS["self_harm"].steps[0].example)
    goes(person, ["/delete", "[Erase everything]", "/helpnow"])
    assert SAMARITANS not in person.last.text and person.diary() == ""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        assert known.care is None and not kept.session.execute(sa.select(Answer).filter_by(person_id=known.id)).all()
