"""What the tests of evenings share: nobody's evenings go on once their test is over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from talking import CHANNEL, Person


@pytest.fixture
def person(person: Person) -> Iterator[Person]:
    """Someone who has never written to the bot, and whom it asks nothing after the test."""
    yield person
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        if known is not None:
            kept.evenings.stop(known)
