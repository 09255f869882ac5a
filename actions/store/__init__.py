"""Everything that Mend keeps, and the only way to it.

>>> with store.begin() as kept:          # one transaction: all of it happens, or none
...     person = kept.people.meet("telegram", "42", now)
...     kept.outbox.add(...)

Code that runs inside a transaction opened further out (a Rasa action inside a turn) finds it as `store.kept`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from actions.store.conversations import Conversations
from actions.store.drafts import Drafts
from actions.store.engine import (
    BUSY_TIMEOUT,
    READS,
    StoreError,
    alone_with_the_tables,
    explain,
    file_of,
    make_engine,
    rewrite,
    unwritable,
)
from actions.store.evenings import Evenings
from actions.store.inbox import Inbox
from actions.store.jobs import Jobs
from actions.store.keys import MASTER
from actions.store.master import FILE, KeyFile, KeyGiven, Source
from actions.store.models import Person, Secret
from actions.store.outbox import Outbox
from actions.store.people import People
from actions.store.ring import Ring
from actions.store.runs import Runs
from actions.store.sealed import keys_at_hand
from actions.store.turns import Line
from actions.store.vanishing import VanishingMessages
from actions.store.vault import Vault

__all__ = ["Kept", "Store", "StoreError", "Unavailable"]

logger = logging.getLogger(__name__)

#: Raised while the database is locked, full or gone: what was to be done can be done again later.
Unavailable = sa.exc.OperationalError


class Kept:
    """What is kept, seen from inside one transaction."""

    def __init__(self, session: Session, ring: Ring) -> None:
        self.session = session
        self.chats = ring
        self.people = People(session, ring)
        self.runs = Runs(session)
        self.drafts = Drafts(session)
        self.evenings = Evenings(session)
        self.conversations = Conversations(session)
        self.inbox = Inbox(session, ring)
        self.outbox = Outbox(session, ring)
        self.jobs = Jobs(session)
        self.vanishing = VanishingMessages(session, ring)

    def messages_since(self, person: Person, since: float) -> list[int]:
        """The channel's numbers of what was said in a person's chat since then, on both sides, where they are known."""
        here = (person.channel, person.chat, since)
        theirs = [*self.inbox.references_since(*here), *self.runs.references_since(person, since)]
        numbers = {*self.outbox.messages_since(*here), *(int(one) for one in theirs if one.isdigit())}
        return sorted(numbers)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that can fail alone: what was kept before it stays."""
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            for read in (self.people, self.runs, self.evenings, self.outbox, self.chats):
                read.look_again()
            raise


class Store:
    """A database of people and their words. Safe to use from several threads."""

    def __init__(self, url: str, master: Source | None = None) -> None:
        """Open the database at `url` (SQLAlchemy's form) without touching it yet.

        Without a source of its own the master key of a SQLite file is a file beside it; that of one in memory goes
        with it.
        """
        self.url = url
        self.engine = make_engine(url)
        self._open: ContextVar[Kept | None] = ContextVar("kept", default=None)
        self._writing = Line()
        self.vault = Vault(master or self._usual_key())

    @property
    def kept(self) -> Kept:
        """The transaction that this code runs inside; raises `StoreError` outside of one."""
        kept = self._open.get()
        if kept is None:
            raise StoreError("nothing can be read or kept outside of a transaction: use `with store.begin()`")
        return kept

    @contextmanager
    def begin(self) -> Iterator[Kept]:
        """A transaction: committed at the end, rolled back whole when anything raises."""
        with self._turn_to_write(), Session(self.engine, future=True) as session, session.begin():
            self.vault.ensure_open(session.connection())
            ring = Ring(session, self.vault)
            kept = Kept(session, ring)
            token, hand = self._open.set(kept), keys_at_hand.set(ring)
            try:
                yield kept
            finally:
                keys_at_hand.reset(hand)
                self._open.reset(token)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Everything as it is at this moment, to be looked at in peace: nobody who writes has to wait meanwhile."""
        with self.engine.connect() as connection:
            yield connection.execution_options(**{READS: True})

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        """SQLite lets in one writer, and has the others look again after a sleep: here they are woken at once."""
        mine = self.path is not None and self._writing.acquire(timeout=BUSY_TIMEOUT)
        try:
            yield
        finally:
            if mine:
                self._writing.release()

    def migrate(self) -> None:
        """Bring the tables to the newest revision; raises `StoreError` with what to do when that can't be done."""
        from alembic.util import CommandError  # ten megabytes, and of use at the start only

        from actions.store.migrations import upgrade

        path = self.path
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.touch(mode=0o600)
                path.chmod(0o600)
            with self.rebuilding() as connection:
                if path is not None and not sa.inspect(connection).has_table(Secret.__tablename__):
                    connection.exec_driver_sql("PRAGMA user_version = 0")
                upgrade(connection, self.vault)
                self.vault.open(connection)
            if path is not None:
                rewrite(self.engine, path)
        except OSError as error:
            raise unwritable(path, error) from None
        except CommandError:
            raise StoreError(
                f"the database {self._shown} is a newer Mend's: update Mend, or set MEND_DATA_DIR to another folder"
            ) from None
        except sa.exc.OperationalError as error:
            raise StoreError(explain(error, self.url)) from None
        except sa.exc.DatabaseError as error:
            raise StoreError(
                f"{self._shown} is not a database that Mend can read ({type(error.orig).__name__}): "
                "restore a backup, or set MEND_DATA_DIR to another folder to begin anew"
            ) from None

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """A transaction in which tables may be made anew: with its watch on, SQLite would empty what points at them."""
        with self.engine.connect() as connection:
            watched = self.path is not None
            if watched:
                connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    alone_with_the_tables(connection)
                    yield connection
            finally:
                if watched:
                    connection.connection.cursor().execute("PRAGMA foreign_keys=ON")

    def _usual_key(self) -> Source:
        if self.path is not None:
            return KeyFile(self.path.parent / FILE)
        if self.engine.dialect.name == "sqlite":
            return KeyGiven(os.urandom(MASTER))
        raise StoreError(
            "DATABASE_URL names a server, which needs a master key: set MEND_MASTER_KEY_FILE or MEND_MASTER_KEY_COMMAND"
        )

    def change_master_key(self, secret: bytes) -> int:
        """Lock every person's key with another master key; how many. A crash leaves the old key or the new, whole."""
        source = self.vault.source
        if isinstance(source, KeyFile):
            source.prepare(secret)
        with self.engine.begin() as connection:
            count = self.vault.change(connection, secret)
        source.replace(secret)
        self.scrub()
        return count

    @contextmanager
    def lane(self, number: int) -> Iterator[Callable[[], bool]]:
        """Gives a question: is the lane with this number ours? Once it is, it stays so to the end, on a server.

        It is lost when the connection is, and then the question raises.
        """
        with self.engine.connect() as connection:
            connection.detach()  # closed at the end, and the lock with it; else the pool would keep both

            def is_ours() -> bool:
                taken = connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar_one()
                connection.commit()  # the lock is the connection's, and outlives the transaction
                return taken

            yield is_ours

    def scrub(self) -> None:
        """After an erasure: leave no copy of what was erased in SQLite's write-ahead log."""
        if self.path is not None:
            with self._turn_to_write(), closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # does nothing while anyone writes

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @property
    def path(self) -> Path | None:
        """The database's file, or nothing when it is a server's or in memory."""
        return file_of(self.url)

    @property
    def _shown(self) -> str:
        return str(self.path or sa.engine.make_url(self.url).render_as_string(hide_password=True))
