"""The master key: where it comes from, what happens without it, changing it, and locking what an older Mend kept."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from opening import opened

from actions.store import Kept, Store
from actions.store.keys import MASTER, Key, Master, WrongKey
from actions.store.master import COMING, KeyFile, KeyGiven, MasterError, written
from actions.store.migrations import config
from actions.store.runs import text_of
from bot.__main__ import main
from bot.settings import Settings, read_settings

pytestmark = pytest.mark.sqlite

NOW = 1_760_000_000.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in which one person wrote."""
    store = opened_at(tmp_path / "data" / "mend.db")
    writes(store, "1")
    store.close()
    return store.path


@pytest.fixture
def key(path: Path) -> Path:
    """The file with its master key."""
    return path.with_name("master.key")


def opened_at(path: Path, *source: object) -> Store:
    """The database there, ready for use."""
    store = Store(f"sqlite:///{path}", *source)
    store.migrate()
    return store


def writes(store: Store, chat: str) -> None:
    """Someone answers something."""
    with store.begin() as kept:
        person = kept.people.meet("telegram", chat, NOW)
        run = kept.runs.begin(person, "apology", "hurt", "named", NOW)
        kept.runs.answer(run, "named", [("1", f"the words of {chat}")], NOW)


def words(kept: Kept, chat: str) -> list[str]:
    """What someone wrote."""
    return [text_of(answer) for answer in kept.runs.versions(kept.people.find("telegram", chat))]


def readable(store: Store, *chats: str) -> bool:
    """Whether everything that these people wrote can be read."""
    with store.begin() as kept:
        return all(words(kept, chat) == [f"the words of {chat}"] for chat in chats)


def refused(path: Path, *source: object) -> str:
    """The one line that says why a database does not open."""
    store = Store(f"sqlite:///{path}", *source)
    with pytest.raises(MasterError) as error:
        store.migrate()
    store.close()
    assert "\n" not in str(error.value)
    return str(error.value)


# -- where it is, and that it is needed ----------------------------------------------------------------------------


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


# -- from elsewhere ------------------------------------------------------------------------------------------------


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to start Mend in, with no setting but the data folder."""
    for field in Settings.__fields__.values():
        monkeypatch.delenv(field.field_info.extra["env"], raising=False)
    monkeypatch.delenv("MEND_NEW_MASTER_KEY", raising=False)
    monkeypatch.setenv("MEND_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mend(*arguments: str) -> Result:
    """What `mend` says and how it ends."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def as_set() -> Store:
    """The database as the settings name it, opened."""
    settings = read_settings()
    return opened_at(Path(settings.database_url.removeprefix("sqlite:///")), settings.master())


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


# -- changing it ---------------------------------------------------------------------------------------------------


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


# -- what an older Mend kept ---------------------------------------------------------------------------------------

CANARY, CHAT = "albatross", "4242424242"


@pytest.fixture
def in_clear(tmp_path: Path) -> Path:
    """A database as an older Mend left it: words and chats in clear, also in pages that are free by now."""
    path = tmp_path / "old" / "mend.db"
    store = opened_at(path)
    with store.rebuilding() as connection:
        command.downgrade(config(connection, store.vault), "0004")
    store.close()
    path.with_name("master.key").unlink()
    database = sqlite3.connect(path)
    database.execute("PRAGMA secure_delete = OFF")
    row = "INSERT INTO people (id, channel, chat, role, unsent, reachable, created_at, seen_at)"
    database.execute(f"{row} VALUES (7, 'telegram', ?, 'hurt', ?, 1, 0, 0)", (CHAT, f"{CANARY}, not sent"))
    for number in range(1, 201):
        told = f"{CANARY} {number} " + "and so on " * number
        runs = "INSERT INTO runs (id, person_id, exercise, role, in_hand, started_at, touched_at)"
        database.execute(f"{runs} VALUES (?, 7, 'apology', 'hurt', 0, 0, 0)", (number,))
        answers = "INSERT INTO answers (person_id, run_id, step, version, parts, written_at)"
        database.execute(f"{answers} VALUES (7, ?, 'named', 1, ?, 0)", (number, json.dumps([["1", told]])))
        inbox = 'INSERT INTO inbox (channel, "update", chat, turn, state, received_at)'
        database.execute(f"{inbox} VALUES ('telegram', ?, ?, ?, 'failed', 0)", (number, CHAT, json.dumps(told)))
        outbox = "INSERT INTO outbox (channel, chat, reply, state, once, created_at)"
        database.execute(f"{outbox} VALUES ('telegram', ?, ?, 'sent', 0, 0)", (CHAT, json.dumps({"text": told})))
        database.execute(f"{outbox} VALUES ('telegram', ?, ?, 'sent', 0, 0)", (CHAT, f"erased {CANARY} " * 3000))
    database.commit()
    database.execute("DELETE FROM outbox WHERE reply LIKE 'erased%'")
    database.execute("PRAGMA user_version = 0")
    database.commit()
    database.close()
    assert in_files(path, CANARY) and in_files(path, CHAT)
    return path


def in_files(path: Path, words: str) -> list[str]:
    """The files beside a database in which these words stand in clear."""
    return [file.name for file in path.parent.iterdir() if words.encode() in file.read_bytes()]


def test_an_older_mends_words_are_locked_at_the_first_start_and_none_is_lost(in_clear: Path) -> None:
    store = opened_at(in_clear)
    with store.begin() as kept:
        person = kept.people.find("telegram", CHAT)
        told = [text_of(answer) for answer in kept.runs.versions(person)]
        assert told == [f"{CANARY} {number} " + "and so on " * number for number in range(1, 201)]
        assert (person.id, person.chat, person.role, person.unsent) == (7, CHAT, "hurt", f"{CANARY}, not sent")
        rows = opened(kept)
        assert len(rows["inbox"]) == len(rows["outbox"]) == 200
    store.close()


def test_no_word_is_left_in_clear_in_any_file_not_even_while_it_runs(in_clear: Path) -> None:
    store = opened_at(in_clear)
    assert in_files(in_clear, CANARY) == in_files(in_clear, CHAT) == []
    assert readable_after(store)
    store.close()
    assert in_files(in_clear, CANARY) == in_files(in_clear, CHAT) == []


def readable_after(store: Store) -> bool:
    """Whether the person of the old database is known."""
    with store.begin() as kept:
        return kept.people.find("telegram", CHAT) is not None


def test_cut_short_between_locking_and_tidying_it_is_tidied_at_the_next_start(
    in_clear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crash:
        crash.setattr("actions.store.rewrite", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        cut = Store(f"sqlite:///{in_clear}")
        pytest.raises(KeyboardInterrupt, cut.migrate)
        assert in_files(in_clear, CANARY)
        cut.close()
    store = opened_at(in_clear)
    assert in_files(in_clear, CANARY) == in_files(in_clear, CHAT) == [] and readable_after(store)
    store.close()


def test_a_database_is_written_anew_only_once(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE filler AS SELECT zeroblob(100000) AS filling")
        database.execute("DROP TABLE filler")
    database.close()
    free = free_pages(path)
    opened_at(path).close()
    assert free_pages(path) == free > 0


def free_pages(path: Path) -> int:
    """How many pages of a database's file hold nothing."""
    database = sqlite3.connect(path)
    [free] = database.execute("PRAGMA freelist_count").fetchone()
    database.close()
    return free


def test_locking_that_breaks_leaves_everything_as_it_was(in_clear: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as crash:
        crash.setattr(Key, "seal", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        broken = Store(f"sqlite:///{in_clear}")
        pytest.raises(KeyboardInterrupt, broken.migrate)
        broken.close()
    with sqlite3.connect(in_clear) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0004",)
        assert database.execute("SELECT count(*) FROM answers WHERE parts LIKE ?", (f"%{CANARY}%",)).fetchone() == (
            200,
        )
    store = opened_at(in_clear)
    assert readable_after(store)
    store.close()
