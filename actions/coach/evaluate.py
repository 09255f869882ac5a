"""How good the coach is on labelled lines and drafts: precision, recall and F1 of each label."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from actions.coach.corpus import CorpusError
from actions.coach.review import Review
from actions.encoder.labels import DEFLECTIONS, ELEMENTS


@dataclass(frozen=True)
class Labelled:
    """A text as a reader labelled it."""

    id: str
    text: str
    spans: tuple[tuple[str, int, int], ...]  #: deflection, start, end
    elements: frozenset[str]
    overall: str | None = None
    pair: str | None = None
    better: bool = False


@dataclass
class Count:
    """Hits, false alarms and misses."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.hits / (self.hits + self.false_alarms) if self.hits else 0.0

    @property
    def recall(self) -> float:
        """The share of what is there that was found."""
        return self.hits / (self.hits + self.misses) if self.hits else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.hits / (2 * self.hits + self.false_alarms + self.misses) if self.hits else 0.0


@dataclass
class Result:
    """Counts over a set. A flag counts when its label is right and it overlaps the phrase."""

    labels: dict[str, Count] = field(default_factory=lambda: {label: Count() for label in (*DEFLECTIONS, *ELEMENTS)})
    any_deflection: Count = field(default_factory=Count)
    clean: int = 0
    clean_flagged: int = 0
    verdicts: Counter = field(default_factory=Counter)
    pairs: int = 0
    pairs_right: int = 0
    mistakes: list[str] = field(default_factory=list)

    def macro(self, labels: tuple[str, ...]) -> float:
        """The mean F1 of the labels that occur."""
        seen = [count for count in (self.labels[label] for label in labels) if count.hits + count.misses]
        return mean(count.f1 for count in seen) if seen else 0.0


def read_labelled(path: Path) -> list[Labelled]:
    """The labelled lines or drafts of a file of JSON lines; raises `CorpusError`."""
    texts = []
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), start=1):
        try:
            texts += [_labelled(json.loads(line))] if line.strip() else []
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CorpusError(f"{path}, line {number}: {type(error).__name__}: {error}") from None
    return texts


def evaluate(review: Callable[[str], Review], texts: list[Labelled]) -> Result:
    """Review every text, and count."""
    result, scores = Result(), {}
    for one in texts:
        seen = review(one.text)
        scores[one.id] = seen.score
        _count_spans(result, one, seen)
        elements = {element.label for element in seen.elements}
        for label in ELEMENTS:
            count = result.labels[label]
            count.hits += label in elements and label in one.elements
            count.false_alarms += label in elements and label not in one.elements
            count.misses += label not in elements and label in one.elements
        if one.overall:
            result.verdicts[one.overall, seen.verdict] += 1
    for one in texts:
        if one.better and one.pair in scores:
            result.pairs += 1
            result.pairs_right += scores[one.id] > scores[one.pair]
    return result


def _count_spans(result: Result, one: Labelled, seen: Review) -> None:
    flags = [(flag.label, flag.start, flag.end) for flag in seen.flags]
    for label, start, end in one.spans:
        found = any(name == label and first < end and start < last for name, first, last in flags)
        result.labels[label].hits += found
        result.labels[label].misses += not found
    for label, first, last in flags:
        right = any(name == label and first < end and start < last for name, start, end in one.spans)
        result.labels[label].false_alarms += not right
    dodges, flagged = bool(one.spans), bool(flags)
    result.any_deflection.hits += dodges and flagged
    result.any_deflection.false_alarms += flagged and not dodges
    result.any_deflection.misses += dodges and not flagged
    result.clean += not dodges
    result.clean_flagged += flagged and not dodges
    if {label for label, *_ in flags} != {label for label, *_ in one.spans}:
        result.mistakes.append(one.id)


def _labelled(entry: dict[str, Any]) -> Labelled:
    spans: list[tuple[str, int, int]] = []
    elements: set[str] = set()
    text = ""
    for sentence in entry.get("sentences", [entry]):
        start = len(text) + bool(text)
        text += (" " if text else "") + sentence["text"]
        spans += list(_spans(sentence, start))
        elements |= set(sentence["elements"])
    if unknown := ({label for label, *_ in spans} - set(DEFLECTIONS)) | (elements - set(ELEMENTS)):
        raise ValueError(f"no such label: {', '.join(sorted(unknown))}")
    overall, pair = entry.get("overall"), entry.get("pair")
    return Labelled(entry["id"], text, tuple(spans), frozenset(elements), overall, pair, bool(entry.get("better")))


def _spans(sentence: dict[str, Any], offset: int) -> Iterator[tuple[str, int, int]]:
    for deflection in sentence["deflections"]:
        start = sentence["text"].index(deflection["phrase"]) + offset
        yield deflection["label"], start, start + len(deflection["phrase"])
