"""A backup of a SQLite database while it is at work: all of it at one moment, in a file that the master key opens."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from actions.store import Store, StoreError
from actions.store.engine import BUSY_TIMEOUT
from actions.store.files import held, private, remembered
from actions.store.keys import Master
from actions.store.master import Source
from actions.store.sealed_file import is_sealed, seal
from actions.store.vault import Vault

#: What the files are called, beside the backup, that are there while it is made: without its lock, and not whole.
OURS = ".mend-backup."
PLAIN, PART = f"{OURS}plain", f"{OURS}part"


def back_up(store: Store, target: Path) -> int:
    """Write a backup to `target`, in place of an older one; its size in bytes. Raises `StoreError` with what to do.

    There is only ever the old backup or the new one, whole. What a crash left behind is cleared away the next time.
    """
    folder = target.parent
    try:
        _check(store, target)
        with held(folder, f"another backup is being made in {folder}: wait until it is done"), _cleared(folder):
            plain, part = folder / PLAIN, folder / PART
            _copy(store.path, plain)
            master = _master_of(plain, store.vault.source)
            with private(part) as file:
                seal(plain, file, master)
            part.replace(target)
            remembered(folder)
            return target.stat().st_size
    except OSError as error:
        raise StoreError(f"the backup can't be written to {target} ({error.strerror})") from None
    except (sqlite3.Error, sa.exc.DatabaseError) as error:
        said = getattr(error, "orig", error)
        raise StoreError(f"the database {store.path} can't be backed up ({said})") from None


def _check(store: Store, target: Path) -> None:
    """Refuse what would do no good, before anything is written."""
    if not store.path.is_file():
        raise StoreError(f"there is no database {store.path} to back up; is MEND_DATA_DIR right?")
    if not target.parent.is_dir():
        raise StoreError(f"there is no folder {target.parent}: make it first")
    if target.is_dir():
        raise StoreError(f"{target} is a folder: name a file in it")
    if target.exists() and target.stat().st_size and not is_sealed(target):
        raise StoreError(f"{target} is there already, and is no backup of Mend's: name another file")


@contextmanager
def _cleared(folder: Path) -> Iterator[None]:
    """Nothing but the backup is left in the folder, neither of this one nor of one that was cut short."""
    clear(folder, OURS)
    try:
        yield
    finally:
        clear(folder, OURS)


def clear(folder: Path, beginning: str) -> None:
    """Delete the files in a folder whose names begin so."""
    for file in list(folder.iterdir()):
        if file.name.startswith(beginning):
            file.unlink()


def _copy(database: Path, plain: Path) -> None:
    """The database as it is now, with what stands in its write-ahead log; nobody who writes has to wait."""
    with private(plain):
        pass
    with closing(connected(database)) as source, closing(sqlite3.connect(plain)) as copy:
        copy.execute("PRAGMA journal_mode=OFF")
        source.backup(copy)  # all in one step: in several it would begin anew whenever someone writes


def connected(database: Path) -> sqlite3.Connection:
    """A connection to a database that is there; none is made. Raises `sqlite3.Error`."""
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_TIMEOUT)


def _master_of(plain: Path, source: Source) -> Master:
    """The master key that opens this very copy: it may have been changed a moment ago."""
    engine = sa.create_engine(sa.engine.URL.create("sqlite", database=str(plain)), future=True)
    vault = Vault(source)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("secrets"):
                raise StoreError(
                    "what is in this database is not locked yet: start Mend once, which does that, then back it up"
                )
            vault.open(connection)
    finally:
        engine.dispose()
    return vault.master
