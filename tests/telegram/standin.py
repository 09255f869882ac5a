"""A stand-in for the Telegram Bot API: real HTTP on a loopback port, as strict as Telegram where it matters.

The server has a thread of its own and every method is thread-safe: a bot under test may share the test's
event loop (`async with StandIn() as tg`) or be a process (`with StandIn.in_thread() as tg`). What waits,
`wait_for` and `quiet`, is awaited inside an event loop and simply called outside one. `stop` and `start`
bring Telegram down and back on the same port, with all that was said and is still to be fetched.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import re
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from standin_api import INFINITY, Api, Fault
from standin_messages import KINDS, Call, Heard, Params, Refused, Upload, as_message, chat_of, person
from standin_rules import utf16

__all__ = ["KINDS", "TOKEN", "Call", "Heard", "Refused", "StandIn", "Upload"]
TOKEN = "123456:STAND-IN"
COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")


def either_way(waits: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method that blocks be awaited inside an event loop, and simply called outside one."""

    @functools.wraps(waits)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return waits(*args, **kwargs)
        return asyncio.to_thread(waits, *args, **kwargs)

    return call


class StandIn(Api):
    """Telegram as one bot meets it, and the people who write to that bot."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__(token)
        self.port, self._next_update = 0, 1

    @classmethod
    def in_thread(cls, token: str = TOKEN) -> StandIn:
        """A stand-in for a plain `with`."""
        return cls(token)

    @property
    def base_url(self) -> str:
        """What python-telegram-bot takes for its base_url."""
        return f"http://127.0.0.1:{self.port}/bot"

    def start(self) -> StandIn:
        """Come up, on the port of before if there was one."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port, self._loop = listener.getsockname()[1], asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05, handler_cancellation=True)
        self._on_loop(self._runner.setup())
        self._on_loop(web.SockSite(self._runner, listener).start())
        return self

    def stop(self) -> None:
        """Go down as Telegram goes down: connections are cut and nothing listens."""
        self._on_loop(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _on_loop(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> StandIn:  # noqa: PYI034 - Python 3.10 has no Self
        return self.start()

    async def __aexit__(self, *_: object) -> None:
        self.stop()

    # What people do

    def says(self, chat: int, text: str, **about: Any) -> int:
        """A person writes a message, or edits one; `about` is what `sends` takes."""
        commands = [(utf16(text[: found.start()]), len(found[0])) for found in COMMAND.finditer(text)]
        entities = [{"type": "bot_command", "offset": start, "length": length} for start, length in commands]
        return self.sends(chat, {"text": text} | ({"entities": entities} if entities else {}), **about)

    def sends(
        self,
        chat: int,
        kind: str | Params,
        *,
        edited_of: int | None = None,
        chat_type: str = "private",
        language: str | None = "en",
        update_id: int | None = None,
        **fields: Any,
    ) -> int:
        """A person sends one of KINDS, or a message of the fields given; its message_id comes back."""
        with self._changed:
            now, message_id = int(time.time()), edited_of or next(self._ids)
            message = {"message_id": message_id, "date": now, "chat": chat_of(chat, chat_type)}
            message |= (KINDS[kind] if isinstance(kind, str) else kind) | fields
            message |= {"edit_date": now} if edited_of else {}
            message |= {"from": person(chat, language)} if chat_type != "channel" else {}
            post = ("edited_" if edited_of else "") + ("message" if "from" in message else "channel_post")
            text = message.get("text", "")
            self._keep(Heard(chat, message_id, "text", time.monotonic(), text, from_bot=False))
            self.update({post: message} | ({} if update_id is None else {"update_id": update_id}))
            return message_id

    def presses(self, chat: int, label: str, *, message_id: int | None = None, data: str | None = None) -> str | None:
        """A person presses a button: of the latest message with it, of one as it is or was, or a forged one.

        A callback query's id comes back; a key of a reply keyboard sends its label instead.
        """
        with self._changed:
            was = [version for version in self._versions if version.message_id == message_id]
            on, key = self._find_button((was or self.heard(chat))[::-1], label, data)
            if "keyboard" in (on.markup or {}):
                self.says(chat, label)
                return None
            message = as_message(self.messages[on.message_id])
            query = {"id": f"query-{len(self._queries)}", "from": person(chat), "message": message, **key}
            query["chat_instance"] = str(chat)
            self._queries.add(query["id"])
            self.unanswered.add(query["id"])
            self.update({"callback_query": query})
            return query["id"]

    def _find_button(self, shown: list[Heard], label: str, forged: str | None) -> tuple[Heard, Params]:
        for on in shown:
            for key in itertools.chain(*on.rows):
                if key["text"] == label and "url" not in key:
                    return on, {"data": key.get("callback_data") if forged is None else forged}
        if forged is None or not shown:
            raise LookupError(f"no button {label!r} among {[on.buttons for on in shown]}")
        return shown[0], {"data": forged}

    def update(self, raw: Params) -> int:
        """Telegram has an update for the bot; one with an update_id of its own may be a repeat."""
        with self._changed:
            update_id = raw.get("update_id", self._next_update)
            self._next_update = max(self._next_update, update_id + 1)
            self._repeats |= {update_id} & {raw.get("update_id")}
            self.unconfirmed.append({**raw, "update_id": update_id})
            return update_id

    # What people see, and what goes wrong

    def heard(self, chat: int, after: int = 0, *, deleted: bool = False) -> list[Heard]:
        """What the bot has said in a chat after a message, as it stands; the deleted only if asked for."""
        with self._changed:
            said = [on for on in self.messages.values() if on.chat == chat and on.from_bot]
            return [on for on in said if on.message_id > after and (deleted or not on.deleted)]

    @either_way
    def wait_for(
        self, chat: int, wanted: int | Callable[[list[Heard]], Any], timeout: float = 10, after: int = 0
    ) -> Any:
        """What is heard once it is so many messages, or once it meets a predicate."""
        met = wanted if callable(wanted) else lambda heard: len(heard) >= wanted
        with self._changed:
            if not self._changed.wait_for(lambda: met(self.heard(chat, after)), timeout):
                raise AssertionError(f"not heard in {timeout} s; heard {self.heard(chat, after)}")
            return self.heard(chat, after)

    @either_way
    def quiet(self, chat: int, seconds: float, timeout: float = 60) -> Any:
        """What is heard once the bot has sent, edited and deleted nothing in a chat for so many seconds."""
        end = time.monotonic() + timeout
        with self._changed:
            while time.monotonic() < end:
                was = self._changes(chat)
                if not self._changed.wait_for(lambda was=was: self._changes(chat) > was, seconds):
                    return self.heard(chat)
            raise AssertionError(f"chat {chat} is never quiet: {self.heard(chat)}")

    def _changes(self, chat: int) -> int:
        return sum(version.chat == chat and version.from_bot for version in self._versions)

    def fails(
        self,
        method: str,
        status: int | str,
        *,
        times: float = 1,
        chat: int | None = None,
        retry_after: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Make a method ("*": any) fail so many `times`, or for so many `seconds`.

        `status` is 403, 429, 500, 502, "echo" (400, quoting the text), "drop" (not done, no answer), "drop_after"
        (done, no answer), "garbled" (done, answered with a page of someone else's) or "slow" (done at once, and
        answered `seconds` later).
        """
        end = INFINITY
        if seconds is not None and status != "slow":
            times, end = INFINITY, time.monotonic() + seconds
        with self._changed:
            self._faults.append(Fault(status, method, chat, retry_after or 1, seconds or 1, times, end))
