"""Mend on Telegram as a process of its own: from its start until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys

from rich.console import Console

from bot.house import House
from bot.settings import Settings
from bot.telegram.app import App
from bot.telegram.reaching import make_bot

#: Seconds after which the dialogue's thread lets the network's go on: messages leave when it is their turn.
SWITCH = 0.001


def serve(settings: Settings, house: House, console: Console) -> None:
    """Talk on Telegram until the program is told to stop; raises `TelegramTrouble` when Telegram refuses the token."""
    asyncio.run(_serve(settings, house, console))


async def _serve(settings: Settings, house: House, console: Console) -> None:
    sys.setswitchinterval(SWITCH)
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    app = App(make_bot(settings), house, settings.gather_seconds, settings.clock_offset)
    try:
        polling = asyncio.create_task(talk(app, console))
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait({polling, waiting}, return_when=asyncio.FIRST_COMPLETED)
        polling.cancel()
        if polling.done() and not polling.cancelled():
            polling.result()
        console.print("Stopping; what is in hand is finished first.")
    finally:
        await app.stop()


async def talk(app: App, console: Console) -> None:
    """Start, say so, and do everything there is to do until it is cancelled."""
    name = await app.start()
    if app.gone_on:
        console.print(f"Something had waited since the last run in {app.gone_on} chats: going on there.")
    console.print(f"Talking on Telegram as https://t.me/{name}. Stop with Ctrl-C.")
    beside = [asyncio.create_task(work()) for work in (app.ask_in_the_evenings, app.clear_out, app.let_vanish)]
    try:
        await app.poll()
    finally:
        for task in beside:
            task.cancel()
