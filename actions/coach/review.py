"""What the coach says of a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Severities from the hardest on: the order in which flags are shown.
SEVERITIES = ("hard", "medium", "soft")
STRONG, MIXED, WEAK = "strong", "mixed", "weak"


@dataclass(frozen=True)
class Flag:
    """A phrase that weakens the apology: characters `start` to `end` of the draft."""

    start: int
    end: int
    quote: str
    label: str
    severity: str
    source: str  #: the id of the rule that found it, or "model"
    reason: str
    question: str
    likely: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        """As `mend coach --jsonl` prints it."""
        span = {"start": self.start, "end": self.end, "phrase": self.quote}
        return {**span, "label": self.label, "severity": self.severity}


@dataclass(frozen=True)
class Element:
    """Something that a strong apology has, and the sentence in which it was seen."""

    label: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Review:
    """Everything that the coach saw in one draft.

    `kind` is `apology`, or why there is nothing to review: `empty`, `too_short`, `too_long`, `not_english`.
    `verdict` is `strong` (it owns, and nothing dodges), `weak` (it dodges, or owns next to nothing) or `mixed`.
    """

    text: str
    kind: str
    flags: tuple[Flag, ...]
    elements: tuple[Element, ...]
    verdict: str
    score: float  #: from 0 to 1: the weights of what is there, less what the flags take away

    def has(self, label: str) -> bool:
        """Whether the draft has this element, or this deflection."""
        return any(one.label == label for one in (*self.flags, *self.elements))

    def hardest(self, most: int = 3) -> tuple[Flag, ...]:
        """The flags to show first: one of each label, the hardest first, then in the order of the draft."""
        first: dict[str, Flag] = {}
        for flag in sorted(self.flags, key=lambda one: (SEVERITIES.index(one.severity), -one.likely, one.start)):
            first.setdefault(flag.label, flag)
        return tuple(list(first.values())[:most])
