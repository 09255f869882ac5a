"""The tables' revisions, run by Alembic from code: there is no alembic.ini to keep in step."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection


def config(connection: Connection) -> Config:
    """Alembic's configuration for these revisions on an open connection."""
    alembic = Config()
    alembic.set_main_option("script_location", str(Path(__file__).parent))
    alembic.attributes["connection"] = connection
    return alembic


def upgrade(connection: Connection) -> None:
    """Bring the database behind `connection` to the newest revision."""
    command.upgrade(config(connection), "head")
