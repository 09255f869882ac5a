"""Telegram's rules: what it takes from a bot, and in which words it refuses the rest."""

from __future__ import annotations

import html
import itertools
import re
from typing import Any

from standin_messages import Params, Upload

TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler", "span"}
ENTITY = r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
ATTRIBUTE = r"\s+[a-z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?"
MARKUP = re.compile(rf"<(/?)([a-z-]+)((?:{ATTRIBUTE})*)\s*>|({ENTITY})|[<&]")
ACTION = r"typing|choose_sticker|find_location|(record|upload)_(voice|video(_note)?)|upload_(photo|document)"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff")
LIMITS = {"text": 4096, "caption": 1024, "description": 512, "short_description": 120}


class Refusal(Exception):
    """Telegram's refusal of a request."""

    def __init__(self, description: str, status: int = 400, **parameters: Any) -> None:
        super().__init__(f"Bad Request: {description}" if status == 400 else description)
        self.status, self.parameters = status, parameters


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


def content(params: Params, field: str) -> Params:
    """What a person will read of a text or a caption."""
    source, mode = params.get(field) or "", params.get("parse_mode", "").lower()
    if mode not in ("", "html"):
        raise Refusal("unsupported parse_mode")
    source = source if mode else html.escape(source, quote=False)
    text, entities = parse_html(source)
    if utf16(text) > LIMITS[field]:
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


def uploaded(params: Params, kind: str) -> Upload:
    """The file that a request brings, which as a photo must be a picture."""
    upload = params.get(kind)
    if not isinstance(upload, Upload) or not upload.data:
        raise Refusal(f"there is no {kind} in the request")
    if kind == "photo" and not upload.data.startswith(PICTURES):
        raise Refusal("IMAGE_PROCESS_FAILED")
    return upload


def commands(params: Params) -> list[dict[str, str]]:
    """The bot's menu."""
    menu = params.get("commands", [])
    for named in menu:
        fits = 1 <= len(named["description"]) <= 256
        if not fits or not re.fullmatch("[a-z0-9_]{1,32}", named["command"]):
            raise Refusal("BOT_COMMAND_INVALID")
    return menu


def check_description(params: Params, field: str) -> bool:
    """True if what the bot tells of itself is short enough."""
    if utf16(params.get(field, "")) > LIMITS[field]:
        raise Refusal(f"{field} is too long")
    return True


def check_action(params: Params) -> bool:
    """True if what the bot is seen doing is something Telegram can show."""
    if not re.fullmatch(ACTION, params.get("action", "")):
        raise Refusal("wrong parameter action in request")
    return True
