"""Figures of speech that sound like danger, and what they mean: `data/safety/idioms.yml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from actions.content import Node


@dataclass(frozen=True)
class Idiom:
    """A figure of speech, with texts that hold it and texts that mean the same words as they stand."""

    id: str
    says: re.Pattern[str]
    plain: str  #: what it means, `\\1` being the first group of `says`
    reason: str
    fires: tuple[str, ...]
    passes: tuple[str, ...]


def read_idioms(path: Path) -> tuple[Idiom, ...]:
    """The idioms in the file `path`; raises `ContentError` naming file and key."""
    return tuple(_idiom(node) for node in Node.read(path).only("idioms")["idioms"].items())


def plainly(text: str, idioms: tuple[Idiom, ...]) -> str:
    """A text with what its idioms mean in their place."""
    for idiom in idioms:
        text = idiom.says.sub(idiom.plain, text)
    return text


def _idiom(node: Node) -> Idiom:
    node.only("id", "reason", "says", "plain", "fires", "passes")
    try:
        says = re.compile(node["says"].text(), re.IGNORECASE)
        says.sub(node["plain"].text(), node["fires"].texts()[0])
    except (re.error, IndexError) as error:
        reason = f"no regular expression that can be read, with its groups in `plain`: {error}"
        raise node["says"].wrong(reason) from None
    fires, passes = (tuple(node[key].texts()) for key in ("fires", "passes"))
    return Idiom(node["id"].text(80), says, node["plain"].text(), node["reason"].text(), fires, passes)
