"""A bot and a clock of their own, since these tests let months go by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Databases
from seeing import coach
from talking import Clock

from bot.house import House, build


@pytest.fixture(scope="session")
def fuzz_clock() -> Clock:
    """The clock of these tests."""
    return Clock()


@pytest.fixture(scope="session")
def fuzz_house(
    model: Path, fuzz_clock: Clock, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A bot with the real agent and the real actions, on a database of its own."""
    house = build(databases.settings(tmp_path_factory.mktemp("fuzz"), token=None), model, fuzz_clock, coach)
    yield house
    house.close()
