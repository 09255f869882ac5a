"""SQLAlchemy's engine as Mend uses it, SQLite above all, and what to say when a database can't be used."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from actions.errors import OperatorError

#: Seconds to wait for another writer before giving up.
BUSY_TIMEOUT = 10
#: How a SQLite database in memory is named.
IN_MEMORY = (None, "", ":memory:")
#: SQLite's `user_version` of a database whose file was written anew since everything in it is locked.
REWRITTEN = 1
#: PostgreSQL's lock that whoever changes the tables holds.
TABLES = 0x6D656E65
#: Connections to a server that are kept open, and how many more there may be for a moment. One costs a server more to
#: open than many turns do, so as many are kept as threads may need.
CONNECTIONS = {"pool_size": 20, "max_overflow": 10}
#: Seconds of rest after which a connection to a server is tried before it is used.
REST = 5.0
#: Marks a connection that only looks.
READS = "mend_reads"
UNKNOWN = "DATABASE_URL is no address that Mend knows: write it as sqlite:////folder/mend.db, or leave it out"


class StoreError(OperatorError):
    """The database can't be used; the message says what is wrong and what the operator can do."""


def file_of(url: str) -> Path | None:
    """The file of the database at `url`, or nothing when it is a server's or in memory; raises `StoreError`."""
    try:
        parsed = sa.engine.make_url(url)
        if parsed.get_backend_name() != "sqlite" or parsed.database in IN_MEMORY:
            return None
    except (sa.exc.ArgumentError, ModuleNotFoundError):
        raise StoreError(UNKNOWN) from None
    return Path(parsed.database)


def server_address(url: str) -> str:
    """The address of a PostgreSQL server as its own libraries write it; raises `StoreError` for anything else."""
    parsed = sa.engine.make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise StoreError("a fleet needs PostgreSQL: set DATABASE_URL to postgresql://…")
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False)


def unwritable(path: Path, error: OSError) -> StoreError:
    """What an operator should know and do about a database whose files can't be written."""
    return StoreError(
        f"the database {path} can't be written ({error.strerror}): check the folder's owner and rights, "
        "or set MEND_DATA_DIR to a folder that Mend may write to"
    )


def explain(error: sa.exc.OperationalError, url: str) -> str:
    """What an operator should know and do about a database that can't be used; no statement and no values."""
    where = sa.engine.make_url(url).render_as_string(hide_password=True)
    said = str(error.orig).strip().splitlines()[0] if error.orig else "no reason given"
    if "locked" in said:
        return f"the database {where} is locked: is another Mend running on it? Stop it, then start again"
    if "readonly" in said or "unable to open" in said:
        return f"the database {where} can't be written ({said}): check the rights of the file and of its folder"
    return f"the database {where} can't be used ({said}): check DATABASE_URL and that the server is running"


def make_engine(url: str) -> Engine:
    """The way to the database at `url`, which is not touched yet; raises `StoreError` for what is no address."""
    try:
        parsed = sa.engine.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            engine = sa.create_engine(url, future=True, hide_parameters=True, **CONNECTIONS)
            sa.event.listen(engine, "checkin", _rests)
            sa.event.listen(engine, "checkout", _is_there_still)
            return engine
    except (sa.exc.ArgumentError, ModuleNotFoundError):
        raise StoreError(UNKNOWN) from None
    memory = parsed.database in IN_MEMORY
    engine = sa.create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=sa.pool.StaticPool if memory else sa.pool.QueuePool,
        connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # pysqlite begins transactions on its own and breaks savepoints unless told not to (SQLAlchemy's SQLite notes).
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later can fail half-way when another writes in between.
    reads = connection.get_execution_options().get(READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _rests(_connection: Any, record: Any) -> None:
    record.info["since"] = time.monotonic()


def _is_there_still(connection: Any, record: Any, _proxy: Any) -> None:
    # SQLAlchemy's own `pool_pre_ping` tries at each use, which is a quarter of all that a worker asks the server for.
    if time.monotonic() - record.info.get("since", time.monotonic()) > REST:
        try:
            with closing(connection.cursor()) as cursor:
                cursor.execute("SELECT 1")
            connection.rollback()
        except Exception:  # whatever the driver says of a dead connection, the pool makes a new one
            raise sa.exc.InvalidatePoolError from None


def alone_with_the_tables(connection: Connection) -> None:
    """On a server, wait for whoever changes the tables; then nobody else does, up to the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TABLES)))


def rewrite(engine: Engine, path: Path) -> None:
    """Once for each SQLite database: leave nothing in its files of what stood there before it was locked.

    Words would stay in pages that are free now, and in the write-ahead log. When this is cut short, it is done again
    at the next start. Raises `StoreError`.
    """
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        [version] = cursor.execute("PRAGMA user_version").fetchone()
        if version >= REWRITTEN:
            return
        try:
            cursor.execute("VACUUM")
            [busy, *_] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                cursor.execute(f"PRAGMA user_version = {REWRITTEN}")
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"the database {path} can't be written anew ({error}): that takes as much room on the disk again"
            ) from None
