"""Updates, kept before they are acted on."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Incoming

WAITING, DONE, FAILED = "waiting", "done", "failed"
#: How many updates of a chat are looked at together.
AT_ONCE = 20

_KNOWN = sa.select(Incoming.id).where(
    Incoming.channel == sa.bindparam("channel"), Incoming.update == sa.bindparam("update")
)
_WAITING = (
    sa.select(Incoming)
    .where(
        Incoming.channel == sa.bindparam("channel"),
        Incoming.state == WAITING,
        Incoming.chat == sa.bindparam("chat"),
    )
    .order_by(Incoming.id)
    .limit(AT_ONCE)
)
_NEXT = sa.select(sa.func.coalesce(sa.func.max(Incoming.update), 0) + 1).where(
    Incoming.channel == sa.bindparam("channel")
)
_LOWEST = sa.select(sa.func.min(Incoming.update)).where(Incoming.channel == sa.bindparam("channel"))


class Inbox:
    """What came in and waits to be answered, in the order in which it came."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, channel: str, update: int, chat: str, turn: dict[str, Any], now: float) -> bool:
        """Keep an update; False when it has been here before."""
        if self._session.execute(_KNOWN, {"channel": channel, "update": update}).first():
            return False
        turn = json.dumps(turn, ensure_ascii=False)
        self._session.add(Incoming(channel=channel, update=update, chat=chat, turn=turn, received_at=now))
        self._session.flush()
        return True

    def waiting(self, channel: str, chat: str) -> list[Incoming]:
        """The oldest updates of a chat that wait for an answer."""
        return list(self._session.execute(_WAITING, {"channel": channel, "chat": chat}).scalars())

    @staticmethod
    def read(row: Incoming) -> dict[str, Any]:
        """The turn that was kept."""
        return json.loads(row.turn)

    def chats_waiting(self, channel: str) -> list[str]:
        """Chats with updates that wait: where to go on after a restart."""
        query = sa.select(Incoming.chat).where(Incoming.channel == channel, Incoming.state == WAITING)
        return list(self._session.execute(query.group_by(Incoming.chat).order_by(sa.func.min(Incoming.id))).scalars())

    def done(self, rows: list[Incoming]) -> None:
        """These updates are answered; their words are kept elsewhere now."""
        for row in rows:
            row.state, row.turn = DONE, None
        self._session.flush()

    def erase(self, rows: list[Incoming]) -> None:
        """These updates leave no trace."""
        for row in rows:
            self._session.delete(row)
        self._session.flush()

    def failed(self, rows: list[Incoming]) -> None:
        """These updates could not be answered; their words stay here, so that nothing is lost."""
        for row in rows:
            row.state = FAILED
        self._session.flush()

    def next_own_number(self, channel: str) -> int:
        """A number for what comes from Mend itself; the channel's own are never negative."""
        return min(self._session.execute(_LOWEST, {"channel": channel}).scalar_one() or 0, 0) - 1

    def next_number(self, channel: str) -> int:
        """A number for an update of a channel that has none of its own."""
        return self._session.execute(_NEXT, {"channel": channel}).scalar_one()
