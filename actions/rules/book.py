"""A book of rules: phrases that a text is searched for, each found with its exact place, its id and its reason.

A guard finds what makes a hit innocent after all: ownership beside it, a quotation, an offer. The apology coach, the
coach for hard conversations and the recogniser of danger each have a book of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc

from actions.content import Node
from actions.rules.patterns import Pattern, Patterns, Place, Text

#: Ways in which people spell the words of rules; every book follows them.
SPELLINGS = Path(__file__).resolve().parents[2] / "data" / "spellings.yml"
#: How many words away a guard still counts, in drafts without full stops too.
REACH = 40
WHERES = ("same_sentence", "next_sentence", "overlap", "around")
PLACES = ("anywhere", "start", "whole")


@dataclass(frozen=True)
class Hit:
    """A phrase that a rule found. `draft` marks one that the whole draft can make innocent, by naming the act."""

    rule: str
    label: str
    start_char: int
    end_char: int
    reason: str
    draft: bool = False


@dataclass(frozen=True)
class Rule:
    """Phrases that mean one label, with sentences that must be found and look-alikes that must not."""

    id: str
    label: str
    reason: str
    source: str
    patterns: tuple[Pattern, ...]
    fires: tuple[str, ...]
    passes: tuple[str, ...]
    at: str = "anywhere"
    draft: bool = False


@dataclass(frozen=True)
class Guard:
    """Phrases that make hits innocent: those of the labels or rules that it `cancels`, where it stands near enough."""

    id: str
    cancels: frozenset[str]
    where: str
    reason: str
    patterns: tuple[Pattern, ...]
    fires: tuple[str, ...]
    passes: tuple[str, ...]


class Rules:
    """Every rule and guard of a rules file, and the spaCy pipeline that they need."""

    def __init__(self, path: Path, key: str, labels: Collection[str]) -> None:
        """Read the rules that stand under `key` in the file `path`, for `labels`; raises `ContentError`."""
        node = Node.read(path).only("sets", key, "guards")
        self._labels = labels
        spellings = Node.read(SPELLINGS).only("spellings")["spellings"]
        self._patterns = Patterns(spellings, {name: node["sets"][name].text(2000) for name in node["sets"].value})
        self.rules = tuple(self._rule(one) for one in node[key].items())
        self.guards = tuple(self._guard(one) for one in node["guards"].items())
        _once(node, [one.id for one in self.rules + self.guards])
        self._patterns.close()
        self.nlp = self._patterns.nlp

    def find(self, doc: Doc) -> list[Hit]:
        """What is in `doc`, a text that `self.nlp` has read: in its order, the longest hit of a label."""
        text = self._patterns.text(doc)
        guards = [(guard, place) for guard in self.guards for place in text.find(guard.patterns)]
        kept: list[tuple[Rule, Place]] = []
        for rule, place in sorted(self._found(text), key=lambda one: (one[1][0] - one[1][1], one[1], one[0].id)):
            names = {rule.label, rule.id}
            innocent = any(names & guard.cancels and _near(text, spot, place, guard.where) for guard, spot in guards)
            doubled = any(rule.label == other.label and _overlap(spot, place) for other, spot in kept)
            if not innocent and not doubled:
                kept.append((rule, place))
        return sorted((_hit(doc, rule, place) for rule, place in kept), key=lambda hit: (hit.start_char, hit.label))

    def candidates(self, doc: Doc) -> list[Hit]:
        """Everything the rules found, before guards."""
        return [_hit(doc, rule, place) for rule, place in self._found(self._patterns.text(doc))]

    def _found(self, text: Text) -> Iterator[tuple[Rule, Place]]:
        for rule in self.rules:
            yield from ((rule, place) for place in text.find(rule.patterns) if _stands(text, place, rule.at))

    def _rule(self, node: Node) -> Rule:
        node.only("id", "label", "reason", "source", "patterns", "fires", "passes", optional=("at", "draft"))
        name, label = node["id"].text(80), node["label"].text()
        if label not in self._labels:
            raise node["label"].wrong(f"no such label; known are {', '.join(self._labels)}")
        if not name.startswith(f"{label}."):
            raise node["id"].wrong(f"must begin with {label}.")
        return Rule(
            id=name,
            label=label,
            reason=node["reason"].text(),
            source=node["source"].text(),
            patterns=self._read(node["patterns"]),
            fires=tuple(node["fires"].texts()),
            passes=tuple(node["passes"].texts()),
            at=_one_of(PLACES, node["at"]) if "at" in node.value else "anywhere",
            draft="draft" in node.value and node["draft"].yes_or_no(),
        )

    def _guard(self, node: Node) -> Guard:
        node.only("id", "cancels", "where", "reason", "patterns", "fires", "passes")
        cancels = frozenset(node["cancels"].texts())
        if unknown := cancels - set(self._labels) - {rule.id for rule in self.rules}:
            raise node["cancels"].wrong(f"no such label or rule: {', '.join(sorted(unknown))}")
        return Guard(
            id=node["id"].text(80),
            cancels=cancels,
            where=_one_of(WHERES, node["where"]),
            reason=node["reason"].text(),
            patterns=self._read(node["patterns"]),
            fires=tuple(node["fires"].texts()),
            passes=tuple(node["passes"].texts()),
        )

    def _read(self, node: Node) -> tuple[Pattern, ...]:
        return tuple(self._patterns.read(item) for item in node.items())


def _near(text: Text, guard: Place, hit: Place, where: str) -> bool:
    """Whether a guard stands near enough to a hit; what is but a part of the hit is no guard."""
    if hit[0] <= guard[0] and guard[1] <= hit[1] and guard != hit:
        return False
    if where == "overlap":
        return _overlap(guard, hit)
    if where == "around":  # a draft that is one quotation from end to end is disowned by nobody
        return guard[0] < hit[0] and hit[1] < guard[1] and guard[1] - guard[0] < 0.9 * len(text.doc)
    apart = max(guard[0] - hit[1], hit[0] - guard[1])
    later = text.sentence[guard[0]] - text.sentence[hit[1] - 1]
    return apart <= REACH and later in ((0,) if where == "same_sentence" else (0, 1))


def _overlap(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _stands(text: Text, place: Place, at: str) -> bool:
    """Whether a place is where in its sentence a rule wants it."""
    return at == "anywhere" or (text.begins(place) and (at == "start" or text.ends(place)))


def _hit(doc: Doc, rule: Rule, place: Place) -> Hit:
    span = doc[place[0] : place[1]]
    return Hit(rule.id, rule.label, span.start_char, span.end_char, rule.reason, rule.draft)


def _once(node: Node, names: list[str]) -> None:
    """Refuse an id that is given twice."""
    for name in names:
        if names.count(name) > 1:
            raise node.wrong(f"the id {name!r} is there twice")


def _one_of(known: tuple[str, ...], node: Node) -> str:
    if (value := node.text()) not in known:
        raise node.wrong(f"must be one of {', '.join(known)}")
    return value
