"""Who is due in the evening: claims evenings, and puts each into its chat's inbox, by the same door as a message.

Whatever becomes of an evening, its row says so: asked, or left out and why. An evening is claimed once; from then on
it is the inbox and the outbox that survive a crash, and the outbox that never sends it twice.
"""

from __future__ import annotations

from datetime import date

from actions.evening.schedule import PATIENCE, SILENCE, SILENT, ends, late
from actions.moment import Tools
from actions.store import Kept
from actions.store.care import care_of
from actions.store.evenings import ASKED, CLAIMED, LEFT_OUT
from actions.store.models import Evening, Person
from bot.turn import Kind, Turn

#: Evenings further ahead than this are planned anew at the start: a pause, or a clock that was wrong.
FAR = 8 * 24 * 3600


class Nightly:
    """Finds evenings that are due."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._swept: set[str] = set()  #: channels whose far evenings were planned anew since the start

    def claim(self, channel: str, most: int) -> list[str]:
        """Claim up to so many due evenings of a channel; the chats whose inbox has one now."""
        now, chats = self._tools.now(), []
        with self._tools.store.begin() as kept:
            for evening, person in kept.evenings.waited(channel, now, most):
                self._enqueue(kept, person, evening, now)
                chats.append(person.chat)
            if channel not in self._swept:
                self._swept.add(channel)
                for person in kept.evenings.far_ahead(channel, now + FAR):
                    kept.evenings.plan(person, now)
            for person in kept.evenings.due(channel, now, max(0, most - len(chats))):
                evening = self._claim(kept, person, now)
                if evening is not None:
                    self._enqueue(kept, person, evening, now)
                    chats.append(person.chat)
        return chats

    @staticmethod
    def _claim(kept: Kept, person: Person, now: float) -> Evening | None:
        """The evening to ask now. Those that Mend was not there for are left out, each with its reason."""
        while (upcoming := kept.evenings.next(person)) is not None and upcoming[1] <= now:
            evening = kept.evenings.claim(person, now)
            if evening is None:
                continue
            if not person.reachable:
                kept.evenings.leave_out(evening, "unreachable")
                kept.evenings.rest(person)
            elif late(evening.due_at, now):
                kept.evenings.leave_out(evening, "late")
            else:
                return evening
        return None

    @staticmethod
    def _enqueue(kept: Kept, person: Person, evening: Evening, now: float) -> None:
        evening.state, evening.again_at = CLAIMED, None
        number = kept.inbox.next_own_number(person.channel)
        turn = Turn(person.channel, person.chat, Kind.EVENING, evening.date)
        kept.inbox.add(person.channel, number, person.chat, turn.as_dict(), now)


def hindrance(kept: Kept, person: Person, evening: Evening, now: float) -> str | None:
    """Why an evening that was claimed is not asked after all, or not yet: then it has been told when to look again."""
    habit, care = kept.evenings.habit(person), care_of(person)
    day = date.fromisoformat(evening.date)
    if evening.state in (ASKED, LEFT_OUT):
        return "done"
    if habit is None or not kept.evenings.running(person):
        return "stopped"
    if habit.on(day) == SILENT or (habit.quiet_until or "") >= evening.date or day.weekday() not in habit.days:
        return "quiet"
    if not person.reachable:
        return "unreachable"
    if care.flagged(now):
        return "danger"
    if care.adult is False:
        return "under age"
    over = min(evening.due_at + PATIENCE, ends(day, habit))
    if now >= over or (evening.claimed_at <= now and late(evening.due_at, now) and not _talking(person, evening)):
        return "late"
    if now - person.seen_at < SILENCE:
        kept.evenings.wait(evening, person.seen_at + SILENCE)
        return "waiting"
    return None


def _talking(person: Person, evening: Evening) -> bool:
    """Whether they have written since about the hour at which it was due: then it waits for them to be done."""
    return person.seen_at > evening.due_at - SILENCE
