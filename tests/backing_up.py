"""People with words in a database, for the tests of backups, and how a backup is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from actions.errors import OperatorError
from actions.store import Kept, Store
from actions.store.answers import text_of
from actions.store.restore import restore

NOW = 1_760_000_000.0
Elsewhere = Callable[[], Store]


@pytest.fixture
def elsewhere(tmp_path: Path, store: Store) -> Elsewhere:
    """Makes new, empty places for the same operator's database: the master key is there, and nothing else."""

    def place() -> Store:
        folder = tmp_path / f"place-{len(list(tmp_path.glob('place-*')))}"
        folder.mkdir()
        shutil.copy2(store.path.with_name("master.key"), folder)
        return Store(f"sqlite:///{folder / 'mend.db'}")

    return place


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the backup goes."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "monday.backup"


def writes(kept: Kept, chat: str, words: str) -> None:
    """Someone answers something."""
    person = kept.people.meet("telegram", chat, NOW)
    run = kept.runs.begin(person, "apology", "hurt", "named", NOW)
    kept.runs.answer(run, "named", [("1", words)], NOW)


def words_of(kept: Kept, chat: str) -> list[str] | None:
    """What someone wrote; nothing when they are not known."""
    person = kept.people.find("telegram", chat)
    return None if person is None else [text_of(answer) for answer in kept.runs.versions(person)]


def filled(store: Store, *chats: str) -> Store:
    """A database in which these people wrote."""
    with store.begin() as kept:
        for chat in chats:
            writes(kept, chat, f"the words of {chat}")
    return store


def files(store: Store) -> dict[str, bytes]:
    """What is beside a database, and it itself; but for what SQLite and the lock keep there."""
    beside = [path for path in store.path.parent.iterdir() if path.is_file()]
    return {path.name: path.read_bytes() for path in beside if not path.name.endswith((".lock", "-wal", "-shm"))}


def refusal(store: Store, file: Path) -> str:
    """The one line with which a backup is refused. Nothing has changed then, and nothing is left lying about."""
    store.scrub()
    before = files(store)
    with pytest.raises(OperatorError) as refused:
        restore(store, file)
    assert files(store) == before
    assert "\n" not in str(refused.value) and str(file) in str(refused.value)
    return str(refused.value)
