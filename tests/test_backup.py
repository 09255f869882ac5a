"""A backup holds everything as it was at one moment, and is made while turns go on."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from pathlib import Path

import pytest
from alembic import command
from backing_up import NOW, Elsewhere, filled, words_of, writes
from opening import opened
from talking import CHANNEL, Person

from actions.store import Store, StoreError, backup, sealed_file
from actions.store.answers import text_of
from actions.store.backup import PART, PLAIN, back_up
from actions.store.files import Held
from actions.store.migrations import config
from actions.store.restore import restore

pytestmark = pytest.mark.sqlite


def test_everything_that_was_kept_is_there_again(person: Person, tmp_path: Path, target: Path) -> None:
    person.welcomed().says("1")
    person.says("I found the albatross letters in his coat")
    house = person.house.tools.store
    with house.begin() as kept:
        before = opened(kept)
    back_up(house, target)
    person.says("and this came after the backup")
    folder = tmp_path / "new machine"
    folder.mkdir()
    shutil.copy2(house.path.with_name("master.key"), folder)
    there = Store(f"sqlite:///{folder / 'mend.db'}")
    assert restore(there, target).replaced is None
    with there.begin() as kept:
        assert opened(kept) == before
        known = kept.people.find(CHANNEL, person.chat)
        assert "I found the albatross letters in his coat" in [text_of(one) for one in kept.runs.versions(known)]
    there.close()


def test_made_while_turns_go_on_it_holds_whole_turns_and_holds_nobody_up(
    store: Store, elsewhere: Elsewhere, target: Path
) -> None:
    done, stop = [0], threading.Event()

    def talk() -> None:
        while not stop.is_set():
            with store.begin() as kept:  # one turn: the update and the answer, or neither
                kept.inbox.add("telegram", done[0], "1", {"kind": "text", "text": "words"}, NOW)
                writes(kept, "1", f"{done[0]} " + "and so on " * 500)
            done[0] += 1

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        for _ in range(5):
            at_least = done[0]
            back_up(store, target)
            at_most = done[0] + 1
            there = elsewhere()
            restore(there, target)
            with there.begin() as kept:
                numbers = [int(words.split()[0]) for words in words_of(kept, "1") or ()]
                updates = len(opened(kept)["inbox"])
            there.close()
            assert at_least <= len(numbers) <= at_most and numbers == list(range(updates))
    finally:
        stop.set()
        talking.join()
    assert done[0] > 20


def test_only_its_owner_can_read_it_and_nothing_else_is_left_beside_it(store: Store, target: Path) -> None:
    filled(store, "4242424242")
    umask = os.umask(0)
    try:
        size = back_up(store, target)
    finally:
        os.umask(umask)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600 and target.stat().st_size == size
    content = target.read_bytes()
    assert not [words for words in (b"SQLite", b"CREATE TABLE", b"telegram") if words in content]


def test_while_it_is_made_others_cannot_read_what_is_not_locked_yet(
    store: Store, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = {}

    def looked(content: Path, out: object, master: object) -> None:
        modes.update({path.name: stat.S_IMODE(path.stat().st_mode) for path in target.parent.iterdir()})
        seal(content, out, master)

    seal = sealed_file.seal
    monkeypatch.setattr(backup, "seal", looked)
    umask = os.umask(0)
    try:
        back_up(store, target)
    finally:
        os.umask(umask)
    assert modes == {PLAIN: 0o600, PART: 0o600}


def test_what_a_crash_left_is_gone_with_the_next_backup(store: Store, target: Path) -> None:
    for name in (PLAIN, f"{PLAIN}-wal", f"{PLAIN}-journal", PART):
        (target.parent / name).write_bytes(b"left behind")
    back_up(store, target)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_backup_that_fails_leaves_the_old_one_and_nothing_else(
    store: Store, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(store, target)
    old = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "seal", full)
    with pytest.raises(StoreError, match="No space left"):
        back_up(store, target)
    assert target.read_bytes() == old and [path.name for path in target.parent.iterdir()] == [target.name]


def test_two_backups_at_once_do_not_get_in_each_others_way(store: Store, target: Path, monkeypatch) -> None:
    seal = sealed_file.seal

    def meanwhile(*about: object) -> None:
        with pytest.raises(Held, match="another backup"):
            back_up(store, target.with_name("tuesday.backup"))
        seal(*about)

    monkeypatch.setattr(backup, "seal", meanwhile)
    back_up(store, target)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_newer_backup_takes_an_older_ones_place(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    back_up(filled(store, "1"), target)
    back_up(filled(store, "2"), target)
    there = elsewhere()
    restore(there, target)
    with there.begin() as kept:
        assert words_of(kept, "2") == ["the words of 2"]
    there.close()


@pytest.mark.parametrize(
    "where, says",
    [
        ("nowhere/monday.backup", "nowhere"),
        ("backups", "is a folder"),
        ("mend.db", "no backup"),
        ("master.key", "no backup"),
    ],
)
def test_what_is_no_place_for_a_backup_is_refused_and_left_as_it_is(
    store: Store, tmp_path: Path, target: Path, where: str, says: str
) -> None:
    filled(store, "1")
    key = store.path.with_name("master.key").read_bytes()
    with pytest.raises(StoreError, match=says):
        back_up(store, tmp_path / where)
    assert store.path.with_name("master.key").read_bytes() == key
    with store.begin() as kept:
        assert words_of(kept, "1")


def test_without_a_database_there_is_no_backup_and_none_is_made(tmp_path: Path, target: Path) -> None:
    with pytest.raises(StoreError, match="MEND_DATA_DIR"):
        back_up(Store(f"sqlite:///{tmp_path / 'elsewhere' / 'mend.db'}"), target)
    assert not target.exists() and not (tmp_path / "elsewhere").exists()


def test_words_that_are_not_locked_yet_are_locked_first(store: Store, target: Path) -> None:
    with store.rebuilding() as connection:
        command.downgrade(config(connection, store.vault), "0004")
    with pytest.raises(StoreError, match="start Mend once"):
        back_up(store, target)
    assert list(target.parent.iterdir()) == []
