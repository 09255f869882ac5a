"""What is kept no longer than it is needed, and what must not go: people who are away, updates, replies and buttons."""

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

from actions.evening.schedule import Habit
from actions.program import HURT
from actions.store import Kept, Store
from actions.store.models import Button, Erasure, Evening, Outgoing
from actions.store.outbox import NewButton
from actions.store.retention import PORTION, clear_inbox, clear_outbox
from actions.store.runs import FAREWELL, Place
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


# -- people who are away -------------------------------------------------------------------------------------------


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


# -- what can still be done after a long time ----------------------------------------------------------------------


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


# -- updates -------------------------------------------------------------------------------------------------------


def came(kept: Kept, *updates: int, at: float = NOW, state: str = "done") -> None:
    """Updates that came, and what became of them."""
    for update in updates:
        kept.inbox.add("telegram", update, "1", {"kind": "text", "text": f"words {update}"}, at)
        row = kept.inbox.waiting("telegram", "1")
        for one in row:
            if one.update == update and state != "waiting":
                (kept.inbox.done if state == "done" else kept.inbox.failed)([one])


def left(store: Store) -> list[int]:
    """The updates that are still there."""
    with store.begin() as kept:
        return sorted(row["update"] for row in opened(kept)["inbox"])


def test_updates_that_were_answered_go_and_all_others_stay(store: Store) -> None:
    with store.begin() as kept:
        came(kept, 1, 2, 3)
        came(kept, 4, state="failed")
        came(kept, 5, state="waiting")
        came(kept, 6, 7, at=NOW + 10)
        kept.inbox.add("terminal", 8, "2", {"kind": "text", "text": "other"}, NOW)
        kept.inbox.done(kept.inbox.waiting("terminal", "2"))
    clear_inbox(store, "telegram", NOW + 5)
    assert left(store) == [4, 5, 6, 7, 8]


def test_the_newest_update_is_known_when_it_is_delivered_again(store: Store) -> None:
    with store.begin() as kept:
        came(kept, 41, 42, 40)
    clear_inbox(store, "telegram", NOW + 5)
    with store.begin() as kept:
        assert not kept.inbox.add("telegram", 42, "1", {"text": "again"}, NOW + 9)
        assert kept.inbox.next_number("telegram") == 43
    assert left(store) == [42]


def test_many_updates_go_in_portions(store: Store) -> None:
    with store.begin() as kept:
        came(kept, *range(2 * PORTION + 3))
    clear_inbox(store, "telegram", NOW + 5)
    assert left(store) == [2 * PORTION + 2]


# -- replies -------------------------------------------------------------------------------------------------------


def said(kept: Kept, chat: str, text: str, at: float = NOW, *, state: str = "sent", **about: object) -> int:
    """A reply with a button, and what became of it; its number."""
    buttons = [[NewButton("Yes", "means:yes")]]
    row = kept.outbox.add(
        "telegram", chat, {"text": text}, at, buttons=buttons, token=lambda: f"token-{next(_tokens)}", **about
    )
    sent_at = at if state == "sent" else None
    kept.session.execute(sa.update(Outgoing).where(Outgoing.id == row.id).values(state=state, sent_at=sent_at))
    return row.id


def replies(store: Store) -> list[int]:
    """The replies that are still there; their buttons are those that are."""
    with store.begin() as kept:
        numbers = list(kept.session.execute(sa.select(Outgoing.id).order_by(Outgoing.id)).scalars())
        assert list(kept.session.execute(sa.select(Button.reply_id).order_by(Button.reply_id)).scalars()) == numbers
        return numbers


def test_old_replies_that_were_sent_go_with_their_buttons_and_all_others_stay(store: Store) -> None:
    with store.begin() as kept:
        kept.people.meet("telegram", "1", NOW)
        old = [said(kept, "1", "old") for _ in range(3)]
        states = [said(kept, "1", one, state=one) for one in ("waiting", "sending", "dropped", "unknown")]
        young = [said(kept, "1", "young", NOW + 10) for _ in range(2)]
    clear_outbox(store, "telegram", NOW + 5)
    assert replies(store) == states + young and old


@pytest.mark.parametrize("finished", [False, True], ids=["the open question", "the end of the last walk"])
def test_what_was_said_at_a_place_that_counts_stays_known_as_seen(store: Store, finished: bool) -> None:
    with store.begin() as kept:
        person = kept.people.meet("telegram", "1", NOW)
        run = kept.runs.begin(person, "apology", "hurt", "named", NOW)
        kept.runs.answer(run, "named", [("1", "he lied")], NOW)
        if finished:
            kept.runs.move(run, None, NOW)
        place = str(Place(run.id, FAREWELL if finished else "named"))
        in_vain, seen = said(kept, "1", "first", state="dropped", place=place), said(kept, "1", "again", place=place)
        other, last = said(kept, "1", "elsewhere", place="0.elsewhere"), said(kept, "1", "last")
    clear_outbox(store, "telegram", NOW + 5)
    assert replies(store) == [in_vain, seen, last] and other
    with store.begin() as kept:
        assert kept.outbox.reached("telegram", "1", place, NOW + 9, NOW + 9)


def test_what_was_sent_late_is_as_young_as_its_sending(store: Store) -> None:
    with store.begin() as kept:
        kept.people.meet("telegram", "1", NOW)
        late, last = said(kept, "1", "late"), said(kept, "1", "last")
        kept.session.execute(sa.update(Outgoing).where(Outgoing.id == late).values(sent_at=NOW + 10))
    clear_outbox(store, "telegram", NOW + 5)
    assert replies(store) == [late, last]


def test_no_number_of_a_reply_is_ever_given_again(store: Store) -> None:
    """An evening names the reply that asked it: a new one with its number would be taken for that."""
    with store.begin() as kept:
        person = kept.people.meet("telegram", "1", NOW)
        kept.evenings.settle(person, Habit("+00:00", 21 * 60), NOW)
        evening = kept.evenings.claim(person, NOW + DAY)
        kept.evenings.asks(evening, "question", "h_any_01", None)
        first = said(kept, "1", "the evening's question")
        kept.evenings.said_as(evening, first)
        last = said(kept, "1", "last")
    clear_outbox(store, "telegram", NOW + 5)
    with store.begin() as kept:
        new = said(kept, "1", "new", NOW + 9, state="waiting")
        assert new > last and replies_named(kept) == [None]
        kept.evenings.not_sent(new)
        assert kept.evenings.last(kept.people.find("telegram", "1")).state == "asked"


def replies_named(kept: Kept) -> list[int | None]:
    """The replies that evenings name."""
    return list(kept.session.execute(sa.select(Evening.reply_id)).scalars())


def test_many_replies_of_many_people_go_in_portions_and_the_last_of_each_stays(store: Store) -> None:
    with store.begin() as kept:
        for chat in map(str, range(9)):
            kept.people.meet("telegram", chat, NOW)
        numbers = [said(kept, str(number % 9), "words") for number in range(2 * PORTION + 50)]
    clear_outbox(store, "telegram", NOW + 5)
    assert replies(store) == numbers[-9:]
