"""The coach: rules that know the well-worn phrases, and a model for the rest, brought to one review of a draft."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from spacy.lang.en.stop_words import STOP_WORDS
from tokenizers import Tokenizer

from actions.coach.corpus import DEFLECTIONS, ELEMENTS
from actions.coach.model import LABELS, Look, Model
from actions.coach.review import MIXED, STRONG, WEAK, Flag, Part, Review
from actions.coach.rules import Hit, Rules

#: The folder with labels.yml, rules.yml and the model.
DATA = Path(__file__).resolve().parents[2] / "data" / "apology"
#: Longer drafts are not read to the end of the night; the person is asked for a shorter one.
MOST_CHARACTERS = 20_000
#: Up to here a draft is looked at whole; a longer one sentence by sentence, each between its neighbours.
WHOLE_WORDS, WHOLE_SENTENCES = 45, 3
#: A piece belongs to a flagged phrase when it is at least this likely, and this share of the likeliest piece.
PIECE, SHARE = 0.3, 0.5
#: With fewer English function words than this share, a text is in another language.
ENGLISH = 0.12
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


@dataclass(frozen=True)
class Window:
    """A piece of a draft that is looked at between its neighbours."""

    start: int
    end: int
    before: str
    after: str


class Coach:
    """Reads drafts of apologies. Knows neither Rasa nor Telegram; safe to share between threads."""

    def __init__(self, rules: Rules, model: Model, thresholds: Mapping[str, float]) -> None:
        self._rules = rules
        self._model = model
        self._cuts = np.array([thresholds[label] for label in LABELS])
        self.labels = rules.labels
        self._reasons = {rule.id: rule.reason for rule in rules.rules}

    @classmethod
    def load(cls, folder: Path = DATA) -> Coach:
        """The coach with the rules and the weights in `folder`."""
        card = json.loads((folder / "model" / "card.json").read_text())
        tokenizer = Tokenizer.from_file(str(folder / "model" / "tokenizer.json"))
        model = Model(folder / "model" / "coach.onnx", tokenizer)
        return cls(Rules(folder / "labels.yml", folder / "rules.yml"), model, card["thresholds"])

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
        windows = _windows(text, [(sent.start_char, sent.end_char) for sent in doc.sents])
        looks = [self._model.look(text[one.start : one.end], one.before, one.after) for one in windows]
        flags = [self._ruled(hit, text) for hit in self._rules.find(doc)]
        for window, look in zip(windows, looks):
            flags += self._seen(window, look, text)
        parts = [part for window, look in zip(windows, looks) for part in self._parts(window, look, text)]
        if any(part.label == "names_the_act" for part in parts):
            flags = [flag for flag in flags if flag.label != "vague"]
        flags = _merged(flags, text)
        score = self._score(flags, parts)
        return Review(text, kind, tuple(flags), tuple(parts), _verdict(score, flags), score)

    def _kind(self, text: str) -> str:
        words = [word.strip(".,;:!?\"'()").lower() for word in text.split()]
        if not any(word.isalpha() for word in words):
            return "empty"
        if len(text) > MOST_CHARACTERS:
            return "too_long"
        if len(words) < 2:
            return "too_short"
        letters = [sign for sign in text if sign.isalpha()]
        foreign = sum(ord(sign) > 0x24F for sign in letters) > len(letters) / 2
        known = sum(word in STOP_WORDS or word in _ENGLISH for word in words) / len(words)
        code = len(_CODE_SIGN.findall(text)) / len(words) >= CODE
        return "not_english" if foreign or (len(words) >= 6 and (known < ENGLISH or code)) else "apology"

    def _ruled(self, hit: Hit, text: str) -> Flag:
        return self._flag(hit.label, hit.start_char, hit.end_char, text, source=hit.rule, likely=1.0)

    def _seen(self, window: Window, look: Look, text: str) -> list[Flag]:
        """The dodges that the model sees in a window, each with the words that it sees them in."""
        found = []
        for column, label in enumerate(DEFLECTIONS):
            if look.whole[column] >= self._cuts[column]:
                start, end = _words(look, column, window.end - window.start)
                span = _whole_words(text, window.start + start, window.start + end)
                found.append(self._flag(label, *span, text, source="model", likely=float(look.whole[column])))
        return found

    def _parts(self, window: Window, look: Look, text: str) -> list[Part]:
        found = []
        for column, label in enumerate(ELEMENTS, start=len(DEFLECTIONS)):
            if look.whole[column] >= self._cuts[column]:
                found.append(Part(label, window.start, window.end, text[window.start : window.end].strip()))
        return found

    def _flag(self, label: str, start: int, end: int, text: str, *, source: str, likely: float) -> Flag:
        meant = self.labels.deflections[label]
        quote = text[start:end]
        return Flag(start, end, quote, label, meant.severity, source, meant.reason, meant.question, likely)

    def _score(self, flags: list[Flag], parts: list[Part]) -> float:
        there = {part.label for part in parts}
        worth = sum(self.labels.elements[label].weight for label in there)
        whole = sum(element.weight for element in self.labels.elements.values())
        cost = sum(COST[flag.severity] for flag in {flag.label: flag for flag in flags}.values())
        return float(np.clip(worth / whole - cost, 0, 1))


def _verdict(score: float, flags: list[Flag]) -> str:
    if score >= STRONG_FROM and not flags:
        return STRONG
    return MIXED if score > 0.1 else WEAK


def _windows(text: str, sentences: list[tuple[int, int]]) -> list[Window]:
    if len(sentences) <= WHOLE_SENTENCES and len(text.split()) <= WHOLE_WORDS:
        return [Window(0, len(text), "", "")]
    spans = [(start, end) for start, end in sentences if text[start:end].strip()]
    windows = []
    for place, (start, end) in enumerate(spans):
        before = text[slice(*spans[place - 1])] if place else ""
        after = text[slice(*spans[place + 1])] if place + 1 < len(spans) else ""
        windows.append(Window(start, end, before, after))
    return windows


def _words(look: Look, column: int, length: int) -> tuple[int, int]:
    """The characters of the run of pieces in which a dodge is likeliest."""
    real = [place for place, (start, end) in enumerate(look.offsets) if start < end]
    if not real:
        return 0, length
    likely = look.words[:, column]
    top = max(real, key=lambda place: likely[place])
    cut = max(PIECE, SHARE * likely[top])
    first = last = top
    while first - 1 in real and (likely[first - 1] >= cut or (first - 2 in real and likely[first - 2] >= cut)):
        first -= 1
    while last + 1 in real and (likely[last + 1] >= cut or (last + 2 in real and likely[last + 2] >= cut)):
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


#: Common English words that are no stop words, so that a short, plain draft is known as English.
_ENGLISH = frozenset(
    [
        "sorry",
        "apologise",
        "apologize",
        "im",
        "ive",
        "id",
        "dont",
        "didnt",
        "u",
        "ur",
        "lied",
        "hurt",
        "wrong",
        "know",
        "love",
        "money",
        "told",
        "said",
        "feel",
        "fault",
    ]
)
