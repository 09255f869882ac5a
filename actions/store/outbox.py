"""Replies, kept before they are sent, and the buttons under them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Button, Outgoing

WAITING, SENDING, SENT, DROPPED = "waiting", "sending", "sent", "dropped"


@dataclass(frozen=True)
class NewButton:
    """A button to keep with a reply: what it says, what it chooses, and the question that it belongs to."""

    label: str
    choice: str
    place: str | None = None


class Outbox:
    """What is to be said, in order, chat by chat."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        channel: str,
        chat: str,
        reply: dict[str, Any],
        now: float,
        *,
        buttons: list[list[NewButton]] = (),
        place: str | None = None,
        token: Callable[[], str],
    ) -> Outgoing:
        """Keep a reply to be sent. Each button gets a token, and the reply's `rows` name them to the channel."""
        row = Outgoing(channel=channel, chat=chat, reply="", place=place, created_at=now)
        self._session.add(row)
        self._session.flush()
        rows = []
        for line in buttons:
            rows.append([])
            for button in line:
                rows[-1].append({"label": button.label, "token": token()})
                self._session.add(
                    Button(
                        token=rows[-1][-1]["token"],
                        channel=channel,
                        chat=chat,
                        reply_id=row.id,
                        label=button.label,
                        choice=button.choice,
                        place=button.place,
                    )
                )
        row.reply = json.dumps({**reply, "rows": rows}, ensure_ascii=False)
        self._session.flush()
        return row

    def waiting(self, channel: str, chat: str) -> Outgoing | None:
        """The oldest reply of a chat that is not sent yet. One that was in flight when Mend died counts."""
        query = sa.select(Outgoing).where(
            Outgoing.channel == channel, Outgoing.chat == chat, Outgoing.state.in_((WAITING, SENDING))
        )
        return self._session.execute(query.order_by(Outgoing.id).limit(1)).scalar_one_or_none()

    def chats_waiting(self, channel: str) -> list[str]:
        """Chats with replies that are not sent yet."""
        query = sa.select(Outgoing.chat).where(Outgoing.channel == channel, Outgoing.state.in_((WAITING, SENDING)))
        return list(self._session.execute(query.group_by(Outgoing.chat).order_by(sa.func.min(Outgoing.id))).scalars())

    def sending(self, row_id: int) -> None:
        """The reply is on its way."""
        self._set(row_id, state=SENDING)

    def sent(self, row_id: int, message: int | None, now: float) -> None:
        """The reply has arrived as the channel's message number `message`."""
        self._set(row_id, state=SENT, message=message, sent_at=now)

    def dropped(self, row_id: int) -> None:
        """The reply can't be delivered: the chat is closed to the bot, or the channel refuses it."""
        self._set(row_id, state=DROPPED)

    def drop_all(self, channel: str, chat: str) -> None:
        """Nothing more can be delivered to this chat for now."""
        where = (Outgoing.channel == channel, Outgoing.chat == chat, Outgoing.state.in_((WAITING, SENDING)))
        self._session.execute(sa.update(Outgoing).where(*where).values(state=DROPPED), execution_options=_PLAIN)

    def asked_at(self, channel: str, chat: str, place: str) -> float | None:
        """When the question at `place` last reached the person; nothing while it is still on its way."""
        query = sa.select(Outgoing.sent_at).where(
            Outgoing.channel == channel, Outgoing.chat == chat, Outgoing.place == place
        )
        return self._session.execute(query.order_by(Outgoing.id.desc()).limit(1)).scalar_one_or_none()

    def button(self, channel: str, chat: str, token: str) -> Button | None:
        """The button with this token, if it stands in this chat; nobody else can press it."""
        button = self._session.get(Button, token)
        return button if button is not None and (button.channel, button.chat) == (channel, chat) else None

    def press(self, button: Button, now: float) -> bool:
        """Take the press. False when this button, or one beside it, has been pressed before."""
        beside = sa.select(Button.token).where(Button.reply_id == button.reply_id, Button.pressed_at.is_not(None))
        if self._session.execute(beside).first():
            return False
        button.pressed_at = now
        self._session.flush()
        return True

    def get(self, row_id: int) -> Outgoing | None:
        """The reply with this number."""
        return self._session.get(Outgoing, row_id)

    def _set(self, row_id: int, **values: Any) -> None:
        statement = sa.update(Outgoing).where(Outgoing.id == row_id).values(**values)
        self._session.execute(statement, execution_options=_PLAIN)


_PLAIN = {"synchronize_session": False}
