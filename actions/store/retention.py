"""What is kept no longer than it is needed: updates, replies, and people who have been away for a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Row

from actions.store import Kept, Store
from actions.store.inbox import DONE, RAW, WAITING
from actions.store.models import Button, Evening, Incoming, Outgoing, Person
from actions.store.outbox import SENT
from actions.store.runs import FAREWELL, Place
from actions.store.sealed import findable

#: How many rows are looked at together, so that nobody's turn has to wait for long.
PORTION = 200

_PLAIN = {"synchronize_session": False}
# Whoever has written something that waits to be answered is not away, whatever the last answer was.
_SILENT = ~sa.exists().where(
    Incoming.channel == Person.channel, Incoming.state.in_((RAW, WAITING)), Incoming.chat_id == Person.id
)
_AWAY = (
    sa.select(Person)
    .where(Person.channel == sa.bindparam("channel"), Person.seen_at <= sa.bindparam("since"), _SILENT)
    .order_by(Person.seen_at)
    .with_for_update(skip_locked=True)  # on a server others may look at the same time, or be at a turn of theirs
)
_UNTOLD = _AWAY.where(Person.reachable, Person.asked_to_stay_at.is_(None))
_OVER = _AWAY.where(sa.or_(~Person.reachable, Person.asked_to_stay_at <= sa.bindparam("told"))).limit(1)


def untold(kept: Kept, channel: str, since: float, most: int) -> list[Person]:
    """Up to so many people who have been away since then, can be reached, and were not told that they'd be erased."""
    return list(kept.session.execute(_UNTOLD.limit(most), {"channel": channel, "since": since}).scalars())


def over(kept: Kept, channel: str, since: float, told: float) -> Person | None:
    """Someone who has been away since then, and was told by the moment `told`, or can't be told."""
    return kept.session.execute(_OVER, {"channel": channel, "since": since, "told": told}).scalar_one_or_none()


def became(kept: Kept, person: Person, place: str) -> list[str]:
    """What became of the replies that were said to someone at a place, the oldest first: states of the outbox."""
    here = (Outgoing.chat_id == person.id, Outgoing.place_box == findable(Outgoing, "place", person.id, place))
    return list(kept.session.execute(sa.select(Outgoing.state).where(*here).order_by(Outgoing.id)).scalars())


def clear_inbox(store: Store, channel: str, before: float) -> None:
    """Erase updates that were answered, and came before then.

    The one with the highest number stays: Telegram may deliver it again, should the confirmation have been lost.
    """
    newest = sa.select(sa.func.max(Incoming.update)).where(Incoming.channel == channel)
    about = (Incoming.id, Incoming.channel, Incoming.state, Incoming.update, Incoming.received_at)
    for rows in _until(store, about, before):
        done = [one for one in rows if (one.channel, one.state) == (channel, DONE)]
        with store.begin() as kept:
            highest = kept.session.execute(newest).scalar_one()
            gone = [one.id for one in done if one.update != highest]
            kept.session.execute(sa.delete(Incoming).where(Incoming.id.in_(gone)), execution_options=_PLAIN)


def clear_outbox(store: Store, channel: str, before: float) -> None:
    """Erase replies that were sent before then, and their buttons; what someone may still act on stays."""
    about = (Outgoing.id, Outgoing.channel, Outgoing.state, Outgoing.chat_id, Outgoing.place_box)
    for rows in _until(store, (*about, Outgoing.sent_at, Outgoing.created_at), before):
        sent = [one for one in rows if (one.channel, one.state) == (channel, SENT) and one.sent_at < before]
        with store.begin() as kept:
            needed = {chat: _needed(kept, chat) for chat in {one.chat_id for one in sent}}
            gone = [one.id for one in sent if not {one.id, one.place} & needed[one.chat_id]]
            for statement in (
                sa.update(Evening).where(Evening.reply_id.in_(gone)).values(reply_id=None),
                sa.delete(Button).where(Button.reply_id.in_(gone)),
                sa.delete(Outgoing).where(Outgoing.id.in_(gone)),
            ):
                kept.session.execute(statement, execution_options=_PLAIN)


def _needed(kept: Kept, chat: int) -> set[int | bytes]:
    """The replies of a chat that stay: their numbers, and the boxes of their places.

    The last thing said is what someone finds who comes back; and while it stays, its number is not given again, so
    that nothing which names a reply can mean another. Whether the open question, or the end of the last walk, had
    been seen decides what is made of the next words; an older one at that place that was dropped must not speak for it.
    """
    last = kept.session.execute(sa.select(sa.func.max(Outgoing.id)).where(Outgoing.chat_id == chat)).scalar_one()
    person = kept.people.get(chat)
    if person is None:
        return {last}
    finished = kept.runs.finished_last(person)
    places = (kept.runs.place(person), Place(finished.id, FAREWELL) if finished else None)
    return {last, *(findable(Outgoing, "place", chat, str(place)) for place in places if place is not None)}


def _until(store: Store, about: Sequence[sa.Column], before: float) -> Iterator[list[Row]]:
    """The rows that came before then, in portions. `about` begins with the number and ends with the time.

    Numbers grow with time, so the first row that is too young ends it: the others need not be looked at.
    """
    number = about[0]
    last: int | None = None
    while True:
        beyond = sa.true() if last is None else number > last
        with store.reading() as connection:
            found = connection.execute(sa.select(*about).where(beyond).order_by(number).limit(PORTION)).all()
        rows = [one for one in found if one[-1] < before]
        if rows:
            yield rows
        if len(rows) < PORTION:
            return
        last = found[-1][0]
