"""Wishes about the evening question: to have it, to change one thing about it, to stop it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rasa_sdk.events import EventType

from actions.choosing import greet
from actions.evening.schedule import EVERY_DAY, SILENT, SOFTER, Habit, evening_at, zone_of
from actions.evening.settling import DATE, HOUR, ZONE, begin, moved, settle
from actions.evening.telling import CHOICES, WEEKDAYS, dates, evenings, next_one, place, weekday
from actions.evening.when import When, read_pause, read_when
from actions.moment import CLOSED, Moment, action
from actions.store.care import care_of
from actions.walks import SETTLING

PAUSES = (3, 7, 14, 30)
LONGEST_PAUSE = 365


@action("action_set_evening")
def set_evening(m: Moment) -> list[EventType]:
    """They want to be asked in the evening, or something about it changed; what they wrote may say when."""
    words = (m.value or m.words) if m.intent == "set_reminder" else ""
    when = read_when(words) if words else When()
    pause = read_pause(words)
    if pause is not None and m.kept.evenings.running(m.person):
        return paused(m, pause)
    if not m.kept.evenings.running(m.person):
        return begin(m, HOUR, when, words)
    if when.empty:
        return settings(m)
    if when.hour or when.hours or when.vague:
        return begin(m, HOUR, when, words)
    if when.zone:  # "I'm in Nairobi now"
        return settle(m, moved(m.kept.evenings.habit(m.person), when.zone, m.now))
    return begin(m, ZONE, when, words)


@action("action_stop_evening")
def stop_evening(m: Moment) -> list[EventType]:
    """No more evening questions, or none for some nights if that is what they said."""
    pause = read_pause(m.words if m.intent == "stop_reminder" else "")
    if pause is not None and m.kept.evenings.running(m.person):
        return paused(m, pause)
    if m.run is not None and m.run.exercise == SETTLING:  # they want none of it after all
        m.kept.runs.put_down(m.person)
        going_on = CLOSED
    else:
        going_on = m.ask() if m.run is not None else []
    if not m.kept.evenings.running(m.person):
        m.say("utter_evening_none", buttons=[m.button("evening_on", "evening_settings")])
        return going_on
    m.kept.evenings.stop(m.person)
    m.say("utter_evening_stopped", buttons=[m.button("evening_again", "evening_on")])
    return going_on


@action("action_evening_on")
def evening_on(m: Moment) -> list[EventType]:
    """Begin again as it was settled before."""
    habit = m.kept.evenings.habit(m.person)
    if habit is None:
        return begin(m, HOUR, When())
    return settle(m, replace(habit, quiet_until=None))


@action("action_evening_settings")
def evening_settings(m: Moment) -> list[EventType]:
    """What is settled, with everything that can be changed. Whoever is new is welcomed first."""
    if care_of(m.person).screened is None:
        return greet(m)
    if not m.kept.evenings.running(m.person):
        return begin(m, HOUR, When()) if m.kept.evenings.habit(m.person) is None else evening_on(m)
    return settings(m)


@action("action_evening_change")
def change(m: Moment) -> list[EventType]:
    """Change one thing; `value` names it, with the new value behind a full stop."""
    habit, (what, _, value) = m.kept.evenings.habit(m.person), (m.value or "").partition(".")
    if habit is None:
        return begin(m, HOUR, When())
    if what in (HOUR, ZONE, DATE) and not value:
        return begin(m, what, When())
    change_one = {
        ZONE: lambda: settle(m, moved(habit, value, m.now)) if zone_of(value) else begin(m, ZONE, When()),
        DATE: lambda: _hard_date(m, habit, value),
        "days": lambda: _days(m, habit, value),
        "pause": lambda: paused(m, int(value)) if value else _ask_pause(m),
        "back": lambda: _look_back(m, habit, value),
        "discreet": lambda: _lock_screen(m, replace(habit, discreet=not habit.discreet)),
    }
    return change_one[what]() if what in change_one else settings(m)


def settings(m: Moment) -> list[EventType]:
    """Show what is settled."""
    habit = m.kept.evenings.habit(m.person)
    m.kept.runs.put_down(m.person)
    say = m.tools.sentences.say
    buttons = [
        m.button("another_hour", f"evening_change:{HOUR}"),
        m.button("moved", f"evening_change:{ZONE}"),
        m.button("which_evenings", "evening_change:days"),
        m.button("quiet_nights", "evening_change:pause"),
        m.button("hard_dates", f"evening_change:{DATE}"),
        m.button("weekly_look", "evening_change:back"),
        m.button("undiscreet" if habit.discreet else "discreet", "evening_change:discreet"),
        m.button("journal", "journal"),
        m.button("stop_evening", "evening_stop"),
    ]
    back = say("utter_back_on", day=weekday(habit.look_back)) if habit.look_back is not None else say("utter_no_back")
    hard = dates(habit)
    m.say(
        "utter_evening_settings",
        evenings=evenings(m, habit),
        hour=habit.hour,
        town=place(habit.zone),
        next=next_one(m, habit),
        back=back,
        dates=say("utter_hard_dates", dates=hard) if hard else "",
        buttons=buttons,
    )
    return CLOSED


def _days(m: Moment, habit: Habit, value: str) -> list[EventType]:
    if value in CHOICES:
        return settle(m, replace(habit, days=CHOICES[value]))
    if value.isdigit() and int(value) in EVERY_DAY:
        days = tuple(sorted(set(habit.days) ^ {int(value)}))
        habit = replace(habit, days=days or habit.days)
        m.kept.evenings.settle(m.person, habit, m.now)
    rows = [
        {
            "title": f"{'✓' if number in habit.days else '·'} {name}",
            "payload": f"evening_change:days.{number}",
            "group": 0,
        }
        for number, name in enumerate(WEEKDAYS)
    ]
    ways = [m.button(f"days_{name}", f"evening_change:days.{name}") for name in CHOICES]
    m.say("utter_which_evenings", buttons=[*rows, *ways, m.button("done", "evening_settings")])
    return CLOSED


def _lock_screen(m: Moment, habit: Habit) -> list[EventType]:
    """Say what a locked screen shows from now on."""
    m.say("utter_discreet" if habit.discreet else "utter_undiscreet", more=True)
    return settle(m, habit)


def _ask_pause(m: Moment) -> list[EventType]:
    ways = [m.button("nights", f"evening_change:pause.{count}", count=str(count)) for count in PAUSES]
    m.say("utter_which_pause", buttons=ways)
    return CLOSED


def paused(m: Moment, nights: int) -> list[EventType]:
    """None for so many nights, from the next one on."""
    habit = m.kept.evenings.habit(m.person)
    first = evening_at(m.now, habit)
    upcoming = m.kept.evenings.next(m.person)
    if upcoming is not None:
        first = max(first, upcoming[0])
    until = first + timedelta(days=max(1, min(nights, LONGEST_PAUSE)) - 1)
    return settle(m, replace(habit, quiet_until=until.isoformat()))


def _look_back(m: Moment, habit: Habit, value: str) -> list[EventType]:
    if value:
        return settle(m, replace(habit, look_back=int(value) if value.isdigit() else None))
    rows = [{"title": name, "payload": f"evening_change:back.{number}"} for number, name in enumerate(WEEKDAYS)]
    m.say("utter_which_back", buttons=[*rows, m.button("never", "evening_change:back.never")])
    return CLOSED


def _hard_date(m: Moment, habit: Habit, value: str) -> list[EventType]:
    key, _, how = value.partition(".")
    dates = {name: kind for name, kind in habit.dates.items() if name != key}
    if how in (SOFTER, SILENT):
        dates[key] = how
    m.kept.evenings.settle(m.person, replace(habit, dates=dates), m.now)
    return settings(m)
