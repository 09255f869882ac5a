"""Updates, kept before they are acted on."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Incoming

WAITING, DONE, FAILED = "waiting", "done", "failed"


class Inbox:
    """What came in and waits to be answered, in the order in which it came."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, channel: str, update: int, chat: str, turn: dict[str, Any], now: float) -> bool:
        """Keep an update; False when it has been here before."""
        known = sa.select(Incoming.id).where(Incoming.channel == channel, Incoming.update == update)
        if self._session.execute(known).first():
            return False
        turn = json.dumps(turn, ensure_ascii=False)
        self._session.add(Incoming(channel=channel, update=update, chat=chat, turn=turn, received_at=now))
        self._session.flush()
        return True

    def waiting(self, channel: str, chat: str, limit: int = 20) -> list[Incoming]:
        """The oldest updates of a chat that wait for an answer."""
        query = sa.select(Incoming).where(Incoming.channel == channel, Incoming.state == WAITING, Incoming.chat == chat)
        return list(self._session.execute(query.order_by(Incoming.id).limit(limit)).scalars())

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

    def failed(self, rows: list[Incoming]) -> None:
        """These updates could not be answered; their words stay here, so that nothing is lost."""
        for row in rows:
            row.state = FAILED
        self._session.flush()

    def next_number(self, channel: str) -> int:
        """A number for an update of a channel that has none of its own."""
        query = sa.select(sa.func.coalesce(sa.func.max(Incoming.update), 0)).where(Incoming.channel == channel)
        return self._session.execute(query).scalar_one() + 1
