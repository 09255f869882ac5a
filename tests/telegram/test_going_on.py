"""What a start says of the run before it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable

import pytest
from chatting import Someone, at_work, bot_for, eventually
from rich.console import Console
from standin import StandIn

from bot.commands import typed
from bot.house import House
from bot.telegram.app import App
from bot.telegram.serving import talk
from bot.telegram.updates import CHANNEL

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("waiting", [0, 1])
async def test_the_operator_hears_in_how_many_chats_something_had_waited(
    tg: StandIn, house: House, someone: Callable[[], Someone], waiting: int
) -> None:
    sam = someone()
    async with at_work(tg, house):
        await sam.welcomed()
    if waiting:
        house.turns.take(typed(CHANNEL, str(sam.chat), "/menu"))
    printed, app = Console(file=io.StringIO()), App(bot_for(tg), house, 0)
    talking = asyncio.create_task(talk(app, printed))
    await eventually(lambda: "Talking on Telegram" in printed.file.getvalue())
    assert ("waited since the last run in 1 chat" in printed.file.getvalue()) == bool(waiting)
    talking.cancel()
    await app.stop()
