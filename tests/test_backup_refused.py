"""A backup that was cut short, changed, or made with another key is refused in one line, and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from backing_up import Elsewhere, filled, refusal, words_of

from actions.errors import OperatorError
from actions.store import Store, StoreError, sealed_file
from actions.store.backup import back_up
from actions.store.keys import MASTER
from actions.store.master import KeyGiven
from actions.store.restore import restore

pytestmark = pytest.mark.sqlite


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Small chunks, so that a small backup has many; how long they are in the file."""
    monkeypatch.setattr(sealed_file, "CHUNK", 5000)
    return 5000 + sealed_file.TAG


FIRST = sealed_file.HEAD + sealed_file.MARK


@pytest.mark.parametrize("left", [10, 40, FIRST - 1, FIRST, FIRST + 7, FIRST + 5016, FIRST + 3 * 5016, -1, -5016])
def test_a_backup_that_was_cut_short_is_refused(store: Store, target: Path, small: int, left: int) -> None:
    back_up(filled(store, "1"), target)
    target.write_bytes(target.read_bytes()[:left])
    assert ("cut short" if left != 10 else "no backup") in refusal(store, target)


@pytest.mark.parametrize("swapped", [(0, 1), (1, 3), (2, 5)])
def test_a_backup_in_another_order_is_refused(store: Store, target: Path, small: int, swapped: tuple[int, int]) -> None:
    back_up(filled(store, "1"), target)
    whole = target.read_bytes()
    chunks = [whole[at : at + small] for at in range(FIRST, len(whole), small)]
    first, second = swapped
    chunks[first], chunks[second] = chunks[second], chunks[first]
    target.write_bytes(whole[:FIRST] + b"".join(chunks))
    assert "changed" in refusal(store, target)


def test_a_backup_that_was_put_together_from_two_is_refused(store: Store, target: Path, small: int) -> None:
    other = target.with_name("other.backup")
    back_up(filled(store, "1"), target)
    back_up(store, other)
    one, two = target.read_bytes(), other.read_bytes()
    assert len(one) == len(two)
    target.write_bytes(one[: FIRST + small] + two[FIRST + small :])
    assert "changed" in refusal(store, target)


def test_a_backup_with_something_added_is_refused(store: Store, target: Path) -> None:
    back_up(filled(store, "1"), target)
    target.write_bytes(target.read_bytes() + b"x")
    assert "changed" in refusal(store, target)


@pytest.mark.parametrize("at", [0, 23, 24, 60, 63, 64, 90, FIRST, FIRST + 5000, FIRST + 5020, -17, -1])
def test_a_backup_in_which_one_bit_was_changed_is_refused(store: Store, target: Path, small: int, at: int) -> None:
    back_up(filled(store, "1"), target)
    content = bytearray(target.read_bytes())
    content[at] ^= 1
    target.write_bytes(content)
    assert any(said in refusal(store, target) for said in ("changed", "no backup"))


def test_a_backup_that_was_made_with_another_key_is_refused(store: Store, target: Path, tmp_path: Path) -> None:
    back_up(filled(store, "1"), target)
    other = Store(f"sqlite:///{tmp_path / 'other' / 'mend.db'}")
    other.migrate()
    other.close()
    assert "MEND_MASTER_KEY_FILE" in refusal(other, target)


def test_without_a_key_nothing_is_restored_and_no_key_is_made(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    back_up(filled(store, "1"), target)
    there = elsewhere()
    key = there.path.with_name("master.key")
    key.unlink()
    with pytest.raises(OperatorError, match="missing: bring it back"):
        restore(there, target)
    assert not key.exists() and not there.path.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"holiday pictures" * 1000, b"SQLite format 3\0" + bytes(5000)],
    ids=["nothing", "something else", "a database"],
)
def test_what_is_no_backup_is_refused(store: Store, target: Path, content: bytes) -> None:
    target.write_bytes(content)
    assert "no backup" in refusal(store, target)


def test_a_file_that_is_not_there_is_refused(store: Store, target: Path) -> None:
    assert "No such file" in refusal(store, target)


def test_a_backup_of_a_newer_mend_is_refused(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    back_up(store, target)
    there = elsewhere()
    with pytest.raises(StoreError, match="newer Mend"):
        restore(there, target)
    assert not there.path.exists()


def test_a_backup_of_a_damaged_database_is_refused(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    filled(store, *map(str, range(50))).scrub()
    store.close()
    with store.path.open("r+b") as file:
        file.seek(store.path.stat().st_size // 2)
        file.write(b"\xff" * 8192)
    back_up(store, target)
    there = elsewhere()
    with pytest.raises(StoreError, match="damaged"):
        restore(there, target)
    assert not there.path.exists()


def test_after_a_change_of_keys_an_older_backup_opens_with_the_older_key(
    store: Store, elsewhere: Elsewhere, target: Path
) -> None:
    there = elsewhere()
    old = there.vault.source.read()
    back_up(filled(store, "1"), target)
    store.change_master_key(os.urandom(MASTER))
    assert "MEND_MASTER_KEY_FILE" in refusal(store, target)
    restore(Store(there.url, KeyGiven(old)), target)
    with there.begin() as kept:
        assert words_of(kept, "1") == ["the words of 1"]
    there.close()
    back_up(store, target)
    assert restore(store, target).left_out == 0
