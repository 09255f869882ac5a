"""The words around a person's own in an export, read from `data/export.yml`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions.content import Node
from actions.walks import INTAKE, NOTE, REFLECTION

#: Words of which Mend itself broke: they stand in no walk.
UNANSWERED = "unanswered"
JOURNEY, WEEKS = "journey", "weeks"


@dataclass(frozen=True)
class ExportWords:
    """What stands around a person's own words."""

    title: str
    about: str
    chapters: Mapping[str, str]  #: what the walks that are no exercise are called
    draft: str
    beside: str
    version: str
    pictures: Mapping[str, str]  #: what each picture shows, for whoever can't see it
    footer: str
    left_out: tuple[str, ...]  #: what the record does not hold


def read_export_words(path: Path) -> ExportWords:
    """The words of the file `path`; raises `ContentError` naming file and key."""
    texts = ("title", "about", "draft", "beside", "version", "footer")
    node = Node.read(path).only(*texts, "chapters", "pictures", "left_out")
    return ExportWords(
        **{name: node[name].text(limit=200) for name in texts},
        chapters=_named(node["chapters"], INTAKE, REFLECTION, NOTE, UNANSWERED),
        pictures=_named(node["pictures"], JOURNEY, WEEKS),
        left_out=tuple(node["left_out"].texts(limit=120)),
    )


def moment(at: float) -> str:
    """A time as people write it, in UTC: 26 November 2026 21:30."""
    return time.strftime("%d %B %Y %H:%M", time.gmtime(at))


def _named(node: Node, *names: str) -> dict[str, str]:
    return {name: node.only(*names)[name].text(limit=120) for name in names}
