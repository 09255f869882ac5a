"""What is settled about someone's evenings, and what they marked, in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from actions.evening.questions import SCALES, Reflections
from actions.evening.schedule import EVERY_DAY, Habit, clock
from actions.moment import Moment
from actions.store.evenings import marks_of
from actions.store.models import Evening

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CHOICES = {"every": EVERY_DAY, "weekdays": (0, 1, 2, 3, 4), "weekend": (4, 5, 6)}


def evenings(m: Moment, habit: Habit) -> str:
    """On which evenings they are asked."""
    say = m.tools.sentences.say
    known = next((name for name, days in CHOICES.items() if days == habit.days), None)
    if known is not None:
        return say(f"utter_evenings_{known}")
    return say("utter_evenings_some", days=", ".join(WEEKDAYS[number] for number in habit.days))


def next_one(m: Moment, habit: Habit) -> str:
    """When the next question comes, on their clock."""
    upcoming, say = m.kept.evenings.next(m.person), m.tools.sentences.say
    if upcoming is None:
        return say("utter_next_none")
    here = datetime.fromtimestamp(upcoming[1], clock(habit))
    today = datetime.fromtimestamp(m.now, clock(habit)).date()
    away = (here.date() - today).days
    words = {"day": f"{here:%A} {here:%-d %B}", "hour": f"{here:%H:%M}"}
    if away > 1:
        return say("utter_next_on", **words)
    return say("utter_next_soon", when=say("utter_tomorrow" if away else "utter_today"), **words)


def place(zone: str) -> str:
    """What a zone is called by people: its city, or its offset."""
    return f"UTC{zone}" if zone[0] in "+-" else zone.rpartition("/")[2].replace("_", " ")


def weekday(number: int) -> str:
    """A weekday's name; Monday is 0."""
    return f"{date(2024, 1, 1) + timedelta(days=number):%A}"


def day_of(key: str) -> str:
    """A day of the year (MM-DD) as people say it."""
    return f"{date.fromisoformat(f'2024-{key}'):%-d %B}"


def dates(habit: Habit) -> str:
    """The days of the year that are handled with care."""
    return ", ".join(day_of(key) for key in sorted(habit.dates))


def marks_told(content: Reflections, evening: Evening) -> str:
    """The numbers of an evening and how the promise went: "Trust 7, Safety 4, Kept"; empty when there are none."""
    marks = marks_of(evening)
    said = [f"{content.scales[name].label} {marks[name]}" for name in SCALES if name in marks]
    outcome = marks.get("promise")
    return ", ".join(said + ([content.outcomes[outcome].label] if outcome in content.outcomes else []))
