"""From kept replies to Bot API calls. Pure: a reply as the outbox keeps it in, calls out."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit, ParseMode

_TAG = re.compile(r"</?[a-z]+>")
_ENTITY = re.compile(r"&\w+;")


@dataclass(frozen=True)
class Call:
    """One Bot API call: python-telegram-bot's method name, and its arguments but for the chat."""

    method: str
    arguments: dict[str, Any] = field(default_factory=dict)


def calls_for(reply: dict[str, Any], edited_message: int | None = None) -> list[Call]:
    """The calls that say a reply; `edited_message` is the message that it takes the place of, if it does.

    What the reply `deletes` is none of these: whether that could be done may change what is said (`deletions`).
    """
    text, keyboard = reply.get("text", ""), _keyboard(reply.get("rows", []))
    # What they asked to take away must be theirs to save.
    protected = reply.get("private") and not reply.get("document")
    shared = {"protect_content": True} if protected else {}
    shared |= {"disable_notification": True} if reply.get("silent") else {}
    if reply.get("edits") is not None:
        return _edit(text, edited_message)
    for kind in ("picture", "document"):
        if reply.get(kind):
            if _length(text) <= MessageLimit.CAPTION_LENGTH:
                return [_file(kind, reply, text, keyboard, shared)]
            return [_file(kind, reply, "", None, shared), *_texts(text, keyboard, shared)]
    return _texts(text, keyboard, shared)


def deletions(reply: dict[str, Any]) -> list[int]:
    """The messages that are to be deleted before a reply is said."""
    return [int(number) for number in reply.get("deletes", "").split(",") if number]


def _texts(text: str, keyboard: InlineKeyboardMarkup | None, shared: dict[str, Any]) -> list[Call]:
    pieces = split(text, MessageLimit.MAX_TEXT_LENGTH)
    calls = [Call("send_message", {"text": piece, "parse_mode": ParseMode.HTML, **shared}) for piece in pieces]
    if keyboard is not None:
        calls[-1].arguments["reply_markup"] = keyboard
    return calls


def beginning(call: Call, line: str) -> Call:
    """The same call with a line before its text, if it says one, does not begin so, and there is room."""
    text = call.arguments.get("text", "")
    longer = f"{line}\n\n{text}"
    if call.method != "send_message" or text.startswith(line) or _length(longer) > MessageLimit.MAX_TEXT_LENGTH:
        return call
    return Call(call.method, {**call.arguments, "text": longer})


def without_markup(call: Call) -> Call:
    """The same call as plain text, for when Telegram can't read the markup."""
    plain = {key: value for key, value in call.arguments.items() if key != "parse_mode"}
    for key in ("text", "caption"):
        if key in plain:
            plain[key] = html.unescape(_TAG.sub("", plain[key]))
    return Call(call.method, plain)


def split(text: str, limit: int) -> list[str]:
    """`text` in pieces that Telegram takes: cut between paragraphs or sentences, with tags closed and opened again."""
    if _length(text) <= limit:
        return [text]
    pieces, piece = [], ""
    for part in _parts(text, limit // 2):
        if piece and _length(piece) + _length(part) > limit:
            pieces.append(piece)
            piece = ""
        piece += part
    pieces.append(piece)
    return _rebalanced([piece for piece in pieces if piece.strip()])


def _parts(text: str, limit: int) -> list[str]:
    """Paragraphs; of those too long, sentences; of those too long, runs of words."""
    parts = []
    for paragraph in re.split(r"(?<=\n)(?=\S)", text):
        if _length(paragraph) <= limit:
            parts.append(paragraph)
            continue
        for sentence in _sentences(paragraph):
            if _length(sentence) <= limit:
                parts.append(sentence)
            else:
                # Never inside a tag or an entity: those are kept whole.
                runs = re.findall(rf"(?:</?[a-z]+>|&\w+;|.){{1,{limit // 2}}}", sentence, flags=re.DOTALL)
                parts.extend(runs)
    return parts


@lru_cache(maxsize=1)
def _splitter() -> Any:  # spaCy takes a second to import, and few answers are this long
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 10_000_000
    return nlp


def _sentences(paragraph: str) -> list[str]:
    # Tags have no spaces in them, so that no sentence of spaCy's can end inside of one. Entities look like a sign and
    # a word to it, so it reads letters in their place.
    masked = _splitter()(_ENTITY.sub(lambda entity: "x" * len(entity[0]), paragraph))
    ends = [sentence.start_char + len(sentence.text_with_ws) for sentence in masked.sents]
    return [paragraph[start:end] for start, end in zip([0, *ends], ends)]


def _rebalanced(pieces: list[str]) -> list[str]:
    whole, open_tags = [], []
    for piece in pieces:
        opened = "".join(f"<{tag}>" for tag in open_tags)
        for tag in _TAG.findall(piece):
            if tag.startswith("</"):
                open_tags.pop()
            else:
                open_tags.append(tag.strip("<>"))
        closed = "".join(f"</{tag}>" for tag in reversed(open_tags))
        whole.append(opened + piece.rstrip() + closed)
    return whole


def _length(text: str) -> int:
    """As Telegram counts: UTF-16 units of what is seen."""
    return len(html.unescape(_TAG.sub("", text)).encode("utf-16-le")) // 2


def _keyboard(rows: list[list[dict[str, str]]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button["label"], callback_data=button["token"]) for button in row] for row in rows]
    )


def _edit(text: str, message: int | None) -> list[Call]:
    if message is None:
        return []
    if _length(text) > MessageLimit.MAX_TEXT_LENGTH:
        return [Call("edit_message_reply_markup", {"message_id": message, "reply_markup": None})]
    return [Call("edit_message_text", {"message_id": message, "text": text, "parse_mode": ParseMode.HTML})]


def _file(
    kind: str, reply: dict[str, Any], text: str, keyboard: InlineKeyboardMarkup | None, shared: dict[str, Any]
) -> Call:
    data = base64.b64decode(reply[kind])
    arguments: dict[str, Any] = {"caption": text, "parse_mode": ParseMode.HTML, "reply_markup": keyboard, **shared}
    if kind == "picture":
        return Call("send_photo", {"photo": data, **arguments})
    return Call("send_document", {"document": data, "filename": reply.get("filename"), **arguments})
