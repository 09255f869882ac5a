"""A stand-in for Telegram with its limits, for the benchmark of the evenings: it refuses what comes too fast."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

#: Messages a second to all chats together, as Telegram permits them.
PERMITTED = 30
BOT = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}


@dataclass
class Telegram:
    """Counts what reaches whom. `faults` gives the share of calls that fail, and how."""

    token: str
    faults: dict[str, float] = field(default_factory=dict)  #: "429", "500", "drop", "slow" -> share of the calls
    arrived: Counter[int] = field(default_factory=Counter)  #: messages by chat
    instants: list[float] = field(default_factory=list)
    refused: int = 0
    doubtful: Counter[int] = field(default_factory=Counter)  #: chats of calls that failed in a way that tells nothing
    replied: dict[int, float] = field(default_factory=dict)  #: chat -> when something was sent there last
    port: int = 0

    def start(self) -> Telegram:
        """Listen on a port of its own, on a thread of its own."""
        self._updates: deque[dict[str, Any]] = deque()
        self._window: deque[float] = deque()
        self._chance, ready = random.Random(1), threading.Event()
        self._number = 1
        threading.Thread(target=self._serve, args=(ready,), daemon=True).start()
        ready.wait()
        return self

    def says(self, chat: int, text: str) -> float:
        """Someone writes; the instant."""
        self._number += 1
        person = {"id": chat, "is_bot": False, "first_name": "P", "language_code": "en"}
        message = {"message_id": self._number, "date": int(time.time()), "text": text, "from": person,
                   "chat": {"id": chat, "type": "private"}}  # fmt: skip
        self._updates.append({"update_id": self._number, "message": message})
        return time.monotonic()

    def _serve(self, ready: threading.Event) -> None:
        async def main() -> None:
            app = web.Application()
            app.router.add_route("*", "/bot{token}/{method}", self._call)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.port = site._server.sockets[0].getsockname()[1]
            ready.set()
            await asyncio.Event().wait()

        asyncio.run(main())

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given = dict(await request.post()) or (await request.json() if request.can_read_body else {})
        known: Callable[[], Any] = {"getMe": lambda: BOT}.get(method, lambda: True)
        if method == "getUpdates":
            return await self._poll(int(given.get("offset", 0)))
        if not method.startswith("send") or method == "sendChatAction":
            return answer(known())
        return await self._send(request, int(given["chat_id"]))

    async def _poll(self, offset: int) -> web.Response:
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        for _ in range(100):
            if self._updates:
                break
            await asyncio.sleep(0.02)
        return answer(list(self._updates)[:100])

    async def _send(self, request: web.Request, chat: int) -> web.StreamResponse:
        fault, now = self._fault(), time.monotonic()
        if fault == "429":
            return refusal(429, retry_after=1)
        if fault == "500":
            self.doubtful[chat] += 1
            return refusal(500)
        if fault == "drop":
            self.doubtful[chat] += 1
            request.transport.close()
            return web.Response()
        while self._window and self._window[0] <= now - 1:
            self._window.popleft()
        if len(self._window) >= PERMITTED:
            self.refused += 1
            return refusal(429, retry_after=1)
        self._window.append(now)
        self._number += 1
        self.arrived[chat] += 1
        self.instants.append(now)
        self.replied[chat] = now
        if fault == "slow":
            await asyncio.sleep(0.5)
        return answer({"message_id": self._number, "date": int(time.time()), "chat": {"id": chat, "type": "private"}})

    def _fault(self) -> str | None:
        drawn = self._chance.random()
        for fault, share in self.faults.items():
            if drawn < share:
                return fault
            drawn -= share
        return None


def answer(result: Any) -> web.Response:
    """What Telegram answers when it has done what it was asked."""
    return web.json_response({"ok": True, "result": result})


def refusal(code: int, **parameters: int) -> web.Response:
    """What Telegram answers when it has not."""
    said = {"ok": False, "error_code": code, "description": "refused", "parameters": parameters}
    return web.json_response(said, status=code)
