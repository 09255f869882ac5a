"""Jobs for the workers of a fleet, on a PostgreSQL server: in which chats something waits.

The tables are procrastinate's. A job is kept in the transaction that keeps what waits, so that neither is ever there
without the other. It names a chat by its random number, and holds no word of anybody's.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store import outbox
from actions.store.inbox import RAW, WAITING
from actions.store.models import Incoming, Outgoing

#: The queues: what people wrote, and what comes unasked. And what is done with a job of either.
TURNS, EVENINGS, ANSWER = "turns", "evenings", "answer"
#: Whoever wrote never waits for what comes unasked in their chat: that is sent by another process, which may be away.
URGENCY = {TURNS: 1, EVENINGS: 0}

# Jobs of one chat have one lock, and are taken up one after the other. A chat has one waiting job a queue at most:
# whoever takes it up finds everything that has come until then. Many chats are woken in one order, so that two that do
# so at once never wait for each other.
_WAKE = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
    SELECT :queue, :task, :urgency, chat::text, :queue || ':' || chat, jsonb_build_object('chat', chat),
           now() + make_interval(secs => :later)
    FROM unnest(CAST(:chats AS bigint[])) AS chat ORDER BY chat
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO """
_WAKE_NOW = sa.text(f"{_WAKE} NOTHING")
_WAKE_LATER = sa.text(f"{_WAKE} UPDATE SET scheduled_at = EXCLUDED.scheduled_at")
_WAITING = sa.text("SELECT queue_name, count(*) FROM procrastinate_jobs WHERE status = 'todo' GROUP BY queue_name")


class Jobs:
    """Chats that are to be looked at."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def wake(self, chats: Iterable[int], queue: str = TURNS) -> None:
        """Something waits in the chats with these numbers."""
        self._wake(_WAKE_NOW, sorted(set(chats)), queue, None)

    def rest(self, chat: int, seconds: float) -> None:
        """What waits in a chat is to be looked at so much later, whatever comes there meanwhile."""
        self._wake(_WAKE_LATER, [chat], TURNS, seconds)

    def waiting(self, *queues: str) -> int:
        """How many jobs of these queues wait to be taken up."""
        return sum(count for queue, count in self._session.execute(_WAITING) if queue in queues)

    def left_over(self, channel: str, queue: str) -> list[int]:
        """The chats in which something waits that belongs into a queue, whether or not a job tells of it."""
        unasked = queue == EVENINGS
        came = sa.select(Incoming.chat_id).where(
            Incoming.channel == channel,
            Incoming.state.in_((RAW, WAITING)),
            Incoming.update < 0 if unasked else Incoming.update >= 0,  # what comes from Mend itself is below 0
        )
        said = sa.select(Outgoing.chat_id).where(
            Outgoing.channel == channel,
            Outgoing.state.in_((outbox.WAITING, outbox.SENDING)),
            Outgoing.once if unasked else ~Outgoing.once,
        )
        return list(self._session.execute(sa.union(came, said)).scalars())

    def _wake(self, statement: sa.sql.TextClause, chats: list[int], queue: str, later: float | None) -> None:
        if chats:
            about = {"queue": queue, "task": ANSWER, "urgency": URGENCY[queue], "later": later, "chats": chats}
            self._session.execute(statement, about)
