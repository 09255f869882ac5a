"""Settling the evening question: its hour, the place, which evenings, pauses, hard dates; and stopping it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from dateutil.parser import ParserError, parse
from rasa_sdk.events import EventType

from actions.evening.schedule import EVERY_DAY, SILENT, SOFTER, Habit, clock, evening_at, zone_of
from actions.evening.when import When, read_pause, read_when
from actions.evening.zones import likely
from actions.moment import CLOSED, Moment, action
from actions.store.models import Run
from actions.store.runs import text_of
from actions.walks import SETTLING

HOUR, ZONE, DATE = "hour", "zone", "date"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CHOICES = {"every": EVERY_DAY, "weekdays": (0, 1, 2, 3, 4), "weekend": (4, 5, 6)}
#: Hours that are offered to someone who names none.
OFFERED = ("20:00", "21:00", "21:30", "22:00")
PAUSES = (3, 7, 14, 30)
#: Who left an exercise so many seconds ago is shown the way back to it.
BACK_WITHIN = 3600
#: A date of a year with a 29 February, so that any day of the year can be read.
SOME_DAY = datetime(2024, 1, 1, tzinfo=timezone.utc)


@action("action_set_evening")
def set_evening(m: Moment) -> list[EventType]:
    """They want to be asked in the evening, or something about it changed; what they wrote may say when."""
    words = (m.value or m.words) if m.intent == "set_reminder" else ""
    when = read_when(words) if words else When()
    pause = read_pause(words) if when.hour is None else None
    if pause is not None and m.kept.evenings.running(m.person):
        return _paused(m, pause)
    if m.kept.evenings.running(m.person) and when.empty:
        return settings(m)
    return _begin(m, HOUR, when)


@action("action_stop_evening")
def stop_evening(m: Moment) -> list[EventType]:
    """No more evening questions, or none for some nights if that is what they said."""
    pause = read_pause(m.words if m.intent == "stop_reminder" else "")
    if pause is not None and m.kept.evenings.running(m.person):
        return _paused(m, pause)
    if not m.kept.evenings.running(m.person):
        m.say("utter_evening_none", buttons=[m.button("evening_on", "evening_settings")])
        return m.ask() if m.run is not None else []
    m.kept.evenings.stop(m.person)
    m.say("utter_evening_stopped", buttons=[m.button("evening_again", "evening_on")])
    return m.ask() if m.run is not None else []


@action("action_evening_on")
def evening_on(m: Moment) -> list[EventType]:
    """Begin again as it was settled before."""
    habit = m.kept.evenings.habit(m.person)
    if habit is None:
        return _begin(m, HOUR, When())
    return _settle(m, replace(habit, quiet_until=None))


@action("action_evening_settings")
def evening_settings(m: Moment) -> list[EventType]:
    """What is settled, with everything that can be changed."""
    if not m.kept.evenings.running(m.person):
        return _begin(m, HOUR, When()) if m.kept.evenings.habit(m.person) is None else evening_on(m)
    return settings(m)


@action("action_evening_change")
def change(m: Moment) -> list[EventType]:
    """Change one thing; `value` names it, with the new value behind a full stop."""
    habit, (what, _, value) = m.kept.evenings.habit(m.person), (m.value or "").partition(".")
    if habit is None:
        return _begin(m, HOUR, When())
    if what in (HOUR, ZONE, DATE) and not value:
        return _begin(m, what, When())
    change_one = {
        ZONE: lambda: _settle(m, _moved(habit, value, m.now)) if zone_of(value) else _begin(m, ZONE, When()),
        DATE: lambda: _hard_date(m, habit, value),
        "days": lambda: _days(m, habit, value),
        "pause": lambda: _paused(m, int(value)) if value else _ask_pause(m),
        "back": lambda: _look_back(m, habit, value),
        "discreet": lambda: _settle(m, replace(habit, discreet=not habit.discreet)),
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
    back = say("utter_back_on", day=_weekday(habit.look_back)) if habit.look_back is not None else say("utter_no_back")
    hard = _dates(habit)
    m.say(
        "utter_evening_settings",
        evenings=_evenings(m, habit),
        hour=habit.hour,
        town=_place(habit.zone),
        next=_next(m, habit),
        back=back,
        dates=say("utter_hard_dates", dates=hard) if hard else "",
        buttons=buttons,
    )
    return CLOSED


def put(m: Moment, run: Run) -> None:
    """Ask for what is still open; or, where an answer may mean two things, which."""
    step, when = m.step_of(run), _understood(m, run, run.step)
    place = m.at(run)
    if run.step == HOUR:
        hours = when.hours or (() if when.hour else OFFERED)
        said = "utter_which_hour" if when.hours else "utter_settling"
        buttons = [{"title": hour, "payload": f"answer:{hour}"} for hour in hours]
    elif run.step == ZONE:
        places = [label for label, _ in when.zones] or likely(m.person.language or "en")
        said = "utter_which_zone" if when.zones else "utter_settling"
        names = dict(when.zones)
        buttons = [{"title": label, "payload": f"answer:{names.get(label, label)}"} for label in places]
    else:
        said, buttons = "utter_settling", []
    m.say(said, ask=step.ask, buttons=[*buttons, m.button("leave_it", "pause")], place=place)


def take(m: Moment, run: Run) -> bool:
    """Take the answer at the open step; whether all that is needed is known now."""
    step = run.step
    if step == DATE:
        if _day_of_year(text_of(m.kept.runs.answer_at(run, DATE))) is not None:
            return True
        m.say("utter_date_unclear", more=True)
        return False
    when = _understood(m, run, step)
    if when.empty or (step == ZONE and not when.zone and not when.zones) or (step == HOUR and when.vague):
        said = "utter_hour_vague" if when.vague else "utter_hour_unclear" if step == HOUR else "utter_zone_unclear"
        if step == HOUR and when.zone:  # they said where they are before they said when
            m.kept.runs.answer(run, ZONE, [("", when.zone)], m.now)
            said = "utter_zone_noted"
        m.say(said, more=True)
        return False
    if step == HOUR and (when.zone or when.zones):
        text = when.zone or text_of(m.kept.runs.answer_at(run, HOUR))
        m.kept.runs.answer(run, ZONE, [("", text)], m.now)
    return _go_on(m, run)


def finish(m: Moment, run: Run) -> list[EventType]:
    """Keep what was settled, and confirm it in one line. The answers themselves are not kept."""
    answers = {step: text_of(said) for step, said in m.kept.runs.answers(run).items()}
    habit = m.kept.evenings.habit(m.person)
    m.kept.outbox.erase_buttons(m.person.channel, m.person.chat, run.id)
    m.kept.runs.erase(m.person, run)
    if DATE in answers:
        key = _day_of_year(answers[DATE])
        ways = [m.button(how, f"evening_change:date.{key}.{how}") for how in (SOFTER, SILENT)]
        m.say("utter_hard_date", date=_day(key), buttons=ways)
        return CLOSED
    hour = read_when(answers[HOUR]).hour if HOUR in answers else habit.hour
    zone = _zone(answers[ZONE]) if ZONE in answers else habit.zone
    minute = int(hour[:2]) * 60 + int(hour[3:])
    settled = replace(habit, minute=minute) if habit else Habit(zone=zone, minute=minute)
    return [*CLOSED, *_settle(m, _moved(settled, zone, m.now))]


def _begin(m: Moment, step: str, when: When) -> list[EventType]:
    """Ask for what is missing; at once settled when nothing is."""
    known = m.kept.evenings.habit(m.person)
    run = m.kept.runs.begin(m.person, SETTLING, "anyone", step, m.now)
    if known is None and step == HOUR and when.empty:
        m.say("utter_opening_words", opening=m.program.settling.opening, more=True)
    if when.hour or when.hours:
        said = m.words if when.hours else when.hour
        m.kept.runs.answer(run, HOUR, [("", said)], m.now)
    if when.zone or when.zones:
        m.kept.runs.answer(run, ZONE, [("", when.zone or m.words)], m.now)
    if step == HOUR and (when.hour or when.zone) and _go_on(m, run):
        m.kept.runs.move(run, None, m.now)
        return finish(m, run)
    return m.ask()


def _go_on(m: Moment, run: Run) -> bool:
    """Stand before the step that is still open; whether there is none."""
    known = m.kept.evenings.habit(m.person)
    hour, zone = _understood(m, run, HOUR), _understood(m, run, ZONE)
    changing = run.step == ZONE and known is not None and not hour.hour
    if not changing and (not hour.hour or hour.hours):
        m.kept.runs.move(run, HOUR, m.now)
        return False
    if zone.zone is None and (known is None or run.step == ZONE or zone.zones):
        m.kept.runs.move(run, ZONE, m.now)
        return False
    return True


def _understood(m: Moment, run: Run, step: str) -> When:
    said = m.kept.runs.answer_at(run, step)
    if said is None or said.doubt:
        return When()
    text = text_of(said)
    when = read_when(text)
    return replace(When(), zone=_zone(text), zones=when.zones) if step == ZONE else when


def _zone(text: str) -> str | None:
    named = "/" in text or text[:1] in ("+", "-")  # "EST" is a zone too, but one without a summer
    return text if named and zone_of(text) else read_when(text).zone


def _settle(m: Moment, habit: Habit) -> list[EventType]:
    m.kept.runs.put_down(m.person)
    m.kept.evenings.settle(m.person, habit, m.now)
    ways = [m.button("evening_settings", "evening_settings"), m.button("stop_evening", "evening_stop"), *_going_on(m)]
    m.say("utter_evening_settled", evenings=_evenings(m, habit), hour=habit.hour, town=_place(habit.zone),
          next=_next(m, habit), buttons=ways)  # fmt: skip
    return CLOSED


def _going_on(m: Moment) -> list[dict[str, str]]:
    """The way back to the exercise that they left for this."""
    left = m.kept.runs.unfinished(m.person)
    exercise = m.exercise_of(left) if left is not None and m.now - left.touched_at < BACK_WITHIN else None
    if exercise is None or exercise.number == 0:
        return []
    return [m.button("resume", f"choose_strategy:{exercise.id}", short=exercise.short)]


def _moved(habit: Habit, zone: str, now: float) -> Habit:
    """The same habit in another zone; its offset is kept for the day on which the rules lose that zone."""
    moment = datetime.fromtimestamp(now, zone_of(zone) or timezone.utc)
    return replace(habit, zone=zone, offset=int(moment.utcoffset().total_seconds() // 60))


def _days(m: Moment, habit: Habit, value: str) -> list[EventType]:
    if value in CHOICES:
        return _settle(m, replace(habit, days=CHOICES[value]))
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


def _ask_pause(m: Moment) -> list[EventType]:
    ways = [m.button("nights", f"evening_change:pause.{count}", count=str(count)) for count in PAUSES]
    m.say("utter_which_pause", buttons=ways)
    return CLOSED


def _paused(m: Moment, nights: int) -> list[EventType]:
    habit = m.kept.evenings.habit(m.person)
    first = evening_at(m.now, habit)
    upcoming = m.kept.evenings.next(m.person)
    if upcoming is not None:
        first = max(first, upcoming[0])
    until = first + timedelta(days=max(1, min(nights, 365)) - 1)
    return _settle(m, replace(habit, quiet_until=until.isoformat()))


def _look_back(m: Moment, habit: Habit, value: str) -> list[EventType]:
    if value:
        return _settle(m, replace(habit, look_back=int(value) if value.isdigit() else None))
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


def _day_of_year(words: str) -> str | None:
    """MM-DD of a date in words; nothing when the month is a number, for that is read in two ways."""
    if not any(letter.isalpha() for letter in words):
        return None
    try:
        return f"{parse(words, default=SOME_DAY, fuzzy=True):%m-%d}" if any(sign.isdigit() for sign in words) else None
    except (ParserError, OverflowError, ValueError):
        return None


def _day(key: str) -> str:
    return f"{date.fromisoformat(f'2024-{key}'):%-d %B}"


def _dates(habit: Habit) -> str:
    return ", ".join(_day(key) for key in sorted(habit.dates))


def _weekday(number: int) -> str:
    return f"{date(2024, 1, 1) + timedelta(days=number):%A}"


def _place(zone: str) -> str:
    return f"UTC{zone}" if zone[0] in "+-" else zone.rpartition("/")[2].replace("_", " ")


def _evenings(m: Moment, habit: Habit) -> str:
    say = m.tools.sentences.say
    known = next((name for name, days in CHOICES.items() if days == habit.days), None)
    if known is not None:
        return say(f"utter_evenings_{known}")
    return say("utter_evenings_some", days=", ".join(WEEKDAYS[number] for number in habit.days))


def _next(m: Moment, habit: Habit) -> str:
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
