"""From what someone writes to the hour and the zone of their evening question, or to what must be asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from actions.evening.times import Time, any_of, find_times, in_digits, words
from actions.evening.zones import Zone, find_zone

#: How many characters are read: nobody needs more to say when. Reading on takes longer with each, and all wait for it.
MOST = 1000
#: How many characters before an hour may say that it is the hour of something else.
BEFORE = 34


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
    text = text[:MOST]
    zone = find_zone(text)
    rest = _without(text, zone)
    said = in_digits(rest)
    times, impossible = _meant(said)
    named, zones = (zone.name, zone.choices) if zone else (None, ())
    if not times:
        vague = not impossible and (_is_vague(said) if zone is None else words().holds("evening", said))
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
    plain = [time for time in found if not time.bare or _goes_on(said, time, found)]
    if impossible and not any(not time.bare for time in found):
        return [], True
    found = plain if any(not time.bare for time in plain) else found
    found = found if _RANGE.search(said) else _theirs(said, found)
    if len({str(time) for time in found}) < 2:
        return found[:1], impossible
    between = said[found[0].span[1] : found[-1].span[0]]
    if _NOT.search(between):
        return found[:1], impossible
    open_ = _RANGE.search(said) or _OPEN.search(between) or _UNDECIDED.search(said)
    settled = _CHANGE.search(said) or (_says("rather", between) and not open_)
    return (found[-1:] if settled and not _UNDECIDED.search(said) else found), impossible


_RANGE = re.compile(
    r"(?<!\w)(?:between|btwn|btw|anywhere|somewhere|any ?time from)(?!\w)|(?<!\w)from \d[^,.;]*(?:until|till|to) \d"
)
_CHOICE = re.compile(r"\s*(?:or|to|and|until|till|n|-|–)\s*(?:maybe |even )?")
_NOT_THIS = re.compile(
    r"(?<!\w)(?:instead of|rather than|not(?: at)?|no longer|anything but|anything except|except)\s*(?:the )?\Z"
    r"|(?<!\w)(?:don'?t|do not|never)(?!\w)[^,.;]{0,20}\Z"
)
_NOT = re.compile(r"^\W*(?:and )?(?:not|instead of|rather than)(?!\w)")
_OPEN = re.compile(r"(?<!\w)(?:or|and|either|n|to)(?!\w)|^\s*[-–/?]+\s*$")
_UNDECIDED = re.compile(
    r"can'?t decide|not sure|whichever|you (?:pick|choose)|either|don'?t know|dunno|(?<!\w)or(?!\w)"
)
_CHANGE = re.compile(r"(?<!\w)(?:no wait|wait no|i mean|meant|actually|scratch|change|prepone|move|switch)(?!\w)")


def _goes_on(said: str, time: Time, found: list[Time]) -> bool:
    """Whether a lone number goes on with a choice: "half eight or nine"."""
    plain = [other for other in found if not other.bare]
    gaps = [said[min(one.span[1], time.span[1]) : max(one.span[0], time.span[0])] for one in plain]
    return any(_CHOICE.fullmatch(gap) for gap in gaps)


def _theirs(said: str, found: list[Time]) -> list[Time]:
    """Without the hours at which something else happens, if any other is left."""
    before = {time: re.split(r"[,.;!?]", said[max(0, time.span[0] - BEFORE) : time.span[0]])[-1] for time in found}
    theirs = [time for time in found if not _elsewhere().search(before[time]) and not _NOT_THIS.search(before[time])]
    return theirs or found


@lru_cache(maxsize=1)
def _elsewhere() -> re.Pattern[str]:
    other = any_of(words().lists["elsewhere"])
    return re.compile(rf"(?<!\w)(?:{other})\b(?: \w+)? ?(?:at|by|till|until|around)?\s*\Z")


def _says(name: str, text: str) -> bool:
    return words().holds(name, text)


def _is_vague(said: str) -> bool:
    known = words()
    if re.search(
        r"(?<!\w)(?:half )?(?:an )?(?:hour|min|mins|minutes) ?(?:later|earlier|more|less)?|\blater\b|\bearlier\b", said
    ):
        return True
    return known.holds("vague", said)


def _other_half(time: Time) -> str:
    return f"{(time.hour + 12) % 24:02d}:{time.minute:02d}"


def _without(text: str, zone: Zone | None) -> str:
    """The text without the words that named the zone, so that "UTC+2" is no hour."""
    if zone is None:
        return text
    start, end = zone.span
    return text[:start] + " " * (end - start) + text[end:]
