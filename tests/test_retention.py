"""People who have been away for long: they are told once, can stay with one tap, and are erased if they stay silent."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import Databases
from opening import opened
from seeing import coach
from talking import CHANNEL, Clock, Heard, Person
from telling import AT_QUESTION, BETWEEN, PROGRAM, goes

from actions.program import HURT
from actions.store.models import Erasure, Outgoing
from bot.house import House, build
from bot.retention import DAY, SETTLED, TRIES, Retention
from bot.turn import Kind, Turn

NOW = 1_760_000_000.0
MONTH = 30 * DAY
KEEP = "Keep it"
#: The questions of the exercise that `AT_QUESTION` leads to.
ASKED = PROGRAM.exercise("communication").sides[HURT].steps
_tokens = itertools.count(1)


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of these tests, which let years go by: that of the others must not run ahead of them."""
    return Clock()


@pytest.fixture(scope="module")
def house(model: Path, clock: Clock, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bot with the real agent and the real actions, on a database of its own."""
    house = build(databases.settings(tmp_path_factory.mktemp("retention"), token=None), model, clock, coach)
    yield house
    house.close()


def days_go_by(person: Person, days: float) -> list[Heard]:
    """So many days go by, and on the last one is looked; what this person hears then."""
    retention = Retention(person.house.tools)
    person.clock.wait(max(0.0, days * DAY))
    retention.look(CHANNEL, 1000)
    return person.does()


def known(person: Person) -> bool:
    """Whether anything is kept of this person."""
    with person.house.tools.store.begin() as kept:
        return kept.people.find(CHANNEL, person.chat) is not None


def told(person: Person) -> str:
    """The line that someone hears who has been away."""
    return person.house.tools.sentences.say("utter_stay")


def test_after_eleven_months_away_one_line_comes_without_a_sound_and_only_once(person: Person) -> None:
    goes(person, BETWEEN)
    assert days_go_by(person, 334) == []
    [heard] = days_go_by(person, 2)
    assert heard.text == told(person) and list(heard.buttons) == [KEEP]
    assert heard.reply["silent"] and heard.reply["once"]
    assert days_go_by(person, 1) == days_go_by(person, 25) == []


def test_the_line_says_nothing_that_a_stranger_should_not_read(person: Person) -> None:
    words = set(told(person).lower().replace(",", " ").replace(".", " ").split())
    assert not words & {"trust", "partner", "affair", "apology", "hurt", "exercise", "strategy", "question", "mend"}


@pytest.mark.parametrize("sign", ["[Keep it]", "hello", "/helpnow"], ids=["the button", "a word", "a command"])
def test_whoever_gives_a_sign_stays_with_all_they_wrote(person: Person, sign: str) -> None:
    goes(person, AT_QUESTION).says("I found the albatross letters in his coat")
    days_go_by(person, 336)
    goes(person, [sign])
    if sign == "[Keep it]":
        assert person.last.text == person.house.tools.sentences.say("utter_stays")
    days_go_by(person, 300)
    assert "albatross" in " ".join(one["parts"] for one in rows_of(person, "answers"))
    assert [heard.text for heard in days_go_by(person, 36)] == [told(person)]


def rows_of(person: Person, table: str) -> list[dict]:
    """This person's rows of a table."""
    with person.house.tools.store.begin() as kept:
        mine = kept.people.find(CHANNEL, person.chat)
        return [row for row in opened(kept)[table] if mine is not None and row["owner"] == mine.id]


def test_whoever_stays_away_is_erased_a_month_after_the_line_and_hears_nothing_of_it(person: Person) -> None:
    goes(person, AT_QUESTION).says("I found the albatross letters in his coat")
    store = person.house.tools.store
    with store.begin() as kept:
        number = kept.people.find(CHANNEL, person.chat).id
        box = kept.runs.versions(kept.people.get(number))[-1].parts_box
    days_go_by(person, 336)
    days_go_by(person, 28)
    assert known(person)
    assert days_go_by(person, 3) == []
    assert not known(person)
    with store.begin() as kept:
        assert kept.session.get(Erasure, number)
        assert not [row for rows in opened(kept).values() for row in rows if row["owner"] == number]
    if store.path is not None:
        assert not [file.name for file in store.path.parent.iterdir() if box in file.read_bytes()]


def test_whoever_is_found_only_after_a_year_is_told_first_and_has_a_month(person: Person) -> None:
    goes(person, BETWEEN)
    assert [heard.text for heard in days_go_by(person, 500)] == [told(person)]
    days_go_by(person, 29)
    assert known(person)
    days_go_by(person, 2)
    assert not known(person)


def test_after_being_erased_the_button_brings_nothing_back(person: Person) -> None:
    goes(person, BETWEEN)
    days_go_by(person, 336), days_go_by(person, 31)
    assert person.presses(KEEP) == [] and not known(person)


def test_whoever_cannot_be_reached_is_erased_after_twelve_months(person: Person) -> None:
    goes(person, BETWEEN)
    person.does(Turn(CHANNEL, person.chat, Kind.LEFT))
    assert days_go_by(person, 360) == [] and known(person)
    assert days_go_by(person, 6) == [] and not known(person)


def test_to_block_the_bot_is_no_sign_of_wanting_to_stay(person: Person) -> None:
    goes(person, BETWEEN)
    days_go_by(person, 336)
    person.does(Turn(CHANNEL, person.chat, Kind.LEFT))
    days_go_by(person, 31)
    assert not known(person)


def test_to_come_back_to_the_bot_is_one(person: Person) -> None:
    goes(person, BETWEEN)
    person.does(Turn(CHANNEL, person.chat, Kind.LEFT))
    person.clock.wait(364 * DAY)
    person.does(Turn(CHANNEL, person.chat, Kind.RETURNED))
    days_go_by(person, 31)
    assert known(person)


def test_nobody_is_erased_or_told_while_something_they_wrote_waits(person: Person) -> None:
    goes(person, BETWEEN)
    days_go_by(person, 336)
    person.clock.wait(40 * DAY)
    person.house.turns.take(Turn(CHANNEL, person.chat, Kind.TEXT, "I am still here", "991"))
    retention = Retention(person.house.tools)
    person.clock.wait(SETTLED)
    retention.look(CHANNEL, 1000)
    assert known(person)
    person.does()
    days_go_by(person, 31)
    assert known(person)


def line_becomes(person: Person, state: str) -> None:
    """The line that is on its way becomes of this state, without having reached them."""
    with person.house.tools.store.begin() as kept:
        row = kept.outbox.waiting(CHANNEL, person.chat)
        assert json.loads(row.reply)["text"] == told(person)
        kept.session.execute(sa.update(Outgoing).where(Outgoing.id == row.id).values(state=state))


def test_a_line_that_did_not_reach_them_is_said_anew_and_starts_the_month_anew(person: Person) -> None:
    goes(person, BETWEEN)
    retention = Retention(person.house.tools)
    person.clock.wait(336 * DAY)
    retention.look(CHANNEL, 1000)
    line_becomes(person, "dropped")
    person.clock.wait(31 * DAY)
    retention.look(CHANNEL, 1000)  # it is seen that it never arrived
    assert known(person)
    assert [heard.text for heard in days_go_by(person, 1)] == [told(person)]
    days_go_by(person, 28)
    assert known(person)
    days_go_by(person, 3)
    assert not known(person)


def test_whoever_can_be_told_in_vain_only_is_erased_in_the_end(person: Person) -> None:
    goes(person, BETWEEN)
    retention = Retention(person.house.tools)
    person.clock.wait(336 * DAY)
    for _ in range(TRIES):
        assert known(person)
        retention.look(CHANNEL, 1000)
        line_becomes(person, "dropped")
        person.clock.wait(31 * DAY)
        retention.look(CHANNEL, 1000)
        person.clock.wait(1 * DAY)
    assert not known(person)


def test_nobody_is_erased_while_the_line_waits_to_be_sent(person: Person) -> None:
    goes(person, BETWEEN)
    retention = Retention(person.house.tools)
    person.clock.wait(336 * DAY)
    retention.look(CHANNEL, 1000)
    person.clock.wait(40 * DAY)
    retention.look(CHANNEL, 1000)
    assert known(person)
    assert [heard.text for heard in person.does()] == [told(person)]
    days_go_by(person, 31)
    assert not known(person)


def test_only_so_many_are_told_at_once_and_all_of_them_in_the_end(house: House, clock: Clock) -> None:
    people = [Person(house, clock, f"away-{number}") for number in range(5)]
    with house.tools.store.begin() as kept:
        for one in people:
            kept.people.meet(CHANNEL, one.chat, clock())
    retention = Retention(house.tools)
    clock.wait(336 * DAY)
    looks = []
    while sum(looks, []) != [one.chat for one in people]:
        assert len(looks) < 100
        looks.append([chat for chat in retention.look(CHANNEL, 2) if chat.startswith("away-")])
        clock.wait(11)
    assert max(map(len, looks)) == 2


def test_people_of_other_channels_are_let_be(house: House, clock: Clock) -> None:
    with house.tools.store.begin() as kept:
        kept.people.meet("terminal", "you", clock())
    retention = Retention(house.tools)
    clock.wait(700 * DAY)
    assert "you" not in retention.look(CHANNEL, 1000)
    with house.tools.store.begin() as kept:
        assert kept.people.find("terminal", "you").asked_to_stay_at is None


def test_it_is_looked_once_a_day_and_not_right_after_the_start(person: Person) -> None:
    """What was written while Mend was away must come in first."""
    goes(person, BETWEEN)
    person.clock.wait(336 * DAY)
    retention = Retention(person.house.tools)
    assert retention.look(CHANNEL, 1000) == []
    person.clock.wait(SETTLED)
    assert retention.look(CHANNEL, 1000) == [person.chat]
    with person.house.tools.store.begin() as kept:
        kept.people.find(CHANNEL, person.chat).asked_to_stay_at = None
    person.clock.wait(DAY - 60)
    assert retention.look(CHANNEL, 1000) == []
    person.clock.wait(60)
    assert retention.look(CHANNEL, 1000) == [person.chat]


def test_the_open_question_can_be_answered_with_its_buttons_after_a_year_of_short_visits(person: Person) -> None:
    goes(person, AT_QUESTION)
    days_go_by(person, 300)
    assert any(ASKED[0].hint in heard.text for heard in person.presses("A hint"))
    person.says("/privacy")  # so that the question is not the last that was said
    days_go_by(person, 300)
    person.presses("Skip")
    assert person.asked(ASKED[1].ask)


def test_words_after_a_long_time_answer_the_open_question_and_are_not_added_to_the_answer_before(
    person: Person,
) -> None:
    """The question was first put in vain, and then again: what became of the first must not speak for the second."""
    goes(person, AT_QUESTION).says("The phone, the garage, and why he says that it is for work.")
    assert person.asked(ASKED[1].ask)
    with person.house.tools.store.begin() as kept:
        asked = [row for row in opened(kept)["outbox"] if ASKED[1].ask in row["reply"]]
        change = sa.update(Outgoing).where(Outgoing.id == asked[-1]["id"])
        kept.session.execute(change.values(state="dropped", sent_at=None, message=None))
    person.says("/repeat")
    person.says("/privacy")  # so that the question is not the last that was said
    days_go_by(person, 100)
    person.says("First I go cold, all the way down to my hands and feet, and then I clean.")
    assert person.asked(ASKED[2].ask)
    said = {row["step"]: row["parts"] for row in rows_of(person, "answers")}
    assert "First I go cold" in said[ASKED[1].id] and "First I go cold" not in said[ASKED[0].id]


def test_the_last_thing_that_was_said_can_be_acted_on_whenever_they_come_back(person: Person) -> None:
    goes(person, BETWEEN)
    days_go_by(person, 200)
    button = next(iter(person.last.buttons))
    person.presses(button)
    assert person.last.text != person.house.tools.sentences.say("utter_unknown_button")


def test_older_buttons_are_too_old_then(person: Person) -> None:
    goes(person, [*BETWEEN, "menu"])
    menu = person.heard[-1].buttons
    person.says("/privacy")
    days_go_by(person, 100)
    person.does(Turn(CHANNEL, person.chat, Kind.CHOICE, next(iter(menu.values()))))
    assert person.last.text == person.house.tools.sentences.say("utter_unknown_button")


def test_what_they_wrote_and_its_export_are_whole_after_everything_else_has_gone(person: Person) -> None:
    goes(person, AT_QUESTION).says("I found the albatross letters in his coat")
    before = rows_of(person, "answers")
    days_go_by(person, 200)
    assert rows_of(person, "answers") == before
    [*_, heard] = person.says("/export")
    assert base64.b64decode(heard.reply["document"])
