"""The command line as an operator meets it: what works says so, what does not says in one line what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from actions.program import load
from actions.sentences import Sentences
from bot.settings import ROOT, Settings
from bot.training import model_path

TOKEN = "1234:" + "a" * 35
COMMANDS = ("admin", "backup", "chat", "check", "coach", "evaluate", "restore", "run", "safety", "telegram", "train",
            "understand")  # fmt: skip
SENTENCES = Sentences(ROOT / "domain.yml", ROOT / "data" / "labels.yml")
PROGRAM = load(ROOT / "data")

Mend = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def mend(tmp_path: Path) -> Mend:
    """Runs `mend` in a folder without .env, on a database of its own."""

    def run(*arguments: str, typed: str = "", root: Path = ROOT, **variables: str) -> subprocess.CompletedProcess:
        settings = {"COLUMNS", *(field.field_info.extra["env"] for field in Settings.__fields__.values())}
        environment = {name: value for name, value in os.environ.items() if name not in settings}
        environment.update({"PYTHONPATH": str(root), "MEND_DATA_DIR": str(tmp_path / "data"), **variables})
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            input=typed,
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment,
            timeout=300,
        )

    return run


@pytest.fixture
def copy(tmp_path: Path, model: Path) -> Path:
    """A copy of the whole project, with its model, to be damaged."""
    root = tmp_path / "copy"
    for room in ("bot", "actions"):
        shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("corpus", "test", "model"))
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, root / name)
    (root / "models").mkdir()
    (root / "models" / model.name).symlink_to(model)
    return root


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a Telegram that knows TOKEN."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "telegram"))
    from standin import StandIn

    with StandIn.in_thread(TOKEN) as telegram:
        yield telegram.base_url.removesuffix("/bot")


def refusal(result: subprocess.CompletedProcess) -> str:
    """The one line that says what is wrong."""
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    [line] = [line for line in result.stderr.splitlines() if "No bot token" not in line]
    assert line.startswith("mend: ")
    return line


def verdicts(result: subprocess.CompletedProcess) -> dict[str, tuple[str, str]]:
    """What `mend check` says, by name: ok or wrong, and why."""
    assert "Traceback" not in result.stderr
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    return {name.rstrip(":"): (mark, says) for mark, name, says in lines}


def test_help_names_every_command_and_how_to_start(mend: Mend) -> None:
    result = mend("--help")
    assert result.returncode == 0
    assert all(word in result.stdout for word in ("mend run", "TELEGRAM_BOT_TOKEN", *COMMANDS))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_of_its_own(mend: Mend, command: str) -> None:
    assert mend(command, "--help").stdout.startswith("Usage: ")


def test_an_unknown_command_is_refused_with_a_way_on(mend: Mend) -> None:
    result = mend("strat")
    assert result.returncode == 2 and "--help" in result.stderr


# -- check ---------------------------------------------------------------------------------------------------------


def test_check_says_ok_to_everything_without_a_token(mend: Mend, model: Path) -> None:
    result = mend("check")
    said = verdicts(result)
    assert list(said) == ["settings", "content", "helplines", "danger", "encoders", "database", "model", "telegram"]
    assert {mark for mark, _ in said.values()} == {"ok"} and result.returncode == 0
    assert "@BotFather" in said["telegram"][1]
    assert model.name in said["model"][1]


def test_check_asks_telegram_about_the_token(mend: Mend, telegram: str) -> None:
    result = mend("check", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram)
    mark, says = verdicts(result)["telegram"]
    assert mark == "ok" and "https://t.me/" in says


@pytest.mark.parametrize(
    "variables, name, says",
    [
        ({"TELEGRAM_BOT_TOKEN": "my-token"}, "settings", "TELEGRAM_BOT_TOKEN"),
        ({"MEND_GATHER_SECONDS": "soon"}, "settings", "MEND_GATHER_SECONDS"),
        ({"MEND_HELPLINES": "/nowhere/lines.yml"}, "helplines", "/nowhere/lines.yml"),
        ({"MEND_DATA_DIR": "/dev/null/data"}, "database", "MEND_DATA_DIR"),
        ({"DATABASE_URL": "nonsense"}, "database", "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://mend:secret@127.0.0.1:1/mend"}, "database", "DATABASE_URL"),
        ({"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": "http://127.0.0.1:1"}, "telegram", "http://127.0.0.1:1"),
    ],
)
def test_check_names_what_is_wrong_outside(mend: Mend, variables: dict[str, str], name: str, says: str) -> None:
    result = mend("check", **variables)
    assert result.returncode == 1
    mark, said = verdicts(result)[name]
    assert mark == "wrong" and says in said
    assert "secret" not in result.stdout + result.stderr and TOKEN not in result.stdout + result.stderr


def test_check_knows_a_token_that_telegram_does_not_know(mend: Mend, telegram: str) -> None:
    result = mend("check", TELEGRAM_BOT_TOKEN=TOKEN.replace("a", "b"), TELEGRAM_API_URL=telegram)
    assert result.returncode == 1
    mark, says = verdicts(result)["telegram"]
    assert mark == "wrong" and "@BotFather" in says


def test_check_names_everything_that_is_wrong_inside(mend: Mend, copy: Path) -> None:
    exercise = copy / "data" / "exercises" / "02_apology.yml"
    exercise.write_text(exercise.read_text("utf-8").replace("title:", "titel:", 1), encoding="utf-8")
    (copy / "config.yml").write_text("# changed\n" + (copy / "config.yml").read_text())
    (copy / "data" / "encoder" / "coach" / "encoder.onnx").write_bytes(b"cut short")
    idioms = copy / "data" / "safety" / "idioms.yml"
    idioms.write_text(idioms.read_text("utf-8").replace("reason:", "raeson:", 1), encoding="utf-8")
    result = mend("check", root=copy)
    said = verdicts(result)
    assert [name for name, (mark, _) in said.items() if mark == "wrong"] == ["content", "danger", "encoders", "model"]
    assert "02_apology.yml" in said["content"][1] and "titel" in said["content"][1]
    assert "idioms.yml" in said["danger"][1] and "raeson" in said["danger"][1]
    assert "encoder.onnx" in said["encoders"][1]
    assert "mend train" in said["model"][1]
    assert result.returncode == 1


# -- talking -------------------------------------------------------------------------------------------------------


def test_a_conversation_can_be_piped_in_a_message_a_line(mend: Mend, model: Path) -> None:
    private, told = "1\n2\n2\n2\n1\n", "2\nон лгал мне 🌧 [bold]\n1\nI believed we told each other things\npause\n"
    result = mend("chat", typed=private + told)
    assert (result.returncode, result.stderr) == (0, "")
    asked = PROGRAM.exercise(PROGRAM.order[0]).sides["hurt"].steps
    for text in (SENTENCES.say("utter_welcome"), PROGRAM.intake.side.steps[1].ask, asked[0].ask, asked[1].ask):
        assert text in result.stdout
    assert "  [2] I was hurt\n" in result.stdout
    assert "\x1b" not in result.stdout
    again = mend("chat", typed="/export\n")
    assert "I believed we told each other things" in again.stdout
    diary = next(line for line in again.stdout.splitlines() if line.endswith("mend-diary.zip)"))
    assert "он лгал мне 🌧 [bold]" in ZipFile(diary.strip("()")).read("diary.md").decode()


def test_run_without_a_token_says_in_one_line_how_to_get_one_and_talks(mend: Mend, model: Path) -> None:
    result = mend("run", typed="")
    assert result.returncode == 0
    [line] = result.stderr.splitlines()
    assert "@BotFather" in line and "TELEGRAM_BOT_TOKEN" in line
    assert SENTENCES.say("utter_welcome") in result.stdout


# -- what an operator can mend -------------------------------------------------------------------------------------


def test_telegram_without_a_token_says_how_to_get_one(mend: Mend) -> None:
    said = refusal(mend("telegram"))
    assert "TELEGRAM_BOT_TOKEN" in said and "@BotFather" in said


def test_telegram_with_a_token_that_telegram_does_not_know_is_refused(mend: Mend, telegram: str, model: Path) -> None:
    said = refusal(mend("run", TELEGRAM_BOT_TOKEN=TOKEN.replace("a", "b"), TELEGRAM_API_URL=telegram))
    assert "@BotFather" in said


@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_typo_in_a_content_file_is_one_line(mend: Mend, copy: Path, command: str) -> None:
    exercise = copy / "data" / "exercises" / "02_apology.yml"
    exercise.write_text(exercise.read_text("utf-8").replace("title:", "titel:", 1), encoding="utf-8")
    said = refusal(mend(command, root=copy))
    assert str(exercise) in said and "titel" in said


@pytest.mark.parametrize(
    "variables, says",
    [
        ({"MEND_DATA_DIR": "/dev/null/data"}, "/dev/null/data"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"MEND_HELPLINES": "/nowhere/lines.yml"}, "/nowhere/lines.yml"),
        ({"TELEGRAM_API_URL": "telegram"}, "TELEGRAM_API_URL"),
    ],
)
def test_a_wrong_setting_is_one_line(mend: Mend, variables: dict[str, str], says: str) -> None:
    assert says in refusal(mend("chat", **variables))


def test_weights_that_are_missing_are_one_line(mend: Mend, copy: Path) -> None:
    weights = copy / "data" / "encoder" / "listener" / "encoder.onnx"
    weights.unlink()
    assert str(weights) in refusal(mend("chat", root=copy, typed="hello\n"))


def test_a_model_that_was_cut_short_is_one_line(mend: Mend, copy: Path) -> None:
    path = model_path(copy, copy / "models")
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[: len(whole) // 2])
    said = refusal(mend("chat", root=copy, typed="hello\n"))
    assert path.name in said and "mend train --force" in said
