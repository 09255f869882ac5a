"""What all tables have in common."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()

#: SQLite autoincrements only plain INTEGER keys; every other database gets 64 bits.
BigKey = sa.BigInteger().with_variant(sa.Integer, "sqlite")

#: SQLite, too, then never gives the number of an erased row to another: old buttons and other rows may still name it.
GIVEN_ONCE = {"sqlite_autoincrement": True}
