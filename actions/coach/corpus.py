"""Labelled apology sentences and drafts, read from JSON lines and checked against the label set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from actions.errors import OperatorError

DEFLECTIONS = (
    "feelings_not_actions",
    "conditional",
    "excuse",
    "blame_shift",
    "minimizing",
    "agentless",
    "vague",
    "self_defense",
    "denial",
    "pressure",
    "self_pity",
    "reluctant",
)
ELEMENTS = (
    "names_the_act",
    "responsibility",
    "acknowledges_hurt",
    "regret",
    "commitment",
    "repair",
    "explanation",
    "forgiveness_request",
)


class CorpusError(OperatorError):
    """A line of a corpus is wrong; the message names file, line and cure."""


@dataclass(frozen=True)
class Span:
    """A labelled piece of a text: characters `start` to `end`."""

    label: str
    start: int
    end: int


@dataclass(frozen=True)
class Example:
    """A labelled sentence (or a few that belong together), with what stands before and after it in its draft."""

    id: str
    text: str
    deflections: tuple[Span, ...]
    elements: tuple[str, ...]
    before: str = ""
    after: str = ""


def read(*paths: Path) -> list[Example]:
    """The examples of files of lines and of drafts, sentence by sentence; raises `CorpusError`."""
    return [example for path in paths for example in _read_file(path)]


def _read_file(path: Path) -> Iterator[Example]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            around = (entry.get("before", ""), entry.get("after", ""))
            yield from _draft(entry) if "sentences" in entry else [_example(entry["id"], entry, *around)]
        except (ValueError, KeyError) as error:
            raise CorpusError(f"{path}, line {number}: {type(error).__name__}: {error}") from None


def _draft(entry: dict) -> Iterator[Example]:
    sentences = entry["sentences"]
    for place, sentence in enumerate(sentences):
        before = sentences[place - 1]["text"] if place else ""
        after = sentences[place + 1]["text"] if place + 1 < len(sentences) else ""
        yield _example(f"{entry['id']}.{place}", sentence, before, after)


def _example(name: str, entry: dict, before: str = "", after: str = "") -> Example:
    spans = []
    for deflection in entry["deflections"]:
        label, phrase = deflection["label"], deflection["phrase"]
        start = entry["text"].find(phrase)
        if label not in DEFLECTIONS or start < 0:
            raise ValueError(f"{label!r} with {phrase!r}: no such label, or the phrase is not in the text")
        spans.append(Span(label, start, start + len(phrase)))
    for element in entry["elements"]:
        if element not in ELEMENTS:
            raise ValueError(f"{element!r} is no element")
    return Example(name, entry["text"], tuple(spans), tuple(entry["elements"]), before, after)
