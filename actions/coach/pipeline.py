"""The coach: rules that know the well-worn phrases, and a model for the rest, brought to one review of a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from actions.coach import labels
from actions.coach.review import MIXED, STRONG, WEAK, Element, Flag, Review
from actions.encoder.labels import DEFLECTIONS, ELEMENTS
from actions.encoder.model import COACH, Encoder, Look, Span
from actions.english import FEWEST_WORDS, is_foreign, words_of
from actions.rules.book import Hit, Rules

#: The folder with labels.yml and rules.yml.
DATA = Path(__file__).resolve().parents[2] / "data" / "apology"
#: Longer drafts are not read to the end of the night; the person is asked for a shorter one.
MOST_CHARACTERS = 20_000
#: Up to here a draft is judged whole; a longer one sentence by sentence.
WHOLE_WORDS, WHOLE_SENTENCES = 45, 3
#: A piece belongs to a flagged phrase when it is at least this likely, and this share of the likeliest piece.
PIECE, SHARE = 0.3, 0.5
#: A rule's hit doesn't count where the model finds its label less likely than this: it is sure of the contrary.
RULED_OUT = 0.005
#: What a flag takes from the score, by severity.
COST = {"hard": 0.35, "medium": 0.25, "soft": 0.12}
STRONG_FROM = 0.45
#: Dodges beside which an element of the same sentence does not count.
CANCELS = frozenset(DEFLECTIONS) - {"agentless", "vague", "reluctant"}
#: With more of the signs of code than this for a word, a text is none to a person.
CODE = 0.3
_CODE_SIGN = re.compile(r"[{}\[\]\\]|=(?![()DPp3/|])|;(?!\))|\w\(|--\s|//")
#: Halves of letters: JSON can hold them, and no library can read them.
_HALVES = re.compile(r"[\ud800-\udfff]")


class Reader(Protocol):
    """Whoever can say how likely each label is in spans of a text: the encoder."""

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        """One look for each span."""


class Coach:
    """Reads drafts of apologies. Knows neither Rasa nor Telegram; safe to share between threads."""

    def __init__(
        self, folder: Path, reader: Reader, thresholds: Mapping[str, float], ruled_out: float = RULED_OUT
    ) -> None:
        """The coach with the labels and rules in `folder`; raises `ContentError`.

        Where the model finds a label less likely than `ruled_out`, a rule's hit doesn't count.
        """
        self.labels = labels.load(folder / "labels.yml")
        self._rules = Rules(folder / "rules.yml", "dodges", DEFLECTIONS)
        self._reader = reader
        self._cuts = thresholds
        self._ruled_out = ruled_out
        self._reasons = {rule.id: rule.reason for rule in self._rules.rules}

    @classmethod
    def load(cls, folder: Path = DATA) -> Coach:
        """The coach with the rules in `folder` and its encoder; raises `ContentError` or `EncoderError`."""
        encoder = Encoder.load(COACH)
        return cls(folder, encoder, encoder.thresholds)

    def why(self, flag: Flag) -> str:
        """What is the matter with just this phrase, from the rule that found it; where the model did, in general."""
        return self._reasons.get(flag.source, flag.reason)

    def review(self, text: str) -> Review:
        """What is strong in a draft, and what dodges. Never raises, whatever the text."""
        text = _HALVES.sub("\ufffd", text)
        kind = self._kind(text)
        if kind != "apology":
            return Review(text, kind, (), (), WEAK, 0.0)
        doc = self._rules.nlp(text)
        spans = _spans(text, [(sent.start_char, sent.end_char) for sent in doc.sents])
        looks = self._reader.looks(text, spans)
        hits = [hit for hit in self._rules.find(doc) if _likely(hit, spans, looks) >= self._ruled_out]
        flags = [self._ruled(hit, text) for hit in hits]
        for span, look in zip(spans, looks):
            flags += self._seen(span, look, text)
        elements = [element for span, look in zip(spans, looks) for element in self._elements(span, look, text)]
        if any(element.label == "names_the_act" for element in elements):
            flags = [flag for flag in flags if flag.label != "vague"]
        flags = _merged(flags, text)
        score = self._score(flags, elements)
        return Review(text, kind, tuple(flags), tuple(elements), _verdict(score, flags), score)

    def _kind(self, text: str) -> str:
        words = words_of(text)
        if not any(word.isalpha() for word in words):
            return "empty"
        if len(text) > MOST_CHARACTERS:
            return "too_long"
        if len(words) < 2:
            return "too_short"
        code = len(words) >= FEWEST_WORDS and len(_CODE_SIGN.findall(text)) / len(words) >= CODE
        return "not_english" if code or is_foreign(text) else "apology"

    def _ruled(self, hit: Hit, text: str) -> Flag:
        return self._flag(hit.label, hit.start_char, hit.end_char, text, source=hit.rule, likely=1.0)

    def _seen(self, span: Span, look: Look, text: str) -> list[Flag]:
        """The dodges that the model sees in a span, each with the words that it sees them in."""
        found = []
        for column, label in enumerate(DEFLECTIONS):
            likely = float(look.likely["deflections"][column])
            if likely >= self._cuts[label]:
                words = _whole_words(text, *_words(look, column, span))
                found.append(self._flag(label, *words, text, source="model", likely=likely))
        return found

    def _elements(self, span: Span, look: Look, text: str) -> list[Element]:
        likely = zip(ELEMENTS, look.likely["elements"])
        quote = text[slice(*span)].strip()
        return [Element(label, *span, quote) for label, one in likely if one >= self._cuts[label]]

    def _flag(self, label: str, start: int, end: int, text: str, *, source: str, likely: float) -> Flag:
        meant = self.labels.deflections[label]
        quote = text[start:end]
        return Flag(start, end, quote, label, meant.severity, source, meant.reason, meant.question, likely)

    def _score(self, flags: list[Flag], elements: list[Element]) -> float:
        there = {element.label for element in elements}
        worth = sum(self.labels.elements[label].weight for label in there)
        whole = sum(element.weight for element in self.labels.elements.values())
        cost = sum(COST[flag.severity] for flag in {flag.label: flag for flag in flags}.values())
        return float(np.clip(worth / whole - cost, 0, 1))


def _likely(hit: Hit, spans: list[Span], looks: list[Look]) -> float:
    """How likely the model finds what a rule has found: it reads what stands around, and a rule doesn't."""
    column = DEFLECTIONS.index(hit.label)
    around = [look for (start, end), look in zip(spans, looks) if hit.start_char < end and hit.end_char > start]
    return max((float(look.likely["deflections"][column]) for look in around), default=1.0)


def _verdict(score: float, flags: list[Flag]) -> str:
    if score >= STRONG_FROM and not flags:
        return STRONG
    return MIXED if score > 0.1 else WEAK


def _spans(text: str, sentences: list[Span]) -> list[Span]:
    if len(sentences) <= WHOLE_SENTENCES and len(text.split()) <= WHOLE_WORDS:
        return [(0, len(text))]
    return [(start, end) for start, end in sentences if text[start:end].strip()]


def _words(look: Look, column: int, span: Span) -> Span:
    """The characters of the run of pieces in which a dodge is likeliest."""
    if not len(look.offsets):
        return span
    likely = look.words[:, column]
    top = int(likely.argmax())
    near = likely >= max(PIECE, SHARE * likely[top])
    first = last = top
    while first > 0 and near[max(0, first - 2) : first].any():
        first -= 1
    while last + 1 < len(near) and near[last + 1 : last + 3].any():
        last += 1
    return int(look.offsets[first][0]), int(look.offsets[last][1])


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span, grown to whole words: a piece may be the `m` of `I'm`."""
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in "'’"):
        end += 1
    return start, end


def _merged(flags: list[Flag], text: str) -> list[Flag]:
    """Flags in the order of the draft; of those of one label that overlap, one: the rule's, as wide as all of them."""
    kept: list[Flag] = []
    for flag in sorted(flags, key=lambda one: (one.source == "model", one.start)):
        alike = (one for one in kept if one.label == flag.label and one.start < flag.end and flag.start < one.end)
        twin = next(alike, None)
        if twin is None:
            kept.append(flag)
        else:
            start, end = min(twin.start, flag.start), max(twin.end, flag.end)
            kept[kept.index(twin)] = replace(twin, start=start, end=end, quote=text[start:end])
    return sorted(kept, key=lambda one: (one.start, one.end, one.label))
