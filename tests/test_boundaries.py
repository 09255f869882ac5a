"""Which room may use which: an import where none belongs is found here, not in a review."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from bot.settings import ROOT

ROOMS = ("bot", "actions")


@cache
def imports() -> dict[str, set[str]]:
    """Every module of Mend's by its path, with the full names of what it imports, at its head or inside functions."""
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): set(_imported(path)) for path in files}


def _imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def users_of(package: str) -> set[str]:
    """The modules that import `package` or something inside of it."""
    return {
        path
        for path, names in imports().items()
        if any(name == package or name.startswith(f"{package}.") for name in names)
    }


def inside(folder: str) -> set[str]:
    return {path for path in imports() if path.startswith(f"{folder}/")}


def test_actions_never_import_the_bot() -> None:
    assert not users_of("bot") & inside("actions")
    assert users_of("actions") & inside("bot")


def test_rasa_is_behind_one_door() -> None:
    assert users_of("rasa") == {"bot/dialogue.py", "bot/nlu.py"}


def test_only_the_actions_and_the_dialogue_know_the_sdk() -> None:
    names = "moment care choosing exercise explaining finishing practice reviews drafts screening talk"
    evening = {
        f"actions/evening/{name}.py"
        for name in ("answering", "asking", "changing", "journal", "looking_back", "settling")
    }
    rooms = {f"actions/{name}.py" for name in names.split()} | evening | {"bot/dialogue.py"}
    assert users_of("rasa_sdk") == rooms


def test_only_the_telegram_channel_and_the_check_know_telegram() -> None:
    users = users_of("telegram")
    assert users <= inside("bot/telegram") | {"bot/check.py"}
    assert users & inside("bot/telegram")


def test_the_store_knows_neither_dialogue_nor_channel_nor_exercises() -> None:
    for package in ("rasa", "rasa_sdk", "telegram", "bot", "actions.program", "actions.moment", "actions.sentences"):
        assert not users_of(package) & inside("actions/store"), package


def test_only_the_store_speaks_to_the_database() -> None:
    assert users_of("sqlalchemy") <= inside("actions/store")
    assert users_of("alembic") <= inside("actions/store")
    assert users_of("sqlalchemy")


@pytest.mark.parametrize("package", ["rich", "click", "prompt_toolkit"])
def test_the_terminal_is_nobodys_business_but_the_bots(package: str) -> None:
    assert users_of(package)
    assert not users_of(package) & inside("actions")


def test_channels_do_not_know_each_other() -> None:
    assert not users_of("bot.telegram") & {"bot/terminal.py", "bot/turns.py", "bot/direct.py", "bot/replies.py"}
    assert not users_of("bot.terminal") & inside("bot/telegram")


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in imports() if not ast.get_docstring(ast.parse((ROOT / path).read_text("utf-8")))]
    assert [path for path in silent if "/versions/" not in path] == []
