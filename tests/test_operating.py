"""What an operator does beside a bot that runs, or before it does: counting, backing up, bringing back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from operating import mend, nothing_set, numbers, refusal

from actions.evening.schedule import Habit
from actions.store import Kept, Store
from actions.store.migrations import config
from actions.store.models import Outgoing
from bot.operating import duration
from bot.settings import read_settings

pytestmark = pytest.mark.sqlite

DAY = 24 * 3600.0
CANARY, CHAT = "albatross", "4242424242"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of an operator who has set nothing else."""
    return nothing_set(tmp_path, monkeypatch)


@pytest.fixture
def database(folder: Path) -> Store:
    """The operator's database, with nobody in it."""
    store = Store(f"sqlite:///{folder / 'mend.db'}")
    store.migrate()
    store.close()
    return store


def lives(kept: Kept, chat: str, now: float) -> None:
    """Someone who has been through most things, with words in each."""
    person = kept.people.meet("telegram", chat, now)
    run = kept.runs.begin(person, "apology", "hurt", "named", now)
    for words in (CANARY, f"{CANARY} again"):
        kept.runs.answer(run, "named", [("1", words)], now)
    kept.runs.note(person, [("2", CANARY)], now)
    kept.drafts.keep(kept.drafts.begin(run, now), CANARY, now)
    kept.evenings.settle(person, Habit("+00:00", 0), now - 3 * DAY)
    asked, left_out = kept.evenings.claim(person, now), kept.evenings.claim(person, now)
    kept.evenings.asks(asked, "question", "h_any_01", None)
    kept.evenings.answered(person, asked, now)
    kept.evenings.leave_out(left_out, "late")
    for state in ("waiting", "sending", "unknown", "dropped", "sent"):
        row = kept.outbox.add("telegram", chat, {"text": CANARY}, now, token=str)
        kept.session.execute(sa.update(Outgoing).where(Outgoing.id == row.id).values(state=state))


def filled(store: Store) -> None:
    """Put people into the database: three of them, and one who was erased."""
    now = read_settings().now()
    with store.begin() as kept:
        lives(kept, CHAT, now)
        for chat, away in (("2", 3 * DAY), ("3", 20 * DAY), ("4", 40 * DAY)):
            kept.people.meet("telegram", chat, now - away)
        kept.people.forget(kept.people.meet("telegram", "5", now), now)
        for update, ago in ((1, 7300.0), (2, 5.0), (3, 90_000.0)):
            kept.inbox.add("telegram", update, CHAT, {"kind": "text", "text": CANARY}, now - ago)
        kept.inbox.failed([row for row in kept.inbox.waiting("telegram", CHAT) if row.update == 3])


def test_admin_counts_what_is_kept_and_what_waits(database: Store) -> None:
    filled(database)
    shown = numbers()
    size = shown.pop("size of the database")
    assert re.fullmatch(r"[\d.]+ [kM]B", size)
    assert shown == {
        "people": "4",
        "… active within a day": "1",
        "… active within 7 days": "2",
        "… active within 30 days": "3",
        "answers": "2",
        "drafts of apologies": "1",
        "evenings asked": "1",
        "evenings answered": "1",
        "evenings left out": "1",
        "messages waiting for an answer": "2",
        "the oldest of them has waited": "2 hours",
        "messages that could not be answered": "1",
        "replies waiting to be sent": "2",
        "replies that may have arrived or not": "1",
        "replies that could not be delivered": "1",
        "people erased": "1",
    }


def test_admin_tells_nothing_of_anyone_and_needs_no_key(database: Store) -> None:
    filled(database)
    with database.begin() as kept:
        number = str(kept.people.find("telegram", CHAT).id)
    database.path.with_name("master.key").unlink()
    said = mend("admin").output
    assert not [word for word in (CANARY, CHAT, number, "apology\n", "hurt", "telegram") if word in said]
    assert "people" in said


def test_admin_on_an_empty_database_shows_that_nothing_waits(database: Store) -> None:
    shown = numbers()
    assert shown["people"] == "0" and shown["the oldest of them has waited"] == "–"


def test_admin_does_not_wait_for_who_writes_and_changes_nothing(database: Store) -> None:
    filled(database)
    with database.begin() as kept:
        kept.people.meet("telegram", "6", 0.0)
        assert numbers()["people"] == "4"
    assert numbers()["people"] == "5"


def test_admin_without_a_database_says_so_and_makes_none(folder: Path) -> None:
    assert "MEND_DATA_DIR" in refusal("admin") and not folder.exists()


def test_admin_on_a_database_of_an_older_mend_says_so(database: Store) -> None:
    with database.rebuilding() as connection:
        command.downgrade(config(connection, database.vault), "0005")
    assert "another version" in refusal("admin")


@pytest.mark.parametrize(
    "seconds, said",
    [
        (0, "0 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (7199, "119 minutes"),
        (7200, "2 hours"),
        (9e5, "10 days"),
    ],
)
def test_a_stretch_of_time_is_said_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_backup_and_its_return_are_told_plainly(database: Store, tmp_path: Path) -> None:
    filled(database)
    file = tmp_path / "mend.backup"
    assert str(file) in mend("backup", file).stdout
    with database.begin() as kept:
        kept.people.forget(kept.people.find("telegram", CHAT), 0.0)
    database.close()
    said = mend("restore", file).stdout
    assert "stay erased: 1." in said and f"{database.path}.replaced" in said and "delete it" in said
    assert numbers()["people"] == "3"


def test_where_there_was_no_database_it_is_said_that_erased_people_may_be_back(database: Store, tmp_path: Path) -> None:
    file = tmp_path / "mend.backup"
    mend("backup", file)
    database.path.unlink()
    assert "they are back" in mend("restore", file).stdout


def test_a_broken_database_is_replaced_only_when_that_is_accepted(database: Store, tmp_path: Path) -> None:
    file = tmp_path / "mend.backup"
    mend("backup", file)
    database.path.write_bytes(b"a broken disk" * 1000)
    assert "--erased-come-back" in refusal("restore", file)
    assert mend("restore", "--erased-come-back", file).exit_code == 0


@pytest.mark.parametrize("arguments, tool", [(("backup", "x"), "pg_dump"), (("restore", "x"), "pg_restore")])
def test_a_servers_database_is_left_to_its_own_tools(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, str], tool: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://mend:secret@localhost/mend")
    said = refusal(*arguments)
    assert tool in said and "secret" not in said


def test_a_wrong_address_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    assert all("DATABASE_URL" in refusal(*what) for what in (("backup", "x"), ("restore", "x"), ("admin",), ("chat",)))
