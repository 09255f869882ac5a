"""The command line: `mend --help`."""

from __future__ import annotations

import logging
import sys
import warnings

import click
from rich.console import Console

from bot.coaching import coach
from bot.house import House, build, open_store, read_content
from bot.keeping import change_key, new_key
from bot.measuring import evaluate, safety, understand
from bot.refusal import clear, console
from bot.settings import BOTFATHER, ROOT, Settings, SettingsError, read_settings
from bot.training import train
from bot.when import when


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Mend helps couples rebuild trust after it was broken, one question at a time.

    Start with `mend run`. It talks on Telegram when TELEGRAM_BOT_TOKEN is set (in the environment or in .env), else
    here in the terminal.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    quiet()


for command in (coach, understand, safety, evaluate, when, new_key, change_key):
    main.add_command(command)


@main.command()
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


@main.command()
def chat() -> None:
    """Talk in the terminal; or pipe a conversation in, a message a line."""
    clear(lambda: talk_here(read_settings()))


@main.command()
def telegram() -> None:
    """Talk on Telegram (needs TELEGRAM_BOT_TOKEN)."""

    def work() -> None:
        settings = read_settings()
        if not settings.token:
            raise SettingsError(f"TELEGRAM_BOT_TOKEN is not set: {BOTFATHER}")
        talk_on_telegram(settings)

    clear(work)


@main.command(name="train")
@click.option("--force", is_flag=True, help="Train even when nothing has changed.")
def train_command(force: bool) -> None:
    """Train the dialogue model, if its inputs have changed."""

    def work() -> None:
        path = train(ROOT, read_settings().models_dir, console, force=force)
        console.print(f"The model is {path.relative_to(ROOT)}.")

    clear(work)


@main.command()
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
    house = ready(settings)
    from bot.terminal import chat as converse

    try:
        converse(house, settings.data_dir)
    finally:
        house.close()


def talk_on_telegram(settings: Settings) -> None:
    """The conversations on Telegram, until the program is told to stop."""
    house = ready(settings)
    from bot.telegram.app import serve

    try:
        serve(settings, house, console)
    finally:
        house.close()


def ready(settings: Settings) -> House:
    """The bot, ready to take turns; trained first if that is needed."""
    with console.status("Waking up …"):
        read_content()  # what is wrong with content or database is said before a minute of training
        open_store(settings).close()
    model = train(ROOT, settings.models_dir, console)
    with console.status("Waking up …"):
        return build(settings, model)


def quiet() -> None:
    """Keep libraries from logging what people write, and the token that is part of Telegram's addresses."""
    for name in ("httpx", "httpcore", "telegram", "rasa", "rasa_sdk", "apscheduler", "matplotlib", "tensorflow"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.showwarning = lambda *_, **__: None  # Rasa's warnings quote what people write


if __name__ == "__main__":
    main()
