"""`mend check`: is everything ready? One line each, ok or what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from actions.encoder.model import COACH, LISTENER, SECOND, Encoder
from actions.errors import OperatorError
from actions.lifelines import day_of
from actions.safety.helplines import STALE, read_helplines
from actions.safety.recognise import read_signs
from bot.house import open_store, read_content
from bot.settings import BOTFATHER, ROOT, Settings, read_settings
from bot.training import model_path


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    says: str


def checks() -> Iterator[Check]:
    """Look at settings, content, what tells of danger, encoders, database, model and token, in this order."""
    try:
        settings = read_settings()
    except OperatorError as error:
        yield Check("settings", False, str(error))
        return
    yield Check("settings", True, f"data in {settings.data_dir}")
    yield _check("content", lambda: _content(settings))
    yield _check("helplines", lambda: _helplines(settings))
    yield _check("danger", _danger)
    yield _check("encoders", _encoders)
    yield _check("database", lambda: _database(settings))
    yield _check("model", lambda: _model(settings))
    yield _check("telegram", lambda: _token(settings))


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except OperatorError as error:
        return Check(name, False, str(error))


def _content(settings: Settings) -> str:
    read_content(settings=settings)
    return "the ten exercises, the intake and every phrase can be read"


def _helplines(settings: Settings) -> str:
    path = settings.helplines or ROOT / "data" / "helplines.yml"
    lines, today = read_helplines(path), day_of(time.time())
    if expired := lines.expired(today):
        named = ", ".join(f"{one.name} ({one.country})" for one in expired)
        raise OperatorError(
            f"{path}: not looked at for a year, so without their numbers: {named}. Open each `source`, see that the "
            "number still stands there, and set verified_on to that day; or take the entry out"
        )
    stale = sum(one.age(today) > STALE for one in lines.lines)
    return f"{len(lines.lines)} lines in {len(lines.countries)} countries, {stale} to be looked at again soon"


def _danger() -> str:
    _, _, idioms = read_signs()
    return f"the rules for danger, its thresholds and {len(idioms)} figures of speech can be read"


def _encoders() -> str:
    for folder in (COACH, LISTENER, SECOND):
        Encoder.load(folder)
    return "the weights of the coach and of both that listen are whole"


def _database(settings: Settings) -> str:
    store = open_store(settings)
    store.close()
    return f"can be read and written ({store.path or 'a server'})"


def _model(settings: Settings) -> str:
    path = model_path(ROOT, settings.models_dir)
    if not path.exists():
        raise OperatorError("there is none for the present files: run `mend train` (or `mend run`, which trains too)")
    return f"trained ({path.name})"


def _token(settings: Settings) -> str:
    if settings.token is None:
        return f"no token is set, so Mend talks in the terminal. For Telegram: {BOTFATHER}"
    return asyncio.run(_get_me(settings))


async def _get_me(settings: Settings) -> str:
    from telegram.error import InvalidToken, TelegramError

    from bot.telegram.reaching import make_bot

    bot = make_bot(settings)
    try:
        me = await bot.get_me()
    except InvalidToken:
        raise OperatorError(f"Telegram does not know this TELEGRAM_BOT_TOKEN: {BOTFATHER}") from None
    except TelegramError as error:
        raise OperatorError(f"{settings.api_url} can't be reached ({type(error).__name__}): is it up?") from None
    finally:
        await bot.shutdown()
    return f"the token is good; the bot is https://t.me/{me.username}"
