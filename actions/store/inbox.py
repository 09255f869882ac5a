"""Updates, kept before they are acted on."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Incoming, Person
from actions.store.ring import Ring

WAITING, DONE, FAILED = "waiting", "done", "failed"
#: The state of an update as the channel sent it, before it is read: a fleet's receiver reads none.
RAW = "raw"
#: The kinds of turns whose text a person wrote.
WRITTEN = ("text", "edit")
#: How many updates of a chat are looked at together.
AT_ONCE = 20

_KNOWN = sa.select(Incoming.id).where(
    Incoming.channel == sa.bindparam("channel"), Incoming.update == sa.bindparam("update")
)
# On a server these rows are held up to the end of the transaction: a worker that was taken for dead may be at them yet.
_WAITING = (
    sa.select(Incoming)
    .where(
        Incoming.channel == sa.bindparam("channel"),
        Incoming.state == WAITING,
        Incoming.chat_id == sa.bindparam("chat"),
    )
    .order_by(Incoming.id)
    .limit(AT_ONCE)
    .with_for_update()
)
_FAILED = (
    sa.select(Incoming)
    .where(
        Incoming.channel == sa.bindparam("channel"),
        Incoming.state == FAILED,
        Incoming.chat_id == sa.bindparam("chat"),
    )
    .order_by(Incoming.id)
)
_RAW = (
    sa.select(Incoming)
    .where(Incoming.chat_id == sa.bindparam("chat"), Incoming.state == RAW)
    .order_by(Incoming.id)
    .with_for_update()
)
_ANY = sa.select(Incoming.id).where(Incoming.chat_id == sa.bindparam("chat")).limit(1)
_NEXT = sa.select(sa.func.coalesce(sa.func.max(Incoming.update), 0) + 1).where(
    Incoming.channel == sa.bindparam("channel")
)
_LOWEST = sa.select(sa.func.min(Incoming.update)).where(Incoming.channel == sa.bindparam("channel"))


class Inbox:
    """What came in and waits to be answered, in the order in which it came."""

    def __init__(self, session: Session, ring: Ring) -> None:
        self._session = session
        self._ring = ring

    def knows(self, channel: str, update: int) -> bool:
        """Whether this update has been here before."""
        return self._session.execute(_KNOWN, {"channel": channel, "update": update}).first() is not None

    def add(self, channel: str, update: int, chat: str, turn: dict[str, Any], now: float) -> bool:
        """Keep an update; False when it has been here before."""
        if self.knows(channel, update):
            return False
        here = {"channel": channel, "chat_id": self._ring.meet(channel, chat)}
        turn = json.dumps(turn, ensure_ascii=False)
        self._session.add(Incoming(**here, update=update, turn=turn, received_at=now))
        self._session.flush()
        return True

    def waiting(self, channel: str, chat: str) -> list[Incoming]:
        """The oldest updates of a chat that wait for an answer."""
        here = {"channel": channel, "chat": self._ring.find(channel, chat)}
        return list(self._session.execute(_WAITING, here).scalars())

    @staticmethod
    def read(row: Incoming) -> dict[str, Any]:
        """The turn that was kept."""
        return json.loads(row.turn)

    def chats_waiting(self, channel: str) -> list[str]:
        """Chats with updates that wait: where to go on after a restart."""
        query = sa.select(Incoming.chat_id).where(Incoming.channel == channel, Incoming.state == WAITING)
        oldest = query.group_by(Incoming.chat_id).order_by(sa.func.min(Incoming.id))
        return [self._ring.address(number) for number in self._session.execute(oldest).scalars()]

    def add_raw(self, channel: str, updates: list[tuple[int, str, str]], now: float) -> list[int]:
        """Keep updates (number, chat, JSON) that came together, less those that were here before; the chats of the new.

        Where two keep the same one at once, the later one raises, and finds it here when it tries again.
        """
        numbers = [number for number, _, _ in updates]
        query = sa.select(Incoming.update).where(Incoming.channel == channel, Incoming.update.in_(numbers))
        before = set(self._session.execute(query).scalars())
        new = {number: (chat, raw) for number, chat, raw in updates if number not in before}
        if not new:
            return []
        chats, where = self._ring.meet_all(channel, {chat for chat, _ in new.values()}), Incoming.turn.where(Incoming)
        rows = [
            {
                "channel": channel,
                "update": number,
                "chat_id": chats[chat],
                "turn": self._ring.key(chats[chat]).seal(raw, where),
                "state": RAW,
                "received_at": now,
            }
            for number, (chat, raw) in new.items()
        ]
        self._session.execute(sa.insert(Incoming.__table__), rows)
        return list(chats.values())

    def raw(self, number: int) -> list[Incoming]:
        """The updates of a chat that nobody has read yet, oldest first."""
        return list(self._session.execute(_RAW, {"chat": number}).scalars())

    @staticmethod
    def keep_as(row: Incoming, turn: dict[str, Any]) -> None:
        """An update was read: it waits as this turn now."""
        row.state, row.turn = WAITING, json.dumps(turn, ensure_ascii=False)

    def done(self, rows: list[Incoming]) -> None:
        """These updates are answered; their words are kept elsewhere now. What is left is which messages they were."""
        for row in rows:
            ref = self.read(row).get("ref")
            row.state, row.turn = DONE, json.dumps({"ref": ref}) if ref else None

    def erase(self, rows: list[Incoming]) -> None:
        """These updates leave no trace, nor does the chat of someone of whom nothing else is kept."""
        chats = {row.chat_id for row in rows}
        for row in rows:
            self._session.delete(row)
        self._session.flush()
        for number in chats:
            if self._session.get(Person, number) is None and not self._session.execute(_ANY, {"chat": number}).first():
                self._ring.forget(number)

    def failed(self, rows: list[Incoming]) -> None:
        """These updates could not be answered; their words stay here, so that nothing is lost."""
        for row in rows:
            row.state = FAILED
        self._session.flush()

    def unanswered(self, channel: str, chat: str) -> list[tuple[str, float]]:
        """What a person wrote that could not be answered, and when: it stands nowhere else."""
        here = {"channel": channel, "chat": self._ring.find(channel, chat)}
        rows = list(self._session.execute(_FAILED, here).scalars())
        turns = [(self.read(row), row.received_at) for row in rows]
        return [(turn["text"], at) for turn, at in turns if turn.get("kind") in WRITTEN and turn["text"].strip()]

    def references_since(self, channel: str, chat: str, since: float) -> list[str]:
        """The messages that came from this chat since then, answered or not."""
        here = (Incoming.channel == channel, Incoming.chat_id == self._ring.find(channel, chat))
        query = sa.select(Incoming).where(*here, Incoming.received_at >= since, Incoming.turn_box.is_not(None))
        references = (self.read(row).get("ref") for row in self._session.execute(query).scalars())
        return [reference for reference in references if reference]

    def next_own_number(self, channel: str) -> int:
        """A number for what comes from Mend itself; the channel's own are never negative."""
        return min(self._session.execute(_LOWEST, {"channel": channel}).scalar_one() or 0, 0) - 1

    def next_number(self, channel: str) -> int:
        """A number for an update of a channel that has none of its own."""
        return self._session.execute(_NEXT, {"channel": channel}).scalar_one()
