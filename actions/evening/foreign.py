"""Hours of other languages in English: "kwart over negen" becomes "15 past 9", "sadhe aath baje" "30 past 8"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from actions.content import Node
from actions.evening.atlas import DATA

#: A number of digits goes on an hour of digits only as minutes: "20 e 30"; "8 e 9" are two hours.
FEWEST_MINUTES = 13
#: A number in words that is all they say is an hour from here on: "veintidos"; a smaller one may be a common word.
NOON = 12
#: A word between two numbers of digits counts from so many letters on: "10 voor 9", but not "7 i 9".
SHORTEST = 3
#: What is read already stands as one of these signs, of no script, so that no later pattern reads it again.
FIRST_SIGN = 0xE000

_TABLES = ("minutes", "halves", "before", "behind", "between", "between_half", "joined", "after")
#: What says nothing without another word of the language.
_BESIDE_OTHERS = ("minutes", "between_half")
_LISTS = ("at", "clock", "evening", "morning", "midnight", "endings")


@dataclass(frozen=True)
class Language:
    """How one language says hours."""

    numbers: dict[str, int]
    tables: dict[str, dict[str, int]]
    lists: dict[str, tuple[str, ...]]
    shift: int  #: how many hours its clock is behind
    joint: bool  #: its words are written without gaps

    def any_of(self, name: str) -> str:
        """A regular expression for one of the words of a table or a list; it matches nothing where there are none."""
        return self.standing(_alternatives(self.tables.get(name) or self.lists.get(name) or ()))

    def standing(self, some: str) -> str:
        """The same pattern, only where it stands on its own."""
        return f"(?:{some})" if self.joint else rf"(?<!\w)(?:{some})(?!\w)"

    def number(self, name: str) -> str:
        """A regular expression for a number, in a word or in digits, as the group `name`: `h` an hour, `m` minutes."""
        known = (*self.numbers, *self.tables["minutes"]) if name == "m" else tuple(self.numbers)
        endings = f"(?:{_alternatives(self.lists['endings'])})?" if self.lists["endings"] else ""
        return self.standing(rf"(?P<{name}>{_alternatives(known)}|(?<![\d:.])\d{{1,2}}(?![\d:.]\d)){endings}")

    def minutes(self, said: str) -> int:
        """How many minutes a word says."""
        return int(said) if said.isdigit() else {**self.numbers, **self.tables["minutes"]}[_single(said)]

    def in_english(self, said: str, minutes: int = 0) -> str:
        """The hour of a word and so many minutes, as English says it; nothing where no clock shows it."""
        hour = int(said) if said.isdigit() else self.numbers[_single(said)]
        if self.shift and hour <= 12:
            hour = (hour + self.shift - 1) % 12 + 1
        hour, minute = (hour + minutes // 60) or 12, minutes % 60
        if not 0 < hour <= 24:
            return ""
        return f"{hour}:{minute:02d}" if hour > 12 else f"{minute} past {hour}" if minute else f"{hour} o'clock"


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """The languages, read once; raises `ContentError` naming file and key."""
    node = Node.read(DATA / "languages.yml")
    return tuple(_language(node[name]) for name in node.names())


def _language(node: Node) -> Language:
    keys = node.only("numbers", optional=(*_TABLES, *_LISTS, "shift", "joint")).names()

    def table(name: str) -> dict[str, int]:
        return {plain(one): node[name][one].number() for one in node[name].names()} if name in keys else {}

    return Language(
        table("numbers"),
        {name: table(name) for name in _TABLES},
        {name: tuple(map(plain, node[name].texts())) if name in keys else () for name in _LISTS},
        node["shift"].number() if "shift" in keys else 0,
        node["joint"].yes_or_no() if "joint" in keys else False,
    )


def in_english(text: str) -> str:
    """A text with the hours of other languages in English, in small letters and without accents."""
    text = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", " ", plain(text))
    read: list[str] = []

    def kept(english: str) -> str:
        read.append(english)
        return chr(FIRST_SIGN + len(read) - 1)

    for known, rules in _rules():
        if known.search(text):
            for pattern, said in rules:
                text = pattern.sub(
                    lambda match, said=said: kept(english) if (english := said(match)) else match[0], text
                )
    return "".join(f" {read[at]} " if 0 <= (at := ord(one) - FIRST_SIGN) < len(read) else one for one in text)


def plain(text: str) -> str:
    """Small letters without accents; those of other scripts keep what belongs to them."""
    letters = text.casefold().translate(str.maketrans({"ı": "i", "ł": "l", "ø": "o", "æ": "ae", "’": "'"}))
    kept = "".join(one for one in unicodedata.normalize("NFD", letters) if not 0x300 <= ord(one) <= 0x36F)
    return unicodedata.normalize("NFC", kept)


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[re.Pattern[str], tuple[Rule, ...]], ...]:
    """Of each language what must stand in a text for it to be looked for, and its patterns, the longest first."""
    return tuple((_known(one), tuple((re.compile(form), said) for form, said in _forms(one))) for one in languages())


def _known(language: Language) -> re.Pattern[str]:
    own = [one for name in ("at", "clock", "evening", "morning", "midnight") for one in language.lists[name]]
    own += [one for name in _TABLES if name not in _BESIDE_OTHERS for one in language.tables[name]]
    own += [number for number, hour in language.numbers.items() if hour > NOON]
    glued = [one + number for one in language.tables["before"] for number in language.numbers]
    glued += [number + one for one in language.lists["clock"] for number in language.numbers]
    return re.compile(language.standing(_alternatives((*own, *glued))))


def _forms(language: Language) -> Iterator[tuple[str, Callable[[re.Match[str]], str]]]:
    hour, minute = language.number("h"), language.number("m")
    gap, evening, clock = r"\s*" if language.joint else r"\s+", language.any_of("evening"), language.any_of("clock")

    def whole(match: re.Match[str]) -> str:
        return language.in_english(match["h"]) if language.shift or not match["h"].isdigit() else ""

    yield language.any_of("midnight"), lambda match: "midnight"
    late = [number for number, hour in language.numbers.items() if hour > NOON]
    yield rf"\A\s*(?P<h>{_alternatives(late)})\s*\Z", whole
    yield language.any_of("halves"), lambda match: f"30 past {language.tables['halves'][_single(match[0])]}"
    yield f"{hour} {minute} {_word(language, 'after')}", _counted(language, "after")
    yield f"{minute} {_word(language, 'between_half')} {hour}", _counted(language, "between_half", -30)
    yield f"{minute} {_word(language, 'between')} {hour}", _counted(language, "between")
    yield f"{_word(language, 'before')}{gap}{hour}", _fraction(language, "before")
    yield (
        language.standing(
            rf"(?P<w>{_alternatives(language.tables['before'])})(?P<h>{_alternatives(language.numbers)})"
        ),
        (_fraction(language, "before")),
    )
    yield rf"{hour}\s*{_word(language, 'behind')}", _fraction(language, "behind")
    yield f"{hour} {_word(language, 'joined')} {minute}", _counted(language, "joined")
    yield rf"{hour}\s*{clock}\s*{minute}", lambda match: language.in_english(match["h"], language.minutes(match["m"]))
    yield rf"{hour}\s*{clock}", lambda match: language.in_english(match["h"])
    yield (
        language.standing(rf"(?P<h>{_alternatives(language.numbers)})(?:{_alternatives(language.lists['clock'])})"),
        whole,
    )
    yield f"{language.any_of('at')}{gap}{hour}", whole
    yield f"{hour}(?={gap}{evening})", whole
    yield f"(?P<e>{evening}){gap}{hour}", lambda match: (english := whole(match)) and f"evening {english}"
    yield evening, lambda match: "evening"
    yield language.any_of("morning"), lambda match: "morning"


def _word(language: Language, name: str) -> str:
    return f"(?P<w>{language.any_of(name)})"


def _counted(language: Language, name: str, start: int = 0) -> Callable[[re.Match[str]], str]:
    """What an hour with a number of minutes beside it says."""

    def said(match: re.Match[str]) -> str:
        word, minutes = _single(match["w"]), language.minutes(match["m"])
        if _single(match[0]) in language.numbers:  # "vinte e uma" is twenty-one
            return language.in_english(match[0])
        digits = match["h"].isdigit() and match["m"].isdigit()
        choice = (name == "joined" and minutes < FEWEST_MINUTES) or (name == "between" and len(word) < SHORTEST)
        if digits and choice:
            return ""
        return language.in_english(match["h"], start + language.tables[name][word] * minutes)

    return said


def _fraction(language: Language, name: str) -> Callable[[re.Match[str]], str]:
    """What an hour with a word like "half" beside it says."""

    def said(match: re.Match[str]) -> str:
        word = _single(match["w"])
        if word == "half" and match["h"].isdigit() and not re.search(language.any_of("evening"), match.string):
            return ""  # "half 9" is half past nine but to the Dutch
        return language.in_english(match["h"], language.tables[name][word])

    return said


def _single(said: str) -> str:
    return " ".join(said.split())


def _alternatives(some: Collection[str]) -> str:
    """A regular expression for one of these phrases, the longest first; it matches nothing where there are none."""
    ordered = sorted(some, key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in ordered) or "(?!)"
