"""`mend receive`, `mend work` and `mend evenings`: the processes of a fleet."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import click

from bot.metrics import show
from bot.refusal import clear, console
from bot.settings import BOTFATHER, Settings, SettingsError, read_settings


@click.command()
def receive() -> None:
    """Receive Telegram's updates over HTTP, and keep them for the workers. Needs PostgreSQL."""

    def work() -> None:
        settings = _fleet()
        from bot.fleet.serving import receive as serve

        _run(serve(settings, console))

    clear(work)


@click.command()
@click.option("--at-once", default=16, show_default=True, help="How many chats one process is busy with at most.")
def work(at_once: int) -> None:
    """Answer chats. Start as many as it takes, on any number of machines. Needs PostgreSQL."""

    def go() -> None:
        settings = _fleet()
        from bot.telegram.fleet import work as serve

        _run(serve(settings, at_once, console))

    clear(go)


@click.command()
def evenings() -> None:
    """Ask the evening questions, clear out, let messages vanish. A second one waits for the first to end."""

    def go() -> None:
        settings = _fleet()
        from bot.telegram.fleet import ask_in_the_evenings as serve

        _run(serve(settings, console))

    clear(go)


def _fleet() -> Settings:
    settings = read_settings()
    if not settings.token:
        raise SettingsError(f"TELEGRAM_BOT_TOKEN is not set: {BOTFATHER}")
    if not settings.database_url.startswith("postgresql"):
        raise SettingsError("DATABASE_URL: a fleet needs PostgreSQL (postgresql://…); on one machine use `mend run`")
    try:
        show(settings.metrics_port)
    except OSError as error:
        raise SettingsError(f"MEND_METRICS_PORT: nothing can listen there ({error.strerror}): choose another") from None
    return settings


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)
