"""Changing the master key: nothing is lost, whoever runs meanwhile and whenever it is cut short."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from keyed import as_set, opened_at, readable, refused, with_words, writes
from operating import mend, nothing_set

from actions.store.keys import MASTER
from actions.store.master import COMING, KeyFile, KeyGiven, MasterError, written

pytestmark = pytest.mark.sqlite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in which one person wrote."""
    return with_words(tmp_path / "data")


@pytest.fixture
def key(path: Path) -> Path:
    """The file with its master key."""
    return path.with_name("master.key")


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that Mend is started in, with no setting but the data folder."""
    nothing_set(tmp_path, monkeypatch)
    return tmp_path


def test_a_changed_key_opens_everything_and_the_old_one_nothing(alone: Path, path: Path, key: Path) -> None:
    old = KeyFile(key).read()
    assert mend("change-key").output.startswith("The keys of 1 chats are locked")
    assert KeyFile(key).read() != old and stat.S_IMODE(key.stat().st_mode) == 0o600
    assert readable(opened_at(path), "1")
    assert "does not open" in refused(path, KeyGiven(old))
    assert not key.with_name(key.name + COMING).exists()


def test_the_old_key_is_in_no_file_of_the_database_after_a_change(path: Path, key: Path) -> None:
    store = opened_at(path)
    with store.begin() as kept:
        boxes = [row[0] for row in kept.session.connection().exec_driver_sql("SELECT key FROM chats")]
    store.change_master_key(os.urandom(MASTER))
    assert not [file.name for file in path.parent.iterdir() for box in boxes if box in file.read_bytes()]
    store.close()


def test_a_key_of_ones_own_can_be_given(alone: Path, path: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.urandom(MASTER)
    monkeypatch.setenv("MEND_NEW_MASTER_KEY", written(mine))
    assert mend("change-key").exit_code == 0
    assert KeyFile(key).read() == mine and readable(opened_at(path), "1")


@pytest.mark.parametrize("way", ["MEND_MASTER_KEY", "MEND_MASTER_KEY_COMMAND"])
def test_where_mend_cannot_put_the_next_key_in_place_it_asks_for_it(
    alone: Path, path: Path, key: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    old, mine = key.read_text().strip(), written(os.urandom(MASTER))
    key.unlink()
    monkeypatch.setenv(way, old if way == "MEND_MASTER_KEY" else f"echo {old}")
    assert mend("change-key").exit_code == 1
    assert readable(as_set(), "1")
    monkeypatch.setenv("MEND_NEW_MASTER_KEY", mine)
    assert mend("change-key").exit_code == 0
    pytest.raises(MasterError, as_set)
    monkeypatch.setenv(way, mine if way == "MEND_MASTER_KEY" else f"echo {mine}")
    assert readable(as_set(), "1")


def test_a_bot_that_runs_while_the_key_is_changed_goes_on(path: Path) -> None:
    running, operator = opened_at(path), opened_at(path)
    writes(running, "2")
    for number in ("3", "4"):
        operator.change_master_key(os.urandom(MASTER))
        assert readable(running, "1", "2")
        writes(running, number)
    operator.close(), running.close()
    assert readable(opened_at(path), "1", "2", "3", "4")


def test_whoever_comes_first_after_a_change_is_locked_with_the_new_key(path: Path) -> None:
    """A bot that runs still has the old key in mind: what it locked with that could be read by nobody later."""
    running, operator = opened_at(path), opened_at(path)
    assert readable(running, "1")
    operator.change_master_key(os.urandom(MASTER))
    writes(running, "new")
    running.close()
    assert readable(opened_at(path), "new", "1")
    assert readable(operator, "new", "1")
    operator.close()


def test_two_changes_one_after_the_other_from_two_places_lose_nothing(path: Path) -> None:
    first, second = opened_at(path), opened_at(path)
    first.change_master_key(os.urandom(MASTER))
    second.change_master_key(os.urandom(MASTER))
    first.close(), second.close()
    assert readable(opened_at(path), "1")


def test_a_change_that_was_cut_short_after_the_database_had_taken_it_is_finished_at_the_next_start(
    path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = KeyFile(key).read(), os.urandom(MASTER)
    with monkeypatch.context() as crash:
        crash.setattr(KeyFile, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        store = opened_at(path)
        pytest.raises(KeyboardInterrupt, store.change_master_key, new)
        store.close()
    coming = key.with_name(key.name + COMING)
    assert KeyFile(key).read() == old and KeyFile(coming).read() == new
    assert readable(opened_at(path), "1")
    assert KeyFile(key).read() == new and not coming.exists()


def test_a_change_that_was_cut_short_before_the_database_had_taken_it_leaves_the_old_key(
    path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = KeyFile(key).read()
    with monkeypatch.context() as crash:
        crash.setattr("actions.store.vault.Vault.change", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        store = opened_at(path)
        pytest.raises(KeyboardInterrupt, store.change_master_key, os.urandom(MASTER))
        store.close()
    store = opened_at(path)
    assert readable(store, "1") and KeyFile(key).read() == old
    store.change_master_key(new := os.urandom(MASTER))
    store.close()
    assert readable(opened_at(path), "1") and KeyFile(key).read() == new


def test_a_bot_that_runs_sees_a_change_that_was_cut_short(
    path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, operator = opened_at(path), opened_at(path)
    with monkeypatch.context() as crash:
        crash.setattr(KeyFile, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        pytest.raises(KeyboardInterrupt, operator.change_master_key, os.urandom(MASTER))
    writes(running, "new")
    assert readable(running, "1", "new")
    running.close(), operator.close()
    assert readable(opened_at(path), "1", "new")
