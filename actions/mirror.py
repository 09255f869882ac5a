"""What is said of an apology that someone received, and the words that are no apology at all, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions.content import Node
from actions.encoder.labels import DEFLECTIONS, ELEMENTS
from actions.steps import plain

HARSH, VIOLENT = "harsh", "violent"
_SENTENCE = re.compile(r"[.!?\n]+")


@dataclass(frozen=True)
class Found:
    """Phrases that are looked for in each sentence, and those beside which they mean something else."""

    phrases: tuple[str, ...]
    unless: tuple[str, ...]

    def within(self, text: str) -> bool:
        """Whether a sentence of the text holds one of the phrases, and nothing that makes it innocent."""
        sentences = [f" {plain(one)} " for one in _SENTENCE.split(text)]
        return any(_holds(one, self.phrases) and not _holds(one, self.unless) for one in sentences)


@dataclass(frozen=True)
class Mirror:
    """An apology from the side of the one who got it: what it owns and how it dodges, label by label."""

    owns: Mapping[str, str]
    dodges: Mapping[str, str]
    stops: Mapping[str, Found]

    def stop(self, text: str) -> str | None:
        """Why a text is not worked on: `violent`, `harsh`, or nothing."""
        return next((why for why, found in self.stops.items() if found.within(text)), None)


def read_mirror(path: Path) -> Mirror:
    """The file `data/mirror.yml`; raises `ContentError` naming file and key."""
    node = Node.read(path).only("owns", "dodges", VIOLENT, HARSH)
    return Mirror(
        _texts(node["owns"].only(*ELEMENTS)),
        _texts(node["dodges"].only(*DEFLECTIONS)),
        {why: _found(node[why].only("phrases", "unless")) for why in (VIOLENT, HARSH)},
    )


def _texts(node: Node) -> dict[str, str]:
    return {name: node[name].text(limit=200) for name in node.names()}


def _found(node: Node) -> Found:
    return Found(*(tuple(map(plain, node[key].texts())) for key in ("phrases", "unless")))


def _holds(sentence: str, phrases: tuple[str, ...]) -> bool:
    return any(f" {phrase} " in sentence for phrase in phrases)
