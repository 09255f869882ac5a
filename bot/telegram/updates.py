"""From Telegram's updates to turns. Pure: an `Update` in, a `Turn` out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from telegram import Bot, CallbackQuery, ChatMember, Message, Update
from telegram.constants import ChatType

from actions.evening.zones import zone_at
from bot.commands import cleaned, typed
from bot.turn import Kind, Turn

CHANNEL = "telegram"
#: Numbers that a database keeps are below this one.
TOO_LARGE = 2**63 - 1

#: The kinds of update that Telegram is asked for.
WANTED = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]

#: What a message may hold beside text, in the order in which it is looked for.
NOT_TEXT = ("voice", "audio", "video_note", "video", "animation", "sticker", "photo", "document", "location", "contact",
            "poll", "dice", "story")  # fmt: skip

#: What Telegram itself says in a chat; not something that the person did.
SERVICE = ("new_chat_members", "left_chat_member", "pinned_message", "message_auto_delete_timer_changed",
           "chat_background_set", "write_access_allowed")  # fmt: skip


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True)
class Came:
    """An update that was read: the group that it comes from, or the turn that it is, or neither."""

    number: int
    update: Update
    group: int | None
    turn: Turn | None


def read(raw: Any, bot: Bot | None) -> Came:
    """Read an update as Telegram hands it over. Raises, as whatever it was, when it is none that can be taken in."""
    number = number_of(raw)
    if number is None:
        raise ValueError("an update without a number")
    update = Update.de_json(raw, bot)
    return Came(number, update, group_of(update), turn_of(update))


def number_of(raw: Any) -> int | None:
    """The number under which Telegram gives out an update; nothing when it has none that can be kept."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if type(number) is int and 0 <= number < TOO_LARGE else None


def turn_of(update: Update) -> Turn | None:
    """The turn that an update is; nothing when it asks for no answer, or does not come from a private chat.

    Nothing in an update is sure to be of the kind that Telegram promises: raises when what is needed of it is not.
    """
    chat = update.effective_chat
    if chat is None or chat.type != ChatType.PRIVATE:
        return None
    name = str(_number(chat.id))
    if update.callback_query is not None:
        return _pressed(name, update.callback_query)
    if update.edited_message is not None:
        return _edited(name, update.edited_message)
    if update.my_chat_member is not None:
        left = update.my_chat_member.new_chat_member.status == ChatMember.BANNED
        return Turn(CHANNEL, name, Kind.LEFT if left else Kind.RETURNED)
    if update.message is None:
        return None
    turn, user = _written(name, update.message), update.message.from_user
    return replace(turn, language=_language(user.language_code)) if turn and user else turn


def written_at(update: Update) -> float | None:
    """When a message was written or changed, by Telegram's clock; nothing for what has no date of its own."""
    message = update.message or update.edited_message
    date = message and (message.edit_date or message.date)
    return date.timestamp() if date else None


def group_of(update: Update) -> int | None:
    """The group that an update comes from, if it comes from one: Mend leaves it. Raises as `turn_of` does."""
    chat = update.effective_chat
    if chat is None or chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return None
    gone = update.my_chat_member is not None and update.my_chat_member.new_chat_member.status in (
        ChatMember.LEFT,
        ChatMember.BANNED,
    )
    return None if gone else _number(chat.id)


def _number(value: Any) -> int:
    if type(value) is not int or abs(value) >= TOO_LARGE:
        raise ValueError("this is no number that can be kept")
    return value


def _language(value: Any) -> str:
    """A language as it is written (`pt-br`); anything else is none, and no reason to lose what they wrote."""
    return value if isinstance(value, str) and _LANGUAGE.fullmatch(value) else ""


def _written(chat: str, message: Message) -> Turn | None:
    if any(getattr(message, kind, None) for kind in SERVICE):
        return None
    ref = str(_number(message.message_id))
    if message.forward_origin is not None:
        return Turn(CHANNEL, chat, Kind.OTHER, "forward", ref)
    if message.text is not None:
        return typed(CHANNEL, chat, message.text, ref)
    if message.caption:
        return typed(CHANNEL, chat, message.caption, ref)
    if message.location is not None and (zone := zone_at(message.location.latitude, message.location.longitude)):
        return Turn(CHANNEL, chat, Kind.PLACE, zone, ref)  # the place itself is not kept
    kind = next((kind for kind in NOT_TEXT if getattr(message, kind, None)), "other")
    return Turn(CHANNEL, chat, Kind.OTHER, kind, ref)


def _edited(chat: str, message: Message) -> Turn | None:
    text = message.text or message.caption
    if not text:
        return None
    return Turn(CHANNEL, chat, Kind.EDIT, cleaned(text), str(_number(message.message_id)))


def _pressed(chat: str, query: CallbackQuery) -> Turn:
    return Turn(CHANNEL, chat, Kind.CHOICE, cleaned(query.data or "")[:64])
