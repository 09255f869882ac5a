"""An operator at the command line, for the tests of what `mend` does beside talking."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.settings import Settings


def nothing_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start in this folder with nothing set but the data folder, which is not there yet; that."""
    for name in (*(field.field_info.extra["env"] for field in Settings.__fields__.values()), "MEND_NEW_MASTER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MEND_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(folder)
    return folder / "data"


def mend(*arguments: str | Path) -> Result:
    """What `mend` says, and how it ends."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refusal(*arguments: str | Path) -> str:
    """The one line with which `mend` refuses something."""
    result = mend(*arguments)
    assert result.exit_code == 1 and result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("mend: ")
    return line


def numbers() -> dict[str, str]:
    """What `mend admin` shows: each line's name and number."""
    lines = [line.strip("│").split("│") for line in mend("admin").stdout.splitlines() if "│" in line]
    return {name.strip(): number.strip() for name, number in lines}
