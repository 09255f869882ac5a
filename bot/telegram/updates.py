"""From Telegram's updates to turns. Pure: an `Update` in, a `Turn` out."""

from __future__ import annotations

from dataclasses import replace

from telegram import CallbackQuery, ChatMember, Message, Update
from telegram.constants import ChatType

from actions.evening.zones import zone_at
from bot.commands import cleaned, typed
from bot.turn import Kind, Turn

CHANNEL = "telegram"

#: The kinds of update that Telegram is asked for.
WANTED = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]

#: What a message may hold beside text, in the order in which it is looked for.
NOT_TEXT = ("voice", "audio", "video_note", "video", "animation", "sticker", "photo", "document", "location", "contact",
            "poll", "dice", "story")  # fmt: skip

#: What Telegram itself says in a chat; not something that the person did.
SERVICE = ("new_chat_members", "left_chat_member", "pinned_message", "message_auto_delete_timer_changed",
           "chat_background_set", "write_access_allowed")  # fmt: skip


def turn_of(update: Update) -> Turn | None:
    """The turn that an update is; nothing when it asks for no answer, or does not come from a private chat."""
    chat = update.effective_chat
    if chat is None or chat.type != ChatType.PRIVATE:
        return None
    name = str(chat.id)
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
    return replace(turn, language=user.language_code[:16]) if turn and user and user.language_code else turn


def group_of(update: Update) -> int | None:
    """The group that an update comes from, if it comes from one: Mend leaves it."""
    chat = update.effective_chat
    if chat is None or chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return None
    gone = update.my_chat_member is not None and update.my_chat_member.new_chat_member.status in (
        ChatMember.LEFT,
        ChatMember.BANNED,
    )
    return None if gone else chat.id


def _written(chat: str, message: Message) -> Turn | None:
    if any(getattr(message, kind, None) for kind in SERVICE):
        return None
    ref = str(message.message_id)
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
    return Turn(CHANNEL, chat, Kind.EDIT, cleaned(text), str(message.message_id))


def _pressed(chat: str, query: CallbackQuery) -> Turn:
    return Turn(CHANNEL, chat, Kind.CHOICE, cleaned(query.data or "")[:64])
