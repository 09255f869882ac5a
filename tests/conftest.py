"""What the tests share: the trained model, a bot that can take turns, a database, a clock that stands still."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Databases
from rich.console import Console
from seeing import coach
from talking import Clock, Person

from actions.store import Store
from bot.house import House, build
from bot.settings import ROOT, Settings
from bot.training import train

pytest_plugins = ["databases", "backing_up"]


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model for the present files; trained now if there is none."""
    return train(ROOT, Settings(_env_file=None).models_dir, Console(stderr=True))


@pytest.fixture(scope="session")
def one_clock() -> Clock:
    """The clock of the bot that most tests share."""
    return Clock()


@pytest.fixture(scope="session")
def clock(one_clock: Clock) -> Clock:
    """The bot's clock: it goes on by a second at each look, and further when a test says so."""
    return one_clock


@pytest.fixture(scope="session")
def settings(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the bot that most tests share: whoever starts with them again has its database."""
    return databases.settings(tmp_path_factory.mktemp("data"), token=None)


@pytest.fixture(scope="session")
def house(settings: Settings, model: Path, clock: Clock) -> Iterator[House]:
    """A bot with the real agent and the real actions, on a database of its own."""
    house = build(settings, model, clock, coach)
    yield house
    house.close()


@pytest.fixture(scope="module", autouse=True)
def _no_years_from_other_files(one_clock: Clock) -> Iterator[None]:
    """Whoever lets years pass in one file does so for that file only: helplines have to be looked at once a year."""
    began = one_clock()
    yield
    one_clock.go_back(began + 3600)


_numbers = itertools.count(1)


@pytest.fixture
def person(house: House, clock: Clock) -> Person:
    """Someone who has never written to the bot."""
    return Person(house, clock, chat=f"person-{next(_numbers)}")


@pytest.fixture
def store(databases: Databases, tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    store = databases.store(tmp_path)
    store.migrate()
    yield store
    store.close()
