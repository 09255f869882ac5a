"""The database as an operator meets it: its tables, its files, and one clear line when it can't be used."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from talking import CHANNEL, Person

from actions.store import Store, StoreError, engine
from actions.store.answers import text_of
from actions.store.care import Care, care_of, keep_care
from actions.store.migrations import config
from actions.store.models import Base

#: The table in which SQLite notes the last number that it has given.
SQLITES_OWN = "sqlite_sequence"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mend.db"


def opened(path: Path) -> Store:
    store = Store(f"sqlite:///{path}")
    store.migrate()
    return store


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as refused:
        opened(path)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_migrations_make_the_tables_that_the_models_describe(store: Store) -> None:
    with store.engine.begin() as connection:
        opts = {"compare_type": True, "include_object": lambda _, name, *__: name != SQLITES_OWN}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_can_be_taken_back(store: Store) -> None:
    with store.rebuilding() as connection:
        command.downgrade(config(connection, store.vault), "base")
        assert set(sa.inspect(connection).get_table_names()) - {SQLITES_OWN} == {"alembic_version"}
    store.migrate()
    with store.begin() as kept:
        assert kept.people.meet("telegram", "1", 0.0)


def test_a_database_of_an_older_mend_gets_the_new_column_and_loses_nothing(store: Store) -> None:
    with store.rebuilding() as connection:
        command.downgrade(config(connection, store.vault), "0002")
        assert "care" not in {column["name"] for column in sa.inspect(connection).get_columns("people")}
        people = "INSERT INTO people (channel, chat, role, reachable, created_at, seen_at)"
        connection.exec_driver_sql(f"{people} VALUES ('telegram', '1', 'hurt', true, 0, 0)")
        runs = "INSERT INTO runs (person_id, exercise, role, in_hand, started_at, touched_at)"
        connection.exec_driver_sql(f"{runs} VALUES (1, 'apology', 'hurt', true, 0, 0)")
    store.migrate()
    with store.begin() as kept:
        person = kept.people.find("telegram", "1")
        assert (person.role, person.care) == ("hurt", None) and care_of(person) == Care()
        assert kept.runs.in_hand(person).exercise == "apology"
        keep_care(person, Care(kind="abuse", since=1.0, alone=True))
    with store.begin() as kept:
        assert care_of(kept.people.find("telegram", "1")) == Care(kind="abuse", since=1.0, alone=True)


def test_a_revision_that_is_taken_back_keeps_what_the_older_mend_knows(store: Store) -> None:
    with store.begin() as kept:
        person = kept.people.meet("telegram", "1", 0.0)
        keep_care(person, Care(country="NZ"))
        kept.runs.answer(kept.runs.begin(person, "apology", "hurt", "named", 0.0), "named", [("1", "he lied")], 0.0)
    with store.rebuilding() as connection:
        command.downgrade(config(connection, store.vault), "0002")
    store.migrate()
    with store.begin() as kept:
        person = kept.people.find("telegram", "1")
        assert [text_of(answer) for answer in kept.runs.versions(person)] == ["he lied"]


def test_opening_a_database_again_keeps_what_is_in_it(path: Path) -> None:
    first = opened(path)
    with first.begin() as kept:
        kept.people.meet("telegram", "1", 0.0)
    first.close()
    second = opened(path)
    with second.begin() as kept:
        assert kept.people.find("telegram", "1")
    second.close()


def test_only_the_owner_can_read_what_is_kept(path: Path) -> None:
    umask = os.umask(0)
    try:
        store = opened(path)
        with store.begin() as kept:
            kept.people.meet("telegram", "1", 0.0)
        files = sorted(path.parent.iterdir())
        assert [file.name for file in files] == ["master.key", "mend.db", "mend.db-shm", "mend.db-wal"]
        assert [mode(file) for file in files] == [0o600] * 4
        assert mode(path.parent) == 0o700
        store.close()
    finally:
        os.umask(umask)


def test_a_database_that_others_could_read_is_closed_to_them(path: Path) -> None:
    opened(path).close()
    path.chmod(0o644)
    opened(path).close()
    assert mode(path) == 0o600


@pytest.mark.sqlite
@pytest.mark.parametrize("pragma, value", [("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1)])
def test_every_connection_is_durable_and_careful(store: Store, pragma: str, value: object) -> None:
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


@pytest.mark.sqlite
def test_no_word_is_ever_in_a_file_and_after_erasing_not_even_its_box(person: Person) -> None:
    person.welcomed()
    person.says("I found the albatross letters in his coat")
    store = person.house.tools.store
    with store.begin() as kept:
        answers = kept.runs.versions(kept.people.find(CHANNEL, person.chat))
        [box] = [answer.parts_box for answer in answers if "albatross" in text_of(answer)]
    assert with_bytes(store.path.parent, b"albatross") == [] and with_bytes(store.path.parent, box)
    person.says("/delete")
    person.presses("Erase everything")
    assert with_bytes(store.path.parent, box) == []


def with_bytes(folder: Path, content: bytes) -> list[str]:
    """The files of a folder in which these bytes stand."""
    return [file.name for file in folder.iterdir() if content in file.read_bytes()]


def test_a_locked_database_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 0.05)
    opened(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "locked" in (said := refusal(path)) and str(path) in said
    other.close()


@pytest.mark.parametrize("where", ["file/mend.db", "file/deeper/mend.db"])
def test_a_folder_that_cannot_be_made_is_named_with_the_cure(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = refusal(tmp_path / where)
    assert str(tmp_path / where) in said and "MEND_DATA_DIR" in said


def test_a_folder_in_the_databases_place_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    assert str(path) in refusal(path)


@pytest.mark.parametrize(
    "content", [b"these are holiday pictures" * 100, b"SQLite format 3\0" + b"\xff" * 4080], ids=["other", "broken"]
)
def test_a_file_that_is_no_database_is_named_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    said = refusal(path)
    assert str(path) in said and "backup" in said
    assert path.read_bytes() == content


def test_a_database_that_was_cut_short_is_named(path: Path) -> None:
    opened(path).close()
    path.write_bytes(path.read_bytes()[:6000])
    assert str(path) in refusal(path)


def test_a_database_of_a_newer_mend_is_named(path: Path) -> None:
    store = opened(path)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    assert str(path) in refusal(path)


@pytest.mark.parametrize("url", ["nonsense", "nosuch://here/mend", "postgresql://mend:secret@localhost:1/mend"])
def test_an_address_that_leads_nowhere_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store(url).migrate()
    assert "\n" not in str(refused.value) and "secret" not in str(refused.value)


def test_an_error_quotes_nothing_that_a_person_wrote(store: Store) -> None:
    with pytest.raises(sa.exc.IntegrityError) as broken, store.begin() as kept:
        person = kept.people.meet("telegram", "1", 0.0)
        run = kept.runs.begin(person, "apology", "hurt", "named", 0.0)
        kept.runs.answer(run, "named", [("1", "albatross")], None)
    assert "albatross" not in str(broken.value)
