"""People who can help, by country: `data/helplines.yml`. A number that no one has looked at for long is not shown.

Directories come first, since they are looked after by those who run them. An entry older than `STALE` days stands
behind them with its date, one older than `EXPIRED` days without its number.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from actions.content import ContentError, Node
from actions.steps import plain

STALE, EXPIRED = 180, 365
TOPICS = ("emergency", "suicide", "abuse", "own_violence")
_NUMBER = re.compile(r"\+?[\d][\d \-()/]{1,20}")


@dataclass(frozen=True)
class Helpline:
    """A service that people can reach."""

    country: str
    topic: str
    name: str
    phone: str | None
    text: str | None
    chat: str | None
    hours: str | None
    languages: tuple[str, ...]
    source: str
    verified_on: dt.date
    silent: str | None = None  #: how help comes to someone who can't speak; emergency numbers only

    def age(self, today: dt.date) -> int:
        """Days since someone looked at the service's own page."""
        return (today - self.verified_on).days


@dataclass(frozen=True)
class Directory:
    """A list of services that others keep up to date."""

    name: str
    url: str
    topics: tuple[str, ...]
    country: str | None  #: the one country that it is about, if it is
    source: str
    verified_on: dt.date

    def serves(self, country: str | None) -> bool:
        """Whether someone in this country is helped by it; who hasn't named one is not sent to another's."""
        return self.country in (None, country)


@dataclass(frozen=True)
class Helplines:
    """All of them."""

    directories: tuple[Directory, ...]
    lines: tuple[Helpline, ...]
    countries: dict[str, str]  #: code -> what stands on its button
    named: dict[str, str]  #: what people type, plain -> code

    def country(self, said: str) -> str | None:
        """The country that someone names."""
        return self.named.get(plain(said))

    def emergency(self, country: str | None, today: dt.date) -> str | None:
        """The emergency number of a country, if one is known."""
        lines = self.of(country, "emergency", today)
        return lines[0].phone if lines else None

    def silent(self, country: str | None, today: dt.date) -> str | None:
        """How the emergency number of a country is reached without speaking, if that is known."""
        return next((one.silent for one in self.of(country, "emergency", today) if one.silent), None)

    def of(self, country: str | None, topic: str, today: dt.date) -> list[Helpline]:
        """The lines of a country for a topic whose numbers may be shown, the newest looked at first."""
        here = (one for one in self.lines if (one.country, one.topic) == (country, topic))
        return sorted((one for one in here if one.age(today) <= EXPIRED), key=lambda one: one.age(today) > STALE)

    def expired(self, today: dt.date) -> list[Helpline]:
        """Lines that someone must look at again before their numbers are shown."""
        return [one for one in self.lines if one.age(today) > EXPIRED]


def read_helplines(path: Path) -> Helplines:
    """The helplines in the file `path`; raises `ContentError` naming file and key."""
    node = Node.read(path).only("countries", "directories", "helplines")
    countries, named = {}, {}
    for code in node["countries"].names():
        country = node["countries"][code].only("label", "names")
        countries[code] = country["label"].text(28)
        named |= {plain(name): code for name in (code, countries[code], *country["names"].texts())}
    lines = tuple(_line(item, countries) for item in node["helplines"].items())
    for one in lines:
        if sum((one.country, one.topic, one.name) == (two.country, two.topic, two.name) for two in lines) > 1:
            raise ContentError(f"{path}: helplines: {one.name} ({one.country}, {one.topic}) is there twice")
    directories = tuple(_directory(item, countries) for item in node["directories"].items())
    return Helplines(directories, lines, countries, named)


def _line(node: Node, countries: dict[str, str]) -> Helpline:
    keys = ("country", "topic", "name", "languages", "source", "verified_on")
    node.only(*keys, optional=("phone", "text", "chat", "hours", "silent", "silent_source"))
    if node["country"].text() not in countries:
        raise node["country"].wrong(f"no such country under countries; known are {', '.join(countries)}")
    if node["topic"].text() not in TOPICS:
        raise node["topic"].wrong(f"must be one of {', '.join(TOPICS)}")
    ways = {key: node[key].text() for key in ("phone", "text", "chat") if key in node.value}
    if not ways:
        raise node.wrong("needs a phone, a text or a chat; leave the entry out if there is none")
    if "phone" in ways and not _NUMBER.fullmatch(ways["phone"]):
        raise node["phone"].wrong("is no phone number: digits, spaces and hyphens only, in quotes")
    silent = node["silent"].text(120) if "silent" in node.value else None
    if silent is not None:
        _web(node["silent_source"])  # a way that nobody has seen written could cost the one call they have
    return Helpline(
        country=node["country"].text(),
        topic=node["topic"].text(),
        name=node["name"].text(80),
        phone=ways.get("phone"),
        text=ways.get("text"),
        chat=ways.get("chat"),
        hours=node["hours"].text(80) if node.value.get("hours") else None,
        languages=tuple(node["languages"].texts()),
        source=_web(node["source"]),
        verified_on=_day(node["verified_on"]),
        silent=silent,
    )


def _directory(node: Node, countries: dict[str, str]) -> Directory:
    node.only("name", "url", "topics", "source", "verified_on", optional=("country",))
    country = node["country"].text() if "country" in node.value else None
    if country is not None and country not in countries:
        raise node["country"].wrong(f"no such country under countries; known are {', '.join(countries)}")
    topics = tuple(node["topics"].texts())
    if unknown := set(topics) - set(TOPICS):
        raise node["topics"].wrong(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(TOPICS)}")
    name, url = node["name"].text(80), _web(node["url"])
    return Directory(name, url, topics, country, _web(node["source"]), _day(node["verified_on"]))


def _web(node: Node) -> str:
    if not node.text().startswith("https://"):
        raise node.wrong("must be an address that begins with https://")
    return node.text()


def _day(node: Node) -> dt.date:
    if type(node.value) is not dt.date:
        raise node.wrong("must be a day such as 2026-11-25")
    return node.value
