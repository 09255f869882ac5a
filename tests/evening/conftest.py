"""What the tests of evenings share: a bot and a clock of their own, since these tests let months go by."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Databases
from seeing import coach
from talking import CHANNEL, Clock, Person

from bot.house import House, build

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def evening_clock() -> Clock:
    """The clock of these tests: that of the others must not run ahead of them."""
    return Clock()


@pytest.fixture(scope="session")
def evening_house(
    model: Path, evening_clock: Clock, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A bot with the real agent and the real actions, on a database of its own."""
    house = build(databases.settings(tmp_path_factory.mktemp("evenings"), token=None), model, evening_clock, coach)
    yield house
    house.close()


@pytest.fixture
def house(evening_house: House) -> House:
    """The bot of these tests."""
    return evening_house


@pytest.fixture
def clock(evening_clock: Clock) -> Clock:
    """The clock of these tests."""
    return evening_clock


@pytest.fixture
def person(house: House, clock: Clock) -> Iterator[Person]:
    """Someone who has never written to the bot, and whom it asks nothing after the test."""
    person = Person(house, clock, chat=f"evening-{next(_numbers)}")
    yield person
    with house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        if known is not None:
            kept.evenings.stop(known)
