"""Reading an archive that /export gave: the words that stand in each of its three forms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from talking import Person

PAGE, DOCUMENT, RECORD = "diary.html", "diary.md", "mend.json"


class Page(HTMLParser):
    """A page as a browser takes it: what stands where, and everything that it would load or run."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.quotes: list[str] = []
        self.text = ""
        self._quoting = False
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "blockquote":
            self.quotes.append("")
            self._quoting = True

    def handle_endtag(self, tag: str) -> None:
        self._quoting = self._quoting and tag != "blockquote"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._quoting:
            self.quotes[-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(files: dict[str, bytes]) -> Page:
    return Page(files[PAGE].decode())


def record(files: dict[str, bytes]) -> dict[str, Any]:
    return json.loads(files[RECORD])


def in_document(files: dict[str, bytes]) -> list[str]:
    """What is quoted in the Markdown, letter by letter."""
    quotes = re.findall(r"^((?:> .*\n)+)>\n> \d\d \w+ \d{4} \d\d:\d\d", files[DOCUMENT].decode(), flags=re.MULTILINE)
    return ["\n".join(line[2:] for line in quote.removesuffix("\n").split("\n")) for quote in quotes]


def in_record(files: dict[str, bytes]) -> list[str]:
    """Every text in the record; an answer in several messages is one, too."""
    return list(_texts(record(files)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(one, dict) and set(one) == {"message", "text"} for one in value):
            yield "\n".join(one["text"] for one in value)
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)


def told(files: dict[str, bytes], words: str) -> list[bool]:
    """Whether these words stand in the page, in the document and in the record, as whole lines, letter by letter."""
    forms = (page(files).quotes, in_document(files), in_record(files))
    return [any(f"\n{words}\n" in f"\n{text}\n" for text in form) for form in forms]


def everywhere(person: Person, *words: str) -> bool:
    """Whether all of these words of theirs stand in each of the three forms."""
    files = person.exported()
    missing = [(one, told(files, one)) for one in words if not all(told(files, one))]
    assert not missing, missing
    return True


def nowhere(files: dict[str, bytes], *words: str) -> bool:
    """Whether none of these words stands anywhere in an archive, whole or in part."""
    forms = [page(files).text, files[DOCUMENT].decode(), "\n".join(in_record(files))]
    return not any(one in form for one in words for form in forms)
