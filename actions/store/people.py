"""The people who talk with Mend."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.adding import add_if_new
from actions.store.models import (
    Answer,
    Button,
    Chat,
    Conversation,
    Dismissal,
    Draft,
    DraftVersion,
    Erasure,
    Evening,
    Incoming,
    Outgoing,
    Person,
    Run,
    Schedule,
    Vanishing,
)
from actions.store.ring import Ring


class People:
    """Meeting people, finding them again, and forgetting them."""

    def __init__(self, session: Session, ring: Ring) -> None:
        self._session = session
        self._ring = ring
        self._met: dict[int, Person] = {}  #: asked for often in a turn; the session would forget them at once

    def meet(self, channel: str, chat: str, now: float) -> Person:
        """The person in this chat; made known if this is the first time."""
        person = self.find(channel, chat)
        if person is None:
            number = self._ring.meet(channel, chat)
            row = {"id": number, "channel": channel, "created_at": now, "seen_at": now, "reachable": True}
            add_if_new(self._session, Person, row)
            person = self.get(number)
            assert person is not None
        return person

    def find(self, channel: str, chat: str) -> Person | None:
        """The person in this chat, if Mend knows one."""
        number = self._ring.find(channel, chat)
        return self.get(number) if number is not None else None

    def get(self, person_id: int) -> Person | None:
        """The person with this number."""
        if person_id not in self._met:
            person = self._session.get(Person, person_id)
            if person is None:
                return None
            self._met[person_id] = person
        return self._met[person_id]

    def look_again(self) -> None:
        """Forget whom it has met: that may have been rolled back."""
        self._met.clear()

    def forget(self, person: Person, now: float) -> None:
        """Erase the person, every row that belongs to them, and their key; a backup must not bring them back."""
        self._erase(person.id, now)

    def erased_since(self, erasures: Iterable[tuple[int, float]]) -> int:
        """Erase from an older copy who has been erased since, numbers and times; how many of them were in it."""
        here, count = set(self._session.execute(sa.select(Chat.id)).scalars()), 0
        for number, at in erasures:
            if number in here:
                self._erase(number, at)
                count += 1
            elif self._session.get(Erasure, number) is None:
                self._session.add(Erasure(number=number, erased_at=at))
        self._session.flush()
        return count

    def _erase(self, owner: int, now: float) -> None:
        session = self._session
        for table in (Button, Incoming, Outgoing, Vanishing):
            session.execute(sa.delete(table).where(table.chat_id == owner), execution_options=_PLAIN)
        for table in (Dismissal, DraftVersion, Draft, Evening, Schedule, Answer, Run, Conversation):
            session.execute(sa.delete(table).where(table.person_id == owner), execution_options=_PLAIN)
        session.execute(sa.delete(Person).where(Person.id == owner), execution_options=_PLAIN)
        session.add(Erasure(number=owner, erased_at=now))
        session.flush()
        self._ring.forget(owner)
        self.look_again()
        session.expire_all()


_PLAIN = {"synchronize_session": False}
