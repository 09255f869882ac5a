"""The people who talk with Mend."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import (
    Answer,
    Button,
    Conversation,
    Dismissal,
    Draft,
    DraftVersion,
    Evening,
    Incoming,
    Outgoing,
    Person,
    Run,
    Schedule,
)

_IN_CHAT = sa.select(Person).where(Person.channel == sa.bindparam("channel"), Person.chat == sa.bindparam("chat"))


class People:
    """Meeting people, finding them again, and forgetting them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def meet(self, channel: str, chat: str, now: float) -> Person:
        """The person in this chat; made known if this is the first time."""
        person = self.find(channel, chat)
        if person is None:
            person = Person(channel=channel, chat=chat, created_at=now, seen_at=now, reachable=True)
            self._session.add(person)
            self._session.flush()
        return person

    def find(self, channel: str, chat: str) -> Person | None:
        """The person in this chat, if Mend knows one."""
        return self._session.execute(_IN_CHAT, {"channel": channel, "chat": chat}).scalar_one_or_none()

    def get(self, person_id: int) -> Person | None:
        """The person with this number."""
        return self._session.get(Person, person_id)

    def forget(self, person: Person) -> None:
        """Erase the person and every row that belongs to them."""
        session, here = self._session, {"channel": person.channel, "chat": person.chat}
        replies = sa.select(Outgoing.id).filter_by(**here)
        session.execute(sa.delete(Button).where(Button.reply_id.in_(replies)), execution_options=_PLAIN)
        for table in (Incoming, Outgoing):
            where = (table.channel == person.channel, table.chat == person.chat)
            session.execute(sa.delete(table).where(*where), execution_options=_PLAIN)
        for table in (Dismissal, DraftVersion, Draft, Evening, Schedule, Answer, Run, Conversation):
            session.execute(sa.delete(table).where(table.person_id == person.id), execution_options=_PLAIN)
        session.execute(sa.delete(Person).where(Person.id == person.id), execution_options=_PLAIN)
        session.expire_all()


_PLAIN = {"synchronize_session": False}
