"""Updates as Telegram sends them, and the same with every field missing or absurd."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from absurd import numbers, texts, values
from hypothesis import strategies as st

SAM = {"id": 7, "is_bot": False, "first_name": "Sam", "language_code": "en"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Sam"}
GROUP, NEWS = {"id": -5, "type": "supergroup", "title": "Us"}, {"id": -6, "type": "channel", "title": "News"}
FILE = {"file_id": "f", "file_unique_id": "f", "width": 9, "height": 9, "duration": 3, "length": 9}
HIDDEN = {"type": "hidden_user", "sender_user_name": "Ann", "date": 1}
GONE = object()

files = st.sampled_from(["voice", "video", "video_note", "audio", "animation", "document"])
contents = st.one_of(
    texts.map(lambda text: {"text": text}),
    st.builds(lambda kind, text: {kind: FILE, "caption": text}, files, texts),
    st.builds(lambda x, y: {"location": {"latitude": x, "longitude": y}}, numbers, numbers),
    texts.map(lambda text: {"text": text, "forward_origin": HIDDEN}),
    texts.map(lambda text: {"text": "so?", "reply_to_message": message({"text": text}), "quote": {"text": text}}),
    st.sampled_from([
        {"photo": [FILE]}, {"sticker": {**FILE, "type": "regular", "is_animated": False, "is_video": False}}, {},
        {"contact": {"phone_number": "+1", "first_name": "Ann"}}, {"dice": {"emoji": "🎲", "value": 6}},
        {"pinned_message": {"message_id": 3, "date": 0, "chat": PRIVATE}}, {"new_chat_members": [SAM]},
        {"web_app_data": {"data": "{}", "button_text": "x"}}, {"hologram": {"file_id": "x"}},
    ]),
)  # fmt: skip


def message(content: dict[str, Any], chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    """A message as Telegram tells of it."""
    return {"message_id": 5, "date": 1, "chat": chat, "from": SAM, **content}


def pressed(data: str, on: dict[str, Any] | None) -> dict[str, Any]:
    """A pressed button, on a message or on none."""
    query = {"id": "q", "from": SAM, "chat_instance": "7", "data": data}
    return {"callback_query": query | ({"message": on} if on else {"inline_message_id": "i"})}


def membership(status: str, chat: dict[str, Any]) -> dict[str, Any]:
    """What became of Mend in a chat."""
    mend = {"user": {**SAM, "is_bot": True}, "until_date": 0}
    change = {"old_chat_member": {**mend, "status": "left"}, "new_chat_member": {**mend, "status": status}}
    return {"my_chat_member": {"chat": chat, "from": SAM, "date": 1, **change}}


chats = st.sampled_from([PRIVATE, PRIVATE, PRIVATE, GROUP, NEWS])
pressed_on = st.sampled_from([message({"text": "?"}), message({"text": "?"}, GROUP), {**message({}), "date": 0}, None])
kinds = st.one_of(
    st.builds(lambda content, chat: {"message": message(content, chat)}, contents, chats),
    st.builds(lambda content, chat: {"edited_message": message({**content, "edit_date": 2}, chat)}, contents, chats),
    st.builds(pressed, texts, pressed_on),
    st.builds(membership, st.sampled_from(["kicked", "member", "left", "administrator"]), chats),
    contents.map(lambda content: {"channel_post": message(content, NEWS)}),
    texts.map(lambda text: {"inline_query": {"id": "i", "from": SAM, "query": text, "offset": ""}}),
    values.map(lambda value: {"something_new": value}),
)
updates = st.builds(lambda number, kind: {"update_id": number, **kind}, st.integers(0, 2**40), kinds)


def broken(update: dict[str, Any], value: Any) -> Iterator[Any]:
    """The update as it was; then with each of its parts in turn replaced by `value`, and left out."""
    yield update
    for path in _paths(update):
        yield _with(update, path, value)
        yield _with(update, path, GONE)


def _paths(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, one in inside:
        if len(path) < 6:
            yield (*path, key)
            yield from _paths(one, (*path, key))


def _with(part: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    key, *rest = path
    changed = dict(part) if isinstance(part, dict) else list(part)
    if rest or value is not GONE:
        changed[key] = _with(part[key], tuple(rest), value)
    else:
        del changed[key]
    return changed
