"""When the question of an evening waits, when it is left out, and how fewer come to someone who doesn't answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from evenings import (
    MINUTE,
    NOT_TONIGHT,
    asked,
    at,
    claims,
    comes,
    looks,
    passes,
    planned,
    said,
    sends,
    settled,
    today,
)
from talking import CHANNEL, Clock, Person
from telling import TOLD, goes, hears

from bot.commands import typed
from bot.turn import Kind, Turn

SHORT = "A quiet day."


# -- in the middle of a conversation ---------------------------------------------------------------------------------


def test_it_waits_for_ten_minutes_of_silence(person: Person, clock: Clock) -> None:
    settled(person)
    at(clock, "20:56")
    person.says("/menu")
    at(clock, "21:02")
    assert looks(person) == []
    person.says("/menu")
    at(clock, "21:08")
    assert looks(person) == [], "they went on meanwhile"
    at(clock, "21:11")
    assert looks(person) == []
    at(clock, "21:13")
    asked(looks(person))
    assert looks(person) == []


def test_who_talks_until_the_night_is_over_is_not_asked_any_more(person: Person, clock: Clock) -> None:
    settled(person, hour="3am")
    at(clock, "02:56")
    person.says("/menu")
    passes(person)
    assert looks(person) == []
    for hour in ("03:05", "03:53"):
        at(clock, hour)
        person.says("/menu")
        assert looks(person) == []
    at(clock, "04:04")
    assert looks(person) == []
    assert planned(person)[0] == today(clock), "the next one comes the next night"
    asked(comes(person))


def test_who_talks_for_three_hours_is_not_asked_any_more(person: Person, clock: Clock) -> None:
    settled(person)
    for hour in ("21:04", "22:00", "23:00", "23:56"):
        at(clock, hour)
        person.says("/menu")
        at(clock, f"{hour[:3]}{int(hour[3:]) + 3:02d}")
        assert looks(person) == []
    at(clock, "00:10")
    assert looks(person) == []
    asked(comes(person))


# -- too late --------------------------------------------------------------------------------------------------------


def test_more_than_ninety_minutes_late_it_is_left_out(person: Person) -> None:
    settled(person)
    assert comes(person, late=91 * MINUTE) == []
    assert looks(person) == []
    asked(comes(person))


def test_less_late_it_still_comes(person: Person) -> None:
    asked(comes(settled(person), late=88 * MINUTE))


def test_claimed_in_time_and_held_up_for_hours_it_is_left_out(person: Person, clock: Clock) -> None:
    passes(settled(person))
    claims(person)
    clock.wait(100 * MINUTE)
    assert person.does() == []
    asked(comes(person))


# -- danger, and someone who can't be reached ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["self_harm", "own"])
def test_for_a_day_after_danger_was_told_nothing_comes(person: Person, clock: Clock, kind: str) -> None:
    settled(person)
    assert person.says(TOLD[kind]) and hears(person, person.last.text, f"utter_danger_{kind}")
    assert comes(person) == []
    at(clock, "12:00")
    asked(comes(person))


def test_danger_told_in_the_evening_keeps_the_next_evening_free_too(person: Person) -> None:
    asked(comes(settled(person)))
    person.says(TOLD["self_harm"])
    assert comes(person) == []
    asked(comes(person))


def test_who_blocked_the_bot_is_left_in_peace_until_they_are_back(person: Person, clock: Clock) -> None:
    settled(person)
    sends(person, Kind.LEFT)
    for _ in range(3):
        at(clock, "21:02")
        assert looks(person) == []
    sends(person, Kind.RETURNED)
    assert looks(person) == [], "not at once"
    asked(comes(person))


def test_who_blocked_the_bot_and_writes_again_is_asked_again(person: Person, clock: Clock) -> None:
    settled(person)
    sends(person, Kind.LEFT)
    assert comes(person) == []
    at(clock, "12:00")
    person.says("hi")
    asked(comes(person))


# -- at the very minute ----------------------------------------------------------------------------------------------


def writes(person: Person, text: str) -> None:
    """They write something, and it is not answered yet."""
    person.house.turns.take(typed(CHANNEL, person.chat, text, f"{text}-{person.chat}"))


def test_moved_in_the_minute_it_is_due_it_comes_once_at_the_new_hour(person: Person) -> None:
    day = passes(settled(person))
    person.says("move it to 22:15 please")
    assert looks(person) == []
    assert planned(person)[0] == day
    asked(comes(person))
    assert planned(person)[0] == day + timedelta(days=1)


def test_moved_while_it_is_on_its_way_it_comes_once_for_that_date(person: Person, clock: Clock) -> None:
    day = passes(settled(person))
    writes(person, "move it to 22:15 please")
    assert ["22:15" in one.text for one in looks(person)] == [True], "it waits for them to be done"
    clock.wait(11 * MINUTE)
    asked(looks(person))
    at(clock, "22:17")
    assert looks(person) == [] and planned(person)[0] == day + timedelta(days=1)


def test_stopped_while_it_is_on_its_way_it_does_not_come(person: Person, clock: Clock) -> None:
    passes(settled(person))
    writes(person, "stop the evening question")
    assert [said(person, one.text, "utter_evening_stopped") for one in looks(person)] == [True]
    clock.wait(11 * MINUTE)
    assert looks(person) == [] and planned(person) is None


def known(person: Person) -> bool:
    with person.house.tools.store.begin() as kept:
        return kept.people.find(CHANNEL, person.chat) is not None


def test_who_erases_everything_while_it_is_on_its_way_hears_goodbye_and_stays_erased(person: Person) -> None:
    goes(settled(person), ["/delete"])
    day = passes(person)
    claims(person)
    assert [said(person, one.text, "utter_deleted") for one in person.presses("Erase everything")] == [True]
    assert looks(person) == [] and not known(person)
    assert person.does(Turn(CHANNEL, person.chat, Kind.EVENING, day.isoformat())) == [] and not known(person)


def test_who_erases_everything_while_it_waits_for_silence_stays_erased(person: Person, clock: Clock) -> None:
    settled(person)
    at(clock, "20:58")
    person.says("/delete")
    passes(person)
    assert looks(person) == []
    person.presses("Erase everything")
    clock.wait(15 * MINUTE)
    assert looks(person) == [] and not known(person)


# -- who doesn't answer ----------------------------------------------------------------------------------------------


def unanswered(person: Person, count: int) -> list[date]:
    """So many questions come, and none is answered; their dates."""
    days = []
    for _ in range(count):
        days.append(planned(person)[0])
        asked(comes(person))
    return days


def gaps(days: list[date]) -> list[int]:
    return [(later - earlier).days for earlier, later in zip(days, days[1:])]


def test_after_three_without_an_answer_one_comes_every_third_day(person: Person) -> None:
    assert gaps(unanswered(settled(person), 5)) == [1, 1, 3, 3]


def test_then_one_a_week_and_then_one_goodbye(person: Person, clock: Clock) -> None:
    days = unanswered(settled(person), 11)
    assert set(gaps(days)) == {1, 3, 7} and gaps(days) == sorted(gaps(days)) and gaps(days)[-1] == 7
    heard = comes(person)
    assert [said(person, one.text, "utter_evening_goodbye") for one in heard] == [True]
    assert list(heard[0].buttons) == ["Ask me again"] and planned(person) is None
    for _ in range(8):
        at(clock, "21:02")
        assert looks(person) == []


def test_after_the_goodbye_one_tap_brings_questions_again(person: Person) -> None:
    unanswered(settled(person), 11)
    comes(person)
    person.presses("Ask me again")
    asked(comes(person))


@pytest.mark.parametrize(
    "path", [[SHORT], [f"[{NOT_TONIGHT}]"], ["[Trust]", "[3]"]], ids=["words", "not now", "number"]
)
def test_any_answer_brings_back_every_evening(person: Person, path: list[str]) -> None:
    days = unanswered(settled(person), 6)
    goes(person, path)
    assert planned(person)[0] == days[-1] + timedelta(days=1)
    asked(comes(person))
