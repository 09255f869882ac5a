"""Time zones as people name them: a city, a country, an abbreviation, an offset, a place on the map."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from actions.evening.atlas import DATA, Zone, atlas
from actions.evening.words import words

__all__ = ["DATA", "Zone", "find_zone", "likely", "zone_at"]

#: No clock on Earth is further from UTC than so many hours.
FARTHEST = 14

_NUMBER = r"(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_HOURS = rf"{_NUMBER}(?:[:.]?([0-5]\d)|(\.5| and (?:a )?half))?(?!\d)"
_OFFSET = re.compile(rf"\b(?:utc|gmt)\s*([+\-−]|plus|minus)\s*{_HOURS}", re.IGNORECASE)
_LONE = re.compile(rf"\s*([+\-−])\s*{_HOURS}(?:\s*(?:utc|gmt|hours|hrs|time|please|pls))*\s*", re.IGNORECASE)
_IANA = re.compile(r"\b[A-Z][A-Za-z_]+/[A-Za-z_]+(?:/[A-Za-z_]+)?\b")


def zone_at(latitude: float, longitude: float) -> str | None:
    """The zone of a place on the map; nothing where there is none."""
    from tzfpy import get_tz

    return get_tz(longitude, latitude) or None


def likely(language: str) -> list[str]:
    """Cities to offer to someone whose app speaks this language (`en`, `pt-BR`)."""
    places = atlas().likely
    return places.get(language.partition("-")[0].casefold(), places["en"])


def find_zone(text: str) -> Zone | None:
    """The zone that a text names, or the several that it may; nothing when it names none."""
    offset = _own(text, list(_OFFSET.finditer(text))) or _LONE.fullmatch(text)
    if offset:
        return _place_of(text, offset)
    iana = _IANA.search(text)
    if iana and iana[0] in available_timezones():
        return Zone(iana[0], span=iana.span())
    if iana and iana[0].partition("/")[0] in _areas():
        return None  # a zone that does not exist: the town of that name is somewhere else
    return atlas().find(text)


@lru_cache(maxsize=1)
def _areas() -> frozenset[str]:
    return frozenset(name.partition("/")[0] for name in available_timezones() if "/" in name)


def _own(text: str, offsets: list[re.Match[str]]) -> re.Match[str] | None:
    """Of several offsets the one that they say is theirs, else the first."""
    own = [
        one
        for one in offsets
        if re.search(r"\b(?:i'm|im|i am|i|my|me|we're|we)\b[^,.;]{0,20}\Z", text[: one.start()], re.IGNORECASE)
    ]
    return (own[-1:] or offsets[:1] or [None])[0]


def _place_of(text: str, offset: re.Match[str]) -> Zone | None:
    """The place of that offset which a text names beside it ("utc+1 in winter, Utrecht"), else the offset."""
    hours = words().numbers.get(offset[2].casefold()) or int(offset[2])
    minutes = offset[3] or ("30" if offset[4] else "00")
    if hours + int(minutes) / 60 > FARTHEST:
        return None
    sign = "-" if offset[1].casefold() in ("-", "−", "minus") else "+"
    name = f"{sign}{hours:02d}:{minutes}"
    place = atlas().find(text[: offset.start()] + " " * len(offset[0]) + text[offset.end() :])
    if place and place.name and name in _offsets(place.name):
        return place
    return Zone("+00:00" if name == "-00:00" else name, span=offset.span())


def _offsets(zone: str) -> set[str]:
    """A zone's offsets of winter and of summer."""
    moments = [datetime(2026, month, 15, 12, tzinfo=ZoneInfo(zone)) for month in (1, 7)]
    return {f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:] for moment in moments}
