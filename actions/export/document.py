"""The diary in Markdown: plain enough for any program, and for a printer."""

from __future__ import annotations

from collections.abc import Sequence

from actions.export.gathering import Chapter, Entry
from actions.export.words import ExportWords, moment


def document(chapters: Sequence[Chapter], words: ExportWords) -> str:
    """The chapters as one document; a person's words are quoted line by line, exactly as they stand."""
    return "\n\n".join([f"# {words.title}", *(_chapter(chapter, words) for chapter in chapters)]) + "\n"


def _chapter(chapter: Chapter, words: ExportWords) -> str:
    when = f" ({moment(chapter.at)})" if chapter.at is not None else ""
    above = [f"## {chapter.title}{when}"] + ([f"**{chapter.asked}**"] if chapter.asked else [])
    below = [chapter.marks] if chapter.marks else []
    return "\n\n".join(above + [_entry(entry, words) for entry in chapter.entries] + below)


def _entry(entry: Entry, words: ExportWords) -> str:
    when = moment(entry.at)
    said = words.version.format(when=when, number=entry.version) if entry.version else when
    quoted = "\n".join(f"> {line}" for line in entry.words.split("\n"))
    return (f"**{entry.asked}**\n\n" if entry.asked else "") + f"{quoted}\n>\n> {said}"
