"""Whatever is settled and whatever the clock does: no date has two evenings, and none that was due is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from actions.evening.schedule import APART, Habit, evening_at, late
from actions.store import Store
from actions.store.evenings import ASKED, CLAIMED, LEFT_OUT, QUESTION
from bot.nightly import Nightly

HOUR, DAY = 3600, 24 * 3600
CHANNEL, CHAT = "telegram", "1"
NOON = datetime(2026, 3, 27, 12, tzinfo=timezone.utc).timestamp()
ZONES = ["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Africa/Cairo", "Pacific/Apia", "+05:30",
         "Pacific/Pago_Pago", "Australia/Lord_Howe", "Europe/Atlantis"]  # fmt: skip
SEEN = ("date", "state", "reason", "due_at", "claimed_at")
HABIT = Habit(zone="Europe/Berlin", minute=21 * 60)


class Night:
    """One person, a bot that looks who is due, and a clock that does as the test says."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOON
        self.due: dict[date, float] = {}  #: what was planned when its hour came
        self.tools = SimpleNamespace(now=lambda: self.now, store=store)
        self.nightly = Nightly(self.tools)
        with store.begin() as kept:
            person = kept.people.meet(CHANNEL, CHAT, self.now)
            kept.evenings.settle(person, HABIT, self.now)

    def look(self) -> None:
        with self.store.begin() as kept:
            upcoming = kept.evenings.next(kept.people.find(CHANNEL, CHAT))
        if upcoming is not None and upcoming[1] <= self.now:
            self.due.setdefault(*upcoming)

    def claim(self) -> list[str]:
        self.look()
        return self.nightly.claim(CHANNEL, 10)

    def wait(self, seconds: float, *, awake: bool = True) -> None:
        """Time goes on, or back; while the bot is awake it looks every hour."""
        until = self.now + seconds
        while awake and self.now + HOUR < until:
            self.now += HOUR
            self.claim()
        self.now = until
        self.look()

    def settle(self, **changes: object) -> None:
        self.look()
        with self.store.begin() as kept:
            person = kept.people.find(CHANNEL, CHAT)
            kept.evenings.settle(person, replace(kept.evenings.habit(person), **changes), self.now)
            upcoming = kept.evenings.next(person)
        if upcoming is not None and upcoming[1] > self.now:  # put off to a later hour of the same evening
            self.due.pop(upcoming[0], None)
        # by a clock that was set back, these hadn't come yet: they were planned anew
        self.due = {evening: at for evening, at in self.due.items() if at <= self.now}

    def pause(self, nights: int) -> None:
        with self.store.begin() as kept:
            habit = kept.evenings.habit(kept.people.find(CHANNEL, CHAT))
        self.settle(quiet_until=(evening_at(self.now, habit) + timedelta(days=nights)).isoformat())

    def restart(self) -> None:
        self.nightly = Nightly(self.tools)
        self.claim()

    def ask(self, answered: bool) -> None:
        with self.store.begin() as kept:
            person = kept.people.find(CHANNEL, CHAT)
            for evening in (one for one in kept.evenings.all(person) if one.state == CLAIMED):
                kept.evenings.asks(evening, QUESTION, "h_any_21", None)
                if answered:
                    kept.evenings.answered(person, evening, self.now)

    def rows(self) -> list[SimpleNamespace]:
        """The evenings, the oldest first."""
        with self.store.begin() as kept:
            found = kept.evenings.all(kept.people.find(CHANNEL, CHAT))
            return [SimpleNamespace(**{name: getattr(one, name) for name in SEEN}) for one in reversed(found)]

    def turns(self) -> Counter[str]:
        """How often each date was put before the dialogue."""
        with self.store.begin() as kept:
            waiting = kept.inbox.waiting(CHANNEL, CHAT)
            found = [kept.inbox.read(row) for row in waiting]
            kept.inbox.done(waiting)
        return Counter(turn["text"] for turn in found)


STORE = Store("sqlite://")


@pytest.fixture(scope="module", autouse=True)
def tables() -> Iterator[None]:
    """The tables, made once: a fresh person with the same number begins each life."""
    STORE.migrate()
    yield
    STORE.close()


@contextmanager
def anew() -> Iterator[Night]:
    night = Night(STORE)
    try:
        yield night
    finally:
        with STORE.begin() as kept:
            kept.people.forget(kept.people.find(CHANNEL, CHAT), 0.0)


def changes() -> st.SearchStrategy[tuple[str, object]]:
    return st.one_of(
        st.integers(0, 24 * 60 - 1).map(lambda minute: ("hour", {"minute": minute})),
        st.sampled_from(ZONES).map(lambda zone: ("zone", {"zone": zone})),
        st.sets(st.integers(0, 6), min_size=1).map(lambda days: ("days", {"days": tuple(sorted(days))})),
        st.booleans().map(lambda silent: ("date", {"dates": {"03-28": "silent" if silent else "softer"}})),
        st.integers(0, 10).map(lambda nights: ("pause", nights)),
        st.integers(1, 40).map(lambda hours: ("wait", hours)),
        st.integers(1, 24 * 6).map(lambda hours: ("down", hours)),
        st.integers(-24 * 5, 24 * 5).map(lambda hours: ("clock", hours)),
        st.sampled_from(["claim", "restart"]).map(lambda name: (name, None)),
        st.booleans().map(lambda answered: ("ask", answered)),
    )


def happens(night: Night, what: str, value: object) -> None:
    if what in ("wait", "down", "clock"):
        night.wait(value * HOUR, awake=what == "wait")
    elif what in ("pause", "ask"):
        getattr(night, what)(value)
    elif what in ("claim", "restart"):
        getattr(night, what)()
    else:
        night.settle(**value)


LIFE = st.lists(changes(), max_size=20)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def lived(night: Night, life: list[tuple[str, object]], *, looks_first: bool) -> None:
    for what, value in life:
        if looks_first:
            night.claim()
        happens(night, what, value)
    night.claim()


@MANY
@given(LIFE)
def test_no_date_has_two_evenings_and_each_one_is_put_before_the_dialogue_once(life: list) -> None:
    with anew() as night:
        lived(night, life, looks_first=False)
        rows, turns = night.rows(), night.turns()
        assert len({row.date for row in rows}) == len(rows)
        asked = {row.date for row in rows if row.state in (CLAIMED, ASKED)}
        assert set(turns) == asked and set(turns.values()) <= {1}
        dues = [row.due_at for row in rows]
        assert all(later - earlier >= APART for earlier, later in zip(dues, dues[1:]))


@MANY
@given(LIFE)
def test_every_evening_that_was_due_is_claimed_or_left_out_with_a_reason(life: list) -> None:
    with anew() as night:
        lived(night, life, looks_first=True)
        rows = {date.fromisoformat(row.date): row for row in night.rows()}
        assert set(rows) >= set(night.due)  # and the later ones of a downtime
        for row in rows.values():
            assert (row.state == LEFT_OUT) == late(row.due_at, row.claimed_at) == bool(row.reason)
            assert row.claimed_at >= row.due_at


@MANY
@example([("down", 9), ("hour", {"minute": 20 * 60})])
@example([("wait", 9), ("clock", -1), ("days", {"days": (0,)}), ("wait", 1)])
@example([("wait", 9), ("hour", {"minute": 0}), ("hour", {"minute": 240})])
@given(LIFE)
def test_a_change_in_the_second_in_which_an_evening_is_due_loses_none(life: list) -> None:
    with anew() as night:
        lived(night, life, looks_first=False)
        due = {evening for evening, at in night.due.items() if at <= night.now}  # a clock set back makes some undue
        assert {date.fromisoformat(row.date) for row in night.rows()} >= due


@MANY
@given(LIFE)
def test_someone_whose_evenings_are_on_always_has_a_next_one_after_the_last(life: list) -> None:
    with anew() as night:
        lived(night, life, looks_first=True)
        rows = [row for row in night.rows() if row.claimed_at <= night.now]  # not by a clock that has been set back
        with STORE.begin() as kept:
            upcoming = kept.evenings.next(kept.people.find(CHANNEL, CHAT))
        assert upcoming is not None and upcoming[1] > night.now
        assert not rows or upcoming[0] > date.fromisoformat(rows[-1].date)


@pytest.fixture
def night(store: Store) -> Night:
    return Night(store)


def test_hiding_the_words_just_as_the_evening_is_due_does_not_cost_the_evening(night: Night) -> None:
    night.now = datetime(2026, 3, 27, 20, 1, tzinfo=timezone.utc).timestamp()  # a minute after nine in Berlin
    night.settle(discreet=True)
    night.claim()
    assert night.turns() == {"2026-03-27": 1}


def test_an_evening_that_a_downtime_made_late_is_left_out_as_late(night: Night) -> None:
    night.wait(10 * HOUR, awake=False)
    assert night.claim() == [] and not night.turns()
    assert [(row.date, row.state, row.reason) for row in night.rows()] == [("2026-03-27", LEFT_OUT, "late")]


def test_each_evening_of_a_long_downtime_is_left_out_with_a_reason(night: Night) -> None:
    night.wait(3 * DAY, awake=False)
    night.claim()
    assert [(row.date, row.reason) for row in night.rows()] == [(f"2026-03-{day}", "late") for day in (27, 28, 29)]


def test_a_clock_that_is_set_back_asks_nobody_again(night: Night) -> None:
    night.wait(9 * HOUR + 60)
    assert night.claim() == [] and night.turns() == {"2026-03-27": 1}
    night.wait(-3 * HOUR, awake=False)
    night.restart()
    night.wait(6 * HOUR)
    assert not night.turns() and len(night.rows()) == 1


def test_a_clock_that_ran_a_month_ahead_for_a_moment_does_not_cost_a_month(night: Night) -> None:
    night.wait(30 * DAY, awake=False)
    night.claim()
    night.wait(-30 * DAY, awake=False)
    night.restart()
    night.wait(3 * DAY)
    assert night.turns()


def test_someone_who_cannot_be_reached_is_left_out_with_that_reason(night: Night) -> None:
    with night.store.begin() as kept:
        kept.people.find(CHANNEL, CHAT).reachable = False
    night.wait(2 * DAY)
    assert [(row.date, row.reason) for row in night.rows()] == [("2026-03-27", "unreachable")] and not night.turns()
