"""Settings, from the environment and from `.env` in the folder that Mend is started in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseSettings, Field, SecretStr, ValidationError, validator

from actions.errors import OperatorError
from actions.store.master import KeyCommand, KeyFile, KeyGiven, Source, read

#: The folder that holds config.yml, domain.yml and data/.
ROOT = Path(__file__).resolve().parent.parent

BOTFATHER = (
    "in Telegram, write to @BotFather, send /newbot, and put the token it gives you into .env as TELEGRAM_BOT_TOKEN"
)


class SettingsError(OperatorError):
    """A setting is wrong; the message names it and says what to do."""


class Settings(BaseSettings):
    """What an operator can set. Each field's variable is documented in `.env.example`."""

    token: SecretStr | None = Field(None, env="TELEGRAM_BOT_TOKEN")
    api_url: str = Field("https://api.telegram.org", env="TELEGRAM_API_URL")
    data_dir: Path = Field(ROOT / "var", env="MEND_DATA_DIR")
    database: str | None = Field(None, env="DATABASE_URL")
    master_key: SecretStr | None = Field(None, env="MEND_MASTER_KEY")
    master_key_file: Path | None = Field(None, env="MEND_MASTER_KEY_FILE")
    master_key_command: str | None = Field(None, env="MEND_MASTER_KEY_COMMAND")
    operator: str | None = Field(None, env="MEND_OPERATOR")
    place: str | None = Field(None, env="MEND_PLACE")
    helplines: Path | None = Field(None, env="MEND_HELPLINES")
    log: Literal["text", "json"] = Field("text", env="MEND_LOG")
    webhook_url: str | None = Field(None, env="MEND_WEBHOOK_URL")
    listen: str = Field("127.0.0.1:8080", env="MEND_LISTEN")
    metrics_port: int | None = Field(None, env="MEND_METRICS_PORT", ge=1, le=65535)
    clock_offset: float = Field(0.0, env="MEND_CLOCK_OFFSET")
    gather_seconds: float = Field(0.6, env="MEND_GATHER_SECONDS", ge=0, le=10)

    class Config:
        """Where the settings come from."""

        env_file = ".env"
        env_file_encoding = "utf-8"
        allow_population_by_field_name = True

    @validator("token", pre=True)
    def _token_has_its_shape(cls, token: str | None) -> str | None:
        if token is None or not str(token).strip():
            return None
        number, _, secret = str(token).strip().partition(":")
        if not number.isdigit() or len(secret) < 30:
            raise ValueError(f"does not look like a bot token (digits, a colon, 35 letters): {BOTFATHER}")
        return str(token).strip()

    @validator("data_dir", pre=True)
    def _empty_is_the_default(cls, folder: str | Path) -> str | Path:
        return folder if str(folder).strip() else ROOT / "var"

    @validator("log", pre=True)
    def _empty_is_text(cls, form: str) -> str:
        return str(form).strip().lower() or "text"

    @validator("api_url")
    def _address_is_one(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url.rstrip("/")

    @validator(
        "operator",
        "place",
        "helplines",
        "master_key",
        "master_key_file",
        "master_key_command",
        "webhook_url",
        "metrics_port",
        pre=True,
    )
    def _nothing_is_none(cls, value: Any) -> Any:
        return value if str(value or "").strip() else None

    @validator("database")
    def _empty_is_none(cls, url: str | None) -> str | None:
        return url or None

    @validator("listen")
    def _place_to_listen(cls, place: str) -> str:
        host, _, port = place.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError("must be a host and a port, such as 127.0.0.1:8080")
        return place

    @property
    def listen_address(self) -> tuple[str, int]:
        """The host and the port that the receiver listens on."""
        host, _, port = self.listen.rpartition(":")
        return host, int(port)

    @property
    def database_url(self) -> str:
        """Where everything is kept: `DATABASE_URL`, or a SQLite file in the data folder."""
        return self.database or f"sqlite:///{self.data_dir / 'mend.db'}"

    def master(self) -> Source | None:
        """Where the master key comes from; nothing for the usual place, beside the database."""
        if self.master_key is not None:
            return KeyGiven(read(self.master_key.get_secret_value(), "MEND_MASTER_KEY"))
        if self.master_key_command is not None:
            return KeyCommand(self.master_key_command)
        return KeyFile(self.master_key_file) if self.master_key_file is not None else None

    def now(self) -> float:
        """The time, in seconds since the epoch; `MEND_CLOCK_OFFSET` shifts it for trying things out."""
        return time.time() + self.clock_offset

    @property
    def models_dir(self) -> Path:
        """Where trained models are kept."""
        return ROOT / "models"


def read_settings() -> Settings:
    """The settings; raises `SettingsError` naming the variable and the cure."""
    try:
        return Settings()
    except ValidationError as error:
        names = {name: field.field_info.extra["env"] for name, field in Settings.__fields__.items()}
        lines = [f"{names[str(one['loc'][0])]}: {one['msg']}" for one in error.errors()]
        raise SettingsError("; ".join(lines)) from None
