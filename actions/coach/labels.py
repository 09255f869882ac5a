"""What the coach calls the things it finds, why they matter and what it asks, read from `data/apology/labels.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions.content import Node
from actions.encoder.labels import DEFLECTIONS, ELEMENTS

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
        {name: read_deflection(name, deflections[name]) for name in DEFLECTIONS},
        {name: _element(name, elements[name]) for name in ELEMENTS},
    )


def read_deflection(name: str, node: Node) -> Deflection:
    """What the coach says of a phrase that is in the way; raises `ContentError`."""
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
        node["weight"].share(),
        node["missing"].text() if asked else None,
    )
