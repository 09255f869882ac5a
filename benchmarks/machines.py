"""A fleet for benchmarks: PostgreSQL, and Mend's processes on it, started as an operator starts them."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import sqlalchemy as sa

from actions.store import Store
from actions.store.keys import MASTER
from actions.store.master import KeyGiven, written
from bot.fleet.jobs import prepare
from bot.fleet.receiver import secret_of
from bot.settings import ROOT

TOKEN = "1:" + "A" * 35
SECRET = secret_of(TOKEN)
#: Seconds that a process may take to be ready.
PATIENCE = 300.0


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server: the one that `TEST_DATABASE_URL` names, else one of its own, from the wheel `pgserver`."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    import pgserver

    own = pgserver.get_server(tempfile.mkdtemp(prefix="mend-bench-"), cleanup_mode="delete")
    try:
        yield own.get_uri()
    finally:
        own.cleanup()


@dataclass
class Machines:
    """A database of its own, and processes on it."""

    server: str
    folder: Path
    telegram: int = 0  #: the port of the stand-in
    listen: int = field(default_factory=free_port)
    running: list[subprocess.Popen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = os.urandom(MASTER)
        name = f"mend_bench_{secrets.token_hex(6)}"
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT", future=True)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        url = sa.engine.make_url(self.server).set(database=name)
        self.url = url.render_as_string(hide_password=False)
        self.store = Store(self.url, KeyGiven(self._key))
        self.store.migrate()
        prepare(self.store)

    @property
    def hook(self) -> str:
        """Where Telegram finds the receiver."""
        return f"http://127.0.0.1:{self.listen}/telegram"

    @property
    def environment(self) -> dict[str, str]:
        """What each process is told."""
        told = {
            "DATABASE_URL": self.url,
            "MEND_MASTER_KEY": written(self._key),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": f"http://127.0.0.1:{self.telegram}",
            "MEND_LISTEN": f"127.0.0.1:{self.listen}",
            "MEND_WEBHOOK_URL": self.hook if self.telegram else "",
            "MEND_DATA_DIR": str(self.folder),
            "MEND_GATHER_SECONDS": "0",
        }
        return {**os.environ, **told}

    def start(self, command: str) -> subprocess.Popen:
        """Start a process of Mend's, and don't wait."""
        with self._log(len(self.running)).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def is_ready(self, process: subprocess.Popen) -> bool:
        """Whether a process has said that it is at work; raises when it has ended."""
        printed = self._log(self.running.index(process)).read_text()
        assert process.poll() is None, printed
        return "Stop with Ctrl-C" in printed

    def until_ready(self, *processes: subprocess.Popen) -> None:
        """Wait until these processes are at work."""
        end = time.monotonic() + PATIENCE
        while not all(map(self.is_ready, processes)):
            assert time.monotonic() < end, "a process is never ready"
            time.sleep(0.05)

    def errors(self) -> int:
        """Lines of all logs that tell of an error."""
        lines = [line for number in range(len(self.running)) for line in self._log(number).read_text().splitlines()]
        return sum(" error " in line or " critical " in line for line in lines)

    def database_bytes(self) -> int:
        """How much room the database takes, indexes included."""
        with self.store.engine.connect() as connection:
            return connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()

    def close(self) -> None:
        """End every process."""
        for process in self.running:
            process.kill()
            process.wait()
        self.store.close()

    def _log(self, number: int) -> Path:
        return self.folder / f"printed-{number}.txt"


def processor_seconds(processes: list[psutil.Process]) -> float:
    """Processor time that these have used so far; those that are gone count no more."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def database_processes() -> list[psutil.Process]:
    """The processes of PostgreSQL servers on this machine."""
    return [one for one in psutil.process_iter(["name"]) if (one.info["name"] or "").startswith("postgres")]
