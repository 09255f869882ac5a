"""A backup takes the place of the database all at once, keeps what was there, and brings nobody back who was erased."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from backing_up import NOW, Elsewhere, filled, words_of
from opening import opened

from actions.store import Store, StoreError
from actions.store.alone import alone
from actions.store.backup import back_up
from actions.store.files import Held
from actions.store.migrations import config
from actions.store.restore import restore

pytestmark = pytest.mark.sqlite


def test_while_a_mend_is_at_work_nothing_is_replaced(store: Store, target: Path) -> None:
    back_up(filled(store, "1"), target)
    with alone(store.url), pytest.raises(Held, match="stop it first"):
        restore(store, target)
    store.close()
    restore(store, target)


def test_what_is_replaced_is_kept_until_someone_deletes_it(store: Store, target: Path) -> None:
    back_up(filled(store, "1"), target)
    filled(store, "2").close()
    replaced = restore(store, target).replaced
    assert replaced == store.path.with_name("mend.db.replaced")
    with store.begin() as kept:
        assert words_of(kept, "1") and words_of(kept, "2") is None
    store.close()
    assert "delete it" in str(pytest.raises(StoreError, restore, store, target).value)
    old = Store(f"sqlite:///{replaced}")
    with old.begin() as kept:
        assert words_of(kept, "1") and words_of(kept, "2")
    old.close()
    replaced.unlink()
    restore(store, target)


def test_a_database_that_mend_was_killed_on_is_replaced_with_all_that_was_in_its_log(
    store: Store, elsewhere: Elsewhere, target: Path
) -> None:
    back_up(filled(store, "1"), target)
    filled(store, "2")
    there = elsewhere()
    for suffix in ("", "-wal", "-shm"):
        shutil.copy2(f"{store.path}{suffix}", f"{there.path}{suffix}")
    assert there.path.with_name("mend.db-wal").stat().st_size
    replaced = restore(there, target).replaced
    for path, chats in ((there.path, ("1",)), (replaced, ("1", "2"))):
        database = Store(f"sqlite:///{path}")
        with database.begin() as kept:
            assert [chat for chat in ("1", "2") if words_of(kept, chat)] == list(chats)
        database.close()


def test_the_log_of_a_replaced_database_that_was_deleted_is_not_taken_for_the_next_ones(
    store: Store, elsewhere: Elsewhere, target: Path
) -> None:
    back_up(filled(store, "1"), target)
    filled(store, "2")
    there = elsewhere()
    filled_there = Store(there.url)
    filled_there.migrate()
    filled(filled_there, "3").close()
    shutil.copy2(f"{store.path}-wal", there.path.with_name("mend.db.replaced-wal"))
    moved = there.path.with_name("mend.db.replaced.moved-away")
    moved.write_bytes(b"the operator's")
    old = Store(f"sqlite:///{restore(there, target).replaced}")
    with old.begin() as kept:
        assert words_of(kept, "3") and words_of(kept, "2") is None
    old.close()
    assert moved.read_bytes() == b"the operator's"


def test_a_restore_that_was_cut_short_can_be_done_again(store: Store, target: Path) -> None:
    back_up(filled(store, "1"), target)
    store.close()
    os.link(store.path, store.path.with_name("mend.db.replaced"))
    for suffix in ("", "-wal", "-journal"):
        store.path.with_name(f"mend.db.restoring{suffix}").write_bytes(b"half of it")
    restore(store, target)
    with store.begin() as kept:
        assert words_of(kept, "1")
    assert not list(store.path.parent.glob("*.restoring*"))


def test_a_backup_of_an_older_mend_is_brought_up_to_date(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    filled(store, "1")
    with store.rebuilding() as connection:
        command.downgrade(config(connection, store.vault), "0005")
    back_up(store, target)
    there = elsewhere()
    restore(there, target)
    with there.begin() as kept:
        assert words_of(kept, "1") and "vanishing" in opened(kept)
    there.close()


# -- and nobody who was erased -------------------------------------------------------------------------------------


def test_whoever_was_erased_since_is_not_brought_back(store: Store, target: Path) -> None:
    back_up(filled(store, "1", "2"), target)
    with store.begin() as kept:
        gone = kept.people.find("telegram", "1")
        number, box = gone.id, kept.runs.versions(gone)[0].parts_box
        kept.people.forget(gone, NOW + 5)
    store.close()
    for _ in range(2):  # and not by a second restore of the same backup either
        done = restore(store, target)
        done.replaced.unlink()
        assert done.left_out == 1
        with store.begin() as kept:
            assert words_of(kept, "1") is None and words_of(kept, "2") == ["the words of 2"]
            assert not [rows for rows in opened(kept).values() for row in rows if row["owner"] == number]
        store.close()
        assert box not in store.path.read_bytes()
        with sqlite3.connect(store.path) as database:
            assert database.execute("SELECT number, erased_at FROM erasures").fetchall() == [(number, NOW + 5)]


def test_whoever_was_known_only_by_a_first_message_and_was_erased_since_is_not_brought_back(
    store: Store, target: Path
) -> None:
    with store.begin() as kept:
        kept.inbox.add("telegram", 1, "1", {"kind": "text", "text": "hello"}, NOW)
    back_up(store, target)
    with store.begin() as kept:
        kept.people.forget(kept.people.meet("telegram", "1", NOW), NOW + 5)
    store.close()
    restore(store, target)
    with store.begin() as kept:
        assert {name for name, rows in opened(kept).items() if rows} == set()


def test_whoever_was_erased_before_stays_erased(store: Store, target: Path, elsewhere: Elsewhere) -> None:
    with filled(store, "1").begin() as kept:
        kept.people.forget(kept.people.find("telegram", "1"), NOW)
    back_up(store, target)
    assert restore(store, target).left_out == 0
    there = elsewhere()
    restore(there, target)
    with sqlite3.connect(there.path) as database:
        assert database.execute("SELECT count(*) FROM erasures").fetchone() == (1,)


def test_where_it_cannot_be_read_who_was_erased_nothing_is_restored_unless_that_is_accepted(
    store: Store, target: Path
) -> None:
    back_up(filled(store, "1"), target)
    store.close()
    store.path.write_bytes(b"a broken disk" * 1000)
    with pytest.raises(StoreError, match="--erased-come-back"):
        restore(store, target)
    assert store.path.read_bytes() == b"a broken disk" * 1000
    restore(store, target, erased_come_back=True)
    with store.begin() as kept:
        assert words_of(kept, "1")
    assert store.path.with_name("mend.db.replaced").read_bytes() == b"a broken disk" * 1000
