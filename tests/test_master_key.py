"""The master key: where it comes from, and what happens without it."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from keyed import as_set, opened_at, readable, refused, with_words, writes
from operating import mend, nothing_set

from actions.store.keys import MASTER, Key, Master, WrongKey
from actions.store.master import KeyGiven, MasterError, written

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


def test_the_first_start_makes_a_key_that_only_its_owner_can_read(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text()) == 45  # as `mend new-key` prints them


def test_a_missing_key_is_named_with_the_cure_and_none_is_made_beside_an_old_database(path: Path, key: Path) -> None:
    secret = key.read_text()
    key.unlink()
    for _ in range(2):
        said = refused(path)
        assert str(key) in said and "missing" in said and "your copy" in said and "MEND_DATA_DIR" in said
        assert not key.exists()
    key.write_text(secret)
    key.chmod(0o600)
    assert readable(opened_at(path), "1")


def test_another_key_is_refused_with_the_cure_and_left_where_it_is(path: Path, key: Path) -> None:
    other = written(os.urandom(MASTER))
    key.write_text(other)
    said = refused(path)
    assert str(key) in said and "does not open" in said and "MEND_DATA_DIR" in said
    assert key.read_text() == other and other not in said


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o620])
def test_a_key_that_others_can_read_is_refused_with_the_cure(path: Path, key: Path, mode: int) -> None:
    key.chmod(mode)
    assert f"chmod 600 {key}" in refused(path)
    key.chmod(0o400)
    assert readable(opened_at(path), "1")


@pytest.mark.parametrize("content", [b"", b"secret", b"\xff\xfe\x00", b"A" * 43 + b"!", b"A" * 88])
def test_a_file_that_holds_no_key_is_refused_and_not_quoted(path: Path, key: Path, content: bytes) -> None:
    key.write_bytes(content)
    said = refused(path)
    assert str(key) in said and "secret" not in said and "AAA" not in said


def test_a_key_that_was_lost_is_lost_for_every_word(path: Path) -> None:
    """There is no other way in: what the database holds does not open without it."""
    database = sqlite3.connect(path)
    [box] = database.execute("SELECT key FROM chats").fetchone()
    for secret in (os.urandom(MASTER), bytes(MASTER)):
        with pytest.raises(WrongKey):
            Key(Master(secret).unwrap(box, "chats"))
    everything = b"".join(path.with_name(file.name).read_bytes() for file in path.parent.glob("mend.db*"))
    assert b"the words" not in everything and b"telegram" in everything


@pytest.mark.parametrize("way", ["MEND_MASTER_KEY", "MEND_MASTER_KEY_FILE", "MEND_MASTER_KEY_COMMAND"])
def test_a_key_from_elsewhere_locks_the_database_and_none_is_made_beside_it(
    alone: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    safe = alone / "safe.key"
    safe.write_text(written(secret := os.urandom(MASTER)) + "\n")
    safe.chmod(0o600)
    given = {"MEND_MASTER_KEY": written(secret), "MEND_MASTER_KEY_FILE": str(safe)}
    monkeypatch.setenv(way, given.get(way, f"cat '{safe}'"))
    store = as_set()
    writes(store, "1")
    store.close()
    assert not (alone / "data" / "master.key").exists()
    assert readable(as_set(), "1")
    monkeypatch.delenv(way)
    assert "missing" in refused(alone / "data" / "mend.db")
    assert readable(opened_at(alone / "data" / "mend.db", KeyGiven(secret)), "1")


def test_a_key_file_that_is_named_and_not_there_is_made_for_a_new_database_only(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe = alone / "deep" / "safe.key"
    monkeypatch.setenv("MEND_MASTER_KEY_FILE", str(safe))
    as_set().close()
    assert stat.S_IMODE(safe.stat().st_mode) == 0o600
    safe.unlink()
    with pytest.raises(MasterError, match=f"{safe} is missing"):
        as_set()
    assert not safe.exists()


@pytest.mark.parametrize("wrong", ["secret", "A" * 44, "ключ"])
def test_a_text_that_is_no_key_is_refused_and_not_quoted(
    alone: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("MEND_MASTER_KEY", wrong)
    said = str(pytest.raises(MasterError, as_set).value)
    assert "MEND_MASTER_KEY" in said and "mend new-key" in said and wrong not in said


@pytest.mark.parametrize("command", ["false", "nosuchcommand", "cat '", "echo secret", "printf '\\377'"])
def test_a_command_that_gives_no_key_is_refused_in_one_line_that_quotes_nothing(
    alone: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("MEND_MASTER_KEY_COMMAND", command)
    said = str(pytest.raises(MasterError, as_set).value)
    assert "MEND_MASTER_KEY_COMMAND" in said and "\n" not in said and "secret" not in said


def test_a_new_key_is_printed_and_nothing_is_changed(alone: Path) -> None:
    first, second = mend("new-key").output.strip(), mend("new-key").output.strip()
    assert first != second and len(first) == 44 and not (alone / "data").exists()


def test_check_names_a_missing_key(alone: Path, path: Path, key: Path) -> None:
    key.unlink()
    said = next(line for line in mend("check").output.splitlines() if "database" in line)
    assert "wrong" in said and str(key) in said
