"""The tables: everything that Mend keeps, and nothing else.

Times are seconds since the epoch in UTC (floats), so that any clock can be passed in. What a person wrote or what
tells of them stands in `Sealed` columns, which the database holds as boxes; what is searched for is `Findable`.
"""

from __future__ import annotations

import sqlalchemy as sa

from actions.store.base import GIVEN_ONCE, Base, BigKey
from actions.store.sealed import Findable, Sealed, box, keys_at_hand
from actions.store.traffic import Button, Erasure, Incoming, Outgoing, Vanishing

__all__ = [
    "Answer",
    "Base",
    "Button",
    "Chat",
    "Conversation",
    "Dismissal",
    "Draft",
    "DraftVersion",
    "Erasure",
    "Evening",
    "Incoming",
    "Outgoing",
    "Person",
    "Run",
    "Schedule",
    "Secret",
    "Vanishing",
]


class Secret(Base):
    """What only the master key opens. See `vault.py`."""

    __tablename__ = "secrets"

    name = sa.Column(sa.String(16), primary_key=True)
    box = sa.Column(sa.LargeBinary, nullable=False)


class Chat(Base):
    """A chat: who it is only the operator's keys tell. Without this row nothing of its person can be read."""

    __tablename__ = "chats"
    __table_args__ = (sa.UniqueConstraint("channel", "pseudonym", name="uq_chats_pseudonym"),)

    #: Drawn at random, so that the number of someone who was erased is never given to another.
    id = sa.Column(BigKey, primary_key=True, autoincrement=False)
    channel = sa.Column(sa.String(16), nullable=False)
    pseudonym = sa.Column(sa.LargeBinary(32), nullable=False)
    key = sa.Column(sa.LargeBinary, nullable=False)  #: locked with the master key
    address = sa.Column(sa.LargeBinary, nullable=False)  #: the channel's name of the chat, locked with `key`


class Person(Base):
    """Someone who talks with Mend in one chat; their number is their chat's."""

    __tablename__ = "people"
    __table_args__ = (sa.Index("ix_people_seen_at", "seen_at"),)
    OWNER = "id"

    id = sa.Column(BigKey, sa.ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    channel = sa.Column(sa.String(16), nullable=False)
    role, role_box = Sealed(), box("role")
    unsent, unsent_box = Sealed(), box("unsent")
    care, care_box = Sealed(), box("care")  #: what is kept in mind for their safety (`actions/store/care.py`)
    language, language_box = Sealed(), box("language")  #: the language of their app, where the channel tells it
    lock, lock_box = Sealed(), box("lock")  #: their passphrase, hashed, and what was tried, as JSON
    discretion, discretion_box = Sealed(), box("discretion")  #: what is to vanish from the chat, and when, as JSON
    reachable = sa.Column(sa.Boolean, nullable=False, default=True)
    created_at = sa.Column(sa.Float, nullable=False)
    seen_at = sa.Column(sa.Float, nullable=False)
    asked_to_stay_at = sa.Column(sa.Float)  #: when they were told that idle people are erased

    @property
    def chat(self) -> str:
        """The channel's own name of their chat."""
        return keys_at_hand.get().address(self.id)


class Run(Base):
    """One walk through one exercise; doing it again makes another run."""

    __tablename__ = "runs"
    OWNER = "person_id"
    __table_args__ = (
        sa.Index("ix_runs_person", "person_id", "exercise"),
        sa.Index("ix_runs_in_hand", "person_id", "in_hand"),
        GIVEN_ONCE,
    )

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
    exercise, exercise_box = Findable(), box("exercise", nullable=False)
    role, role_box = Sealed(), box("role", nullable=False)
    step, step_box = Sealed(), box("step")  #: the step that is asked next; empty once the run is finished
    in_hand = sa.Column(sa.Boolean, nullable=False, default=False)  #: its question is before the person now
    started_at = sa.Column(sa.Float, nullable=False)
    touched_at = sa.Column(sa.Float, nullable=False)
    finished_at = sa.Column(sa.Float)


class Answer(Base):
    """One version of what a person answered at one step. The newest version of a step is the one that counts."""

    __tablename__ = "answers"
    OWNER = "person_id"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "step", "version", name="uq_answers_version"),
        sa.Index("ix_answers_person", "person_id", "id"),
    )

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
    run_id = sa.Column(BigKey, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False)
    step, step_box = Findable(), box("step", nullable=False)
    version = sa.Column(sa.Integer, nullable=False)
    parts, parts_box = (
        Sealed(),
        box("parts", nullable=False),
    )  #: JSON list of [message reference, text]: a thought may come in pieces
    doubt, doubt_box = Sealed(), box("doubt")  #: what it may have asked for instead, while Mend asks which was meant
    written_at = sa.Column(sa.Float, nullable=False)


class Draft(Base):
    """An apology that a person practises, or one that they received; its versions are kept beside it."""

    __tablename__ = "drafts"
    __table_args__ = (sa.Index("ix_drafts_person", "person_id", "touched_at"), GIVEN_ONCE)

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
    run_id = sa.Column(BigKey, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, unique=True)
    created_at = sa.Column(sa.Float, nullable=False)
    touched_at = sa.Column(sa.Float, nullable=False)


class DraftVersion(Base):
    """One version of a draft, as it was when they called it whole."""

    __tablename__ = "draft_versions"
    OWNER = "person_id"
    __table_args__ = (sa.UniqueConstraint("draft_id", "number", name="uq_draft_versions_number"),)

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True)
    draft_id = sa.Column(BigKey, sa.ForeignKey("drafts.id", ondelete="CASCADE"), nullable=False)
    number = sa.Column(sa.Integer, nullable=False)
    text, text_box = Sealed(), box("text", nullable=False)
    written_at = sa.Column(sa.Float, nullable=False)


class Dismissal(Base):
    """A phrase of a draft of which they said that it is not what they meant: it is not marked again."""

    __tablename__ = "dismissals"
    OWNER = "person_id"

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True)
    draft_id = sa.Column(BigKey, sa.ForeignKey("drafts.id", ondelete="CASCADE"), nullable=False, index=True)
    label, label_box = Sealed(), box("label", nullable=False)
    phrase, phrase_box = Sealed(), box("phrase", nullable=False)


class Schedule(Base):
    """When a person wants to be asked in the evening. Only the next moment stands apart, so that it can be found."""

    __tablename__ = "schedules"
    OWNER = "person_id"
    __table_args__ = (sa.Index("ix_schedules_due", "channel", "next_due"),)

    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    channel = sa.Column(sa.String(16), nullable=False)  #: the person's, so that one index finds who is due
    habit, habit_box = Sealed(), box("habit", nullable=False)  #: the Habit as JSON
    running = sa.Column(sa.Boolean, nullable=False, default=True)
    next_date = sa.Column(sa.String(10))
    next_due = sa.Column(sa.Float)  #: nothing while none is due


class Evening(Base):
    """One evening of one person: what was asked, and whether it was answered. There is one a date at most."""

    __tablename__ = "evenings"
    OWNER = "person_id"
    __table_args__ = (sa.UniqueConstraint("person_id", "date", name="uq_evenings_date"), GIVEN_ONCE)

    id = sa.Column(BigKey, primary_key=True, autoincrement=True)
    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
    date = sa.Column(sa.String(10), nullable=False)
    state = sa.Column(sa.String(8), nullable=False)
    reason, reason_box = Sealed(), box("reason")  #: why it was left out
    kind, kind_box = Sealed(), box("kind")
    question, question_box = Sealed(), box("question")
    run_id = sa.Column(BigKey, index=True)  #: the walk that holds the answer
    reply_id = sa.Column(BigKey, index=True)  #: the reply that asked: what became of that is in the outbox
    marks, marks_box = Sealed(), box("marks")  #: numbers from 0 to 10 by scale, and how a promise went, as JSON
    due_at = sa.Column(sa.Float, nullable=False)
    claimed_at = sa.Column(sa.Float, nullable=False)
    again_at = sa.Column(sa.Float, index=True)  #: when to look again, while a conversation is open
    answered_at = sa.Column(sa.Float)


class Conversation(Base):
    """Where Rasa's dialogue stands with a person: its slots and its active form, as one small document."""

    __tablename__ = "conversations"
    OWNER = "person_id"

    person_id = sa.Column(BigKey, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    state, state_box = Sealed(), box("state", nullable=False)
