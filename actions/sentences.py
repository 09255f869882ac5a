"""The sentences of `domain.yml` and the labels of `data/labels.yml`, for whoever speaks without the dialogue."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from actions.content import ContentError, Node

#: How many characters of a person's own words are quoted back in a summary or a reminder.
QUOTE_LIMIT = 280


@dataclass(frozen=True)
class Offer:
    """What Mend offers when words may not be an answer: the beginning of the question, and the button."""

    question: str
    label: str


class Sentences:
    """What Mend says, by name. Words put in are escaped, so that nobody's text becomes markup."""

    def __init__(self, domain: Path, labels: Path) -> None:
        """Read both files; raises `ContentError` naming file and key."""
        self._responses: dict[str, list[dict[str, Any]]] = yaml.safe_load(domain.read_text("utf-8"))["responses"]
        self._where = domain
        node = Node.read(labels).only("labels", "offers", "sides", "marks", "commands", "profile")
        self._labels = {key: node["labels"][key].text(limit=40) for key in node["labels"].value}
        self.offers = {key: Offer(*node["offers"][key].texts()) for key in node["offers"].value}
        self.sides = {key: node["sides"][key].text() for key in node["sides"].value}
        self.commands = {key: node["commands"][key].text(limit=256) for key in node["commands"].value}
        self.description = node["profile"].only("description", "short")["description"].text(limit=512)
        self.short_description = node["profile"]["short"].text(limit=120)
        self.marks = {key: node["marks"][key].text(limit=2) for key in node["marks"].value}

    def say(self, response: str, **words: str) -> str:
        """The (first) text of a response, with `words` put in."""
        if response not in self._responses:
            raise ContentError(f"{self._where}: responses: there is no {response}")
        return self._responses[response][0]["text"].format(**escaped(words))

    def buttons(self, response: str) -> list[dict[str, str]]:
        """The buttons of a response, as Rasa writes them: title and payload."""
        return list(self._responses[response][0].get("buttons", []))

    def label(self, name: str, **words: str) -> str:
        """A button's label. Labels are plain text, so nothing is escaped."""
        return self._labels[name].format(**words)

    def chosen(self, label: str) -> str:
        """The line that stands under a message once one of its buttons is pressed."""
        return f"<i>{html.escape(self.label('chosen', label=label), quote=False)}</i>"


def visible_length(text: str) -> int:
    """How many characters a person sees of a text with markup."""
    return len(html.unescape(re.sub(r"</?[a-z]+>", "", text)))


def escaped(words: dict[str, Any]) -> dict[str, Any]:
    """`words` with every text made safe to stand between tags."""
    return {key: html.escape(word, quote=False) if isinstance(word, str) else word for key, word in words.items()}


def quoted(words: str, limit: int = QUOTE_LIMIT) -> str:
    """A person's words as they are quoted back: whole if short, else cut at a word with an ellipsis."""
    words = words.strip()
    if len(words) <= limit:
        return words
    return words[:limit].rsplit(maxsplit=1)[0] + " …"
