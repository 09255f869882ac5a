"""Every row of the database, its boxes opened: what the bot itself could still read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from actions.store import Kept
from actions.store.models import Base, Erasure, Secret
from actions.store.sealed import Sealed


def opened(kept: Kept) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table by its name, with whose they are as `owner`."""
    found: dict[str, list[dict[str, Any]]] = {}
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__tablename__):
        table = mapper.class_
        if table in (Secret, Erasure):
            continue
        sealed = [name for name, one in vars(table).items() if isinstance(one, Sealed)]
        plain = [one.key for one in mapper.column_attrs if not one.key.endswith("_box")]
        owner = next(name for name in ("person_id", "chat_id", "id") if hasattr(table, name))
        rows = kept.session.execute(sa.select(table)).scalars()
        found[table.__tablename__] = [
            {name: getattr(row, name) for name in plain + sealed} | {"owner": getattr(row, owner)} for row in rows
        ]
    return found


def rows_with(kept: Kept, words: str) -> list[tuple[str, dict[str, Any]]]:
    """The rows in which these words stand, each with its table's name."""
    return [(table, row) for table, rows in opened(kept).items() for row in rows if words in str(row)]
