"""Time zones as people name them: a city, a country, an abbreviation, an offset, a place on the map."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from actions.evening.atlas import DATA, Zone, atlas

__all__ = ["DATA", "Zone", "find_zone", "likely", "zone_at"]

#: No clock on Earth is further from UTC than so many hours.
FARTHEST = 14

_OFFSET = re.compile(r"\b(?:utc|gmt)\s*([+\-−]|plus|minus)\s*(\d{1,2})(?::?([0-5]\d))?(?!\d)", re.IGNORECASE)
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
    offset = _OFFSET.search(text)
    if offset:
        if int(offset[2]) + int(offset[3] or 0) / 60 > FARTHEST:
            return None
        sign = "-" if offset[1] in ("-", "−", "minus") else "+"
        name = f"{sign}{int(offset[2]):02d}:{offset[3] or '00'}"
        return Zone("+00:00" if name == "-00:00" else name, span=offset.span())
    iana = _IANA.search(text)
    if iana and iana[0] in available_timezones():
        return Zone(iana[0], span=iana.span())
    return atlas().find(text)
