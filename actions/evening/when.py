"""From what someone writes to the hour and the zone of their evening question, or to what must be asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.evening.choosing_hour import chosen, clauses, speaks_of_others
from actions.evening.tidying import tidied
from actions.evening.times import Time, find_times
from actions.evening.words import in_digits, words
from actions.evening.zones import Zone, find_zone

#: How many characters are read: nobody needs more to say when. Reading on takes longer with each, and all wait for it.
MOST = 1000


@dataclass(frozen=True)
class When:
    """What was understood. Where something is open, the choices say what it may mean."""

    hour: str | None = None  #: HH:MM on a clock of 24 hours
    zone: str | None = None  #: an IANA name, or an offset
    hours: tuple[str, ...] = ()  #: the hours that it may be, where that is open
    zones: tuple[tuple[str, str], ...] = ()  #: the zones that it may be (label, zone), where that is open
    vague: bool = False  #: a part of the day, without an hour

    @property
    def ambiguous(self) -> bool:
        """Whether something must be asked about."""
        return self.vague or len(self.hours) > 1 or len(self.zones) > 1

    @property
    def empty(self) -> bool:
        """Whether nothing in it is an hour or a place."""
        return not (self.hour or self.zone or self.ambiguous)


def read_when(text: str) -> When:
    """Read an hour and a zone in a person's own words."""
    text = tidied(text[:MOST])
    zone = find_zone(text)
    rest = _without(text, zone)
    said = in_digits(rest)
    times, impossible = _meant(said)
    named, zones = (zone.name, zone.choices) if zone else (None, ())
    if not times:
        vague = not impossible and _is_vague(said, zone)
        return When(zone=named, zones=zones, vague=vague)
    first = times[0]
    hours = tuple(dict.fromkeys(str(time) for time in times))
    if len(hours) == 1 and not first.sure:
        hours = (_other_half(first), str(first))
    return When(str(first), named, hours if len(hours) > 1 else (), zones)


def read_pause(text: str) -> int | None:
    """For how many nights someone wants none: "pause for 5 days", "nothing for a week"; nothing if they don't say."""
    said = in_digits(text[:MOST]).replace("a fortnight", "2 weeks").replace("half a year", "26 weeks")
    found = _PAUSE.search(said) if _QUIET.search(said) else None
    if found is None:
        return None
    count = {"a": 1, "an": 1, "1": 1, "couple": 2, "a couple": 2, "a couple of": 2, "few": 3, "a few": 3}.get(found[1])
    return (count or int(found[1])) * (7 if found[2].startswith("w") else 30 if found[2].startswith("month") else 1)


_QUIET = re.compile(
    r"(?<!\w)(?:pause|quiet|skip|off|break|stop|nothing|none|no|not|silence|leave me|away|holiday|rest)(?!\w)"
)
_PAUSE = re.compile(
    r"(?<!\w)(\d{1,3}|a couple of|a couple|couple|a few|few|an?) (nights?|days?|evenings?|weeks?|months?)(?!\w)"
)


def _meant(said: str) -> tuple[list[Time], bool]:
    """The hours that may be meant, the first one first; and whether one was named that no clock shows."""
    found = find_times(said)
    impossible = any(not time.valid for time in found)
    found = [time for time in found if time.valid]
    if impossible and all(time.bare for time in found):
        return [], True
    return chosen(said, found), impossible


def _is_vague(said: str, zone: Zone | None) -> bool:
    """Whether a text without an hour names a part of the day; beside a place only where it is sure to be one."""
    said = _NO_PART.sub("", words().without("farewells", words().without("night_work", said)))
    said = ". ".join(clause for clause in clauses(said) if not speaks_of_others(clause))
    if zone is not None:
        return words().holds("evening", said)
    return _HOUR_LATER.search(said) is not None or words().holds("vague", said)


_NO_PART = re.compile(
    r"(?<!\w)(?:(?:sleep|sleeps|sleeping|bed|bed is) in|when (?:do|does|did|will|is it|are you|can|should)"
    r"|once (?:a|upon|he|she)|same (?:old|here|thing|to you)|(?:never|not) (?:before|again)"
    r"|(?:after|before) (?:all|everything|what|that he|that she)|it'?s late"
    r"|years? (?:later|earlier|back|before)|(?:go|went|came|come|get) back)(?!\w)"
)
_HOUR_LATER = re.compile(r"(?<!\w)(?:hour|mins?|minutes)(?!\w)|(?<!\w)(?:later|earlier)(?!\w)")


def _other_half(time: Time) -> str:
    return f"{(time.hour + 12) % 24:02d}:{time.minute:02d}"


def _without(text: str, zone: Zone | None) -> str:
    """The text without the words that named the zone, so that "UTC+2" is no hour."""
    if zone is None:
        return text
    start, end = zone.span
    return text[:start] + " " * (end - start) + text[end:]
