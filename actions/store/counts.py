"""How much is kept, in numbers that tell nothing of anyone."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions.store import Store, StoreError
from actions.store.evenings import ASKED, LEFT_OUT
from actions.store.inbox import FAILED, RAW
from actions.store.inbox import WAITING as UNANSWERED
from actions.store.models import Answer, Draft, Erasure, Evening, Incoming, Outgoing, Person
from actions.store.outbox import DROPPED, SENDING, UNKNOWN, WAITING

DAY = 24 * 3600
#: The stretches of time over which people are counted who were there, in days.
STRETCHES = (1, 7, 30)


@dataclass(frozen=True)
class Counts:
    """What is kept."""

    people: int
    active: dict[int, int]  #: how many were there within so many days
    answers: int  #: each counted once, however many versions there are
    drafts: int
    evenings_asked: int
    evenings_answered: int
    evenings_left_out: int
    messages_waiting: int
    messages_failed: int
    longest_wait: float | None  #: seconds since the oldest message came that waits
    replies_waiting: int
    replies_unknown: int
    replies_dropped: int
    erasures: int
    size: int | None  #: bytes of the database's files; nothing for a server's


def count(store: Store, now: float) -> Counts:
    """Count. Nobody who writes has to wait meanwhile, and no box is opened. Raises `StoreError` with what to do."""
    if store.path is not None and not store.path.is_file():
        raise StoreError(f"there is no database {store.path} yet; is MEND_DATA_DIR right?")
    try:
        with store.reading() as connection:
            return _count(connection, now, _size(store))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        said = str(error.orig).strip().splitlines()[0]
        raise StoreError(f"the database can't be counted ({said}): was it made by another version of Mend?") from None


def _count(connection: Connection, now: float, size: int | None) -> Counts:
    def many(table: type, *where: sa.sql.ColumnElement) -> int:
        return connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()

    answers = sa.select(Answer.run_id, Answer.step_box).distinct().subquery()
    waits = Incoming.state.in_((RAW, UNANSWERED))
    oldest = connection.execute(sa.select(sa.func.min(Incoming.received_at)).where(waits)).scalar_one()
    return Counts(
        people=many(Person),
        active={days: many(Person, Person.seen_at > now - days * DAY) for days in STRETCHES},
        answers=many(answers),
        drafts=many(Draft),
        evenings_asked=many(Evening, Evening.state == ASKED),
        evenings_answered=many(Evening, Evening.answered_at.is_not(None)),
        evenings_left_out=many(Evening, Evening.state == LEFT_OUT),
        messages_waiting=many(Incoming, waits),
        messages_failed=many(Incoming, Incoming.state == FAILED),
        longest_wait=None if oldest is None else max(0.0, now - oldest),
        replies_waiting=many(Outgoing, Outgoing.state.in_((WAITING, SENDING))),
        replies_unknown=many(Outgoing, Outgoing.state == UNKNOWN),
        replies_dropped=many(Outgoing, Outgoing.state == DROPPED),
        erasures=many(Erasure),
        size=size,
    )


def _size(store: Store) -> int | None:
    if store.path is None:
        return None
    files = (store.path, store.path.with_name(f"{store.path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
