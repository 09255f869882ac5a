"""The tables: everything that Mend keeps, and nothing else.

Times are seconds since the epoch in UTC (floats), so that any clock can be passed in. Columns of type
`Words` hold what a person wrote or what tells of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()

#: SQLite autoincrements only plain INTEGER keys; every other database gets 64 bits.
BigKey = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class Words(sa.TypeDecorator):
    """Text that a person wrote or that tells of them: one type, so that one place decides how it is kept."""

    impl = sa.Text
    cache_ok = True


class Person(Base):
    """Someone who talks with Mend in one chat."""

    __tablename__ = "people"
    __table_args__ = (sa.UniqueConstraint("channel", "chat", name="uq_people_channel_chat"),)

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    channel = sa.Column(sa.String(16), nullable=False)
    chat = sa.Column(sa.String(64), nullable=False)
    role = sa.Column(Words)
    unsent = sa.Column(Words)
    care = sa.Column(Words)  #: what is kept in mind for their safety (`actions/store/care.py`)
    language = sa.Column(sa.String(16))  #: the language of their app, where the channel tells it
    reachable = sa.Column(sa.Boolean, nullable=False, default=True)
    created_at = sa.Column(sa.Float, nullable=False)
    seen_at = sa.Column(sa.Float, nullable=False)


class Run(Base):
    """One walk through one exercise; doing it again makes another run."""

    __tablename__ = "runs"
    __table_args__ = (
        sa.Index("ix_runs_person", "person_id", "exercise"),
        sa.Index("ix_runs_in_hand", "person_id", "in_hand"),
    )

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
    exercise = sa.Column(sa.String(32), nullable=False)
    role = sa.Column(sa.String(16), nullable=False)
    step = sa.Column(sa.String(32))  #: the step that is asked next; empty once the run is finished
    in_hand = sa.Column(sa.Boolean, nullable=False, default=False)  #: its question is before the person now
    started_at = sa.Column(sa.Float, nullable=False)
    touched_at = sa.Column(sa.Float, nullable=False)
    finished_at = sa.Column(sa.Float)


class Answer(Base):
    """One version of what a person answered at one step. The newest version of a step is the one that counts."""

    __tablename__ = "answers"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "step", "version", name="uq_answers_version"),
        sa.Index("ix_answers_person", "person_id", "id"),
    )

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
    run_id = sa.Column(BigKey, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False)
    step = sa.Column(sa.String(32), nullable=False)
    version = sa.Column(sa.Integer, nullable=False)
    parts = sa.Column(Words, nullable=False)  #: JSON list of [message reference, text]: a thought may come in pieces
    doubt = sa.Column(sa.String(32))  #: what it may have asked for instead, while Mend asks which was meant
    written_at = sa.Column(sa.Float, nullable=False)


class Draft(Base):
    """An apology that a person practises, or one that they received; its versions are kept beside it."""

    __tablename__ = "drafts"
    __table_args__ = (sa.Index("ix_drafts_person", "person_id", "touched_at"),)

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
    run_id = sa.Column(BigKey, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, unique=True)
    created_at = sa.Column(sa.Float, nullable=False)
    touched_at = sa.Column(sa.Float, nullable=False)


class DraftVersion(Base):
    """One version of a draft, as it was when they called it whole."""

    __tablename__ = "draft_versions"
    __table_args__ = (sa.UniqueConstraint("draft_id", "number", name="uq_draft_versions_number"),)

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True)
    draft_id = sa.Column(BigKey, sa.ForeignKey("drafts.id", ondelete="CASCADE"), nullable=False)
    number = sa.Column(sa.Integer, nullable=False)
    text = sa.Column(Words, nullable=False)
    written_at = sa.Column(sa.Float, nullable=False)


class Dismissal(Base):
    """A phrase of a draft of which they said that it is not what they meant: it is not marked again."""

    __tablename__ = "dismissals"

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True)
    draft_id = sa.Column(BigKey, sa.ForeignKey("drafts.id", ondelete="CASCADE"), nullable=False, index=True)
    label = sa.Column(sa.String(32), nullable=False)
    phrase = sa.Column(Words, nullable=False)


class Schedule(Base):
    """When a person wants to be asked in the evening. Only the next moment stands apart, so that it can be found."""

    __tablename__ = "schedules"
    __table_args__ = (sa.Index("ix_schedules_due", "channel", "next_due"),)

    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    channel = sa.Column(sa.String(16), nullable=False)  #: the person's, so that one index finds who is due
    habit = sa.Column(Words, nullable=False)  #: the Habit as JSON
    running = sa.Column(sa.Boolean, nullable=False, default=True)
    next_date = sa.Column(sa.String(10))
    next_due = sa.Column(sa.Float)  #: nothing while none is due


class Evening(Base):
    """One evening of one person: what was asked, and whether it was answered. There is one a date at most."""

    __tablename__ = "evenings"
    __table_args__ = (sa.UniqueConstraint("person_id", "date", name="uq_evenings_date"),)

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
    date = sa.Column(sa.String(10), nullable=False)
    state = sa.Column(sa.String(8), nullable=False)
    reason = sa.Column(sa.String(16))  #: why it was left out
    kind = sa.Column(sa.String(16))
    question = sa.Column(sa.String(32))
    run_id = sa.Column(BigKey, index=True)  #: the walk that holds the answer
    reply_id = sa.Column(BigKey, index=True)  #: the reply that asked: what became of that is in the outbox
    marks = sa.Column(Words)  #: numbers from 0 to 10 by scale, and how a promise went, as JSON
    due_at = sa.Column(sa.Float, nullable=False)
    claimed_at = sa.Column(sa.Float, nullable=False)
    again_at = sa.Column(sa.Float, index=True)  #: when to look again, while a conversation is open
    answered_at = sa.Column(sa.Float)


class Conversation(Base):
    """Where Rasa's dialogue stands with a person: its slots and its active form, as one small document."""

    __tablename__ = "conversations"

    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    state = sa.Column(Words, nullable=False)


class Incoming(Base):
    """An update, kept before it is acted on. `update` makes a second delivery of the same one harmless."""

    __tablename__ = "inbox"
    __table_args__ = (
        sa.UniqueConstraint("channel", "update", name="uq_inbox_update"),
        sa.Index("ix_inbox_waiting", "channel", "state", "chat", "id"),
    )

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    channel = sa.Column(sa.String(16), nullable=False)
    update = sa.Column(sa.BigInteger, nullable=False)
    chat = sa.Column(sa.String(64), nullable=False)
    turn = sa.Column(Words)  #: the Turn as JSON; emptied once it is done
    state = sa.Column(sa.String(8), nullable=False, default="waiting")  #: waiting, done or failed
    received_at = sa.Column(sa.Float, nullable=False)


class Outgoing(Base):
    """A reply, kept before it is sent. `place` names the question it asks, if it asks one."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index("ix_outbox_waiting", "channel", "state", "chat", "id"),
        sa.Index("ix_outbox_place", "channel", "chat", "place", "id"),
    )

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    channel = sa.Column(sa.String(16), nullable=False)
    chat = sa.Column(sa.String(64), nullable=False)
    reply = sa.Column(Words, nullable=False)  #: the Reply as JSON
    place = sa.Column(sa.String(64))
    state = sa.Column(sa.String(8), nullable=False, default="waiting")  #: waiting, sending, sent, dropped or unknown
    once = sa.Column(sa.Boolean, nullable=False, default=False)  #: rather not said than said twice
    message = sa.Column(sa.BigInteger)  #: the channel's id of the message once it is sent
    created_at = sa.Column(sa.Float, nullable=False)
    sent_at = sa.Column(sa.Float)


class Button(Base):
    """A button under a reply. The channel sees only the token, so that nothing can be forged into a choice."""

    __tablename__ = "buttons"

    token = sa.Column(sa.String(16), primary_key=True)
    channel = sa.Column(sa.String(16), nullable=False)
    chat = sa.Column(sa.String(64), nullable=False, index=True)
    reply_id = sa.Column(BigKey, sa.ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False, index=True)
    label = sa.Column(sa.String(64), nullable=False)
    choice = sa.Column(sa.String(96), nullable=False)
    place = sa.Column(sa.String(64))
    pressed_at = sa.Column(sa.Float)
