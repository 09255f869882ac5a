"""Where the bots of the tests keep what they keep: SQLite files, or with `--database=postgres` a server.

The server is the one that `TEST_DATABASE_URL` names (its user may make databases), else one of the tests' own, from the
wheel `pgserver`. Each folder that would hold a SQLite file gets a database there instead.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions.store import Store
from actions.store.keys import MASTER
from actions.store.master import written
from bot.settings import Settings

SQLITE, POSTGRES = "sqlite", "postgres"


class Databases:
    """Gives each folder a database of its own."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._server: Any = None
        self._made: dict[Path, dict[str, str]] = {}

    def variables(self, folder: Path) -> dict[str, str]:
        """What the environment of a bot says about its database, if its data folder is this one."""
        if self.kind == SQLITE:
            return {"DATABASE_URL": ""}
        if folder not in self._made:
            self._made[folder] = {"DATABASE_URL": self._new(), "MEND_MASTER_KEY": written(os.urandom(MASTER))}
        return self._made[folder]

    def settings(self, folder: Path, **others: Any) -> Settings:
        """A bot's settings, with its database in this folder, or in its place."""
        told = self.variables(folder)
        keyed = {"master_key": told["MEND_MASTER_KEY"]} if "MEND_MASTER_KEY" in told else {}
        return Settings(_env_file=None, data_dir=folder, database=told["DATABASE_URL"], **keyed, **others)

    def store(self, folder: Path) -> Store:
        """The database that a bot with this data folder has."""
        settings = self.settings(folder)
        return Store(settings.database_url, settings.master())

    def _new(self) -> str:
        server = sa.engine.make_url(os.environ.get("TEST_DATABASE_URL") or self._own_server())
        name = f"mend_test_{secrets.token_hex(6)}"
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", future=True)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return server.set(database=name).render_as_string(hide_password=False)

    def _own_server(self) -> str:
        if self._server is None:
            import pgserver

            self._server = pgserver.get_server(tempfile.mkdtemp(prefix="mend-postgres-"), cleanup_mode="delete")
        return self._server.get_uri()

    def close(self) -> None:
        """Stop the tests' own server, if there is one."""
        if self._server is not None:
            self._server.cleanup()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=(SQLITE, POSTGRES), default=SQLITE, help="what the bots of the tests use")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite: about SQLite's own files and ways")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server, what is about SQLite, and what keeps nothing, is not run again."""
    if config.getoption("--database") == SQLITE:
        return
    left = [item for item in items if item.get_closest_marker("sqlite") or not _keeps(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _keeps(item: pytest.Item) -> bool:
    """Whether a test has to do with a database: it, or a fixture of its, asks for one."""
    return "databases" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """Where bots keep what they keep."""
    databases = Databases(request.config.getoption("--database"))
    request.addfinalizer(databases.close)
    return databases
