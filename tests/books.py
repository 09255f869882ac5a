"""The books of rules, read once for all tests, and what they find in a text."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from actions.coach.conversation import ACCUSATIONS
from actions.encoder.labels import DEFLECTIONS
from actions.rules.book import Guard, Rule, Rules
from actions.safety.recognise import FINDS
from actions.safety.voice import NEEDS
from bot.settings import ROOT


@dataclass(frozen=True)
class Book:
    """A file of rules, and the labels that it may use."""

    path: Path
    key: str
    labels: Collection[str]

    @cached_property
    def rules(self) -> Rules:
        return Rules(self.path, self.key, self.labels)

    def found(self, text: str) -> dict[str, str]:
        """The labels of the hits in `text`, with the words of one hit each."""
        return {hit.label: text[hit.start_char : hit.end_char] for hit in self.rules.find(self.rules.nlp(text))}


APOLOGY = Book(ROOT / "data" / "apology" / "rules.yml", "dodges", DEFLECTIONS)
CONVERSATION = Book(ROOT / "data" / "conversation" / "rules.yml", "accusations", ACCUSATIONS)
SAFETY = Book(ROOT / "data" / "safety" / "rules.yml", "dangers", FINDS)
VOICE = Book(ROOT / "data" / "safety" / "voice.yml", "needs", NEEDS)
BOOKS = {"apology": APOLOGY, "conversation": CONVERSATION, "safety": SAFETY, "voice": VOICE}


def examples(kind: str, ones: str) -> Iterable[tuple[Book, Rule | Guard, str, str]]:
    """Each example of a kind (`fires`, `passes`) of the `rules` or `guards` of every book, with a name for the test."""
    for name, book in BOOKS.items():
        for one in getattr(book.rules, ones):
            for text in getattr(one, kind):
                yield book, one, text, f"{name}: {one.id}: {text}"
