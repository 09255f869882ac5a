"""Which evening is next, and when it begins: pure arithmetic over a person's settings, a zone's rules and a moment.

An evening is named by the date on which it begins; it lasts until four in the morning. An hour that a change of the
clocks leaves out moves forward, one that comes twice is taken the first time (PEP 495). Nothing here adds 24 hours:
the wall time is kept, and the moment is worked out anew for each evening.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: The evening is over at this hour.
DAY_ENDS = 4
#: Seconds by which an evening question may be late; later it is left out.
GRACE = 90 * 60
#: Seconds of silence in a conversation before the evening question may come.
SILENCE = 10 * 60
#: Seconds after the settled hour until which it waits for that silence.
PATIENCE = 3 * 3600
#: Two evening questions are at least so many seconds apart, however a person travels.
APART = 12 * 3600
#: Seconds over which the questions of one minute are spread.
SPREAD = 55
#: Nobody's next evening is further away than this many days.
HORIZON = 800

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
SOFTER, SILENT = "softer", "silent"

#: How many questions in a row may stay unanswered before fewer come: up to the first number of them, the next one
#: comes after so many days. Three nights, then every third day for two weeks, then weekly, then goodbye.
LONGEST_GAP = 7
RHYTHM = ((3, 1), (8, 3), (11, LONGEST_GAP))


@dataclass(frozen=True)
class Habit:
    """What a person has settled about their evenings."""

    zone: str  #: an IANA name, or an offset such as `+05:30`
    minute: int  #: minutes since midnight on their clock
    days: tuple[int, ...] = EVERY_DAY  #: weekdays, Monday is 0
    offset: int = 0  #: minutes east of UTC when it was settled: what counts if the zone is ever gone from the rules
    quiet_until: str | None = None  #: the last date of a pause
    look_back: int | None = 6  #: the weekday of the weekly look-back
    discreet: bool = False  #: whether nothing but "Evening note" may show on a locked screen
    dates: dict[str, str] = field(default_factory=dict)  #: MM-DD -> `softer` or `silent`

    @property
    def hour(self) -> str:
        """The settled hour, as HH:MM."""
        return f"{self.minute // 60:02d}:{self.minute % 60:02d}"

    def on(self, evening: date) -> str | None:
        """What was settled for this date of the year: `softer`, `silent`, or nothing."""
        return self.dates.get(f"{evening:%m-%d}")


def clock(habit: Habit) -> tzinfo:
    """The person's clock; a zone that is gone from the rules goes on with the offset that it had last."""
    return zone_of(habit.zone) or timezone(timedelta(minutes=habit.offset))


_NAME = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}")


def zone_of(name: str) -> tzinfo | None:
    """The zone with this name; nothing when the rules know none."""
    fixed = re.fullmatch(r"([+-])(\d\d):(\d\d)", name)
    if fixed:
        shift = timedelta(hours=int(fixed[2]), minutes=int(fixed[3]))
        return timezone(shift if fixed[1] == "+" else -shift) if shift < timedelta(hours=24) else None
    if not _NAME.fullmatch(name):  # anything else is looked for in files and packages, as deep as it is long
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def begins(evening: date, habit: Habit) -> float:
    """When the question of an evening is due, in seconds since the epoch."""
    day = evening + timedelta(days=1) if habit.minute < DAY_ENDS * 60 else evening
    wall = datetime.combine(day, time(habit.minute // 60, habit.minute % 60), tzinfo=clock(habit))
    return wall.astimezone(timezone.utc).timestamp()


def ends(evening: date, habit: Habit) -> float:
    """When an evening is over: an answer before that belongs to it."""
    over = datetime.combine(evening + timedelta(days=1), time(DAY_ENDS), tzinfo=clock(habit))
    return over.astimezone(timezone.utc).timestamp()


def evening_at(now: float, habit: Habit) -> date:
    """The evening, or the day before it, that it is for the person now."""
    return (datetime.fromtimestamp(now, clock(habit)) - timedelta(hours=DAY_ENDS)).date()


def next_evening(
    habit: Habit, now: float, last: date | None = None, last_due: float | None = None, gap: int = 1
) -> tuple[date, float] | None:
    """The next evening and when its question is due, not before `now`; nothing if the settings allow none.

    `last` is the evening that was asked last (or left out), due at `last_due`; `gap` the days to the next one.
    """
    evening = evening_at(now, habit)
    if last is not None:
        evening = max(evening, last + timedelta(days=gap))
    quiet = date.fromisoformat(habit.quiet_until) if habit.quiet_until else None
    for _ in range(HORIZON):
        due = begins(evening, habit)
        free = evening.weekday() in habit.days and (quiet is None or evening > quiet)
        apart = last_due is None or due - last_due >= APART
        if free and apart and due >= now and habit.on(evening) != SILENT:
            return evening, due
        evening += timedelta(days=1)
    return None


def gap_after(unanswered: int) -> int | None:
    """Days to the next question after so many in a row without an answer; nothing when it is time to say goodbye."""
    return next((days for most, days in RHYTHM if unanswered < most), None)


def jitter(person: int) -> int:
    """Seconds by which this person's question comes after the minute: the same every evening."""
    return int.from_bytes(hashlib.sha256(str(person).encode()).digest()[:4], "big") % SPREAD


def late(due: float, now: float) -> bool:
    """Whether it is too late for a question that was due then."""
    return now - due > GRACE
