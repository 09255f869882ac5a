"""The tables' revisions, run by Alembic from code: there is no alembic.ini to keep in step."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from actions.store.vault import Vault


def config(connection: Connection, vault: Vault) -> Config:
    """Alembic's configuration for these revisions on an open connection; the vault locks what was not locked yet."""
    alembic = Config()
    alembic.set_main_option("script_location", str(Path(__file__).parent))
    alembic.attributes["connection"] = connection
    alembic.attributes["vault"] = vault
    return alembic


def upgrade(connection: Connection, vault: Vault) -> None:
    """Bring the database behind `connection` to the newest revision."""
    command.upgrade(config(connection, vault), "head")
