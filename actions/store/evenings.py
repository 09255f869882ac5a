"""What people settled about their evenings, and what became of each one."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.evening.schedule import LONGEST_GAP, Habit, gap_after, jitter, next_evening
from actions.store.models import Evening, Person, Run, Schedule

#: The states of an evening: taken up to be asked, waiting for silence, asked, or left out for a reason.
CLAIMED, WAITING, ASKED, LEFT_OUT = "claimed", "waiting", "asked", "left_out"
#: The reason of an evening on which they would rather not answer.
DECLINED = "declined"
#: What an evening is: a question, how a promise went, a look back at the week, or the last line before silence.
QUESTION, PROMISE, LOOK_BACK, GOODBYE = "question", "promise", "look_back", "goodbye"
#: How many evenings back are looked at for the rhythm.
RECENT = 16
#: A clock that was set back by fewer seconds than this is still the same clock.
CLOCKS_DIFFER = 60

_OF = sa.select(Evening).where(Evening.person_id == sa.bindparam("person"))
_ON = _OF.where(Evening.date == sa.bindparam("date"))
_NEWEST = _OF.order_by(Evening.date.desc())
# Without joins: with one, SQLite looks through all people of the channel instead of the few who are due.
_DUE = (
    sa.select(Schedule.person_id)
    .where(Schedule.channel == sa.bindparam("channel"), Schedule.next_due <= sa.bindparam("now"))
    .order_by(Schedule.next_due)
)
_WAITED = sa.select(Evening).where(Evening.again_at <= sa.bindparam("now")).order_by(Evening.again_at)


class Evenings:
    """Settling evenings, claiming those that are due, and what was asked and answered on each."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._schedules: dict[int, Schedule | None] = {}  # asked for many times a turn
        self._habits: dict[str, Habit] = {}

    def look_again(self) -> None:
        """Forget what was read: it may have been rolled back."""
        self._schedules.clear()

    # -- what is settled -----------------------------------------------------------------------------------------

    def schedule(self, person: Person) -> Schedule | None:
        """The row that says when the next evening is due."""
        if person.id not in self._schedules:
            self._schedules[person.id] = self._session.get(Schedule, person.id)
        return self._schedules[person.id]

    def habit(self, person: Person) -> Habit | None:
        """What the person settled, also while it is off; nothing when they never did."""
        schedule = self.schedule(person)
        if schedule is None:
            return None
        if schedule.habit not in self._habits:
            kept = json.loads(schedule.habit)
            self._habits[schedule.habit] = Habit(**{**kept, "days": tuple(kept["days"])})
        return self._habits[schedule.habit]

    def settle(self, person: Person, habit: Habit, now: float) -> None:
        """Keep what they settled; the next evening follows from it at once."""
        schedule = self.schedule(person)
        if schedule is None:
            schedule = Schedule(person_id=person.id, channel=person.channel)
            self._session.add(schedule)
            self._schedules[person.id] = schedule
        schedule.habit, schedule.running = json.dumps(asdict(habit)), True
        self._session.flush()
        self.plan(person, now)

    def plan(self, person: Person, now: float, since: float | None = None) -> None:
        """Work out the next evening anew: after a change, an answer, or when they come back.

        It is not before now; or, after a claim, not before the moment `since` at which that evening was due, so that
        each evening of a downtime is accounted for.
        """
        schedule, habit = self.schedule(person), self.habit(person)
        if schedule is None or not schedule.running:
            return
        recent = self.all(person, RECENT * 3)
        last = next((one for one in recent if not _claimed_ahead(one, now)), None)
        gap = gap_after(_unanswered(recent)) or LONGEST_GAP
        before = (date.fromisoformat(last.date), last.due_at, gap) if last else (None, None, 1)
        found = next_evening(habit, now if since is None else min(now, since), *before)
        waits = schedule.next_due is not None and schedule.next_due <= now and not self.on(person, schedule.next_date)
        if waits and (found is None or found[0].isoformat() > schedule.next_date):
            return  # this evening is due now, and is claimed in a moment: what was just changed must not lose it
        schedule.next_date = found[0].isoformat() if found else None
        schedule.next_due = found[1] + jitter(person.id) if found else None
        self._session.flush()

    def stop(self, person: Person) -> None:
        """No more evenings, until they want them again; what they settled stays."""
        self._off(person, running=False)

    def rest(self, person: Person) -> None:
        """None while they can't be reached; it goes on when they are back."""
        self._off(person, running=True)

    def running(self, person: Person) -> bool:
        """Whether they want evenings."""
        schedule = self.schedule(person)
        return schedule is not None and schedule.running

    def next(self, person: Person) -> tuple[date, float] | None:
        """The next evening and when it is due."""
        schedule = self.schedule(person)
        if schedule is None or schedule.next_due is None:
            return None
        return date.fromisoformat(schedule.next_date), schedule.next_due

    def resting(self, person: Person) -> bool:
        """Whether they want evenings, and none is planned."""
        schedule = self.schedule(person)
        return schedule is not None and schedule.running and schedule.next_due is None

    def _off(self, person: Person, *, running: bool) -> None:
        schedule = self.schedule(person)
        if schedule is not None:
            schedule.running, schedule.next_due, schedule.next_date = running, None, None
            self._session.flush()

    # -- evening by evening --------------------------------------------------------------------------------------

    def due(self, channel: str, now: float, most: int) -> list[Person]:
        """People whose evening is due, the longest waiting first."""
        found = self._session.execute(_DUE.limit(most), {"now": now, "channel": channel}).scalars()
        return [self._session.get(Person, number) for number in found]

    def waited(self, channel: str, now: float, most: int) -> list[tuple[Evening, Person]]:
        """Evenings that waited for silence, and are to be looked at again."""
        found = self._session.execute(_WAITED.limit(most), {"now": now}).scalars()
        pairs = [(evening, self._session.get(Person, evening.person_id)) for evening in found]
        return [(evening, person) for evening, person in pairs if person.channel == channel]

    def claim(self, person: Person, now: float) -> Evening | None:
        """Take up the evening that is due, and plan the next one; nothing if this date had its evening before."""
        schedule = self.schedule(person)
        evening, due = self.on(person, schedule.next_date), schedule.next_due
        taken = evening is not None and not _claimed_ahead(evening, now)
        if evening is None:
            evening = Evening(person_id=person.id, date=schedule.next_date)
            self._session.add(evening)
        if not taken:
            evening.state, evening.reason, evening.due_at, evening.claimed_at = CLAIMED, None, due, now
            self._session.flush()
        self.plan(person, now, since=due + 1)
        return None if taken else evening

    def far_ahead(self, channel: str, after: float) -> list[Person]:
        """People whose next evening is later than `after`: the clock may have been wrong when that was planned."""
        query = sa.select(Schedule.person_id).where(Schedule.channel == channel, Schedule.next_due > after)
        return [self._session.get(Person, number) for number in self._session.execute(query).scalars()]

    def leave_out(self, evening: Evening, reason: str) -> None:
        """This evening stays without a question."""
        evening.state, evening.reason, evening.again_at = LEFT_OUT, reason, None
        self._session.flush()

    def wait(self, evening: Evening, until: float) -> None:
        """Look at this evening again then: a conversation is open."""
        evening.state, evening.again_at = WAITING, until
        self._session.flush()

    def asks(self, evening: Evening, kind: str, question: str, run: Run | None) -> None:
        """What this evening asks, and the walk that its answer will be kept in."""
        evening.state, evening.kind, evening.question, evening.again_at = ASKED, kind, question, None
        evening.run_id = run.id if run else None
        self._session.flush()

    def said_as(self, evening: Evening, reply: int) -> None:
        """The reply that asks it, so that it can be seen what became of it."""
        evening.reply_id = reply
        self._session.flush()

    def not_sent(self, reply: int) -> None:
        """The question of an evening could not be delivered: it counts as none."""
        asked = self._session.execute(sa.select(Evening).where(Evening.reply_id == reply)).scalar_one_or_none()
        if asked is not None:
            self.leave_out(asked, "not sent")

    def answered(self, person: Person, evening: Evening, now: float, *, declined: bool = False) -> None:
        """They answered, if only that they'd rather not: the rhythm is every evening again."""
        evening.answered_at = evening.answered_at or now
        evening.reason = DECLINED if declined and not evening.marks else None
        self._session.flush()
        self.plan(person, now)

    def mark(self, evening: Evening, **marks: int | str) -> None:
        """Keep a number from 0 to 10 for a scale, or how the promise went."""
        evening.marks = json.dumps({**marks_of(evening), **marks})
        self._session.flush()

    def on(self, person: Person, day: str) -> Evening | None:
        """The evening of a date (ISO), if it had one."""
        return self._session.execute(_ON, {"person": person.id, "date": day}).scalar_one_or_none()

    def of(self, run: Run) -> Evening | None:
        """The evening whose answer is kept in this walk."""
        return self._session.execute(sa.select(Evening).where(Evening.run_id == run.id)).scalar_one_or_none()

    def get(self, person: Person, number: int) -> Evening | None:
        """The person's evening with this number; nobody else's."""
        evening = self._session.get(Evening, number)
        return evening if evening is not None and evening.person_id == person.id else None

    def last(self, person: Person) -> Evening | None:
        """The newest evening, whatever became of it."""
        return self._session.execute(_NEWEST.limit(1), {"person": person.id}).scalar_one_or_none()

    def all(self, person: Person, most: int | None = None) -> list[Evening]:
        """The person's evenings, the newest first."""
        return list(self._session.execute(_NEWEST.limit(most), {"person": person.id}).scalars())

    def unanswered(self, person: Person) -> int:
        """How many questions in a row stayed without an answer, the one that is put just now among them."""
        return _unanswered(self.all(person, RECENT))

    def erase(self, evening: Evening) -> None:
        """Erase what was answered on this evening; that it was asked stays, so that it is not asked again."""
        evening.run_id, evening.marks = None, None
        self._session.flush()


def _unanswered(recent: list[Evening]) -> int:
    since = next((place for place, one in enumerate(recent) if one.kind == GOODBYE), len(recent))
    asked = [one for one in recent[:since] if one.state != LEFT_OUT]
    return next((count for count, one in enumerate(asked) if one.answered_at is not None), len(asked))


def _claimed_ahead(evening: Evening, now: float) -> bool:
    """Whether it was left out by a clock that has been set back since: it may still be asked."""
    return evening.state == LEFT_OUT and evening.claimed_at > now + CLOCKS_DIFFER


def marks_of(evening: Evening) -> dict[str, Any]:
    """The numbers given on an evening by scale, and how the promise went."""
    return json.loads(evening.marks) if evening.marks else {}
