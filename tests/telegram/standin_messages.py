"""Messages and people as the stand-in keeps them, and as Telegram tells a bot of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, NamedTuple

Params = dict[str, Any]
BOT = {"id": 123456, "is_bot": True, "first_name": "Stand-in", "username": "stand_in_bot"}
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
    message: Params = {"message_id": heard.message_id, "date": 0, "chat": chat_of(heard.chat)}
    if heard.deleted:
        return message
    message |= {"date": int(time.time() - time.monotonic() + heard.at), "from": BOT}
    message["text" if heard.kind == "text" else "caption"] = heard.text
    if heard.edited:
        message["edit_date"] = int(time.time())
    if "inline_keyboard" in (heard.markup or {}):
        message["reply_markup"] = heard.markup
    if heard.kind != "text":
        file = FILE | {"file_id": f"file-{heard.message_id}"}
        message[heard.kind] = [file] if heard.kind == "photo" else file
    return message
