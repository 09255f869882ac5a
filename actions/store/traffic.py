"""The tables of what comes and goes: updates, replies, their buttons, and what is to go from a chat."""

from __future__ import annotations

import sqlalchemy as sa

from actions.store.base import GIVEN_ONCE, Base, BigKey
from actions.store.sealed import Findable, Sealed, box


class Incoming(Base):
    """An update, kept before it is acted on. `update` makes a second delivery of the same one harmless."""

    __tablename__ = "inbox"
    OWNER = "chat_id"
    __table_args__ = (
        sa.UniqueConstraint("channel", "update", name="uq_inbox_update"),
        sa.Index("ix_inbox_waiting", "channel", "state", "chat_id", "id"),
        sa.Index("ix_inbox_chat", "chat_id", "state", "id"),
    )

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    channel = sa.Column(sa.String(16), nullable=False)
    update = sa.Column(sa.BigInteger, nullable=False)
    chat_id = sa.Column(BigKey, sa.ForeignKey("chats.id", ondelete="CASCADE"), nullable=False)
    turn, turn_box = Sealed(), box("turn")  #: the Turn as JSON; once it is done, only which message it was
    state = sa.Column(sa.String(8), nullable=False, default="waiting")  #: waiting, done or failed
    received_at = sa.Column(sa.Float, nullable=False)


class Outgoing(Base):
    """A reply, kept before it is sent. `place` names the question it asks, if it asks one."""

    __tablename__ = "outbox"
    OWNER = "chat_id"
    __table_args__ = (
        sa.Index("ix_outbox_waiting", "channel", "state", "chat_id", "id"),
        sa.Index("ix_outbox_place", "chat_id", "place", "id"),
        GIVEN_ONCE,
    )

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    channel = sa.Column(sa.String(16), nullable=False)
    chat_id = sa.Column(BigKey, sa.ForeignKey("chats.id", ondelete="CASCADE"), nullable=False)
    reply, reply_box = Sealed(), box("reply", nullable=False)  #: the Reply as JSON
    place, place_box = Findable(), box("place")
    state = sa.Column(sa.String(8), nullable=False, default="waiting")  #: waiting, sending, sent, dropped or unknown
    once = sa.Column(sa.Boolean, nullable=False, default=False)  #: rather not said than said twice
    message = sa.Column(sa.BigInteger)  #: the channel's id of the message once it is sent
    created_at = sa.Column(sa.Float, nullable=False)
    sent_at = sa.Column(sa.Float)


class Button(Base):
    """A button under a reply. The channel sees only the token, so that nothing can be forged into a choice."""

    __tablename__ = "buttons"
    OWNER = "chat_id"

    token = sa.Column(sa.String(16), primary_key=True)
    chat_id = sa.Column(BigKey, sa.ForeignKey("chats.id", ondelete="CASCADE"), nullable=False, index=True)
    reply_id = sa.Column(BigKey, sa.ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False, index=True)
    label, label_box = Sealed(), box("label", nullable=False)
    choice, choice_box = Sealed(), box("choice", nullable=False)
    place, place_box = Sealed(), box("place")
    pressed_at = sa.Column(sa.Float)


class Vanishing(Base):
    """A message that is to go from the chat at a time that the person picked."""

    __tablename__ = "vanishing"

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    chat_id = sa.Column(BigKey, sa.ForeignKey("chats.id", ondelete="CASCADE"), nullable=False, index=True)
    message = sa.Column(sa.BigInteger, nullable=False)  #: the channel's number of it
    due_at = sa.Column(sa.Float, nullable=False, index=True)


class Erasure(Base):
    """Someone was erased. The number was random and tells nothing; it keeps a backup from bringing them back."""

    __tablename__ = "erasures"

    number = sa.Column(BigKey, primary_key=True, autoincrement=False)
    erased_at = sa.Column(sa.Float, nullable=False)
