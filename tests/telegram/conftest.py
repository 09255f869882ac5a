"""What the Telegram tests share: a stand-in for Telegram, the bot at work on it, and people."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
from chatting import TOKEN, Someone, at_work
from standin import StandIn

from bot.house import House
from bot.telegram.app import App

_chats = itertools.count(1001)
_updates = itertools.count(1_000, 1_000)


@pytest.fixture
def tg() -> Iterator[StandIn]:
    """Telegram. Its updates are numbered on from those of every earlier test, as the database is the same."""
    with StandIn.in_thread(token=TOKEN) as tg:
        tg._next_update = next(_updates)
        yield tg


@pytest.fixture
def someone(tg: StandIn, house: House) -> Callable[[], Someone]:
    """Makes people who have never written to the bot."""
    return lambda: Someone(tg, house, next(_chats))


@pytest.fixture
def sam(someone: Callable[[], Someone]) -> Someone:
    """One such person."""
    return someone()


@pytest_asyncio.fixture
async def app(tg: StandIn, house: House) -> AsyncIterator[App]:
    """The bot, at work."""
    async with at_work(tg, house) as app:
        yield app
