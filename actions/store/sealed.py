"""Columns that hold what a person wrote or what tells of them: locked with that person's key, opened where read.

>>> class Answer(Base):
...     person_id = sa.Column(...)
...     parts, parts_box = Sealed(), box("parts")       # answer.parts is text; the database holds a box

A row opens only inside of a transaction (`store.begin()`), which knows the keys: see `ring.py`.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Protocol

import sqlalchemy as sa

from actions.store.keys import Key


class Keys(Protocol):
    """Whoever has the keys of people."""

    def key(self, owner: int) -> Key:
        """The key of the person, or chat, with this number."""


#: The keys of the transaction that this code runs inside.
keys_at_hand: ContextVar[Keys] = ContextVar("keys_at_hand")


def box(name: str, **options: Any) -> sa.Column:
    """The column that holds the boxes of the attribute `name`."""
    return sa.Column(name, sa.LargeBinary, **options)


class Sealed:
    """Text in a box. The owner of a row is the person, or chat, that `OWNER` of its class names."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        kept = getattr(row, f"{self.name}_box")
        return None if kept is None else self._open(_key(row), kept, self.where(owner))

    def __set__(self, row: Any, text: str | None) -> None:
        kept = None if text is None else self._seal(_key(row), text, self.where(type(row)))
        setattr(row, f"{self.name}_box", kept)

    def where(self, table: type) -> str:
        """The name of the column, to which each of its boxes belongs."""
        return f"{table.__tablename__}.{self.name}"

    @staticmethod
    def _seal(key: Key, text: str, where: str) -> bytes:
        return key.seal(text, where)

    @staticmethod
    def _open(key: Key, kept: bytes, where: str) -> str:
        return key.open(kept, where)


class Findable(Sealed):
    """Text from a short list, in a box that is the same each time: one person's rows can be searched for it."""

    @staticmethod
    def _seal(key: Key, text: str, where: str) -> bytes:
        return key.name(text, where)

    @staticmethod
    def _open(key: Key, kept: bytes, where: str) -> str:
        return key.named(kept, where)


def findable(table: type, name: str, owner: int, text: str) -> bytes:
    """The box of `text` in the column `name` of a table, for a search in the owner's rows."""
    return keys_at_hand.get().key(owner).name(text, f"{table.__tablename__}.{name}")


def _key(row: Any) -> Key:
    owner = getattr(row, row.OWNER)
    if owner is None:
        raise TypeError(f"{type(row).__name__}: whose it is must be said first ({row.OWNER})")
    return keys_at_hand.get().key(owner)
