"""A stand-in for the Telegram Bot API: real HTTP on a loopback port, as strict as Telegram where it matters.

The server has a thread of its own and every method is thread-safe: a bot under test may share the test's event
loop (`async with StandIn() as tg`) or be another process (`with StandIn.in_thread() as tg`). What waits (`wait_for`,
`quiet`) is awaited inside an event loop and simply called outside one. `stop` and `start` keep the port and all else.
"""

from __future__ import annotations

import asyncio
import functools
import html
import itertools
import json
import re
import socket
import threading
import time
from dataclasses import dataclass, replace
from typing import Any, Callable, NamedTuple

from aiohttp import web

TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler", "span"}
ENTITY = r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
ATTRIBUTE = r"\s+[a-z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?"
MARKUP = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:{ATTRIBUTE})*)\s*>|({ENTITY})|[<&]")
COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")
JSON_FIELDS = {"reply_markup", "commands", "message_ids", "allowed_updates", "reply_parameters", "scope"}
NUMBERS = {"chat_id", "message_id", "offset", "limit", "timeout"}
ACTIONS = r"typing|choose_sticker|find_location|record_(video|voice|video_note)|upload_(photo|video|voice|document|video_note)"
FILE = {"file_id": "a-file", "file_unique_id": "a-file", "file_size": 1000, "width": 90, "height": 90, "duration": 3}
KINDS: dict[str, dict[str, Any]] = {
    **{kind: {kind: FILE} for kind in ("animation", "audio", "document", "video", "voice")},
    "contact": {"contact": {"phone_number": "+15550100", "first_name": "Sam"}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "forward": {"text": "forwarded", "forward_origin": {"type": "hidden_user", "sender_user_name": "Sam", "date": 1}},
    "location": {"location": {"latitude": 51.5, "longitude": -0.1}},
    "photo": {"photo": [FILE]},
    "sticker": {"sticker": {**FILE, "type": "regular", "is_animated": False, "is_video": False}},
    "video_note": {"video_note": {**FILE, "length": 240}},
}
FAULTS = {403: "Forbidden: bot was blocked by the user", 429: "Too Many Requests: retry after {}"}
Call = NamedTuple("Call", [("at", float), ("method", str), ("params", dict[str, Any])])
Refused = NamedTuple("Refused", [("method", str), ("description", str), ("params", dict[str, Any])])
Upload = NamedTuple("Upload", [("name", str), ("data", bytes)])


class Refusal(Exception):
    """Telegram's refusal of a request."""

    def __init__(self, description: str, status: int = 400, **parameters: Any) -> None:
        super().__init__(f"Bad Request: {description}" if status == 400 else description)
        self.status, self.parameters = status, parameters

    def answer(self) -> web.Response:
        body = {"ok": False, "error_code": self.status, "description": str(self)}
        return web.json_response(body | ({"parameters": self.parameters} if self.parameters else {}), status=self.status)


@dataclass(frozen=True)
class Heard:
    """A message as it stands now; `at` is the monotonic time it was sent."""

    chat: int
    message_id: int
    kind: str
    text: str
    html: str = ""
    at: float = 0.0
    spans: tuple = ()
    markup: dict[str, Any] | None = None
    upload: Upload | None = None
    from_bot: bool = True
    edited: bool = False
    deleted: bool = False

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        keyboard = (self.markup or {}).get("inline_keyboard") or (self.markup or {}).get("keyboard") or []
        return [[{"text": key} if isinstance(key, str) else key for key in row] for row in keyboard]

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of the buttons under the message, row by row."""
        return [[button["text"] for button in row] for row in self.rows]


def either_way(waits: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method that blocks be awaited inside an event loop, and simply called outside one."""

    @functools.wraps(waits)
    def call(*args: Any, **kwargs: Any) -> Any:
        inside = asyncio._get_running_loop() is not None
        return asyncio.to_thread(waits, *args, **kwargs) if inside else waits(*args, **kwargs)

    return call


def utf16(text: str) -> int:
    """How long Telegram counts a text to be."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, tuple]:
    """The visible text of HTML and the spans its tags cover, refused as Telegram refuses it."""
    visible, end, spans, opened = "", 0, [], []
    for found in MARKUP.finditer(source):
        visible, end = visible + source[end : found.start()], found.end()
        closing, tag, attributes, entity = found.groups()
        if entity:
            visible += html.unescape(entity)
        elif tag not in TAGS or re.search(f"&(?!{ENTITY[1:]})", attributes):
            raise Refusal(f"can't parse entities: unsupported {found[0]!r} at offset {found.start()}")
        elif not closing:
            opened.append((tag, attributes.strip(), len(visible)))
        elif not opened or opened[-1][0] != tag:
            raise Refusal(f"can't parse entities: unmatched end tag at offset {found.start()}")
        else:
            spans.append((*opened.pop(), len(visible)))
    if opened:
        raise Refusal(f"can't parse entities: can't find end tag corresponding to start tag {opened[-1][0]}")
    return (visible + source[end:]).strip(), tuple(sorted(spans))


def content(params: dict[str, Any], field: str, limit: int) -> dict[str, Any]:
    """What a person will read of a text or caption."""
    source, mode = params.get(field) or "", params.get("parse_mode", "").lower()
    if mode not in ("", "html"):
        raise Refusal("unsupported parse_mode")
    text, spans = parse_html(source) if mode else (source.strip(), ())
    if utf16(text) > limit:
        raise Refusal(f"message {'' if field == 'text' else 'caption '}is too long")
    if field == "text" and not text:
        raise Refusal("message text is empty")
    return {"text": text, "spans": spans, "html": source if mode else html.escape(source, quote=False)}


def keyboard(params: dict[str, Any]) -> dict[str, Any] | None:
    """The reply markup of a request, its buttons checked."""
    for button in itertools.chain(*(params.get("reply_markup") or {}).get("inline_keyboard", [])):
        if not button.get("text") or len(button) != 2:
            raise Refusal("can't parse inline keyboard button: it needs a text and exactly one action")
        if not 1 <= len(button.get("callback_data", "url").encode()) <= 64:
            raise Refusal("BUTTON_DATA_INVALID")
    return params.get("reply_markup") or None


async def received(request: web.Request) -> dict[str, Any]:
    """The parameters of a request, whichever way they came."""
    is_json = request.content_type == "application/json"
    params = {**request.query, **(await request.json() if is_json else await request.post())}
    for name, value in params.items():
        if isinstance(value, web.FileField):
            params[name] = Upload(value.filename, value.file.read())
        elif isinstance(value, str) and name in JSON_FIELDS | NUMBERS:
            try:
                params[name] = int(value) if name in NUMBERS else json.loads(value)
            except ValueError:
                raise Refusal(f"can't parse {name}" if name != "chat_id" else "chat not found") from None
    return params


@dataclass
class Fault:
    """Trouble that a test asked for."""

    method: str
    status: int | str
    times: float
    chat: int | None
    retry_after: int
    delay: float
    until: float

    def meets(self, method: str, params: dict[str, Any]) -> bool:
        wanted = self.method in (method, "*") and self.chat in (None, params.get("chat_id"))
        return wanted and self.times > 0 and time.monotonic() < self.until

    def answer(self) -> web.Response:
        if self.status == 502:
            return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
        after = {"retry_after": self.retry_after} if self.status == 429 else {}
        reason = FAULTS.get(self.status, "Internal Server Error").format(self.retry_after)
        return Refusal(reason, self.status, **after).answer()


class StandIn:
    """Telegram as one bot meets it, and the people who write to that bot."""

    def __init__(self, token: str = "123456:STAND-IN") -> None:
        self.token, self.port = token, 0
        self.calls: list[Call] = []
        self.refused: list[Refused] = []
        self.commands: list[dict[str, str]] = []
        self.messages: dict[int, Heard] = {}
        self.unconfirmed: list[dict[str, Any]] = []
        self.unanswered: set[str] = set()
        self._changed = threading.Condition()
        self._ids, self._next_update, self._polls = itertools.count(1), 1, 0
        self._undelivered: set[int] = set()  # updates given an id by a test: sent once whatever the offset
        self._chats: dict[int, dict[str, Any]] = {}
        self._closed: dict[int, str] = {}
        self._faults: list[Fault] = []
        self._keyboards: dict[int, list[Heard]] = {}
        self._moved: dict[int, float] = {}

    # Running

    @property
    def base_url(self) -> str:
        """What python-telegram-bot wants as its base_url."""
        return f"http://127.0.0.1:{self.port}/bot"

    @classmethod
    def in_thread(cls, token: str = "123456:STAND-IN") -> StandIn:
        """A stand-in for `with`."""
        return cls(token)

    def start(self) -> StandIn:
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port, self._loop = listener.getsockname()[1], asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        self._on_loop(self._runner.setup())
        self._on_loop(web.SockSite(self._runner, listener).start())
        return self

    def stop(self) -> None:
        """Go down as Telegram goes down: connections are cut, and nothing listens."""
        self._on_loop(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _on_loop(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def __enter__(self) -> StandIn:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> StandIn:
        return self.start()

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    # What people do

    def says(self, chat: int, text: str, *, edited_of: int | None = None, **about: Any) -> int:
        """A person writes (or edits) a message; `about`: chat_type, language, update_id, other message fields."""
        found = COMMAND.finditer(text)
        spans = [{"type": "bot_command", "offset": utf16(text[: m.start()]), "length": len(m[0])} for m in found]
        return self._person(chat, {"text": text} | ({"entities": spans} if spans else {}), edited_of, **about)

    def sends(self, chat: int, kind: str, **about: Any) -> int:
        """A person sends something other than text: one of KINDS."""
        return self._person(chat, KINDS[kind], **about)

    def presses(self, chat: int, label: str, *, message_id: int | None = None, data: str | None = None) -> str | None:
        """A person presses a button, on the latest message that has it, or on any they still see; or forges it."""
        with self._changed:
            message, button = self._button(chat, label, message_id, forged=data is not None)
            if "keyboard" in (message.markup or {}):
                self.says(chat, label)
                return None
            query = {"id": f"query-{next(self._ids)}", "from": self._sender(chat), "chat_instance": str(chat)}
            query |= {"message": self._as_telegram(message), "data": button["callback_data"] if data is None else data}
            self.unanswered.add(query["id"])
            self.update({"callback_query": query})
            return query["id"]

    def update(self, raw: dict[str, Any]) -> int:
        """Telegram has an update for the bot."""
        with self._changed:
            update_id = raw.get("update_id") or self._next_update
            self._next_update = max(self._next_update, update_id + 1)
            self._undelivered |= {update_id} if "update_id" in raw else set()
            self.unconfirmed.append({**raw, "update_id": update_id})
            return update_id

    def blocks(self, chat: int, blocked: bool = True) -> None:
        """A person blocks the bot, or thinks better of it."""
        with self._changed:
            self._closed = {**self._closed, chat: FAULTS[403]}
            ...
