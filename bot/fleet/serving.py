"""The receiver at work: its tables ready, its webhook set, its port open."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import aiohttp
from aiohttp import web
from rich.console import Console

from actions.errors import OperatorError
from actions.store import Store
from bot.fleet.receiver import KINDS, Receiver, secret_of
from bot.settings import Settings, SettingsError

#: How many connections Telegram may open at once, and seconds to wait for its answer.
CONNECTIONS, PATIENCE = 100, 20


async def receive(settings: Settings, console: Console) -> None:
    """Receive updates until told to stop; raises `OperatorError` when Telegram refuses the webhook."""
    await _migrate()
    store = Store(settings.database_url, settings.master())
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    secret = secret_of(settings.token.get_secret_value())
    runner = web.AppRunner(Receiver(store, secret, settings.now).app(), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, *settings.listen_address).start()
        except OSError as error:
            raise SettingsError(f"MEND_LISTEN: nothing can listen there ({os.strerror(error.errno)})") from None
        if settings.webhook_url:
            await _set_webhook(settings, secret)
        console.print(f"Receiving on {settings.listen}; updates belong to /telegram there. Stop with Ctrl-C.")
        await stopped.wait()
    finally:
        await runner.cleanup()  # what is being received is finished first
        store.close()


async def _migrate() -> None:
    """Have another process bring the tables up to date: what that takes is not needed again, and not small."""
    migrating = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "migrate")
    if await migrating.wait():
        raise OperatorError("the database is not ready, for the reason above")


async def _set_webhook(settings: Settings, secret: str) -> None:
    wanted = {
        "url": settings.webhook_url,
        "secret_token": secret,
        "allowed_updates": list(KINDS),
        "max_connections": CONNECTIONS,
    }
    address = f"{settings.api_url}/bot{settings.token.get_secret_value()}/setWebhook"
    try:
        wait = aiohttp.ClientTimeout(PATIENCE)
        async with aiohttp.ClientSession(timeout=wait) as client, client.post(address, json=wanted) as answer:
            done = (await answer.json()).get("ok", False)
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
        raise OperatorError(f"{settings.api_url} can't be reached to set the webhook: is it up?") from None
    if not done:
        raise OperatorError("Telegram refuses the webhook: check TELEGRAM_BOT_TOKEN and MEND_WEBHOOK_URL (https only)")
