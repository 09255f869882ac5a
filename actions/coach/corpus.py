"""Labelled apology sentences and drafts, read from JSON lines and checked against the label set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from actions.encoder.labels import DEFLECTIONS, ELEMENTS
from actions.errors import OperatorError


class CorpusError(OperatorError):
    """A line of a corpus is wrong; the message names file, line and cure."""


@dataclass(frozen=True)
class Span:
    """A labelled piece of a text: characters `start` to `end`."""

    label: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """A labelled part of a text, characters `start` to `end`: a sentence of a draft, or a whole line."""

    start: int
    end: int
    deflections: tuple[Span, ...]  #: their characters counted from the beginning of the whole text
    elements: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A labelled line or draft."""

    id: str
    text: str
    sentences: tuple[Sentence, ...]


def read(*paths: Path) -> list[Example]:
    """The examples of files of lines and of drafts; raises `CorpusError`."""
    return [example for path in paths for example in _read_file(path)]


def _read_file(path: Path) -> Iterator[Example]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            yield _draft(entry) if "sentences" in entry else _line(entry)
        except (ValueError, KeyError) as error:
            raise CorpusError(f"{path}, line {number}: {type(error).__name__}: {error}") from None


def _line(entry: dict) -> Example:
    """A line; some stand between a `before` and an `after`, of which nothing is known."""
    before = f"{entry['before']} " if entry.get("before") else ""
    after = f" {entry['after']}" if entry.get("after") else ""
    return Example(entry["id"], before + entry["text"] + after, (_sentence(entry, len(before)),))


def _draft(entry: dict) -> Example:
    text, sentences = "", []
    for sentence in entry["sentences"]:
        sentences.append(_sentence(sentence, len(text)))
        text += sentence["text"] if sentence["text"][-1:].isspace() else sentence["text"] + " "
    return Example(entry["id"], text, tuple(sentences))


def _sentence(entry: dict, begins: int) -> Sentence:
    spans = []
    for deflection in entry["deflections"]:
        label, phrase = deflection["label"], deflection["phrase"]
        start = entry["text"].find(phrase)
        if label not in DEFLECTIONS or start < 0:
            raise ValueError(f"{label!r} with {phrase!r}: no such label, or the phrase is not in the text")
        spans.append(Span(label, begins + start, begins + start + len(phrase)))
    for element in entry["elements"]:
        if element not in ELEMENTS:
            raise ValueError(f"{element!r} is no element")
    return Sentence(begins, begins + len(entry["text"]), tuple(spans), tuple(entry["elements"]))
