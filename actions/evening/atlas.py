"""Names of places and zones, and what they mean: cities, countries, states, abbreviations."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from spacy.lang.en.stop_words import STOP_WORDS

from actions.content import Node
from actions.evening.around import Around, Cues, Token
from actions.evening.choosing_place import NEAR, Choosing, Zone
from actions.evening.gazetteer import KNOWN_CITY, SHORTEST, SMALL, TOWN, City, Gazetteer, alike, plain

DATA = Path(__file__).resolve().parents[2] / "data" / "evening"
#: A city is meant without a doubt when no other of its name has more than this share of its people.
RIVAL = 0.5
#: A country has one zone when so many of its people in cities live in it.
ONE_ZONE = 0.9
#: The same of a state: people name the one that most of it keeps.
ONE_ZONE_STATE = 0.8
#: Longest name of a place, in words.
LONGEST = 4
#: How many places are offered when a name has several meanings.
MOST_CHOICES = 4
_PART = (
    r"(?:north|south|east|west|northern|southern|eastern|western|central|upper|inner|mid|down|in|near|the|but|county)"
)
#: Between a place and the one about it; and between one that they left and the next.
_BESIDE = re.compile(rf"[ ,(.]*(?:{_PART}[ .]+)*", re.IGNORECASE)
_TOWN = re.compile(r"(?<![^\W\d_])[A-Z][a-z]{2,},? \Z")
_LEFT = re.compile(r"\s*(?:to|->|>|\u2192|then|, then)\s*", re.IGNORECASE)
#: Shortest name of a town that counts without a cue, for its capital letter.
SHORTEST_NAME = 6


class Atlas:
    """Names of places and zones, and what they mean."""

    def __init__(self) -> None:
        node = Node.read(DATA / "zones.yml").only(
            "clear", "small", "before_time", "unclear", "capitals", "shy_capitals", "words", "towns", "people",
            "behind", "time", "fillers", "asking", "elsewhere", "mine", "others", "likely",
        )  # fmt: skip
        self._clear, self._before_time = (
            {plain(name): node[key][name].text() for name in node[key].names()} for key in ("clear", "before_time")
        )
        small = node["small"]
        self._clear |= {plain(name): zone for zone in small.names() for name in small[zone].texts()}
        unclear = node["unclear"]
        self._unclear = {
            plain(name): tuple((label, unclear[name][label].text()) for label in unclear[name].names())
            for name in unclear.names()
        }
        self._capitals, self._shy, self._words, self._towns, self._people, self._fillers = (
            set(node[key].texts()) for key in ("capitals", "shy_capitals", "words", "towns", "people", "fillers")
        )
        said = (node[key].texts() for key in ("elsewhere", "mine", "others"))
        self._choosing = Choosing(*said, self._fillers.union(node["asking"].texts()))
        before = {plain(words).split()[-1] for words in node["behind"].texts()}
        self._cues = Cues(before, set(node["time"].texts()), self._fillers)
        self.likely = {language: node["likely"][language].texts() for language in node["likely"].names()}
        self._known = Gazetteer()
        #: in which a name stands if it is one of a place
        self._tables = (self._clear, self._before_time, self._unclear, self._known.country_zones, self._known.cities)

    def find(self, text: str) -> Zone | None:
        """The place that a text names as theirs, if it names one."""
        tokens = [(match[0], match.span()) for match in re.finditer(r"[^\W\d_][\w'’-]*(?:\.[\w'’-]+)*", text)]
        found: list[Zone] = []
        start = 0
        while start < len(tokens):
            for length in range(min(LONGEST, len(tokens) - start), 0, -1):
                zone = self._meant(text, tokens, start, length, placed=bool(found))
                if zone is not None and not self._is_elsewhere(text, zone.span):
                    self._add(text, found, zone)
                    start += length - 1
                    break
            start += 1
        return self._choosing.chosen(text, found) or (None if found else self._misspelt(text, tokens))

    def _add(self, text: str, found: list[Zone], zone: Zone) -> None:
        """Add a place to those before it, in the place of one that it says more of or that they left for it."""
        if not found:
            return found.append(zone)
        last, between = found[-1], text[found[-1].span[1] : zone.span[0]]
        if zone.name in dict(last.choices).values() or _LEFT.fullmatch(between):
            found[-1] = zone  # "IST (Bangalore)", "Leeds to Hull"
        elif _BESIDE.fullmatch(between) and self._says_which(text, last, zone):
            found[-1] = zone  # "Croydon, Sydney"
        elif not (_BESIDE.fullmatch(between) or {one.name for one in found} & set(dict(zone.choices).values())):
            found.append(zone)  # of "London Ontario" the first names it, the second says which
        return None

    def _says_which(self, text: str, part: Zone, whole: Zone) -> bool:
        """Whether of two places, one right behind the other, the second says which the first is."""
        name, within = (plain(text[slice(*zone.span)]) for zone in (part, whole))
        if not whole.name or not part.name:
            return whole.name is not None
        if alike(part.name, whole.name):
            return False
        if name in self._known.country_zones:
            return whole.name in dict(self._known.country_zones[name])
        if name not in self._known.cities or self._is_beside(name, within):
            return False
        larger = self._known.people(within) > self._known.people(name)
        return larger or within in self._known.country_zones or within in self._clear

    def _is_elsewhere(self, text: str, span: tuple[int, int]) -> bool:
        before, behind = text[max(0, span[0] - NEAR) : span[0]], text[span[1] : span[1] + NEAR]
        return self._choosing.is_elsewhere(before.casefold(), behind.casefold())

    def _misspelt(self, text: str, tokens: list[Token]) -> Zone | None:
        """A large city or a country that is named with a slip: "in nairobbi"."""
        for at, (word, span) in enumerate(tokens):
            before = plain(tokens[at - 1][0]) if at else ""
            behind = plain(tokens[at + 1][0]) if at + 1 < len(tokens) else ""
            name = plain(word)
            if not (before in self._cues.before or behind in self._cues.time or len(tokens) == 1) or name in STOP_WORDS:
                continue
            known = name in self._words or name in self._known.cities
            meant = None if known else self._known.misspelt(name)
            if meant and not self._is_elsewhere(text, span):
                clear = self._clear.get(meant)
                return Zone(clear, span=span) if clear else self._named(meant, span, tokens, at + 1)
        return None

    def _named(self, name: str, span: tuple[int, int], tokens: list[Token], behind: int) -> Zone:
        if name in self._known.country_zones:
            return self._country(name, span)
        near = self._city(name, tokens, behind)
        return Zone(near, span=span) if near else Zone(choices=self._several(name), span=span)

    def _meant(self, text: str, tokens: list[Token], start: int, length: int, *, placed: bool) -> Zone | None:
        """What so many words mean where they stand, behind another place or none; nothing where they name no place."""
        span = (tokens[start][1][0], tokens[start + length - 1][1][1])
        raw, end = text[span[0] : span[1]], start + length
        name = plain(raw)
        if not (any(name in some for some in self._tables) or raw in self._known.codes):
            return None
        around = self._cues.around(text, tokens, start, end)
        if raw in self._known.codes and _TOWN.search(text[: span[0]]):
            return self._country(self._known.codes[raw], span)  # "Marfa, TX"
        if not raw.isascii() and name in self._capitals:
            return None
        if name in self._capitals and not around.is_code(raw, shy=name in self._shy):
            return None
        beside = tokens[end][0] if end < len(tokens) else ""
        if name in self._clear:
            near = self._beside(name, tokens, end) if name in self._known.cities else None  # "Rome, Georgia"
            return Zone(near or self._clear[name], span=span)
        if name in self._before_time and around.time:
            return Zone(self._before_time[name], span=span)
        person = name in self._people and not placed and not around.is_no_person(text[: span[0]])
        if person and not (self._is_beside(name, beside) or (name in self._unclear and around.last)):
            return None
        if name in self._unclear:
            near = self._city(name, tokens, end) if name in self._known.cities else None
            return Zone(near, span=span) if near else Zone(choices=self._unclear[name], span=span)
        if name in self._known.country_zones and (around.cued or around.only or name not in self._words):
            near = self._beside(name, tokens, end) if name in self._known.cities else None  # "Lebanon, Tennessee"
            return Zone(near, span=span) if near else self._country(name, span)
        if name not in self._known.cities or len(name) < 3 or name in STOP_WORDS:
            return None
        return self._named(name, span, tokens, end) if self._is_city(name, raw, around, beside) else None

    def _is_city(self, name: str, raw: str, around: Around, beside: str) -> bool:
        """Whether a name that some city bears means it: a small one, and one that is a word, needs a cue."""
        if name in self._towns and (around.lived_in or (around.apart and raw[0].isupper())):
            return True
        if name in self._words:
            return around.only or (around.cued and raw[0].isupper())
        people, capital = self._known.people(name), raw[0].isupper()
        placed = around.named or around.only or (around.time and (capital or people >= TOWN))
        alone = around.alone and (capital or around.first)
        big = people >= TOWN or (people >= SMALL and len(name) >= SHORTEST_NAME)
        alone = alone or (around.behind_hour and around.last and big)
        if name in self._known.by_other_name and not (around.cued or around.only or alone or capital):
            return False
        if people < SMALL and (len(name) < SHORTEST or name in self._fillers):
            return False
        if placed or alone or people >= KNOWN_CITY or self._is_beside(name, beside):
            return True
        if around.apart and len(name) >= SHORTEST:
            return True
        town = " " in name or (capital and not around.first and len(name) >= SHORTEST_NAME)
        return people >= SMALL and town

    def _is_beside(self, name: str, beside: str) -> bool:
        return any(self._lies_in(city, beside) for city in self._known.cities[name])

    def _lies_in(self, city: City, beside: str) -> bool:
        return self._known.is_in(city, beside) or (bool(beside) and city.zone == self._clear.get(plain(beside)))

    def _city(self, name: str, tokens: list[Token], behind: int) -> str | None:
        """The zone of the city of this name: the one in the state or country named beside it, else the likeliest."""
        beside = self._beside(name, tokens, behind)
        if beside:
            return beside
        cities = self._known.named(name)
        weights = {city: self._known.weight(name, city) for city in cities}
        rivals = [city for city in cities[1:] if not alike(city.zone, cities[0].zone)]
        if name in self._unclear or any(weights[city] > RIVAL * weights[cities[0]] for city in rivals):
            return None
        return cities[0].zone

    def _beside(self, name: str, tokens: list[Token], behind: int) -> str | None:
        """The zone of the city of this name in the state or country that one of the next words names."""
        near = (token for token, _ in tokens[behind : behind + LONGEST])
        rest = list(takewhile(lambda token: plain(token) not in ("not", "no"), near))
        for beside in (" ".join(rest[at : at + count]) for at in range(len(rest)) for count in (2, 1)):
            cities = [city for city in self._known.named(name) if self._lies_in(city, beside)]
            if cities:
                return cities[0].zone
        return None

    def _several(self, name: str) -> tuple[tuple[str, str], ...]:
        choices: dict[str, str] = {}
        for city in self._known.named(name):
            if not any(alike(city.zone, known) for known in choices.values()):
                place = city.region if city.country == "US" else self._known.countries[city.country]
                choices[f"{city.name}, {place}"] = city.zone
        return tuple(list(choices.items())[:MOST_CHOICES])

    def _country(self, name: str, span: tuple[int, int]) -> Zone:
        zones = self._known.country_zones[name]
        same = sum(people for zone, people in zones if alike(zone, zones[0][0]))
        least = ONE_ZONE_STATE if name in self._known.states else ONE_ZONE
        if same >= least * sum(people for _, people in zones):
            return Zone(zones[0][0], span=span)
        choices = tuple((zone.rpartition("/")[2].replace("_", " "), zone) for zone, _ in zones[:MOST_CHOICES])
        return Zone(choices=choices, span=span)


@lru_cache(maxsize=1)
def atlas() -> Atlas:  # a second and 160 MB: only once someone names a place
    """The atlas, read once; raises `ContentError` naming file and key."""
    return Atlas()
