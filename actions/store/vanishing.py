"""Messages that go from a chat by themselves: after how long a person wants them to, and those whose time will come.

Only the messages go; the words in them stay kept.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Chat, Outgoing, Person, Vanishing
from actions.store.ring import Ring

HOUR = 3600
#: A channel deletes a message for so many seconds after it was sent; later only the person can.
DELETABLE = 48 * HOUR
#: How many hours a message can be let stay. The longest leaves an hour for trying again.
HOURS = (1, 8, 24, 47)
#: How many messages are looked at together.
AT_ONCE = 1000


@dataclass(frozen=True)
class Discretion:
    """What a person wishes for the messages in their chat."""

    hours: int | None = None  #: after so many hours they go; with none they stay
    left: int = 0  #: how many could not be deleted, of which they have not been told yet


@dataclass(frozen=True)
class Due:
    """Messages of one chat whose time has come."""

    owner: int  #: the number of the chat
    chat: str
    messages: list[int]


def discretion_of(person: Person) -> Discretion:
    """What a person wishes."""
    return Discretion(**json.loads(person.discretion)) if person.discretion else Discretion()


def keep_discretion(person: Person, discretion: Discretion) -> None:
    """Keep it in place of what was."""
    person.discretion = None if discretion == Discretion() else json.dumps(asdict(discretion))


class VanishingMessages:
    """The messages that wait to be deleted from their chats."""

    def __init__(self, session: Session, ring: Ring) -> None:
        self._session = session
        self._ring = ring

    def settle(self, person: Person, hours: int | None) -> None:
        """From now on messages go after so many hours, those that wait already among them. With none they all stay."""
        was = discretion_of(person)
        keep_discretion(person, replace(was, hours=hours))
        mine = Vanishing.chat_id == person.id
        if hours is None:
            self._session.execute(sa.delete(Vanishing).where(mine), execution_options=_PLAIN)
        elif was.hours is not None:
            due = Vanishing.due_at + (hours - was.hours) * HOUR
            self._session.execute(sa.update(Vanishing).where(mine).values(due_at=due), execution_options=_PLAIN)

    def add(self, person: Person, messages: Iterable[int], at: float) -> None:
        """Messages that came into the chat `at`: they will go, if the person wishes that."""
        hours = discretion_of(person).hours
        if hours is None:
            return
        new = set(messages) - set(self.waiting(person))
        due = at + hours * HOUR
        self._session.add_all(Vanishing(chat_id=person.id, message=message, due_at=due) for message in sorted(new))
        self._session.flush()

    def said(self, row: Outgoing | None, messages: Iterable[int], at: float) -> None:
        """A reply has arrived as these messages: if it quotes the person, they will go."""
        person = self._session.get(Person, row.chat_id) if row is not None else None
        if person is None or discretion_of(person).hours is None:
            return
        reply = json.loads(row.reply)
        if reply.get("private") and "edits" not in reply:
            self.add(person, messages, at)

    def waiting(self, person: Person) -> list[int]:
        """The messages of a chat that wait to be deleted."""
        query = sa.select(Vanishing.message).where(Vanishing.chat_id == person.id).order_by(Vanishing.id)
        return list(self._session.execute(query).scalars())

    def due(self, channel: str, now: float, besides: Collection[int] = ()) -> list[Due]:
        """The messages of a channel whose time has come, chat by chat; `besides` are chats to leave alone for now."""
        query = _DUE.where(Chat.channel == channel, Vanishing.due_at <= now, Chat.id.not_in(besides))
        found: dict[int, list[int]] = defaultdict(list)
        for owner, message in self._session.execute(query):
            found[owner].append(message)
        return [Due(owner, self._ring.address(owner), messages) for owner, messages in found.items()]

    def gone(self, owner: int, messages: Iterable[int]) -> None:
        """These messages are no longer in the chat."""
        where = (Vanishing.chat_id == owner, Vanishing.message.in_(list(messages)))
        self._session.execute(sa.delete(Vanishing).where(*where), execution_options=_PLAIN)

    def give_up(self, channel: str, now: float) -> None:
        """Let go of what the channel deletes no more, and keep in mind to tell how many these are."""
        long_due = _OWNERS.where(Person.channel == channel, Vanishing.due_at <= now - DELETABLE + max(HOURS) * HOUR)
        for person in self._session.execute(long_due).scalars().all():
            discretion = discretion_of(person)
            over = now - DELETABLE + (discretion.hours or 0) * HOUR
            where = (Vanishing.chat_id == person.id, Vanishing.due_at <= over)
            left = self._session.execute(sa.delete(Vanishing).where(*where), execution_options=_PLAIN).rowcount
            keep_discretion(person, replace(discretion, left=discretion.left + left))
        self._session.flush()


_PLAIN = {"synchronize_session": False}
_DUE = (
    sa.select(Vanishing.chat_id, Vanishing.message)
    .join(Chat, Chat.id == Vanishing.chat_id)
    .order_by(Vanishing.due_at, Vanishing.id)
    .limit(AT_ONCE)
)
_OWNERS = sa.select(Person).join(Vanishing, Vanishing.chat_id == Person.id).distinct()
