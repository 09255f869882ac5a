"""A stand-in for Telegram in which people talk: they see messages and buttons, and press, write and wait.

It listens on a loop of its own, on a thread of its own; what people do runs on that loop, too (`play`).
"""

from __future__ import annotations

import asyncio
import html
import itertools
import json
import logging
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from benchmarks.telegram import BOT, answer, refusal

#: Seconds that a request for updates is held open while nothing comes.
POLL = 10.0
_TAG = re.compile(r"</?[a-z]+>")


@dataclass(frozen=True)
class Said:
    """A message of the bot's, as it was sent."""

    number: int
    at: float  #: monotonic
    text: str  #: as it is seen
    buttons: dict[str, str]  #: label -> what a press of it tells the bot

    @property
    def whole(self) -> tuple[str, tuple[str, ...]]:
        """What tells it from every other message: the tokens under it are given out once."""
        return self.text, tuple(self.buttons.values())


@dataclass
class Chats:
    """Telegram as the bot meets it. With `permitted`, so many messages a second get through, and the rest a 429."""

    token: str
    permitted: int | None = None
    port: int = 0
    refused: int = 0  #: messages that came too fast
    polled: float = 0.0  #: when updates were asked for last
    said: dict[int, list[Said]] = field(default_factory=lambda: defaultdict(list))

    def start(self) -> Chats:
        """Listen."""
        # A bot that is killed leaves its calls half made.
        logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
        self._updates: deque[dict[str, Any]] = deque()
        self._numbers = itertools.count(1)
        self._window: deque[float] = deque()
        self._news: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        ready.wait()
        return self

    def play(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Have someone do something."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    # What people do; on the loop of the stand-in.

    def says(self, chat: int, text: str) -> None:
        """Someone writes."""
        about = {"message_id": next(self._numbers), "date": int(time.time()), "from": _person(chat)}
        self._update({"message": {**about, "text": text, "chat": _private(chat)}})

    def presses(self, chat: int, label: str) -> None:
        """Someone presses the newest button with this label; raises `LookupError` where there is none."""
        on = next((one for one in reversed(self.said[chat]) if label in one.buttons), None)
        if on is None:
            raise LookupError(f"no button {label!r}")
        message = {"message_id": on.number, "date": int(time.time()), "chat": _private(chat), "from": BOT, "text": "?"}
        query = {"id": str(next(self._numbers)), "from": _person(chat), "chat_instance": "1", "message": message}
        self._update({"callback_query": {**query, "data": on.buttons[label]}})

    async def until(self, chat: int, met: Callable[[list[Said]], Any], after: int) -> list[Said]:
        """What was said in a chat since it held `after` messages, once it meets a condition."""
        while not met(heard := self.said[chat][after:]):
            self._news[chat].clear()
            await self._news[chat].wait()
        return heard

    def _update(self, what: dict[str, Any]) -> None:
        self._updates.append({"update_id": next(self._numbers), **what})
        self._came.set()

    # What the bot asks.

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._came = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        ready.set()
        await asyncio.Event().wait()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given = dict(await request.post()) or (await request.json() if request.can_read_body else {})
        if method == "getUpdates":
            return await self._poll(int(given.get("offset", 0)))
        if method.startswith("send") and method != "sendChatAction":
            return self._send(int(given["chat_id"]), given)
        if method.startswith("edit"):
            return answer({"message_id": int(given["message_id"]), "date": 1, "chat": _private(int(given["chat_id"]))})
        return answer(BOT if method == "getMe" else True)

    async def _poll(self, offset: int) -> web.Response:
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        self.polled = time.monotonic()
        if not self._updates:
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), POLL)
            except asyncio.TimeoutError:
                return answer([])
        return answer(list(self._updates)[:100])

    def _send(self, chat: int, given: dict[str, Any]) -> web.Response:
        now = time.monotonic()
        while self._window and self._window[0] <= now - 1:
            self._window.popleft()
        if self.permitted is not None and len(self._window) >= self.permitted:
            self.refused += 1
            return refusal(429, retry_after=1)
        self._window.append(now)
        markup = json.loads(given.get("reply_markup") or "{}")
        keys = itertools.chain(*markup.get("inline_keyboard", []))
        text = html.unescape(_TAG.sub("", given.get("text") or given.get("caption") or ""))
        said = Said(next(self._numbers), now, text, {key["text"]: key["callback_data"] for key in keys})
        self.said[chat].append(said)
        self._news[chat].set()
        return answer({"message_id": said.number, "date": int(time.time()), "chat": _private(chat)})


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "P", "language_code": "en"}


def _private(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private"}
