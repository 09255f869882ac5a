"""Settling the evening question: asking for its hour and the place where they are, until both are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from dateutil.parser import parse
from rasa_sdk.events import EventType

from actions.evening.schedule import SILENT, SOFTER, Habit, zone_of
from actions.evening.telling import day_of, evenings, next_one, place
from actions.evening.when import When, read_when
from actions.evening.zones import likely
from actions.moment import CLOSED, Moment
from actions.store.answers import text_of
from actions.store.models import Run
from actions.walks import SETTLING

HOUR, ZONE, DATE = "hour", "zone", "date"
#: Hours that are offered to someone who names none.
OFFERED = ("20:00", "21:00", "21:30", "22:00")
#: Channels on which nothing can come by itself.
SILENT_CHANNELS = ("terminal",)
#: Who left an exercise so many seconds ago is shown the way back to it.
BACK_WITHIN = 3600
#: A date of a year with a 29 February, so that any day of the year can be read.
SOME_DAY = datetime(2024, 1, 1, tzinfo=timezone.utc)


def put(m: Moment, run: Run) -> None:
    """Ask for what is still open; or, where an answer may mean two things, which."""
    step, when = m.step_of(run), _understood(m, run, run.step)
    if run.step == HOUR:
        hours = when.hours or (() if when.hour else OFFERED)
        said = "utter_which_hour" if when.hours else "utter_settling"
        buttons = [{"title": hour, "payload": f"answer:{_exact(hour)}"} for hour in hours]
    elif run.step == ZONE:
        places = [label for label, _ in when.zones] or likely(m.person.language or "en")
        said = "utter_which_zone" if when.zones else "utter_settling"
        names = dict(when.zones)
        buttons = [{"title": label, "payload": f"answer:{names.get(label, label)}"} for label in places]
    else:
        said, buttons = "utter_settling", []
    m.say(said, ask=step.ask, buttons=[*buttons, m.button("leave_it", "pause")], place=m.at(run))


def take(m: Moment, run: Run) -> bool:
    """Take the answer at the open step; whether all that is needed is known now."""
    step = run.step
    if step == DATE:
        if _day_of_year(text_of(m.kept.runs.answer_at(run, DATE))) is not None:
            return True
        m.say("utter_date_unclear", more=True)
        return False
    when = _understood(m, run, step)
    if step == HOUR and not (when.hour or when.zone or when.zones):
        when = _in_part_of_day(m, run) or when
    if step == ZONE and not (when.zone or when.zones):
        m.say("utter_zone_unclear", more=True)
        return False
    if step == HOUR and (when.zone or when.zones):
        text = when.zone or text_of(m.kept.runs.answer_at(run, HOUR))
        m.kept.runs.answer(run, ZONE, [("", text)], m.now)
    if step == HOUR and not (when.hour or when.hours):
        noted = "utter_zone_noted" if when.zone else "utter_hour_unclear"
        m.say("utter_hour_vague" if when.vague else noted, more=True)
        return False
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
        m.say("utter_hard_date", date=day_of(key), buttons=ways)
        return CLOSED
    hour = read_when(answers[HOUR]).hour if HOUR in answers else habit.hour
    zone = _zone(answers[ZONE]) if ZONE in answers else habit.zone
    minute = int(hour[:2]) * 60 + int(hour[3:])
    settled = replace(habit, minute=minute) if habit else Habit(zone=zone, minute=minute)
    return [*CLOSED, *settle(m, moved(settled, zone, m.now))]


def begin(m: Moment, step: str, when: When, words: str = "") -> list[EventType]:
    """Ask for what is missing in their `words`, which were understood as `when`; settled at once when nothing is."""
    known = m.kept.evenings.habit(m.person)
    run = m.kept.runs.begin(m.person, SETTLING, "anyone", step, m.now)
    if known is None and step == HOUR and when.empty:
        m.say("utter_opening_words", opening=m.program.settling.opening, more=True)
    if when.hour or when.hours:
        said = words if when.hours else when.hour
        m.kept.runs.answer(run, HOUR, [("", said)], m.now)
    if when.zone or when.zones:
        m.kept.runs.answer(run, ZONE, [("", when.zone or words)], m.now)
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


def _in_part_of_day(m: Moment, run: Run) -> When | None:
    """The hour that was doubtful before they said "evening"; nothing if that does not settle it."""
    said = [text_of(one) for one in m.kept.runs.versions(m.person) if (one.run_id, one.step) == (run.id, HOUR)]
    if len(said) < 2 or not read_when(said[-2]).hours:
        return None
    both = [read_when(f"{said[-2]}{between}{said[-1]}") for between in (" ", " in the ")]
    when = next((one for one in both if one.hour and not one.hours), None)
    if when is not None:
        m.kept.runs.answer(run, HOUR, [("", _exact(when.hour))], m.now)
    return when


def _exact(hour: str) -> str:
    """An hour so written that it is read as nothing else: "10:00" may be of the evening, too."""
    return f"{hour} am" if "01:00" <= hour < "12:00" else hour


def _zone(text: str) -> str | None:
    named = "/" in text or text[:1] in ("+", "-")  # "EST" is a zone too, but one without a summer
    return text if named and zone_of(text) else read_when(text).zone


def settle(m: Moment, habit: Habit) -> list[EventType]:
    """Keep what is settled, and confirm it in one line with the next evening."""
    m.kept.runs.put_down(m.person)
    m.kept.evenings.settle(m.person, habit, m.now)
    ways = [m.button("evening_settings", "evening_settings"), m.button("stop_evening", "evening_stop"), *_going_on(m)]
    if m.person.channel in SILENT_CHANNELS:
        m.say("utter_evening_terminal", more=True)
    m.say("utter_evening_settled", evenings=evenings(m, habit), hour=habit.hour, town=place(habit.zone),
          next=next_one(m, habit), buttons=ways)  # fmt: skip
    return CLOSED


def _going_on(m: Moment) -> list[dict[str, str]]:
    """The way back to the exercise that they left for this."""
    left = m.kept.runs.unfinished(m.person)
    exercise = m.exercise_of(left) if left is not None and m.now - left.touched_at < BACK_WITHIN else None
    if exercise is None or exercise.number == 0:
        return []
    return [m.button("resume", f"choose_strategy:{exercise.id}", short=exercise.short)]


def moved(habit: Habit, zone: str, now: float) -> Habit:
    """The same habit in another zone; its offset is kept for the day on which the rules lose that zone."""
    moment = datetime.fromtimestamp(now, zone_of(zone) or timezone.utc)
    return replace(habit, zone=zone, offset=int(moment.utcoffset().total_seconds() // 60))


def _day_of_year(words: str) -> str | None:
    """MM-DD of a date in words; nothing when the month is a number, for that is read in two ways."""
    if not any(letter.isalpha() for letter in words):
        return None
    try:
        return f"{parse(words, default=SOME_DAY, fuzzy=True):%m-%d}" if any(sign.isdigit() for sign in words) else None
    except (ValueError, ArithmeticError):  # what is no date, and numbers that are none
        return None
