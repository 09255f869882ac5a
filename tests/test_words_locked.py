"""What an older Mend kept in clear is locked at the first start, and no word of it is left in any file."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from keyed import opened_at, with_words
from opening import opened

from actions.store import Store
from actions.store.answers import text_of
from actions.store.keys import Key
from actions.store.migrations import config

pytestmark = pytest.mark.sqlite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in which one person wrote."""
    return with_words(tmp_path / "data")


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
