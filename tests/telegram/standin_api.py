"""The stand-in's server side: what the bot asks, and what Telegram answers."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import standin_rules as rules
from aiohttp import web
from standin_messages import BOT, Call, Heard, Params, Refused, Upload, as_message
from standin_rules import Refusal

INFINITY = float("inf")
DELETABLE = 48 * 3600  # seconds after which only the person can delete a message
NUMBERS = {"chat_id", "message_id", "offset", "limit", "timeout", "drop_pending_updates"}
JSON_FIELDS = {"reply_markup", "commands", "message_ids", "allowed_updates"} | NUMBERS
BLOCKED = "Forbidden: bot was blocked by the user"
FAILURES = {403: BLOCKED, 429: "Too Many Requests: retry after {}", 500: "Internal Server Error"}


@dataclass
class Fault:
    """What a test wants to go wrong, with which method and until when."""

    status: int | str = ""
    method: str = "*"
    chat: int | None = None
    retry_after: int = 1
    delay: float = 1
    times: float = 1
    end: float = INFINITY

    def answer(self) -> web.Response:
        if self.status == 502:
            return web.Response(status=502, text="<h1>502 Bad Gateway</h1>", content_type="text/html")
        after = {"retry_after": self.retry_after} if self.status == 429 else {}
        reason = FAILURES.get(self.status, f"failed on purpose with {self.status}")
        return refusing(Refusal(reason.format(self.retry_after), self.status, **after))


def refusing(refusal: Refusal) -> web.Response:
    """A refusal as the bot gets it."""
    body = {"ok": False, "error_code": refusal.status, "description": str(refusal)}
    return web.json_response(body | {"parameters": refusal.parameters}, status=refusal.status)


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


class Api:
    """All that Telegram knows of one bot, and its answers to that bot."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.refused: list[Refused] = []
        self.commands: list[dict[str, str]] = []
        self.messages: dict[int, Heard] = {}  # everyone's, by message_id
        self.unconfirmed: list[Params] = []  # updates that the bot has yet to confirm
        self.unanswered: set[str] = set()  # callback queries that the bot has yet to answer
        self.blocked: set[int] = set()  # chats that blocked the bot: a test adds to it
        self._changed = threading.Condition()
        self._ids, self._polls = itertools.count(1), 0
        self._repeats: set[int] = set()  # updates whose id a test chose: sent once, whatever is confirmed
        self._versions: list[Heard] = []  # every message as it was at every time
        self._queries: set[str] = set()
        self._faults: list[Fault] = []

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method, params, fault = request.match_info["method"], {}, Fault()
        try:
            params = await received(request)
            fault = self._arrives(method, params)
            if isinstance(fault.status, int):
                return fault.answer()
            if fault.status == "echo":
                raise Refusal(f"can't say {params.get('text')!r}")
            answer = web.Response()
            if fault.status != "drop":
                answer = web.json_response({"ok": True, "result": await self._act(request, method, params)})
        except Refusal as refusal:
            self.refused.append(Refused(method, str(refusal), params))
            answer = refusing(refusal)
        if fault.status == "garbled":
            answer = web.Response(text="<h1>Please log in to the wireless network</h1>", content_type="text/html")
        if fault.status == "slow":
            await asyncio.sleep(fault.delay)
        if fault.status in ("drop", "drop_after"):
            request.transport.close()
        return answer

    def _arrives(self, method: str, params: Params) -> Fault:
        with self._changed:
            now = time.monotonic()
            self.calls.append(Call(now, method, params))
            self._changed.notify_all()
            self._faults = [fault for fault in self._faults if fault.times >= 1 and fault.end > now]
            for fault in self._faults:
                if fault.method in (method, "*") and fault.chat in (None, params.get("chat_id")):
                    fault.times -= 1
                    return fault
            return Fault()

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

    def _send(self, params: Params, kind: str = "text") -> Params:
        chat, markup = self._chat(params), rules.keyboard(params)
        shown = {} if kind == "text" else {"upload": rules.uploaded(params, kind)}
        shown |= rules.content(params, "text" if kind == "text" else "caption")
        return self._keep(Heard(chat, next(self._ids), kind, time.monotonic(), markup=markup, **shown))

    def _edit(self, params: Params, **shown: Any) -> Params:
        chat, old = self._chat(params), self.messages.get(params.get("message_id"))
        if old is None or old.chat != chat or old.deleted:
            raise Refusal("message to edit not found")
        if not old.from_bot or "keyboard" in (old.markup or {}):
            raise Refusal("message can't be edited")
        if shown and old.kind != "text":
            raise Refusal("there is no text in the message to edit")
        new = replace(old, markup=rules.keyboard(params), **shown)
        if (new.text, new.entities, new.markup) == (old.text, old.entities, old.markup):
            raise Refusal("message is not modified")
        return self._keep(new)

    def _edit_text(self, params: Params) -> Params:
        return self._edit(params, edited=True, **rules.content(params, "text"))

    def _delete(self, params: Params) -> bool:
        chat, wanted = self._chat(params), params.get("message_ids", [params.get("message_id")])
        there = [self.messages[one] for one in wanted if one in self.messages]
        there = [message for message in there if message.chat == chat and not message.deleted]
        if not there and "message_ids" not in params:
            raise Refusal("message to delete not found")
        if any(time.monotonic() - message.at > DELETABLE for message in there):
            raise Refusal("message can't be deleted for everyone")
        for message in there:
            self._keep(replace(message, deleted=True))
        return True

    def _set_commands(self, params: Params) -> bool:
        menu = rules.commands(params)
        self.commands = self.commands if params.get("language_code") else menu
        return True

    def _answer_query(self, params: Params) -> bool:
        query = params.get("callback_query_id")
        if query not in self._queries or rules.utf16(params.get("text", "")) > 200:
            raise Refusal("query is too old and response timeout expired or query ID is invalid")
        self.unanswered.discard(query)
        return True

    def _act_in_chat(self, params: Params) -> bool:
        self._chat(params)
        return rules.check_action(params)

    def _leave(self, params: Params) -> bool:
        if self._chat(params) > 0:
            raise Refusal("chat member status can't be changed in private chats")
        return True

    def _refuse_file(self, params: Params) -> None:
        raise Refusal("invalid file_id")


METHODS: dict[str, Callable[[Api, Params], Any]] = {
    "getMe": lambda api, params: BOT,
    "deleteWebhook": Api._forget_webhook,
    "setMyCommands": Api._set_commands,
    "setMyDescription": lambda api, params: rules.check_description(params, "description"),
    "setMyShortDescription": lambda api, params: rules.check_description(params, "short_description"),
    "sendMessage": Api._send,
    "sendPhoto": lambda api, params: api._send(params, "photo"),
    "sendDocument": lambda api, params: api._send(params, "document"),
    "editMessageText": Api._edit_text,
    "editMessageReplyMarkup": Api._edit,
    "deleteMessage": Api._delete,
    "deleteMessages": Api._delete,
    "sendChatAction": Api._act_in_chat,
    "answerCallbackQuery": Api._answer_query,
    "leaveChat": Api._leave,
    "getFile": Api._refuse_file,
}
