"""The sentences of `domain.yml` and the labels of `data/labels.yml`, for whoever speaks without the dialogue."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actions.content import Node

#: The labels, offers, sides and marks that the actions use.
LABELS = (
    "hint",
    "skip",
    "pause",
    "begin",
    "resume",
    "menu",
    "progress",
    "read_again",
    "redo",
    "keep_answer",
    "broke_trust",
    "hurt",
    "write_on",
    "chosen",
    "practise",
    "practise_received",
    "practise_new",
    "draft_done",
    "not_draft",
    "keep_draft_words",
    "rewrite",
    "another_received",
    "why_flag",
    "dismiss_flag",
    "dismiss_received",
    "dismiss_this",
    "dismiss_none",
    "show_everything",
    "keep_draft",
    "finish_draft",
    "drafts",
    "open_draft",
    "erase_draft",
    "erase_draft_yes",
    "erase_draft_no",
    "safe_yes",
    "safe_no",
    "safe_unsure",
    "misunderstood",
    "people",
    "country",
    "plan",
    "plan_new",
    "ground",
    "erase_exchange",
    "go_on",
    "elsewhere",
    "ask_again",
    "wrong_button",
    "emergency",
    "not_tonight",
    "open_evening",
    "show_promise",
    "look_back",
    "look_back_now",
    "evening_on",
    "evening_again",
    "evening_settings",
    "stop_evening",
    "another_hour",
    "moved",
    "which_evenings",
    "quiet_nights",
    "hard_dates",
    "weekly_look",
    "discreet",
    "undiscreet",
    "days_every",
    "days_weekdays",
    "days_weekend",
    "done",
    "nights",
    "never",
    "softer",
    "silent",
    "leave_it",
    "journal",
    "older",
    "newer",
    "search",
    "erase_entry",
    "erase_entry_yes",
    "erase_entry_no",
    "lock_leave",
    "lock_now",
    "lock_change",
    "lock_remove",
    "lock_tidy",
)
OFFERS = (
    "pause",
    "goodbye",
    "skip",
    "back",
    "repeat",
    "explain_why",
    "help",
    "show_menu",
    "show_progress",
    "ask_privacy",
    "delete_data",
    "export_data",
    "bot_challenge",
    "evening_settings",
    "ask_therapist",
    "practise_apology",
)
#: Wishes that may be meant where words outside of questions can mean one of two things, and what their buttons do.
WISHES = {
    "start": "start",
    "choose_strategy": "show_menu",
    "next": "next",
    "help": "help",
    "show_progress": "show_progress",
    "practise_apology": "practise_apology",
    "set_reminder": "evening_settings",
    "stop_reminder": "evening_settings",
    "explain_why": "explain_why",
    "vent": "write_on",
    "role_broke_trust": "write_on",
    "role_hurt": "write_on",
    "ask_therapist": "ask_therapist",
    "ask_privacy": "ask_privacy",
    "export_data": "export_data",
    "delete_data": "delete_data",
    "bot_challenge": "bot_challenge",
    "pause": "pause",
    "goodbye": "goodbye",
}
#: What /privacy says in place of what the operator has not told.
UNKNOWN = ("operator", "where")
SIDES = ("broke_trust", "hurt", "both")
MARKS = ("done", "begun", "open")
#: How many characters of a person's own words are quoted back in a summary or a reminder.
QUOTE_LIMIT = 280


@dataclass(frozen=True)
class Offer:
    """What Mend offers when words may not be an answer: the beginning of the question, and the button."""

    question: str
    label: str


def _offer(node: Node) -> Offer:
    texts = node.texts()
    if len(texts) != 2:
        raise node.wrong("must hold two texts: the beginning of the question, and the button")
    return Offer(*texts)


class Sentences:
    """What Mend says, by name. Words put in are escaped, so that nobody's text becomes markup."""

    def __init__(self, domain: Path, labels: Path) -> None:
        """Read both files; raises `ContentError` naming file and key."""
        self._responses = Node.read(domain)["responses"]
        node = Node.read(labels).only("labels", "offers", "wishes", "sides", "unknown", "marks", "commands", "profile")
        self._labels = {key: node["labels"].only(*LABELS)[key].text(limit=40) for key in LABELS}
        self.offers = {key: _offer(node["offers"][key]) for key in node["offers"].only(*OFFERS).names()}
        self.wishes = {key: node["wishes"].only(*WISHES)[key].text(limit=40) for key in WISHES}
        self.sides = {key: node["sides"].only(*SIDES)[key].text() for key in SIDES}
        self.unknown = {key: node["unknown"].only(*UNKNOWN)[key].text() for key in UNKNOWN}
        self.marks = {key: node["marks"].only(*MARKS)[key].text(limit=2) for key in MARKS}
        self.commands = {key: node["commands"][key].text(limit=256) for key in node["commands"].names()}
        profile = node["profile"].only("description", "short")
        self.description = profile["description"].text(limit=512)
        self.short_description = profile["short"].text(limit=120)

    def say(self, response: str, **words: str) -> str:
        """The (first) text of a response, with `words` put in."""
        return self._variant(response)["text"].format(**escaped(words))

    def buttons(self, response: str) -> list[dict[str, str]]:
        """The buttons of a response, as Rasa writes them: title and payload."""
        return list(self._variant(response).get("buttons", []))

    def _variant(self, response: str) -> dict[str, Any]:
        if response not in self._responses.names():
            raise self._responses.wrong(f"there is no {response}")
        return self._responses[response].items()[0].value

    def label(self, name: str, **words: str) -> str:
        """A button's label. Labels are plain text, so nothing is escaped."""
        return self._labels[name].format(**words)

    def chosen(self, label: str) -> str:
        """The line that stands under a message once one of its buttons is pressed."""
        return f"<i>{html.escape(self.label('chosen', label=label), quote=False)}</i>"


def visible_length(text: str) -> int:
    """How many characters a person sees of a text with markup."""
    return len(html.unescape(re.sub(r"</?[a-z]+>", "", text)))


class Markup(str):
    """A text whose tags are Mend's own, and in which everything else is escaped already."""


def escaped(words: dict[str, Any]) -> dict[str, Any]:
    """`words` with every text made safe to stand between tags."""
    return {key: safe(word) if isinstance(word, str) else word for key, word in words.items()}


def safe(text: str) -> str:
    """A text made safe to stand between tags."""
    return str(text) if isinstance(text, Markup) else html.escape(text, quote=False)


def quoted(words: str, limit: int = QUOTE_LIMIT) -> str:
    """A person's words as they are quoted back: whole if short, else cut at a word with an ellipsis."""
    words = words.strip()
    if len(words) <= limit:
        return words
    return words[:limit].rsplit(maxsplit=1)[0] + " …"
