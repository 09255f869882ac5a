"""A review made ready to be shown: the draft cut into marked pieces, numbered notes, and the words around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions.coach.labels import SEVERITIES, Deflection, Element, Labels
from actions.coach.review import MIXED, STRONG, WEAK, Flag, Review
from actions.content import Node

APOLOGY = "apology"
#: The kind of a review in which the model had no say: nothing is known of what the draft has, or is as a whole.
RULES_ONLY = "rules_only"
#: The kinds of reviews whose draft was read.
READ = (APOLOGY, RULES_ONLY)
VERDICTS = (STRONG, MIXED, WEAK, "empty", "too_short", "too_long", "not_english", RULES_ONLY)
HEADINGS = ("draft", "flags", "strong", "missing", "verdict")

#: Signs that would steer a terminal or break a page; each is shown as one sign, so that places stay right.
_CONTROLS = {sign: "\ufffd" for sign in (*range(32), *range(127, 160)) if chr(sign) not in "\n\t"}
_JOINER, _SKIN_TONES = "\u200d", range(0x1F3FB, 0x1F400)


@dataclass(frozen=True)
class Words:
    """What the coach says around what it finds, read from `data/apology/words.yml`."""

    verdicts: Mapping[str, str]
    headings: Mapping[str, str]
    severities: Mapping[str, str]
    title: str
    footer: str
    written: str

    @classmethod
    def read(cls, path: Path) -> Words:
        """The words of the file `path`; raises `ContentError`."""
        node = Node.read(path).only("verdicts", "headings", "severities", "page", "written")
        page = node["page"].only("title", "footer")
        written = node["written"].text()
        if "{path}" not in written:
            raise node["written"].wrong("must hold {path}")
        return cls(
            _texts(node["verdicts"], VERDICTS),
            _texts(node["headings"], HEADINGS),
            _texts(node["severities"], SEVERITIES),
            page["title"].text(80),
            page["footer"].text(),
            written,
        )

    def verdict(self, review: Review) -> str:
        """The review in a sentence or two: of the draft, or of why there is nothing to review."""
        return self.verdicts[review.verdict if review.kind == APOLOGY else review.kind]


@dataclass(frozen=True)
class Note:
    """One way in which a draft dodges, and the phrases that do."""

    number: int
    meant: Deflection
    flags: tuple[Flag, ...]

    @property
    def quotes(self) -> list[str]:
        """The phrases, in the order of the draft, each once."""
        return list(dict.fromkeys(shown(flag.quote) for flag in self.flags))


@dataclass(frozen=True)
class Piece:
    """A piece of a draft: the notes it belongs to, the hardest first, and those of whose phrases it is the end."""

    text: str
    notes: tuple[Note, ...] = ()
    closes: tuple[Note, ...] = ()


def notes(review: Review, labels: Labels) -> tuple[Note, ...]:
    """The notes on a draft, numbered from the hardest on."""
    order = review.hardest(len(labels.deflections))
    return tuple(
        Note(number, labels.deflections[first.label], tuple(flag for flag in review.flags if flag.label == first.label))
        for number, first in enumerate(order, start=1)
    )


def pieces(text: str, found: tuple[Note, ...]) -> list[Piece]:
    """The draft from its first sign to its last, cut wherever a phrase begins or ends, never inside a visible sign."""
    spans = [(_start(text, flag.start), _end(text, flag.end), note) for note in found for flag in note.flags]
    cuts = sorted({0, len(text), *(place for start, end, _ in spans for place in (start, end))})
    made = []
    for start, end in zip(cuts, cuts[1:]):
        around = [note for first, last, note in spans if first <= start and end <= last]
        closes = [note for _, last, note in spans if last == end]
        made.append(Piece(shown(text[start:end]), _once(around), _once(closes)))
    return made


def strengths(review: Review, labels: Labels) -> list[Element]:
    """What the draft has, what counts most first."""
    return _by_weight([element for name, element in labels.elements.items() if review.has(name)])


def missing(review: Review, labels: Labels) -> list[Element]:
    """What could still be asked for, what counts most first."""
    return _by_weight([one for name, one in labels.elements.items() if one.missing and not review.has(name)])


def shown(text: str) -> str:
    """The text without signs that would steer a terminal or break a page; as long as before."""
    return text.translate(_CONTROLS)


def _once(found: list[Note]) -> tuple[Note, ...]:
    return tuple(sorted(set(found), key=lambda note: note.number))


def _by_weight(elements: list[Element]) -> list[Element]:
    return sorted(elements, key=lambda element: -element.weight)


def _start(text: str, place: int) -> int:
    while 0 < place < len(text) and _goes_on(text, place):
        place -= 1
    return place


def _end(text: str, place: int) -> int:
    while 0 < place < len(text) and _goes_on(text, place):
        place += 1
    return place


def _goes_on(text: str, place: int) -> bool:
    """Whether the sign at `place` is but a part of the visible sign before it: an accent, a piece of an emoji."""
    sign, before = text[place], text[place - 1]
    joined = _JOINER in (sign, before) or ord(sign) in _SKIN_TONES
    return joined or unicodedata.category(sign) in ("Mn", "Mc", "Me")


def _texts(node: Node, names: tuple[str, ...]) -> dict[str, str]:
    node.only(*names)
    return {name: node[name].text() for name in names}
