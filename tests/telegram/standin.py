"""A stand-in for the Telegram Bot API: real HTTP on a loopback port, as strict as Telegram where it matters.

The server has a thread of its own and every method is thread-safe: a bot under test may share the test's
event loop (`async with StandIn() as tg`) or be a process (`with StandIn.in_thread() as tg`). What waits,
`wait_for` and `quiet`, is awaited inside an event loop and simply called outside one. `stop` and `start`
bring Telegram down and back on the same port, with all that was said and is still to be fetched.
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
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, NamedTuple

from aiohttp import web

Params = dict[str, Any]
TOKEN = "123456:STAND-IN"
INFINITY = float("inf")
TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler", "span"}
ENTITY = r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
ATTRIBUTE = r"\s+[a-z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?"
MARKUP = re.compile(rf"<(/?)([a-z-]+)((?:{ATTRIBUTE})*)\s*>|({ENTITY})|[<&]")
COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")
ACTION = r"typing|choose_sticker|find_location|(record|upload)_(voice|video(_note)?)|upload_(photo|document)"
NUMBERS = {"chat_id", "message_id", "offset", "limit", "timeout", "drop_pending_updates"}
JSON_FIELDS = {"reply_markup", "commands", "message_ids", "allowed_updates"} | NUMBERS
FILE = {"file_id": "a-file", "file_unique_id": "a-file", "width": 90, "height": 90, "duration": 3}
SAM = {"type": "hidden_user", "sender_user_name": "Sam", "date": 1}
KINDS: dict[str, Params] = {
    **{kind: {kind: FILE} for kind in ("animation", "audio", "document", "video", "voice")},
    "contact": {"contact": {"phone_number": "+15550100", "first_name": "Sam"}},
    "forward": {"text": "So be it.", "forward_origin": SAM},
    "location": {"location": {"latitude": 51.5, "longitude": -0.1}},
    "photo": {"photo": [FILE]},
    "sticker": {"sticker": {**FILE, "type": "regular", "is_animated": False, "is_video": False}},
    "video_note": {"video_note": {**FILE, "length": 240}},
}
BLOCKED = "Forbidden: bot was blocked by the user"
FAULTS = {403: BLOCKED, 429: "Too Many Requests: retry after {}", 500: "Internal Server Error"}
NO_FAULT = SimpleNamespace(status=None)
BOT = {"id": 123456, "is_bot": True, "first_name": "Stand-in", "username": "stand_in_bot"}


class Call(NamedTuple):
    """A request as it came; `at` is monotonic time."""

    at: float
    method: str
    params: Params


class Refused(NamedTuple):
    """A request that Telegram would not accept, and why."""

    method: str
    description: str
    params: Params


class Upload(NamedTuple):
    """A file as the bot uploaded it."""

    name: str
    data: bytes


class Refusal(Exception):
    """Telegram's refusal of a request."""

    def __init__(self, description: str, status: int = 400, **parameters: Any) -> None:
        super().__init__(f"Bad Request: {description}" if status == 400 else description)
        self.status, self.parameters = status, parameters

    def answer(self) -> web.Response:
        body = {"ok": False, "error_code": self.status, "description": str(self)}
        return web.json_response(body | {"parameters": self.parameters}, status=self.status)


@dataclass(frozen=True)
class Heard:
    """A message as it stands; `at` is the monotonic time it was sent, `kind` is text, photo or document."""

    chat: int
    message_id: int
    kind: str
    at: float
    text: str = ""
    html: str = ""
    entities: tuple = ()
    markup: Params | None = None
    upload: Upload | None = None
    from_bot: bool = True
    edited: bool = False
    deleted: bool = False

    @property
    def rows(self) -> list[list[Params]]:
        markup = self.markup or {}
        keys = markup.get("inline_keyboard") or markup.get("keyboard") or []
        return [[{"text": key} if isinstance(key, str) else key for key in row] for row in keys]

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of its buttons, row by row."""
        return [[button["text"] for button in row] for row in self.rows]


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


def utf16(text: str) -> int:
    """How long Telegram counts a text to be."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, tuple]:
    """The visible text of HTML and what its tags cover; refused where a tag or a bare < or & is amiss."""
    visible, end, entities, opened = "", 0, [], []
    for found in MARKUP.finditer(source):
        visible, end = visible + source[end : found.start()], found.end()
        closing, tag, attributes, entity = found.groups()
        if entity:
            visible += html.unescape(entity)
        elif tag not in TAGS or re.search(f"&(?!{ENTITY[1:]})", attributes):
            raise Refusal(f"can't parse entities: unsupported {found[0]!r} at offset {found.start()}")
        elif not closing:
            opened.append((tag, attributes.strip(), len(visible)))
        elif opened and opened[-1][0] == tag:
            entities.append((*opened.pop(), len(visible)))
        else:
            raise Refusal(f"can't parse entities: unexpected end tag at offset {found.start()}")
    if opened:
        raise Refusal(f"can't parse entities: can't find end tag corresponding to start tag {opened[-1][0]}")
    return (visible + source[end:]).strip(), tuple(sorted(entities))


def content(params: Params, field: str, limit: int) -> Params:
    """What a person will read of a text or a caption."""
    source, mode = params.get(field) or "", params.get("parse_mode", "").lower()
    if mode not in ("", "html"):
        raise Refusal("unsupported parse_mode")
    source = source if mode else html.escape(source, quote=False)
    text, entities = parse_html(source)
    if utf16(text) > limit:
        raise Refusal(f"message {'' if field == 'text' else 'caption '}is too long")
    if field == "text" and not text:
        raise Refusal("message text is empty")
    return {"text": text, "html": source, "entities": entities}


def keyboard(params: Params) -> Params | None:
    """The reply markup of a request, its inline buttons checked."""
    markup = params.get("reply_markup") or {}
    for button in itertools.chain(*markup.get("inline_keyboard", [])):
        if not button.get("text") or len(button) != 2:
            raise Refusal("can't parse inline keyboard button: it needs a text and one action")
        if not 1 <= len(button.get("callback_data", "none").encode()) <= 64:
            raise Refusal("BUTTON_DATA_INVALID")
    return markup if markup and markup.get("inline_keyboard", True) else None


def person(chat: int, language: str | None = "en") -> Params:
    """Who writes in a chat, as Telegram tells of them."""
    about = {"language_code": language} if language else {}
    return {"id": abs(chat), "is_bot": False, "first_name": "Sam", **about}


def chat_of(chat: int, chat_type: str = "private") -> Params:
    """A chat as Telegram tells of it; an id below zero is never a private one."""
    kind = "group" if chat < 0 and chat_type == "private" else chat_type
    return {"id": chat, "type": kind, **({"first_name": "Sam"} if kind == "private" else {"title": "Us"})}


def as_message(heard: Heard) -> Params:
    """A message as Telegram tells the bot of it."""
    if heard.deleted:
        return {"message_id": heard.message_id, "date": 0, "chat": chat_of(heard.chat)}
    sent = int(time.time() - time.monotonic() + heard.at)
    message = {"message_id": heard.message_id, "date": sent, "chat": chat_of(heard.chat), "from": BOT}
    message |= {"text" if heard.kind == "text" else "caption": heard.text}
    message |= {"edit_date": int(time.time())} if heard.edited else {}
    message |= {"reply_markup": heard.markup} if "inline_keyboard" in (heard.markup or {}) else {}
    file = FILE | {"file_id": f"file-{heard.message_id}"}
    return message | {"photo": {"photo": [file]}, "document": {"document": file}}.get(heard.kind, {})


def failure(fault: SimpleNamespace) -> web.Response:
    """How Telegram answers when it is a test that wants it to fail."""
    if fault.status == 502:
        return web.Response(status=502, text="<h1>502 Bad Gateway</h1>", content_type="text/html")
    after = {"retry_after": fault.retry_after} if fault.status == 429 else {}
    reason = FAULTS.get(fault.status, f"failed on purpose with {fault.status}")
    return Refusal(reason.format(fault.retry_after), fault.status, **after).answer()


async def received(request: web.Request) -> Params:
    """The parameters of a request, whichever way they came."""
    as_json = request.content_type == "application/json"
    params = {**request.query, **(await request.json() if as_json else await request.post())}
    for name, value in params.items():
        if isinstance(value, web.FileField):
            with value.file as file:
                params[name] = Upload(value.filename, file.read())
        elif isinstance(value, str) and name in JSON_FIELDS:
            try:
                params[name] = json.loads(value)
            except ValueError:
                raise Refusal("chat not found" if name == "chat_id" else f"can't parse {name}") from None
    return params


class StandIn:
    """Telegram as one bot meets it, and the people who write to that bot."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token, self.port = token, 0
        self.calls: list[Call] = []
        self.refused: list[Refused] = []
        self.commands: list[dict[str, str]] = []
        self.messages: dict[int, Heard] = {}  # everyone's, by message_id
        self.unconfirmed: list[Params] = []  # updates that the bot has yet to confirm
        self.unanswered: set[str] = set()  # callback queries that the bot has yet to answer
        self.blocked: set[int] = set()  # chats that blocked the bot: a test adds to it
        self._changed = threading.Condition()
        self._ids, self._next_update, self._polls = itertools.count(1), 1, 0
        self._repeats: set[int] = set()  # updates whose id a test chose: sent once, whatever is confirmed
        self._versions: list[Heard] = []  # every message as it was at every time
        self._queries: set[str] = set()
        self._faults: list[SimpleNamespace] = []

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

    def presses(
        self, chat: int, label: str, *, message_id: int | None = None, data: str | None = None
    ) -> str | None:
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
        while time.monotonic() < end:
            if not self._changes_within(chat, seconds):
                return self.heard(chat)
        raise AssertionError(f"chat {chat} is never quiet: {self.heard(chat)}")

    def _changes_within(self, chat: int, seconds: float) -> bool:
        with self._changed:
            was = self._changes(chat)
            return self._changed.wait_for(lambda: self._changes(chat) > was, seconds)

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

        `status` is 403, 429, 500, 502, "drop" (not done, no answer), "drop_after" (done, no answer) or "slow"
        (done at once, and answered `seconds` later).
        """
        lasting = seconds is not None and status != "slow"
        fault = SimpleNamespace(method=method, status=status, chat=chat, retry_after=retry_after or 1)
        fault.times = INFINITY if lasting else times
        fault.end = time.monotonic() + seconds if lasting else INFINITY
        fault.delay = seconds or 1
        with self._changed:
            self._faults.append(fault)

    # What the bot asks

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method, params, fault = request.match_info["method"], {}, NO_FAULT
        try:
            params = await received(request)
            fault = self._arrives(method, params)
            if isinstance(fault.status, int):
                return failure(fault)
            answer = web.Response()
            if fault.status != "drop":
                answer = web.json_response({"ok": True, "result": await self._act(request, method, params)})
        except Refusal as refusal:
            self.refused.append(Refused(method, str(refusal), params))
            answer = refusal.answer()
        if fault.status == "slow":
            await asyncio.sleep(fault.delay)
        if fault.status in ("drop", "drop_after"):
            request.transport.close()
        return answer

    def _arrives(self, method: str, params: Params) -> SimpleNamespace:
        with self._changed:
            now = time.monotonic()
            self.calls.append(Call(now, method, params))
            self._changed.notify_all()
            self._faults = [fault for fault in self._faults if fault.times >= 1 and fault.end > now]
            for fault in self._faults:
                if fault.method in (method, "*") and fault.chat in (None, params.get("chat_id")):
                    fault.times -= 1
                    return fault
            return NO_FAULT

    async def _act(self, request: web.Request, method: str, params: Params) -> Any:
        if request.match_info["token"] != self.token:
            raise Refusal("Unauthorized", 401)
        if method == "getUpdates":
            return await self._updates(params)
        if method not in METHODS:
            raise Refusal("Not Found", 404)
        with self._changed:
            return METHODS[method](self, params)

    async def _updates(self, params: Params) -> list[Params]:
        self._polls += 1
        poll, end = self._polls, time.monotonic() + params.get("timeout", 0)
        while not (updates := self._take(**params)) and time.monotonic() < end:
            await asyncio.sleep(0.01)
            if poll != self._polls:
                raise Refusal("Conflict: terminated by other getUpdates request", 409)
        return updates

    def _take(self, offset: int = 0, limit: int = 100, allowed_updates: Any = None, **_: Any) -> list[Params]:
        with self._changed:
            kept = self.unconfirmed[offset:] if offset < 0 else self.unconfirmed
            kept = [one for one in kept if one["update_id"] >= offset or one["update_id"] in self._repeats]
            wanted = [one for one in kept if not allowed_updates or set(one) & set(allowed_updates)]
            batch = sorted(wanted, key=lambda one: one["update_id"])[:limit]
            self._repeats -= {one["update_id"] for one in batch}
            self.unconfirmed = kept
            return batch

    def _forget_webhook(self, params: Params) -> bool:
        self.unconfirmed = [] if params.get("drop_pending_updates") else self.unconfirmed
        return True

    def _keep(self, message: Heard) -> Params:
        with self._changed:
            self.messages[message.message_id] = message
            self._versions.append(message)
            self._changed.notify_all()
            return as_message(message)

    def _chat(self, params: Params) -> int:
        if not isinstance(params.get("chat_id"), int):
            raise Refusal("chat not found" if params.get("chat_id") else "chat_id is empty")
        if params["chat_id"] in self.blocked:
            raise Refusal(BLOCKED, 403)
        return params["chat_id"]

    def _send(self, params: Params, kind: str, **shown: Any) -> Params:
        chat, markup = self._chat(params), keyboard(params)
        return self._keep(Heard(chat, next(self._ids), kind, time.monotonic(), markup=markup, **shown))

    def _send_text(self, params: Params) -> Params:
        return self._send(params, "text", **content(params, "text", 4096))

    def _send_file(self, params: Params, kind: str) -> Params:
        upload = params.get(kind)
        if not isinstance(upload, Upload) or not upload.data:
            raise Refusal(f"there is no {kind} in the request")
        if kind == "photo" and upload.data[:3] not in (b"\x89PN", b"\xff\xd8\xff"):
            raise Refusal("IMAGE_PROCESS_FAILED")
        return self._send(params, kind, upload=upload, **content(params, "caption", 1024))

    def _edit(self, params: Params, **shown: Any) -> Params:
        chat, old = self._chat(params), self.messages.get(params.get("message_id"))
        if old is None or old.chat != chat or old.deleted:
            raise Refusal("message to edit not found")
        if not old.from_bot or "keyboard" in (old.markup or {}):
            raise Refusal("message can't be edited")
        if shown and old.kind != "text":
            raise Refusal("there is no text in the message to edit")
        new = replace(old, markup=keyboard(params), **shown)
        if (new.text, new.entities, new.markup) == (old.text, old.entities, old.markup):
            raise Refusal("message is not modified")
        return self._keep(new)

    def _edit_text(self, params: Params) -> Params:
        return self._edit(params, edited=True, **content(params, "text", 4096))

    def _delete(self, params: Params, message_ids: list[int]) -> bool:
        chat = self._chat(params)
        there = [self.messages[one] for one in message_ids if one in self.messages]
        there = [message for message in there if message.chat == chat and not message.deleted]
        if not there and "message_id" in params:
            raise Refusal("message to delete not found")
        for message in there:
            self._keep(replace(message, deleted=True))
        return True

    def _set_commands(self, params: Params) -> bool:
        commands = params.get("commands", [])
        for named in commands:
            fits = 1 <= len(named["description"]) <= 256
            if not re.fullmatch("[a-z0-9_]{1,32}", named["command"]) or not fits:
                raise Refusal("BOT_COMMAND_INVALID")
        self.commands = self.commands if params.get("language_code") else commands
        return True

    def _answer_query(self, params: Params) -> bool:
        query = params.get("callback_query_id")
        if query not in self._queries or utf16(params.get("text", "")) > 200:
            raise Refusal("query is too old and response timeout expired or query ID is invalid")
        self.unanswered.discard(query)
        return True

    def _act_in_chat(self, params: Params) -> bool:
        self._chat(params)
        if not re.fullmatch(ACTION, params.get("action", "")):
            raise Refusal("wrong parameter action in request")
        return True

    def _leave(self, params: Params) -> bool:
        if self._chat(params) > 0:
            raise Refusal("chat member status can't be changed in private chats")
        return True

    def _describe(self, params: Params, field: str, limit: int) -> bool:
        if utf16(params.get(field, "")) > limit:
            raise Refusal(f"{field} is too long")
        return True

    def _refuse_file(self, params: Params) -> None:
        raise Refusal("invalid file_id")


METHODS: dict[str, Callable[[StandIn, Params], Any]] = {
    "getMe": lambda tg, params: BOT,
    "deleteWebhook": StandIn._forget_webhook,
    "setMyCommands": StandIn._set_commands,
    "setMyDescription": lambda tg, params: tg._describe(params, "description", 512),
    "setMyShortDescription": lambda tg, params: tg._describe(params, "short_description", 120),
    "sendMessage": StandIn._send_text,
    "sendPhoto": lambda tg, params: tg._send_file(params, "photo"),
    "sendDocument": lambda tg, params: tg._send_file(params, "document"),
    "editMessageText": StandIn._edit_text,
    "editMessageReplyMarkup": StandIn._edit,
    "deleteMessage": lambda tg, params: tg._delete(params, [params.get("message_id")]),
    "deleteMessages": lambda tg, params: tg._delete(params, params.get("message_ids", [])),
    "sendChatAction": StandIn._act_in_chat,
    "answerCallbackQuery": StandIn._answer_query,
    "leaveChat": StandIn._leave,
    "getFile": StandIn._refuse_file,
}
