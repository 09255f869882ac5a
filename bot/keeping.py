"""`mend migrate`, `mend new-key` and `mend change-key`: the tables, and the key that they are locked with."""

from __future__ import annotations

import os

import click

from actions.store.keys import MASTER
from actions.store.master import KeyCommand, KeyGiven, read, written
from bot.house import open_store
from bot.refusal import clear
from bot.settings import SettingsError, read_settings

#: Where the next key stands when Mend can't put it in place itself.
NEXT = "MEND_NEW_MASTER_KEY"


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date, on a server also those of a fleet. The bot does so when it starts."""

    def work() -> None:
        store = open_store(read_settings())
        if store.path is None:
            from bot.fleet.jobs import prepare

            prepare(store)
        store.close()

    clear(work)


@click.command(name="new-key")
def new_key() -> None:
    """Print a new master key, for MEND_MASTER_KEY or for your password store. Nothing is changed."""
    click.echo(written(os.urandom(MASTER)))


@click.command(name="change-key")
def change_key() -> None:
    """Lock everything with a new master key. A key file is replaced at once; keep a copy of the new one.

    Where the key comes from the environment or a command, put the next one into MEND_NEW_MASTER_KEY, run this, then
    put it in the old one's place.
    """

    def work() -> None:
        store = open_store(read_settings())
        try:
            count = store.change_master_key(_next(store.vault.source))
        finally:
            store.close()
        click.echo(f"The keys of {count} chats are locked with the new master key. The old one opens nothing any more.")

    clear(work)


def _next(source: object) -> bytes:
    given = os.environ.get(NEXT, "")
    if given:
        return read(given, NEXT)
    if isinstance(source, (KeyGiven, KeyCommand)):
        raise SettingsError(f"put the next key (`mend new-key` prints one) into {NEXT}, then run this again")
    return os.urandom(MASTER)
