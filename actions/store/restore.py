"""Bringing a backup back: looked at first, without people who were erased since, and in place all at once or not."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from actions.store import Store, StoreError
from actions.store.alone import alone
from actions.store.backup import clear, connected
from actions.store.files import private, remembered
from actions.store.keys import Master
from actions.store.master import MasterError, Source
from actions.store.sealed_file import unseal

#: What is put behind the database's name for what is being brought back, and for what that takes the place of.
COMING, REPLACED = ".restoring", ".replaced"
#: SQLite's own files beside a database.
BESIDE = ("-wal", "-shm")

Erasures = list[tuple[int, float]]


@dataclass(frozen=True)
class Restored:
    """What was done."""

    left_out: int  #: how many people were erased since the backup was made, and stay so
    replaced: Path | None  #: the database from before; nothing where there was none


def restore(store: Store, backup: Path, *, erased_come_back: bool = False) -> Restored:
    """Put what is in a backup in the database's place. Raises `OperatorError` with what to do; nothing is changed then.

    Who was erased since is known from the database that is replaced. Where that can't be read, nothing is brought
    back, unless it is accepted that they all come back.
    """
    path, source = store.path, store.vault.source
    coming, replaced = path.with_name(path.name + COMING), path.with_name(path.name + REPLACED)
    with alone(store.url):
        try:
            _make_room(path, replaced)
            with _cleared(coming):
                erasures = _erasures(path, give_up=erased_come_back)
                master = _master(source)
                with private(coming) as file:
                    unseal(backup, file, master)
                left_out = _made_ready(coming, source, erasures)
                there_was_one = path.exists()
                _put_in_place(coming, path, replaced)
        except OSError as error:
            raise StoreError(f"{backup} can't be brought back ({error.filename}: {error.strerror})") from None
    return Restored(left_out, replaced if there_was_one else None)


def _make_room(path: Path, replaced: Path) -> None:
    """What was replaced the last time may hold what is in no backup: it is the operator's to delete."""
    if replaced.exists() and not (path.exists() and replaced.samefile(path)):
        raise StoreError(f"{replaced} is there from the last time: move it away or delete it, then run this again")
    for left in ("", *BESIDE):  # the last time was cut short, or the operator left the log of what they deleted
        replaced.with_name(replaced.name + left).unlink(missing_ok=True)


@contextmanager
def _cleared(coming: Path) -> Iterator[None]:
    """Nothing that is half brought back is left, neither of this time nor of one that was cut short."""
    clear(coming.parent, coming.name)
    try:
        yield
    finally:
        clear(coming.parent, coming.name)


def _erasures(path: Path, *, give_up: bool) -> Erasures:
    """Who was erased, by the database that is there."""
    if not path.exists():
        return []
    try:
        with closing(connected(path)) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            known = ("erasures",) in tables
            return database.execute("SELECT number, erased_at FROM erasures").fetchall() if known else []
    except sqlite3.Error as error:
        if give_up:
            return []
        raise StoreError(
            f"who was erased since can't be read from {path} ({error}), and they would all come back: if that must be, "
            "run this again with --erased-come-back"
        ) from None


def _master(source: Source) -> Master:
    secret = source.read()
    if secret is None:
        where = getattr(source, "path", "the master key")
        raise MasterError(f"{where} is missing: bring it back from your copy first; without it no backup opens")
    return Master(secret)


def _made_ready(coming: Path, source: Source, erasures: Erasures) -> int:
    """See that all is well with a database, bring its tables up to date, and leave out who was erased; how many."""
    try:
        with closing(connected(coming)) as database:
            [said] = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        raise StoreError(f"the database in this backup is damaged ({said}): take an older backup")
    fresh = Store(f"sqlite:///{coming}", source)
    try:
        fresh.migrate()
        with fresh.begin() as kept:
            left_out = kept.people.erased_since(erasures)
        fresh.scrub()
        return left_out
    finally:
        fresh.close()


def _put_in_place(coming: Path, path: Path, replaced: Path) -> None:
    """Swap the two. At every moment there is one whole database in that place, if there was one before."""
    if path.exists():
        _settle(path)
        try:
            os.link(path, replaced)
        except OSError:  # not every disk knows links
            shutil.copy2(path, replaced)
    for beside in BESIDE:  # SQLite would play what is in them into the new database
        left = path.with_name(path.name + beside)
        if left.exists():
            left.replace(replaced.with_name(replaced.name + beside))
    coming.replace(path)
    remembered(path.parent)


def _settle(path: Path) -> None:
    """Have a database hold all that is in its write-ahead log. One that is damaged is left as it is."""
    try:
        with closing(connected(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        return
