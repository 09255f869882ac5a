"""Only one Mend talks on a database; what an operator does beside it works all the same."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from operating import mend, nothing_set, numbers, refusal

from actions.program import load
from actions.store import Store
from actions.store.alone import alone
from actions.store.files import Held, held
from bot.settings import ROOT

pytestmark = pytest.mark.sqlite


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An operator's database, with nobody in it."""
    store = Store(f"sqlite:///{nothing_set(tmp_path, monkeypatch) / 'mend.db'}")
    store.migrate()
    store.close()
    return store


@pytest.fixture
def running(database: Store, model: Path) -> Iterator[subprocess.Popen]:
    """A Mend that talks, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    with subprocess.Popen([sys.executable, "-m", "bot", "chat"], env=environment, **pipes) as process:
        assert process.stdout.readline()  # it has said hello
        yield process
        process.kill()


def test_a_second_mend_is_refused_in_one_line_and_everything_else_works_beside_the_first(
    running: subprocess.Popen, database: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mend.backup"
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1234:" + "a" * 35)
    for talking in ("chat", "telegram", "run"):
        said = refusal(talking)
        assert str(database.path) in said and "another Mend" in said and "MEND_DATA_DIR" in said
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    assert numbers()["people"] == "1"
    assert mend("backup", file).exit_code == 0
    assert "stop it first" in refusal("restore", file)
    checked = next(line for line in mend("check").output.splitlines() if "database" in line)
    assert checked.startswith("ok")
    assert mend("change-key").exit_code == 0

    running.stdin.write("1\n"), running.stdin.flush()  # the first one has noticed nothing of all that
    second = load(ROOT / "data").care.screening.side.steps[1].ask
    assert any(second in line for line in iter(running.stdout.readline, ""))


def test_the_lock_is_let_go_of_when_its_mend_is_killed(running: subprocess.Popen, database: Store) -> None:
    with pytest.raises(Held), alone(database.url):
        pass
    running.kill()
    running.wait()
    with alone(database.url):
        assert stat.S_IMODE(database.path.with_name("mend.lock").stat().st_mode) == 0o600


def test_databases_in_different_folders_do_not_hold_each_other_up(tmp_path: Path) -> None:
    with alone(f"sqlite:///{tmp_path / 'one' / 'mend.db'}"), alone(f"sqlite:///{tmp_path / 'two' / 'mend.db'}"):
        assert (tmp_path / "one" / "mend.lock").exists()


@pytest.mark.parametrize("url", ["sqlite://", "postgresql://localhost/mend"])
def test_what_is_no_file_is_kept_from_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    with alone(url), alone(url):
        assert list(tmp_path.iterdir()) == []


def test_what_breaks_inside_comes_out_as_it_is(tmp_path: Path) -> None:
    """An error of the work itself must not be taken for one of the lock."""
    for error in (BlockingIOError, PermissionError):
        with pytest.raises(error), held(tmp_path / "held", "held by another"):
            raise error
    with held(tmp_path / "held", "held by another"), pytest.raises(Held), held(tmp_path / "held", "held by another"):
        pass
