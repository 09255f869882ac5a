"""`mend backup`, `mend restore` and `mend admin`: what an operator does beside a bot that runs, or before it does."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from actions.store import Store
from actions.store.backup import back_up
from actions.store.counts import Counts, count
from actions.store.engine import file_of
from actions.store.restore import restore as bring_back
from bot.refusal import clear
from bot.settings import Settings, SettingsError, read_settings

FILE = click.argument("file", type=click.Path(path_type=Path))

#: Units of time, the longest first, in seconds.
UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


@click.command()
@FILE
def backup(file: Path) -> None:
    """Back up everything to FILE, also while the bot runs. Only the master key opens it: keep a copy of that elsewhere.

    An older backup with this name is replaced once the new one is whole.
    """

    def work() -> None:
        size = back_up(_file_store(read_settings(), "pg_dump"), file)
        click.echo(f"Backed up to {file} ({decimal(size)}). It opens only with the master key, which is not in it.")

    clear(work)


@click.command()
@FILE
@click.option("--erased-come-back", is_flag=True, help="Accept that people erased since come back, if need be.")
def restore(file: Path, erased_come_back: bool) -> None:
    """Put the backup FILE in the database's place; the bot must not run. Whoever was erased since stays erased."""

    def work() -> None:
        store = _file_store(read_settings(), "pg_restore")
        done = bring_back(store, file, erased_come_back=erased_come_back)
        click.echo(f"Restored. People who were erased since the backup was made, and stay erased: {done.left_out}.")
        if done.replaced is not None:
            click.echo(f"The database from before is {done.replaced}; delete it once everything is as it should be.")
        else:
            click.echo("There was no database here that could tell who was erased since: if anyone was, they are back.")

    clear(work)


@click.command()
def admin() -> None:
    """How much is kept and what waits, in numbers: no words, no names, no chats."""

    def work() -> None:
        settings = read_settings()
        store = Store(settings.database_url, settings.master())
        try:
            counts = count(store, settings.now())
        finally:
            store.close()
        Console(highlight=False).print(table(counts))

    clear(work)


def table(counts: Counts) -> Table:
    """The numbers as they are shown."""
    shown = Table(show_header=False, title="Mend, in numbers", title_justify="left")
    shown.add_column()
    shown.add_column(justify="right")
    longest = "–" if counts.longest_wait is None else duration(counts.longest_wait)
    sections = (
        {"people": counts.people, **{_within(days): people for days, people in counts.active.items()}},
        {"answers": counts.answers, "drafts of apologies": counts.drafts},
        {
            "evenings asked": counts.evenings_asked,
            "evenings answered": counts.evenings_answered,
            "evenings left out": counts.evenings_left_out,
        },
        {
            "messages waiting for an answer": counts.messages_waiting,
            "the oldest of them has waited": longest,
            "messages that could not be answered": counts.messages_failed,
        },
        {
            "replies waiting to be sent": counts.replies_waiting,
            "replies that may have arrived or not": counts.replies_unknown,
            "replies that could not be delivered": counts.replies_dropped,
        },
        {
            "people erased": counts.erasures,
            "size of the database": "the server knows" if counts.size is None else decimal(counts.size),
        },
    )
    for section in sections:
        for name, value in section.items():
            shown.add_row(name, f"{value:,}" if isinstance(value, int) else value)
        shown.add_section()
    return shown


def duration(seconds: float) -> str:
    """A stretch of time in its largest whole unit."""
    name, length = next((unit for unit in UNITS if seconds >= 2 * unit[1]), UNITS[-1])
    return f"{int(seconds // length)} {name}"


def _within(days: int) -> str:
    return "… active within a day" if days == 1 else f"… active within {days} days"


def _file_store(settings: Settings, tool: str) -> Store:
    if file_of(settings.database_url) is None:
        raise SettingsError(
            f"DATABASE_URL names a server: use its own tools ({tool}); what people wrote is locked in there anyway"
        )
    return Store(settings.database_url, settings.master())
