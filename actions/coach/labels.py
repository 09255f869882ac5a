"""What the coach calls the things it finds, why they matter and what it asks, read from `data/apology/labels.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions.coach.corpus import DEFLECTIONS, ELEMENTS
from actions.content import Node

SEVERITIES = ("hard", "medium", "soft")
#: Elements that are shown when they are there and never asked for.
NEVER_ASKED = ("explanation", "forgiveness_request")


@dataclass(frozen=True)
class Deflection:
    """A way in which a phrase weakens an apology."""

    id: str
    name: str
    severity: str
    reason: str
    question: str
    source: str


@dataclass(frozen=True)
class Element:
    """Something a strong apology has."""

    id: str
    name: str
    strength: str
    weight: float
    missing: str | None = None


@dataclass(frozen=True)
class Labels:
    """Everything the coach can find in a draft, by id."""

    deflections: Mapping[str, Deflection]
    elements: Mapping[str, Element]


def load(path: Path) -> Labels:
    """The labels of the file `path`; raises `ContentError`."""
    node = Node.read(path).only("deflections", "elements")
    deflections, elements = node["deflections"].only(*DEFLECTIONS), node["elements"].only(*ELEMENTS)
    return Labels(
        {name: _deflection(name, deflections[name]) for name in DEFLECTIONS},
        {name: _element(name, elements[name]) for name in ELEMENTS},
    )


def _deflection(name: str, node: Node) -> Deflection:
    node.only("name", "severity", "reason", "question", "source")
    severity = node["severity"].text()
    if severity not in SEVERITIES:
        raise node["severity"].wrong(f"must be one of {', '.join(SEVERITIES)}")
    return Deflection(
        name,
        node["name"].text(80),
        severity,
        node["reason"].text(),
        node["question"].text(),
        node["source"].text(),
    )


def _element(name: str, node: Node) -> Element:
    asked = () if name in NEVER_ASKED else ("missing",)
    node.only("name", "strength", "weight", *asked)
    return Element(
        name,
        node["name"].text(80),
        node["strength"].text(),
        _share(node["weight"]),
        node["missing"].text() if asked else None,
    )


def _share(node: Node) -> float:
    """A number from 0 to 1."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise node.wrong("must be a number from 0 to 1")
    return float(value)
