"""Which evening is next and when it begins: on every clock, over every change of it, and on the move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from actions.evening.schedule import (
    APART,
    GRACE,
    SILENT,
    SOFTER,
    Habit,
    begins,
    clock,
    ends,
    evening_at,
    gap_after,
    jitter,
    late,
    next_evening,
    zone_of,
)

DAY = 24 * 3600
NINE = 21 * 60


def habit(zone: str = "Europe/Berlin", hour: str = "21:00", **settled: object) -> Habit:
    return Habit(zone=zone, minute=int(hour[:2]) * 60 + int(hour[3:]), **settled)


def at(zone: str, wall: str) -> float:
    """The moment at which a clock in a zone shows this, the first time."""
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).timestamp()


def shown(moment: float, zone: str) -> str:
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "zone, evening, hour, due",
    [
        # an hour that the change leaves out: it moves forward
        ("Africa/Cairo", "2026-04-23", "00:30", "2026-04-24 01:30 +0300"),
        ("Asia/Beirut", "2026-03-28", "00:15", "2026-03-29 01:15 +0300"),
        ("America/Nuuk", "2026-03-28", "23:30", "2026-03-29 00:30 -0100"),
        ("Australia/Lord_Howe", "2026-10-03", "02:10", "2026-10-04 02:40 +1100"),
        ("America/New_York", "2026-03-07", "02:30", "2026-03-08 03:30 -0400"),
        ("Europe/London", "2026-03-28", "01:30", "2026-03-29 02:30 +0100"),
        ("Australia/Sydney", "2026-10-03", "02:30", "2026-10-04 03:30 +1100"),
        ("America/Asuncion", "2024-10-05", "00:30", "2024-10-06 01:30 -0300"),
        ("Africa/Casablanca", "2026-03-21", "02:30", "2026-03-22 03:30 +0100"),
        ("America/Santiago", "2026-09-05", "00:30", "2026-09-06 01:30 -0300"),
        ("Atlantic/Azores", "2026-03-28", "00:30", "2026-03-29 01:30 +0000"),
        # an hour that comes twice: the first
        ("Africa/Cairo", "2026-10-29", "23:30", "2026-10-29 23:30 +0300"),
        ("Asia/Beirut", "2026-10-24", "23:15", "2026-10-24 23:15 +0300"),
        ("America/Nuuk", "2026-10-24", "23:30", "2026-10-24 23:30 -0100"),
        ("Australia/Lord_Howe", "2026-04-04", "01:45", "2026-04-05 01:45 +1100"),
        ("America/New_York", "2026-10-31", "01:30", "2026-11-01 01:30 -0400"),
        ("Europe/London", "2026-10-24", "01:30", "2026-10-25 01:30 +0100"),
        ("Australia/Sydney", "2026-04-04", "02:30", "2026-04-05 02:30 +1100"),
        ("America/Asuncion", "2024-03-23", "23:30", "2024-03-23 23:30 -0300"),
        ("Africa/Casablanca", "2026-02-14", "02:30", "2026-02-15 02:30 +0100"),
        ("America/Santiago", "2026-04-04", "23:30", "2026-04-04 23:30 -0300"),
    ],
)
def test_a_change_of_the_clocks_moves_no_evening_but_out_of_a_gap(zone: str, evening: str, hour: str, due: str) -> None:
    moment = begins(date.fromisoformat(evening), habit(zone, hour))
    assert datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %z") == due


TEN_ZONES = ["Africa/Cairo", "Asia/Beirut", "America/Nuuk", "Australia/Lord_Howe", "Pacific/Apia", "America/New_York",
             "Europe/London", "Australia/Sydney", "America/Asuncion", "Africa/Casablanca"]  # fmt: skip


@pytest.mark.parametrize("hour", ["21:00", "00:30"])
@pytest.mark.parametrize("zone", TEN_ZONES)
def test_a_year_has_an_evening_every_night_at_the_hour_on_the_wall(zone: str, hour: str) -> None:
    settled, now, last, last_due = habit(zone, hour), at(zone, "2024-01-01T12:00:00"), None, None
    moved = 0
    for number in range(366):
        evening, due = next_evening(settled, now, last, last_due)
        assert evening == date(2024, 1, 1) + timedelta(days=number)
        assert due < ends(evening, settled) and evening_at(due, settled) == evening
        moved += shown(due, zone)[-5:] != hour
        now, last, last_due = due + 1, evening, due
    # The hour after midnight is left out once where the clocks go forward at midnight.
    assert moved == (1 if hour == "00:30" and zone in ("Africa/Cairo", "Asia/Beirut", "America/Asuncion") else 0)


def test_on_the_day_that_samoa_left_out_nobody_is_asked_twice_at_one_moment() -> None:
    settled, now, last, last_due = habit("Pacific/Apia"), at("Pacific/Apia", "2011-12-27T12:00:00"), None, None
    dues = []
    for _ in range(5):
        last, last_due = next_evening(settled, now, last, last_due)
        dues.append(last_due)
        now = last_due + 1
    assert all(later - earlier >= APART for earlier, later in zip(dues, dues[1:]))
    nights = [shown(due, "Pacific/Apia") for due in dues]
    assert nights == [f"{day} 21:00" for day in ("2011-12-27", "2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01")]


@pytest.mark.parametrize(
    "wall, evening",
    [
        ("2026-05-10T21:00:00", "2026-05-10"),
        ("2026-05-11T00:30:00", "2026-05-10"),
        ("2026-05-11T03:59:59", "2026-05-10"),
        ("2026-05-11T04:00:00", "2026-05-11"),
    ],
)
def test_what_comes_after_midnight_belongs_to_the_evening_before_until_four(wall: str, evening: str) -> None:
    assert evening_at(at("Europe/Berlin", wall), habit()) == date.fromisoformat(evening)


@pytest.mark.parametrize("hour, day", [("00:00", "11"), ("03:59", "11"), ("04:00", "10"), ("23:59", "10")])
def test_an_hour_after_midnight_is_asked_on_the_next_date(hour: str, day: str) -> None:
    assert shown(begins(date(2026, 5, 10), habit(hour=hour)), "Europe/Berlin") == f"2026-05-{day} {hour}"


@pytest.mark.parametrize("zone", TEN_ZONES)
def test_an_evening_is_over_at_four_on_their_clock(zone: str) -> None:
    for day in (date(2026, 3, 7) + timedelta(days=number) for number in range(250)):
        assert shown(ends(day, habit(zone)), zone) == f"{day + timedelta(days=1)} 04:00"


def test_the_hour_that_has_passed_today_is_for_tomorrow() -> None:
    before, after = at("Europe/Berlin", "2026-05-10T21:00:00"), at("Europe/Berlin", "2026-05-10T21:00:01")
    assert next_evening(habit(), before) == (date(2026, 5, 10), before)
    assert next_evening(habit(), after)[0] == date(2026, 5, 11)


@pytest.mark.parametrize("hour", ["21:00", "01:00", "07:00"])
@pytest.mark.parametrize(
    "home, away",
    [
        ("America/Los_Angeles", "Pacific/Auckland"),
        ("Pacific/Auckland", "America/Los_Angeles"),
        ("Europe/London", "Asia/Tokyo"),
        ("Asia/Tokyo", "America/New_York"),
        ("Pacific/Pago_Pago", "Pacific/Kiritimati"),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago"),
    ],
)
def test_who_moves_east_or_west_is_never_asked_twice_in_half_a_day_or_on_one_date(
    home: str, away: str, hour: str
) -> None:
    for hours_later in range(0, 30, 3):
        first, asked = next_evening(habit(home, hour), at(home, "2026-05-10T12:00:00"))
        second, again = next_evening(habit(away, hour), asked + hours_later * 3600 + 1, first, asked)
        assert second > first and again - asked >= APART
        assert again - asked <= 2.5 * DAY + hours_later * 3600  # and not forgotten either
        assert shown(again, away)[-5:] == hour


def test_only_the_weekdays_that_were_chosen_have_an_evening() -> None:
    settled, now, dates = habit(days=(0, 4), hour="00:30"), at("Europe/Berlin", "2026-05-10T12:00:00"), []
    for _ in range(4):
        evening, now = next_evening(settled, now + 1, dates[-1] if dates else None)
        dates.append(evening)
    # Mondays and Fridays, though the clock shows Tuesday and Saturday by then.
    assert dates == [date(2026, 5, day) for day in (11, 15, 18, 22)]


def test_a_pause_ends_after_its_last_quiet_night() -> None:
    now = at("Europe/Berlin", "2026-05-10T12:00:00")
    assert next_evening(habit(quiet_until="2026-05-16"), now)[0] == date(2026, 5, 17)
    assert next_evening(habit(quiet_until="2026-05-09"), now)[0] == date(2026, 5, 10)


def test_a_silent_date_has_no_evening_and_a_softer_one_has() -> None:
    now = at("Europe/Berlin", "2026-05-10T12:00:00")
    settled = habit(dates={"05-10": SILENT, "05-11": SOFTER})
    assert settled.on(date(2027, 5, 10)) == SILENT and settled.on(date(2026, 5, 12)) is None
    assert next_evening(settled, now)[0] == date(2026, 5, 11)


def test_settings_that_leave_no_evening_give_none() -> None:
    assert next_evening(habit(days=()), 0.0) is None
    assert next_evening(habit(quiet_until="9999-12-31"), 0.0) is None


def test_a_zone_that_is_gone_from_the_rules_goes_on_with_the_offset_it_had() -> None:
    gone = habit("Europe/Atlantis", offset=330)
    due = begins(date(2026, 5, 10), gone)
    assert datetime.fromtimestamp(due, timezone.utc).isoformat() == "2026-05-10T15:30:00+00:00"
    assert clock(gone).utcoffset(None) == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize("name, hours", [("+05:30", 5.5), ("-03:00", -3), ("+14:00", 14)])
def test_an_offset_is_a_clock_of_its_own(name: str, hours: float) -> None:
    assert zone_of(name).utcoffset(None) == timedelta(hours=hours)
    assert begins(date(2026, 5, 10), habit(name)) == datetime(2026, 5, 10, 21, tzinfo=zone_of(name)).timestamp()


@pytest.mark.parametrize(
    "name", ["", "+25:00", "+5", "Mars/Phobos", "Europe", "../etc/passwd", "/etc/passwd", "a\0b", "🙂"]
)
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_of(name) is None


def test_a_persons_seconds_after_the_minute_are_always_the_same_and_less_than_a_minute() -> None:
    once = [jitter(person) for person in range(2000)]
    assert once == [jitter(person) for person in range(2000)]
    assert min(once) == 0 and max(once) < 60 and len(set(once)) >= 50


def test_a_persons_seconds_stay_the_same_over_a_restart() -> None:
    # The first four bytes of sha256("1") and so on, modulo 55: worked out apart from the program.
    assert [jitter(person) for person in (1, 2, 42)] == [14, 4, 53]


def test_an_hour_and_a_half_is_late_and_no_less() -> None:
    assert not late(1000.0, 1000.0 + GRACE) and late(1000.0, 1000.0 + GRACE + 1) and GRACE == 90 * 60


@pytest.mark.parametrize("unanswered, days", [(0, 1), (2, 1), (3, 3), (7, 3), (8, 7), (10, 7), (11, None), (99, None)])
def test_questions_that_stay_unanswered_come_less_often_and_end(unanswered: int, days: int | None) -> None:
    assert gap_after(unanswered) == days


def test_the_days_between_are_counted_from_the_last_evening() -> None:
    now, last = at("Europe/Berlin", "2026-05-10T21:05:00"), date(2026, 5, 10)
    for gap in (1, 3, 7):
        evening, _ = next_evening(habit(), now, last, begins(last, habit()), gap)
        assert evening == last + timedelta(days=gap)


def test_a_new_hour_on_the_same_evening_does_not_ask_again() -> None:
    asked = begins(date(2026, 5, 10), habit())
    evening, due = next_evening(replace(habit(), minute=NINE + 120), asked + 60, date(2026, 5, 10), asked)
    assert (evening, shown(due, "Europe/Berlin")) == (date(2026, 5, 11), "2026-05-11 23:00")
