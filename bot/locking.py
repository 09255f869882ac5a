"""The passphrase before a chat: setting it, holding everything off while it is locked, trying what is typed then."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from actions.moment import Tools
from actions.reading import Phrases
from actions.steps import plain
from actions.store import Kept
from actions.store.lock import NEW, SALT, WHAT, Lock, keep_lock, lock_of, may_be_passphrase
from actions.store.models import Person
from bot.direct import KEEP, Direct
from bot.replies import rows
from bot.retention import STAY
from bot.taken import Taken
from bot.turn import Kind, Reply, Turn
from bot.watching import Watch

#: Commands that need no passphrase, beside /helpnow.
ALWAYS = ("privacy", "delete")
#: What buttons mean to someone in danger: a locked chat shows people instead, and nothing that tells of them.
IN_DANGER = ("safe", "helplines", "set_country", "safety_plan", "ground")
#: What the lock's own buttons mean.
LEAVE, SHUT, CHANGE, REMOVE, TIDY = "lock_leave", "lock_now", "lock_change", "lock_remove", "lock_tidy"


class Then(Enum):
    """What follows on what the lock says."""

    NOTHING = "nothing"
    QUESTION = "question"  #: the open question, if there is one
    TURN = "turn"  #: the turn is answered as if there were no lock, and before what the lock says


@dataclass(frozen=True)
class Held:
    """What the lock makes of a turn."""

    replies: list[Reply] = field(default_factory=list)
    then: Then = Then.NOTHING


class Locking:
    """Stands before everything else that answers."""

    def __init__(
        self,
        tools: Tools,
        phrases: Phrases,
        watch: Watch,
        direct: Direct,
        salt: Callable[[], bytes] = lambda: os.urandom(SALT),
    ) -> None:
        self._sentences = tools.sentences
        self._now = tools.now
        self._phrases = phrases
        self._watch = watch
        self._direct = direct
        self._salt = salt

    def may_be_secret(self, kept: Kept, turn: Turn, at: float) -> bool:
        """Whether what was written may be a passphrase: it is read by itself, and kept nowhere."""
        person = kept.people.find(turn.channel, turn.chat)
        lock = lock_of(person) if person is not None else Lock()
        return (turn.kind is Kind.TEXT and lock.listens(at)) or (turn.kind is Kind.EDIT and lock.locked(at))

    def meets(self, kept: Kept, person: Person, taken: Taken) -> Held:
        """What the lock says to a turn, and what follows. What counts is when the turn came in, not when it is read."""
        turn, lock, at = taken.turn, lock_of(person), taken.rows[0].received_at
        if turn.kind in (Kind.LEFT, Kind.RETURNED):
            return Held(then=Then.TURN)
        if lock.locked(at):
            return self._locked(kept, person, turn, at)
        waits, shown = lock.waits_for(NEW, at), lock.waits_for(WHAT, at)
        if waits and turn.kind is Kind.EDIT:
            return Held(then=Then.TURN)
        keep_lock(person, lock.used(taken.received_at))
        choice = _choice(kept, turn)
        if turn.kind is Kind.COMMAND and turn.text == "lock":
            return self._command(person, at, again=shown)
        if choice.startswith("lock_"):
            return self._chosen(kept, person, turn, choice, at)
        return self._given(person, turn, at) if waits else Held(then=Then.TURN)

    # -- while it is open ----------------------------------------------------------------------------------------

    def _command(self, person: Person, at: float, *, again: bool) -> Held:
        lock, sentences = lock_of(person), self._sentences
        if lock.phrase is None:
            return self._ask(person, "utter_lock_ask", at)
        if again:
            return self._shut(person)
        keep_lock(person, lock.asking(WHAT, at))
        ways = {
            SHUT: sentences.label("lock_now"),
            CHANGE: sentences.label("lock_change"),
            REMOVE: sentences.label("lock_remove"),
        }
        return Held([self._say("utter_lock_open", ways)])

    def _chosen(self, kept: Kept, person: Person, turn: Turn, choice: str, at: float) -> Held:
        if not kept.outbox.press(kept.outbox.button(turn.channel, turn.chat, turn.text), self._now()):
            return Held()  # pressed twice
        means, _, messages = choice.partition(":")
        if means == SHUT and lock_of(person).phrase is not None:
            held = self._shut(person)
        elif means in (SHUT, CHANGE):
            held = self._ask(person, "utter_lock_ask", at)
        elif means == REMOVE:
            keep_lock(person, Lock())
            held = Held([self._say("utter_lock_removed")], Then.QUESTION)
        elif means == TIDY:
            left = self._sentences.say("utter_lock_tidy_left")
            held = Held([replace(self._say("utter_lock_tidied"), deletes=messages, text_if_not=left)])
        else:
            held = Held([self._say("utter_lock_left")], Then.QUESTION)
        return replace(held, replies=[self._direct.chosen(kept, turn), *held.replies])

    def _given(self, person: Person, turn: Turn, at: float) -> Held:
        """What came when a new passphrase was asked for. Danger, and a plain wish for something else, is none."""
        left = [self._say("utter_lock_left")]
        if turn.kind not in (Kind.TEXT, Kind.OTHER):
            return Held([] if turn.text == "helpnow" else left, Then.TURN)
        if turn.kind is Kind.TEXT and plain(turn.text) == plain(self._sentences.label("lock_leave")):
            return Held(left, Then.QUESTION)
        if turn.kind is Kind.TEXT and self._watch.alarms(person, turn.text):
            return Held(then=Then.TURN)
        if turn.kind is Kind.TEXT and self._phrases.unmistakable(turn.text):
            return Held(left, Then.TURN)
        if turn.kind is Kind.OTHER or not may_be_passphrase(turn.text):
            return self._ask(person, "utter_lock_length", at)
        keep_lock(person, lock_of(person).set_to(turn.text, self._salt(), at))
        return Held([self._without(turn, "utter_lock_set")], Then.QUESTION)

    def _ask(self, person: Person, response: str, at: float) -> Held:
        keep_lock(person, lock_of(person).asking(NEW, at))
        return Held([self._say(response, {LEAVE: self._sentences.label("lock_leave")})])

    def _shut(self, person: Person) -> Held:
        keep_lock(person, lock_of(person).closed())
        return Held([self._say("utter_locked")])

    # -- while it is locked --------------------------------------------------------------------------------------

    def _locked(self, kept: Kept, person: Person, turn: Turn, at: float) -> Held:
        choice = _choice(kept, turn)
        if choice in (KEEP, STAY) or (turn.kind is Kind.COMMAND and turn.text in ALWAYS):
            return Held(then=Then.TURN)
        if turn.kind is Kind.COMMAND and turn.text == "helpnow":
            return Held([self._direct.help_now(kept, person, ways=False)])
        if turn.kind is Kind.TEXT or (turn.kind is Kind.EDIT and turn.ref in lock_of(person).typed):
            return self._tried(kept, person, turn, at)
        alarming = turn.kind is Kind.EDIT and self._watch.alarms(person, turn.text)
        helps = self._people(kept, person, alarming or choice.partition(":")[0] in IN_DANGER)
        return Held([*helps, self._say("utter_locked")])

    def _tried(self, kept: Kept, person: Person, turn: Turn, at: float) -> Held:
        lock, response = lock_of(person).heard(_deletable(turn)), "utter_locked"
        if may_be_passphrase(turn.text) and not lock.minutes_left(at):
            if lock.opens_with(turn.text):
                return self._opened(person, lock, turn, at)
            lock, response = lock.missed(at), "utter_lock_wrong"
        keep_lock(person, lock)
        helps, minutes = self._people(kept, person, self._watch.alarms(person, turn.text)), lock.minutes_left(at)
        paused = Reply(self._sentences.say("utter_lock_paused", minutes=minutes))
        return Held([*helps, paused if minutes else self._say(response)])

    def _opened(self, person: Person, lock: Lock, turn: Turn, at: float) -> Held:
        keep_lock(person, lock.used(at))
        others = [message for message in lock.typed if message != turn.ref]
        if not (others or lock.wrong):
            return Held([self._without(turn, "utter_unlocked")], Then.QUESTION)
        tidy = {f"{TIDY}:{','.join(others)}": self._sentences.label("lock_tidy")} if others else {}
        return Held([self._without(turn, "utter_unlocked_after", tidy)], Then.QUESTION)

    def _people(self, kept: Kept, person: Person, alarming: bool) -> list[Reply]:
        return [self._direct.help_now(kept, person, ways=False)] if alarming else []

    # -- speaking ------------------------------------------------------------------------------------------------

    def _say(self, response: str, ways: dict[str, str] | None = None) -> Reply:
        """A response, with buttons by what they mean."""
        buttons = [{"title": label, "payload": means} for means, label in (ways or {}).items()]
        return Reply(self._sentences.say(response), rows(buttons))

    def _without(self, turn: Turn, response: str, ways: dict[str, str] | None = None) -> Reply:
        """A response that takes the message with the passphrase out of the chat, or asks them to."""
        reply, message = self._say(response, ways), _deletable(turn)
        stands = f"{reply.text}\n\n{self._sentences.say('utter_lock_stands')}"
        return replace(reply, deletes=message, text_if_not=stands) if message else replace(reply, text=stands)


def _choice(kept: Kept, turn: Turn) -> str:
    """What a pressed button means; nothing for one that never stood in this chat."""
    button = kept.outbox.button(turn.channel, turn.chat, turn.text) if turn.kind is Kind.CHOICE else None
    return button.choice if button is not None else ""


def _deletable(turn: Turn) -> str:
    """The channel's number of the message that a turn came in, if it can be deleted by it."""
    return turn.ref if turn.ref.isdecimal() else ""
