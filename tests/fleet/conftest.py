"""What the tests of the fleet share: a PostgreSQL server, always, whatever the other tests use."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from databases import POSTGRES, Databases
from receiving import SECRET
from servers import Server

from actions.store import Store
from bot.fleet.jobs import prepare
from bot.fleet.receiver import Receiver


@pytest.fixture(scope="session")
def servers(databases: Databases) -> Iterator[Databases]:
    """Where databases are made on a server: that of all tests if they use one, else one of its own."""
    own = databases if databases.kind == POSTGRES else Databases(POSTGRES)
    yield own
    if own is not databases:
        own.close()


@pytest.fixture(scope="module")
def server(servers: Databases, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """An empty database on the server, with all its tables."""
    server = Server(servers.variables(tmp_path_factory.mktemp("fleet")))
    store = server.store()
    store.migrate()
    prepare(store)
    store.close()
    return server


@pytest.fixture
def store(server: Server) -> Iterator[Store]:
    """That database, opened."""
    store = server.store()
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where what processes print is kept."""
    return tmp_path


@pytest_asyncio.fixture
async def client(store: Store) -> AsyncIterator[TestClient]:
    """The receiver at work on it."""
    async with TestClient(TestServer(Receiver(store, SECRET, time.time).app())) as client:
        yield client
