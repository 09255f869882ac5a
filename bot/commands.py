"""What counts as a command, on any channel; everything else that is typed is words."""

from __future__ import annotations

import re

from bot.turn import Kind, Turn

#: Commands that mean the same as a wish in words, and that wish's intent.
WISHES = {
    "start": "start",
    "menu": "show_menu",
    "next": "next",
    "back": "back",
    "skip": "skip",
    "hint": "hint",
    "why": "explain_why",
    "repeat": "repeat",
    "progress": "show_progress",
    "role": "set_role",
    "pause": "pause",
    "help": "help",
    "apology": "practise_apology",
    "drafts": "show_drafts",
    "evening": "evening_settings",
    "journal": "journal",
}
#: Commands that work in any state, without the dialogue.
DIRECT = ("helpnow", "privacy", "export", "delete", "lock", "vanish")

#: Control characters, but for the end of a line and the tab.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LIKE_ONE = re.compile(r"/[a-z_]+\S*\Z", re.IGNORECASE)
_COMMAND = re.compile(r"/(?P<name>[a-z_]{1,32})(?:@\w+)?(?P<rest>\s.*)?\Z", re.IGNORECASE | re.DOTALL)


def typed(channel: str, chat: str, text: str, ref: str = "") -> Turn:
    """The turn that a typed message is: a command if Mend knows it, else words, exactly as they were typed.

    A command stands alone ("/skip"); only /start may carry something, as Telegram's links do, and /helpnow, whatever
    stands behind it. "/ I don't know" and "/restart" are words.
    """
    text = cleaned(text)
    match = _COMMAND.match(text.strip())
    name = match["name"].lower() if match else ""
    if name in {*WISHES, *DIRECT} and (not (match["rest"] or "").strip() or name in ("start", "helpnow")):
        return Turn(channel, chat, Kind.COMMAND, name, ref)
    return Turn(channel, chat, Kind.TEXT, text, ref)


def is_unknown_command(text: str) -> bool:
    """Whether words are one thing that looks like a command: "/restart". Where no question is open, they are a slip."""
    return _LIKE_ONE.match(text.strip()) is not None


def cleaned(text: str) -> str:
    """`text` without control characters and half surrogates, which no database keeps; nothing else is touched."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", whole)
