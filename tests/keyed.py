"""A database with its master key, and someone's words in it, for the tests of keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.store import Kept, Store
from actions.store.answers import text_of
from actions.store.master import MasterError
from bot.settings import read_settings

NOW = 1_760_000_000.0


def opened_at(path: Path, *source: object) -> Store:
    """The database there, ready for use."""
    store = Store(f"sqlite:///{path}", *source)
    store.migrate()
    return store


def as_set() -> Store:
    """The database as the settings name it, ready for use."""
    settings = read_settings()
    return opened_at(Path(settings.database_url.removeprefix("sqlite:///")), settings.master())


def with_words(folder: Path) -> Path:
    """A new database in this folder, in which one person wrote."""
    store = opened_at(folder / "mend.db")
    writes(store, "1")
    store.close()
    return store.path


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
