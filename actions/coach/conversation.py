"""The coach for hard conversations: finds what turns a sentence into an accusation, and asks for what is underneath.

The same engine as the coach of apologies, with a book of its own and no model: it knows the well-worn phrases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions.coach.labels import Deflection, read_deflection
from actions.content import Node
from actions.rules.book import Hit, Rules

#: The folder with labels.yml and rules.yml.
DATA = Path(__file__).resolve().parents[2] / "data" / "conversation"
ACCUSATIONS = (
    "always_never",
    "mind_reading",
    "name_calling",
    "you_make_me",
    "commanding",
    "loaded_question",
    "comparing",
    "threatening_to_leave",
    "sarcasm_contempt",
    "dragging_up",
)
ORDER = ("hard", "medium", "soft")


@dataclass(frozen=True)
class Accusation:
    """A phrase that makes a talk harder: characters `start` to `end`."""

    start: int
    end: int
    quote: str
    label: str
    severity: str
    source: str  #: the id of the rule that found it
    reason: str
    question: str


class ConversationCoach:
    """Reads what someone wants to tell their partner. Knows neither Rasa nor Telegram; threads may share it."""

    def __init__(self, labels: Mapping[str, Deflection], rules: Rules) -> None:
        self.labels = labels
        self._rules = rules

    @classmethod
    def load(cls, folder: Path = DATA) -> ConversationCoach:
        """The coach with the labels and rules in `folder`; raises `ContentError`."""
        node = Node.read(folder / "labels.yml").only("accusations")["accusations"].only(*ACCUSATIONS)
        labels = {name: read_deflection(name, node[name]) for name in ACCUSATIONS}
        return cls(labels, Rules(folder / "rules.yml", "accusations", ACCUSATIONS))

    def review(self, text: str) -> tuple[Accusation, ...]:
        """Every accusation in a text, the hardest first. Never raises, whatever the text."""
        text = text.encode("utf-8", "replace").decode("utf-8")
        found = [self._told(hit, text) for hit in self._rules.find(self._rules.nlp(text))]
        return tuple(sorted(found, key=lambda one: (ORDER.index(one.severity), one.start)))

    def _told(self, hit: Hit, text: str) -> Accusation:
        meant = self.labels[hit.label]
        span = (hit.start_char, hit.end_char)
        return Accusation(*span, text[slice(*span)], hit.label, meant.severity, hit.rule, meant.reason, meant.question)
