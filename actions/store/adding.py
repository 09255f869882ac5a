"""Adding a row that another process may be adding at the same moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from actions.store.models import Base

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def add_if_new(session: Session, model: type[Base], row: dict[str, Any]) -> None:
    """Add a row, unless it is there; one that somebody else is adding right now is waited for, and seen afterwards."""
    insert = _INSERT[session.connection().dialect.name](model)
    session.execute(insert.values(**row).on_conflict_do_nothing())
