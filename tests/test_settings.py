"""What an operator sets, where it is read from, and what they are told when it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings, SettingsError, read_settings

TOKEN, OTHER = "1234:" + "a" * 35, "5678:" + "b" * 35
VARIABLES = [field.field_info.extra["env"] for field in Settings.__fields__.values()]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that Mend is started in, with none of the variables set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def dotenv(folder: Path) -> Callable[[str], None]:
    return lambda text: (folder / ".env").write_text(text, encoding="utf-8") and None


def token_of(settings: Settings) -> str | None:
    return settings.token and settings.token.get_secret_value()


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings()
    assert settings.token is None
    assert settings.api_url == "https://api.telegram.org"
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'mend.db'}"


def test_the_env_file_of_the_folder_is_read(dotenv: Callable[[str], None]) -> None:
    dotenv(f"# a remark\nTELEGRAM_BOT_TOKEN={TOKEN}\nMEND_GATHER_SECONDS=2\n")
    assert token_of(read_settings()) == TOKEN
    assert read_settings().gather_seconds == 2


def test_the_environment_wins_over_the_env_file(dotenv: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv(f"TELEGRAM_BOT_TOKEN={TOKEN}\nMEND_GATHER_SECONDS=2\n")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", OTHER)
    assert token_of(read_settings()) == OTHER
    assert read_settings().gather_seconds == 2


def test_the_example_can_be_copied_as_it_is(dotenv: Callable[[str], None]) -> None:
    dotenv((ROOT / ".env.example").read_text("utf-8"))
    assert read_settings() == Settings(_env_file=None)


def test_the_example_speaks_of_every_variable_and_of_no_other() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    named = {line.lstrip("# ").partition("=")[0] for line in lines if line.lstrip("# ").partition("=")[0].isupper()}
    assert named == set(VARIABLES)


@pytest.mark.parametrize("token", ["", "   "])
def test_an_empty_token_is_none(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
    assert read_settings().token is None


def test_spaces_around_a_token_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", f" {TOKEN}\n")
    assert token_of(read_settings()) == TOKEN


@pytest.mark.parametrize(
    "variable, value, cure",
    [
        ("TELEGRAM_BOT_TOKEN", "my-token", "@BotFather"),
        ("TELEGRAM_BOT_TOKEN", "1234:short", "@BotFather"),
        ("TELEGRAM_BOT_TOKEN", f"bot{TOKEN}", "@BotFather"),
        ("TELEGRAM_API_URL", "api.telegram.org", "https://"),
        ("TELEGRAM_API_URL", "", "https://"),
        ("MEND_LOG", "xml", "'json'"),
        ("MEND_GATHER_SECONDS", "soon", "valid float"),
        ("MEND_GATHER_SECONDS", "-1", "0"),
        ("MEND_GATHER_SECONDS", "60", "10"),
    ],
)
def test_a_wrong_setting_is_named_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, cure: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert str(refused.value).startswith(f"{variable}: ")
    assert cure in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "my-token")
    monkeypatch.setenv("TELEGRAM_API_URL", "nowhere")
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN.*TELEGRAM_API_URL"):
        read_settings()


@pytest.mark.parametrize("token", [TOKEN, "1234:a-secret-cut-short"])
def test_the_token_is_never_shown(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
    try:
        shown = repr(read_settings())
    except SettingsError as error:
        shown = str(error)
    assert token.partition(":")[2] not in shown


def test_the_data_folder_moves_the_database(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("MEND_DATA_DIR", str(folder / "there"))
    assert read_settings().database_url == f"sqlite:///{folder / 'there' / 'mend.db'}"


def test_another_database_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////elsewhere/mend.db")
    assert read_settings().database_url == "sqlite:////elsewhere/mend.db"


@pytest.mark.parametrize("variable", ["DATABASE_URL", "MEND_DATA_DIR"])
def test_an_empty_place_is_the_usual_one(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "")
    assert read_settings().database_url == f"sqlite:///{ROOT / 'var' / 'mend.db'}"


def test_helplines_of_ones_own_may_be_named(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    assert read_settings().helplines is None
    monkeypatch.setenv("MEND_HELPLINES", str(folder / "ours.yml"))
    assert read_settings().helplines == folder / "ours.yml"


@pytest.mark.parametrize("empty", ["", "  "])
def test_empty_helplines_are_the_usual_ones(monkeypatch: pytest.MonkeyPatch, empty: str) -> None:
    monkeypatch.setenv("MEND_HELPLINES", empty)
    assert read_settings().helplines is None


def test_a_slash_at_the_end_of_the_address_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    assert read_settings().api_url == "http://127.0.0.1:8081"
