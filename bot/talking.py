"""`mend run`, `chat`, `telegram`, `train` and `check`: Mend at work in one process."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from actions.store.alone import alone
from bot.refusal import clear, console
from bot.settings import BOTFATHER, ROOT, Settings, SettingsError, read_settings
from bot.training import train
from bot.waking import ready


@click.command()
def run() -> None:
    """Train if needed, then talk: on Telegram with a token, else in the terminal."""

    def work() -> None:
        settings = read_settings()
        if settings.token:
            talk_on_telegram(settings)
        else:
            console.print(f"No bot token is set, so we talk here. For Telegram: {BOTFATHER}.", style="dim")
            talk_here(settings)

    clear(work)


@click.command()
def chat() -> None:
    """Talk in the terminal; or pipe a conversation in, a message a line."""
    clear(lambda: talk_here(read_settings()))


@click.command()
def telegram() -> None:
    """Talk on Telegram (needs TELEGRAM_BOT_TOKEN)."""

    def work() -> None:
        settings = read_settings()
        if not settings.token:
            raise SettingsError(f"TELEGRAM_BOT_TOKEN is not set: {BOTFATHER}")
        talk_on_telegram(settings)

    clear(work)


@click.command(name="train")
@click.option("--force", is_flag=True, help="Train even when nothing has changed.")
def train_command(force: bool) -> None:
    """Train the dialogue model, if its inputs have changed."""

    def work() -> None:
        path = train(ROOT, read_settings().models_dir, console, force=force)
        console.print(f"The model is {path.relative_to(ROOT)}.")

    clear(work)


@click.command()
def check() -> None:
    """Check settings, content, database, model and token: one line each, ok or what to do."""
    from bot.check import checks

    everything_ok = True
    for check in checks():
        everything_ok &= check.ok
        mark = "[green]ok[/green]   " if check.ok else "[red]wrong[/red]"
        Console(highlight=False, soft_wrap=True).print(f"{mark} {check.name}: ", end="")
        click.echo(check.says)
    sys.exit(0 if everything_ok else 1)


def talk_here(settings: Settings) -> None:
    """The conversation in the terminal."""
    with alone(settings.database_url):
        house = ready(settings, console)
        from bot.terminal import chat as converse

        try:
            converse(house, settings.data_dir)
        finally:
            house.close()


def talk_on_telegram(settings: Settings) -> None:
    """The conversations on Telegram, until the program is told to stop."""
    with alone(settings.database_url):
        house = ready(settings, console)
        from bot.telegram.serving import serve

        try:
            serve(settings, house, console)
        finally:
            house.close()
