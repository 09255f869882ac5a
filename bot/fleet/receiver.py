"""`mend receive`: keeps what Telegram sends, tells the workers, and answers 200. It knows neither Rasa nor the encoder.

An update is confirmed to Telegram only once it is in the database; whatever goes wrong before that is answered with
500, and Telegram sends it again. Updates that come at once are committed together.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from actions.store import Store
from bot.logs import where
from bot.metrics import RECEIVED

logger = logging.getLogger(__name__)

CHANNEL = "telegram"
#: The header in which Telegram shows the secret, and the largest update that is read, in bytes.
SECRET_HEADER, LARGEST = "X-Telegram-Bot-Api-Secret-Token", 1_000_000
#: Numbers that a database keeps are below this one.
TOO_LARGE = 2**63 - 1
#: How many updates are committed together at most.
TOGETHER = 40
#: The kinds of updates, and where their chat stands.
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")


def secret_of(token: str) -> str:
    """The secret that Telegram shows with each update: it follows from the bot's token, so that none has to be set."""
    return hmac.new(token.encode(), b"mend: webhook", hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Received:
    """An update as it came."""

    number: int
    chat: str
    raw: str


def received(raw: str) -> Received | None:
    """What came as JSON, if it is something from a chat; nothing when it is not.

    Raises `ValueError` for no JSON, and `RecursionError` for what is nested too deeply.
    """
    update = json.loads(raw)
    if not isinstance(update, dict) or not _is_number(update.get("update_id")) or update["update_id"] < 0:
        return None
    for kind in KINDS:
        inside = update.get(kind)
        if isinstance(inside, dict):
            message = inside.get("message") if kind == "callback_query" else inside
            chat = message.get("chat") if isinstance(message, dict) else None
            number = chat.get("id") if isinstance(chat, dict) else None
            if _is_number(number):
                return Received(update["update_id"], str(number), raw)
    return None


def _is_number(value: Any) -> bool:
    """Whether this is a number that a database keeps."""
    return type(value) is int and abs(value) < TOO_LARGE


class Receiver:
    """Takes updates in over HTTP."""

    def __init__(self, store: Store, secret: str, now: Callable[[], float]) -> None:
        self._store = store
        self._secret = secret.encode()
        self._now = now
        self._thread = ThreadPoolExecutor(1)  # of its own: more would cost memory and wait for each other
        self._coming: asyncio.Queue[tuple[Received, asyncio.Future[None]]] = asyncio.Queue()

    def app(self) -> web.Application:
        """The web application: the webhook, and two signs of life."""
        app = web.Application(client_max_size=LARGEST)
        app.add_routes(
            [web.post("/telegram", self.take), web.get("/healthz", self.healthy), web.get("/readyz", self.ready)]
        )
        app.cleanup_ctx.append(self._committing)
        return app

    async def take(self, request: web.Request) -> web.Response:
        """An update: 200 once it is kept, 403 without the secret, 400 for what is no JSON."""
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._secret):
            return web.Response(status=403)
        try:
            found = received((await request.read()).decode())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if found is None:
            return web.Response()  # nothing that Mend asked for: it would only come again
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._coming.put_nowait((found, kept))
        try:
            await kept
        except Exception as error:
            logger.error("an update can't be kept yet (%s)", where(error), extra={"update": found.number})
            return web.Response(status=500)
        RECEIVED.inc()
        return web.Response()

    async def healthy(self, _request: web.Request) -> web.Response:
        """The process lives."""
        return web.Response(text="ok\n")

    async def ready(self, _request: web.Request) -> web.Response:
        """The database can be reached."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._look)
        except Exception as error:
            return web.Response(status=503, text=f"the database can't be reached ({type(error).__name__})\n")
        return web.Response(text="ok\n")

    def _look(self) -> None:
        with self._store.begin() as kept:
            kept.inbox.knows(CHANNEL, 0)

    async def _committing(self, _app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._commit())
        yield
        task.cancel()

    async def _commit(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._coming.get()]
            while len(batch) < TOGETHER and not self._coming.empty():
                batch.append(self._coming.get_nowait())
            try:
                await loop.run_in_executor(self._thread, self._keep, [one for one, _ in batch])
            except Exception as error:
                for _, kept in batch:
                    if not kept.done():
                        kept.set_exception(error)
            else:
                for _, kept in batch:
                    if not kept.done():
                        kept.set_result(None)

    def _keep(self, updates: list[Received]) -> None:
        """Keep updates, and have their chats looked at."""
        with self._store.begin() as kept:
            came = [(one.number, one.chat, one.raw) for one in updates]
            kept.jobs.wake(kept.inbox.add_raw(CHANNEL, came, self._now()))
