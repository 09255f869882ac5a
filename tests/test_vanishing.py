"""/vanish: what is asked and told, which messages will go, and what becomes of those that could not be deleted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from answering import PLAIN
from talking import CHANNEL, Clock, Person
from telling import AT_QUESTION, BETWEEN, HOUR, STATES, TOLD, bare, goes, hears, in_hand

from actions.store import Kept, Store
from actions.store.models import Chat, Incoming, Outgoing, Vanishing
from actions.store.models import Person as Row
from actions.store.vanishing import AT_ONCE, DELETABLE, HOURS, Due, discretion_of
from bot.house import House
from bot.terminal import CHANNEL as TERMINAL
from bot.terminal import Terminal
from bot.turn import Kind, Turn

CHOICES = {1: "After 1 hour", 8: "After 8 hours", 24: "After 1 day", 47: "After 47 hours"}
NEVER = "Never"
NOW = 1_000_000.0


def chosen(person: Person, hours: int | None = 8) -> Person:
    """Someone who has just chosen after how long messages go."""
    person.says("/vanish")
    person.presses(CHOICES.get(hours, NEVER))
    return person


def waiting(person: Person) -> dict[int, float]:
    """The messages of theirs that will go, and when."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        rows = kept.session.query(Vanishing).filter_by(chat_id=known.id if known else None).all()
        return {row.message: row.due_at for row in rows}


def could_not(person: Person, count: int) -> None:
    """So many messages of theirs could not be deleted in time."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        kept.vanishing.add(known, range(1, count + 1), person.clock() - DELETABLE)
        kept.vanishing.give_up(CHANNEL, person.clock())


# -- asking ----------------------------------------------------------------------------------------------------------


def test_five_choices_and_how_it_is_at_the_moment(person: Person) -> None:
    [heard] = goes(person, BETWEEN).says("/vanish")
    assert list(heard.buttons) == [*CHOICES.values(), NEVER]
    assert "At the moment they go: never." in heard.text


@pytest.mark.parametrize("hours", HOURS)
def test_what_was_chosen_is_said_with_what_stays_kept_and_stands_there_the_next_time(
    person: Person, hours: int
) -> None:
    goes(person, BETWEEN).says("/vanish")
    [heard] = person.presses(CHOICES[hours])
    when = CHOICES[hours].lower()
    assert heard.text == person.house.tools.sentences.say("utter_vanish_settled", when=when)
    assert "Your words themselves stay kept" in heard.text
    assert f"At the moment they go: {when}." in person.says("/vanish")[0].text


def test_never_is_said_plainly(person: Person) -> None:
    chosen(goes(person, BETWEEN)).says("/vanish")
    assert person.presses(NEVER)[0].text == person.house.tools.sentences.say("utter_vanish_never")
    assert "At the moment they go: never." in person.says("/vanish")[0].text


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_it_works_in_every_state_and_the_place_is_kept(person: Person, path: list[str]) -> None:
    before = in_hand(goes(person, path))
    chosen(person)
    assert person.asked("after 8 hours") and in_hand(person) == before


def test_nobody_elses_messages_vanish(person: Person, house: House, clock: Clock) -> None:
    other = goes(Person(house, clock, f"{person.chat}-other"), AT_QUESTION)
    chosen(person)
    other.says(PLAIN[0])
    assert waiting(other) == {}


def test_in_the_terminal_it_says_that_nothing_can_be_taken_back(house: House, tmp_path: Path) -> None:
    out = StringIO()
    terminal = Terminal(house, out, tmp_path, plain=True)
    for line in ("/vanish", "/delete"):
        asyncio.run(terminal.say(line))
    assert house.tools.sentences.say("utter_vanish_not_here") in out.getvalue()
    assert "Erase everything" in out.getvalue() and "messages here" not in out.getvalue()
    with house.tools.store.begin() as kept:
        assert discretion_of(kept.people.find(TERMINAL, "you")).hours is None


# -- which messages --------------------------------------------------------------------------------------------------


def test_each_message_of_theirs_will_go_after_the_time_that_they_chose(person: Person) -> None:
    chosen(goes(person, AT_QUESTION), 8)
    before = person.clock()
    person.says(PLAIN[0], ref="900001")
    person.says("/hint", ref="900002")
    person.sends("voice")
    due = waiting(person)
    assert {900001, 900002} < set(due) and len(due) == 3
    assert all(before + 8 * HOUR < at < person.clock() + 8 * HOUR for at in due.values())
    assert f"> {PLAIN[0]}\n" in person.diary(), "the words themselves stay"


def test_a_thought_in_several_messages_goes_whole(person: Person) -> None:
    chosen(goes(person, AT_QUESTION))
    person.does(*(Turn(CHANNEL, person.chat, Kind.TEXT, text, ref) for ref, text in zip(("901", "902"), PLAIN)))
    assert set(waiting(person)) == {901, 902}


def test_a_changed_message_goes_once_and_when_it_was_to_go(person: Person) -> None:
    chosen(goes(person, AT_QUESTION)).says(PLAIN[0], ref="903")
    due = waiting(person)
    person.clock.wait(HOUR)
    person.edits("903", PLAIN[1])
    assert waiting(person) == due


def test_what_was_said_before_stays_and_so_does_everything_where_nothing_was_chosen(person: Person) -> None:
    goes(person, AT_QUESTION).says(PLAIN[0])
    assert waiting(person) == {}
    assert waiting(chosen(person)) == {}


@pytest.mark.parametrize("first, then", [(47, 1), (1, 47), (8, 8)])
def test_another_choice_is_good_for_what_waits_already(person: Person, first: int, then: int) -> None:
    chosen(goes(person, AT_QUESTION), first).says(PLAIN[0], ref="904")
    due = waiting(person)[904]
    chosen(person, then)
    assert waiting(person)[904] == due + (then - first) * HOUR


def test_with_never_what_waits_stays_too(person: Person) -> None:
    chosen(goes(person, AT_QUESTION)).says(PLAIN[0])
    chosen(person, None).says(PLAIN[1])
    assert waiting(person) == {}


def test_a_turn_that_breaks_costs_no_message_its_time(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(goes(person, AT_QUESTION))

    def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(person.house.turns._direct, "chosen", breaks)
    assert hears(person, person.says(PLAIN[0], ref="905")[-1].text, "utter_trouble")
    assert set(waiting(person)) == {905}


# -- what could not be deleted ---------------------------------------------------------------------------------------


def test_what_could_not_be_deleted_is_told_once_before_the_next_reply(person: Person) -> None:
    chosen(goes(person, AT_QUESTION))
    could_not(person, 3)
    told, *others = person.says(PLAIN[0])
    assert told.text == person.house.tools.sentences.say("utter_vanish_left", count="3") and others
    assert told.text not in [one.text for one in person.says(PLAIN[1])]


def test_it_is_told_after_they_have_chosen_never_too(person: Person) -> None:
    could_not(chosen(goes(person, AT_QUESTION)), 2)
    assert "could not be deleted: 2." in chosen(person, None).says("menu")[0].text


def test_on_a_day_of_danger_it_is_not_told(person: Person) -> None:
    chosen(goes(person, AT_QUESTION))
    could_not(person, 2)
    assert not any("could not be deleted" in one.text for one in person.says(TOLD["self_harm"]))
    assert not any("could not be deleted" in one.text for one in person.presses("Yes"))
    person.clock.wait(25 * HOUR)
    assert "could not be deleted: 2." in person.says("menu")[0].text


# -- erasing ---------------------------------------------------------------------------------------------------------


def test_what_was_to_vanish_goes_at_once_when_everything_is_erased(person: Person) -> None:
    chosen(goes(person, AT_QUESTION)).says(PLAIN[0], ref="906")
    person.says("/delete", ref="907")
    [goodbye] = person.presses("Erase everything")
    assert goodbye.text == person.house.tools.sentences.say("utter_deleted")
    assert goodbye.reply["deletes"] == "906,907"
    assert goodbye.reply["text_if_not"] == person.house.tools.sentences.say("utter_not_all_deleted")


def test_erased_with_the_messages_both_sides_of_the_last_two_days_go(person: Person) -> None:
    goes(person, AT_QUESTION).says(PLAIN[0], ref="908")
    old = {one.reply.get("edits", 0) for one in person.heard}
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        old |= set(kept.messages_since(known, 0))
    person.clock.wait(DELETABLE)
    person.says(PLAIN[1], ref="909")
    person.says("/menu", ref="910")
    person.sends("photo")
    person.edits("908", PLAIN[2])
    with person.house.tools.store.begin() as kept:
        new = set(kept.messages_since(kept.people.find(CHANNEL, person.chat), 0)) - old
    [goodbye] = goes(person, ["/delete"]).presses("Erase all, and the messages here")
    assert goodbye.text == person.house.tools.sentences.say("utter_deleted_here")
    gone = set(map(int, goodbye.reply["deletes"].split(",")))
    assert {909, 910} < gone and new < gone
    assert gone & old == {908}, "an older message that was changed since is tried, too"
    assert person.diary() == ""


def test_messages_are_known_when_what_they_quoted_was_erased(person: Person) -> None:
    goes(person, AT_QUESTION).says(PLAIN[0])
    person.says("/back")
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        before = kept.messages_since(known, 0)
        kept.outbox.erase_quotes(CHANNEL, person.chat)
        assert kept.messages_since(known, 0) == before


@pytest.mark.parametrize("button", ["Erase everything", "Erase all, and the messages here"])
def test_once_the_goodbye_is_said_not_even_a_messages_number_is_left(person: Person, house: House, button: str) -> None:
    chosen(goes(person, AT_QUESTION)).says(PLAIN[0], ref="911")
    could_not(person, 2)
    with house.tools.store.begin() as kept:
        number = kept.people.find(CHANNEL, person.chat).id
    goes(person, ["/delete", f"[{button}]"])
    with house.tools.store.begin() as kept:
        assert kept.session.get(Chat, number) is None, "neither a key nor anything that it opens"
        assert [row for table in (Vanishing, Outgoing, Incoming) for row in rows_of(kept, table, number)] == []


def test_a_goodbye_that_cannot_be_said_leaves_nothing_either(person: Person, house: House) -> None:
    goes(person, [*AT_QUESTION, "/delete"])
    house.turns.take(Turn(CHANNEL, person.chat, Kind.CHOICE, person.last.buttons["Erase all, and the messages here"]))
    asyncio.run(person._answered())
    with house.tools.store.begin() as kept:
        assert "deletes" in json.loads(kept.outbox.waiting(CHANNEL, person.chat).reply)
        number = kept.outbox.waiting(CHANNEL, person.chat).chat_id
        assert kept.outbox.drop_all(CHANNEL, person.chat)
        assert rows_of(kept, Outgoing, number) == [] and kept.session.get(Chat, number) is None


def test_what_the_goodbyes_say_is_honest_and_short(house: House) -> None:
    for name in ("utter_deleted", "utter_deleted_here", "utter_not_all_deleted"):
        text = bare(house.tools.sentences.say(name))
        assert len(text.split()) <= 60
        assert all(word in text for word in ("answers", "drafts", "evenings", "promises", "settings", "the key"))
        assert "Telegram" in text
    assert "Older ones I could not delete" in house.tools.sentences.say("utter_deleted_here")


# -- the store -------------------------------------------------------------------------------------------------------


@contextmanager
def someone(store: Store, hours: int = 8) -> Iterator[tuple[Kept, Row]]:
    """Someone whose messages go after so many hours."""
    with store.begin() as kept:
        yield kept, one_more(kept, "1", hours)


def one_more(kept: Kept, chat: str, hours: int) -> Row:
    person = kept.people.meet("telegram", chat, NOW)
    kept.vanishing.settle(person, hours)
    return person


def rows_of(kept: Kept, table: type, owner: int) -> list:
    return kept.session.query(table).filter_by(chat_id=owner).all()


def test_messages_are_due_chat_by_chat_when_their_time_has_come(store: Store) -> None:
    with someone(store, 8) as (kept, one):
        two = one_more(kept, "2", 1)
        kept.vanishing.add(one, [11, 12], NOW)
        kept.vanishing.add(one, [13], NOW + 1)
        kept.vanishing.add(two, [21], NOW)
        assert kept.vanishing.due("telegram", NOW + HOUR - 1) == []
        assert kept.vanishing.due("telegram", NOW + HOUR) == [Due(two.id, "2", [21])]
        both = [Due(two.id, "2", [21]), Due(one.id, "1", [11, 12])]
        assert kept.vanishing.due("telegram", NOW + 8 * HOUR) == both
        assert kept.vanishing.due("terminal", NOW + 8 * HOUR) == []
        assert kept.vanishing.due("telegram", NOW + 8 * HOUR, [two.id]) == both[1:]
        kept.vanishing.gone(one.id, [11, 21])
        assert kept.vanishing.due("telegram", NOW + 8 * HOUR) == [both[0], Due(one.id, "1", [12])]


@pytest.mark.parametrize("hours", HOURS)
def test_what_is_older_than_two_days_is_given_up_and_counted_to_the_second(store: Store, hours: int) -> None:
    with someone(store, hours=hours) as (kept, person):
        kept.vanishing.add(person, [1, 2], NOW)
        kept.vanishing.add(person, [3], NOW + 1)
        kept.vanishing.give_up("telegram", NOW + DELETABLE - 1)
        assert discretion_of(person).left == 0 and len(kept.vanishing.waiting(person)) == 3
        kept.vanishing.give_up("telegram", NOW + DELETABLE)
        assert discretion_of(person).left == 2 and kept.vanishing.waiting(person) == [3]
        kept.vanishing.give_up("telegram", NOW + DELETABLE + 1)
        assert discretion_of(person).left == 3 and kept.vanishing.waiting(person) == []


def test_a_message_waits_once_and_no_more_are_looked_at_than_can_be_done(store: Store) -> None:
    with someone(store) as (kept, person):
        kept.vanishing.add(person, [1, 2], NOW)
        kept.vanishing.add(person, [2, 3], NOW + HOUR)
        assert kept.vanishing.waiting(person) == [1, 2, 3]
        kept.vanishing.add(person, range(10, 10 + 2 * AT_ONCE), NOW)
        [due] = kept.vanishing.due("telegram", NOW + 8 * HOUR)
        assert len(due.messages) == AT_ONCE


def test_what_they_wish_is_locked_with_their_key(store: Store) -> None:
    with someone(store) as (kept, person):
        assert b"hours" not in person.discretion_box
    with store.begin() as kept:
        kept.vanishing.settle(kept.people.find("telegram", "1"), None)
    with store.begin() as kept:
        assert kept.people.find("telegram", "1").discretion is None, "who wishes nothing has nothing kept of it"
