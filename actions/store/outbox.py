"""Replies, kept before they are sent, and the buttons under them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Button, Incoming, Outgoing, Person
from actions.store.ring import Ring
from actions.store.sealed import findable

WAITING, SENDING, SENT, DROPPED, UNKNOWN = "waiting", "sending", "sent", "dropped", "unknown"


@dataclass(frozen=True)
class NewButton:
    """A button to keep with a reply: what it says, what it chooses, and the question that it belongs to."""

    label: str
    choice: str
    place: str | None = None


_HERE = (Outgoing.channel == sa.bindparam("channel"), Outgoing.chat_id == sa.bindparam("chat"))
_WAITING = sa.select(Outgoing).where(*_HERE, Outgoing.state.in_((WAITING, SENDING))).order_by(Outgoing.id).limit(1)
_SAID = sa.select(Outgoing).where(*_HERE, Outgoing.state.in_((SENT, DROPPED, UNKNOWN)))
_AT_PLACE = (
    sa.select(Outgoing.id, Outgoing.sent_at)
    .where(*_HERE, Outgoing.place_box == sa.bindparam("place"))
    .order_by(Outgoing.id.desc())
    .limit(1)
)
_ANY = sa.union_all(
    sa.select(Outgoing.id).where(Outgoing.chat_id == sa.bindparam("chat")),
    sa.select(Incoming.id).where(Incoming.chat_id == sa.bindparam("chat")),
).limit(1)
_OF_NOBODY = sa.select(Outgoing.chat_id).where(
    Outgoing.id == sa.bindparam("reply"), ~sa.exists().where(Person.id == Outgoing.chat_id)
)
_BESIDE = sa.select(Button.token).where(Button.reply_id == sa.bindparam("reply"), Button.pressed_at.is_not(None))


class Outbox:
    """What is to be said, in order, chat by chat."""

    def __init__(self, session: Session, ring: Ring) -> None:
        self._session = session
        self._ring = ring
        self._pressed: dict[str, Button] = {}  #: asked for several times in a turn

    def look_again(self) -> None:
        """Forget what was read: it may have been rolled back, or erased."""
        self._pressed.clear()

    def add(
        self,
        channel: str,
        chat: str,
        reply: dict[str, Any],
        now: float,
        *,
        buttons: list[list[NewButton]] = (),
        place: str | None = None,
        once: bool = False,
        token: Callable[[], str],
    ) -> Outgoing:
        """Keep a reply to be sent. Each button gets a token, and the reply's `rows` name them to the channel.

        With `once` it is rather not sent than sent twice.
        """
        rows = [[{"label": button.label, "token": token()} for button in line] for line in buttons]
        text = json.dumps({**reply, "rows": rows}, ensure_ascii=False)
        number = self._ring.meet(channel, chat)
        row = Outgoing(chat_id=number, channel=channel, reply=text, place=place, created_at=now, once=once)
        self._session.add(row)
        self._session.flush()
        for line, shown in zip(buttons, rows):
            for button, face in zip(line, shown):
                values = {"label": button.label, "choice": button.choice, "place": button.place}
                self._session.add(Button(chat_id=number, token=face["token"], reply_id=row.id, **values))
        return row

    def waiting(self, channel: str, chat: str) -> Outgoing | None:
        """The oldest reply of a chat that is not sent yet. One that was in flight when Mend died counts."""
        return self._session.execute(_WAITING, self._here(channel, chat)).scalar_one_or_none()

    def waits(self, chat: int) -> bool:
        """Whether the chat with this number has replies that are not sent yet."""
        query = sa.select(Outgoing.id).where(Outgoing.chat_id == chat, Outgoing.state.in_((WAITING, SENDING)))
        return self._session.execute(query.limit(1)).first() is not None

    def chats_waiting(self, channel: str) -> list[str]:
        """Chats with replies that are not sent yet."""
        query = sa.select(Outgoing.chat_id).where(Outgoing.channel == channel, Outgoing.state.in_((WAITING, SENDING)))
        oldest = query.group_by(Outgoing.chat_id).order_by(sa.func.min(Outgoing.id))
        return [self._ring.address(number) for number in self._session.execute(oldest).scalars()]

    def may_have_arrived(self, channel: str, chat: int | None = None) -> None:
        """What was in flight when Mend died may have been seen since; what is written now may answer it.

        With the number of a chat, that of this chat only.

        What is to be sent once at most is not sent again.
        """
        where = (Outgoing.channel == channel, Outgoing.state == SENDING)
        where += (Outgoing.chat_id == chat,) if chat is not None else ()
        lost = sa.update(Outgoing).where(*where, Outgoing.once).values(state=UNKNOWN, sent_at=Outgoing.created_at)
        self._session.execute(lost, execution_options=_PLAIN)
        seen = sa.update(Outgoing).where(*where).values(sent_at=Outgoing.created_at)
        self._session.execute(seen, execution_options=_PLAIN)

    def sending(self, row_id: int) -> None:
        """The reply is on its way."""
        self._set(row_id, state=SENDING)

    def sent(self, row_id: int, message: int | None, now: float, *, earlier: Sequence[int] = ()) -> bool:
        """The reply has arrived as the channel's message number `message`, and as these before it if it took several.

        True when it was the goodbye to someone erased: it is erased, too.
        """
        if earlier and (row := self.get(row_id)) is not None:
            row.reply = json.dumps({**json.loads(row.reply), "earlier": list(earlier)}, ensure_ascii=False)
            self._session.flush()
        self._set(row_id, state=SENT, message=message, sent_at=sa.func.coalesce(Outgoing.sent_at, now))
        return self._forget_goodbye(row_id)

    def dropped(self, row_id: int) -> bool:
        """The reply can't be delivered: the chat is closed to the bot, or the channel refuses it. True as above."""
        self._set(row_id, state=DROPPED)
        return self._forget_goodbye(row_id)

    def unknown(self, row_id: int, now: float) -> None:
        """The reply may have arrived or not, and is not sent again."""
        self._set(row_id, state=UNKNOWN, sent_at=sa.func.coalesce(Outgoing.sent_at, now))

    def drop_all(self, channel: str, chat: str) -> bool:
        """Nothing more can be delivered to this chat for now. True when a goodbye was among it."""
        number = self._ring.find(channel, chat)
        where = (Outgoing.channel == channel, Outgoing.chat_id == number, Outgoing.state.in_((WAITING, SENDING)))
        waiting = self._session.execute(sa.select(Outgoing.id).where(*where)).scalars().all()
        were_goodbyes = [self.dropped(row_id) for row_id in waiting]
        return any(were_goodbyes)

    def reached(self, channel: str, chat: str, place: str, at: float, now: float) -> bool:
        """Whether what was said at `place` had arrived by then. What was never said there counts as arrived.

        So does what arrived later than `now`: the clock was set back since, and tells nothing of the order.
        """
        here = self._here(channel, chat)
        if here["chat"] is None:
            return True
        kept = findable(Outgoing, "place", here["chat"], place)
        row = self._session.execute(_AT_PLACE, {**here, "place": kept}).first()
        return row is None or (row.sent_at is not None and (row.sent_at <= at or row.sent_at > now))

    def button(self, channel: str, chat: str, token: str) -> Button | None:
        """The button with this token, if it stands in this chat; nobody else can press it."""
        button = self._pressed.get(token) or self._session.get(Button, token)
        if button is None or button.chat_id != self._ring.find(channel, chat):
            return None
        self._pressed[token] = button
        return button

    def press(self, button: Button, now: float) -> bool:
        """Take the press. False when this button, or one beside it, has been pressed before."""
        if self._session.execute(_BESIDE, {"reply": button.reply_id}).first():
            return False
        button.pressed_at = now
        self._session.flush()
        return True

    def get(self, row_id: int) -> Outgoing | None:
        """The reply with this number."""
        return self._session.get(Outgoing, row_id)

    def messages_since(self, channel: str, chat: str, since: float) -> list[int]:
        """The channel's numbers of what was said in this chat since then."""
        here = (Outgoing.channel == channel, Outgoing.chat_id == self._ring.find(channel, chat))
        query = sa.select(Outgoing).where(*here, Outgoing.sent_at >= since, Outgoing.message.is_not(None))
        rows = [(row.message, json.loads(row.reply)) for row in self._session.execute(query).scalars()]
        said = [[*reply.get("earlier", ()), message] for message, reply in rows if "edits" not in reply]
        return [number for numbers in said for number in numbers if number]

    def erase_buttons(self, channel: str, chat: str, run: int) -> None:
        """Erase the buttons of a walk's questions, and with them which were pressed."""
        buttons = sa.select(Button).where(Button.chat_id == self._ring.find(channel, chat))
        found = self._session.execute(buttons.where(Button.place_box.is_not(None))).scalars()
        gone = [button.token for button in found if button.place.startswith(f"{run}.")]
        self._session.execute(sa.delete(Button).where(Button.token.in_(gone)), execution_options=_PLAIN)
        self.look_again()
        self._session.expire_all()

    def erase_quotes(self, channel: str, chat: str) -> None:
        """Empty every reply in this chat that has been said and quotes the person; which messages it was stays."""
        rows = self._session.execute(_SAID, self._here(channel, chat)).scalars()
        said = [(row, json.loads(row.reply)) for row in rows]
        quotes = [(row, reply) for row, reply in said if reply.get("private")]
        for row, reply in quotes:
            left = {key: reply[key] for key in ("edits", "earlier") if key in reply}
            row.reply, row.place = json.dumps({**left, "rows": []}), None
        self._session.flush()
        gone = sa.delete(Button).where(Button.reply_id.in_([row.id for row, _ in quotes]))
        self._session.execute(gone, execution_options=_PLAIN)
        self.look_again()
        self._session.expire_all()

    def _forget_goodbye(self, row_id: int) -> bool:
        """The last words to someone who was erased are erased too, once they are said. True if it was these."""
        number = self._session.execute(_OF_NOBODY, {"reply": row_id}).scalar_one_or_none()
        if number is None:
            return False
        self._session.execute(sa.delete(Outgoing).where(Outgoing.id == row_id), execution_options=_PLAIN)
        if not self._session.execute(_ANY, {"chat": number}).first():
            self._ring.forget(number)
        return True

    def _here(self, channel: str, chat: str) -> dict[str, Any]:
        return {"channel": channel, "chat": self._ring.find(channel, chat)}

    def _set(self, row_id: int, **values: Any) -> None:
        statement = sa.update(Outgoing).where(Outgoing.id == row_id).values(**values)
        self._session.execute(statement, execution_options=_PLAIN)


_PLAIN = {"synchronize_session": False}
