"""A database on a PostgreSQL server: what stands in it, and having it go away for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from actions.store import Store
from actions.store.master import KeyGiven, read

TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"


@dataclass(frozen=True)
class Server:
    """A database, by what the environment of a bot says about it."""

    variables: dict[str, str]

    @property
    def url(self) -> str:
        return self.variables["DATABASE_URL"]

    def store(self) -> Store:
        """The database, opened anew."""
        return Store(self.url, KeyGiven(read(self.variables["MEND_MASTER_KEY"], "MEND_MASTER_KEY")))

    def holds(self, words: str) -> list[str]:
        """The tables in which these words stand in clear, also as bytes, or as part of something longer."""
        engine = sa.create_engine(self.url, future=True)
        with engine.connect() as connection:
            tables = connection.execute(sa.text(TABLES)).scalars().all()
            dump = {table: self._rows(connection, table) for table in tables}
        engine.dispose()
        assert {"inbox", "chats", "procrastinate_jobs"} <= set(tables)
        looks = (words, words.encode().hex())
        return sorted(table for table, rows in dump.items() if any(look in rows for look in looks))

    @staticmethod
    def _rows(connection: sa.engine.Connection, table: str) -> str:
        return "\n".join(connection.execute(sa.text(f'SELECT t::text FROM "{table}" AS t')).scalars())

    @contextmanager
    def away(self) -> Iterator[None]:
        """For a while nobody can reach the database, and whoever had reached it is cut off."""
        self._allow(False)
        try:
            yield
        finally:
            self._allow(True)

    def cut_off(self) -> None:
        """Everyone who is connected loses the connection."""
        self._beside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'")

    def _allow(self, may_connect: bool) -> None:
        self._beside(f"ALTER DATABASE {{}} ALLOW_CONNECTIONS {may_connect}")
        if not may_connect:
            self.cut_off()

    def _beside(self, statement: str) -> None:
        """Say something from another database of the server."""
        url = sa.engine.make_url(self.url)
        engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", future=True)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement.format(url.database))
        engine.dispose()
