"""What phones and quick thumbs make of an hour, set right: "at930pm", "halfnine", "1Opm", "pm 9:00", "10🌙pm"."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from actions.evening.words import any_of, words

#: A pair of hours joined by a dash becomes one joined by this sign, which is no word of any language.
DASH = "~"
#: Hours that have a name.
NAMED = ("noon", "midnight", "midday")
_CLOCK = r"\d{1,2}(?:[:.]\d\d)?"
_HALF = r"(?:[ap]\.?m\.?|ish)"


def tidied(text: str) -> str:
    """A text without pictures and slips of the thumb, in the case in which it was written."""
    text = unicodedata.normalize("NFKC", "".join(" " if _is_picture(sign) else sign for sign in text))
    text = text.replace("\ufe0f", "").replace("\u200d", "").replace("−", "-").replace("–", "-").replace("—", "-")
    for pattern, better in _SLIPS:
        text = pattern.sub(better, text)
    text = _range().sub(rf"\1 {DASH} \2", text)
    return re.sub(r"[\w']+", lambda word: _unglued(word[0]), text)


@lru_cache(maxsize=1)
def _range() -> re.Pattern[str]:
    """From an hour to another in words: "nine-ten"."""
    hours = any_of(tuple(name for name, value in words().numbers.items() if 1 <= value <= 12))
    return re.compile(rf"\b({hours})-({hours})\b", re.IGNORECASE)


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk", "Cn", "Co") and sign not in "^`´"


_SLIPS = tuple(
    (re.compile(pattern, re.IGNORECASE), better)
    for pattern, better in (
        (r"(?<=\d)o(?=\d|:\d| ?[ap]\.?m\b)|(?<=\d[:.]\d)o\b|(?<=\d[:.])o(?=\d)|(?<=\d:)oo\b", "0"),  # the letter O
        (r"\b[li|](?=[0-2](?::\d\d)? ?[ap]\.?m\b)", "1"),  # the letters l and I
        (r"(?<![^\W\d_])([ap])\.m\.?(?=[^\W\d_])", r"\1m "),  # "9p.m.Oslo"
        (r"(?<=[^\W\d_]{2})\.(?=[A-Z][^\W\d_]{2})", ". "),
        (rf"(?<![\w:.])(?<!\d )(p\.?m\.?)[ .:]?({_CLOCK})(?![\d:]|[ap]m| ?[ap]\.?m)", r"\2 \1 "),  # "pm 9:00"
        (r"(?<=\d)'(?=[0-5]\d\b)", ":"),
        (r"(?<![\d:.])\b4 (?=(?:u|us|me|my|the|now|da)\b)", "for "),
        (r"(?<=\d) ?([ap])m{2,}\b", r"\1m"),
        (r"(?<=o'clock), ?(?=a\.?m\.?(?! i\b))|(?<=\d), ?(?=a\.m\b)", " "),
        (r"(?<=\d) ?p[nl,]\b(?!\w)", "pm"),  # neighbours of m
        (r"(?<=\d) ?om\b", "pm"),  # neighbour of p
        (
            r"(?<!utc)(?<!gmt)(?<=[^\W\d_]{3})-(?=\d{1,2}(?::\d\d)? ?[ap]m)|(?<=\d[ap]m)-(?=[^\W\d_])",
            " ",
        ),  # "leeds-9pm"
        (r"\b(\d{4})z\b", r"\1 zulu"),
        (r"([ap]m)[ -]?ish\b", r"\1"),  # "10pmish"
        (r"(?<![\d.,:-])(\d{1,2}),([0-5][05])(?! ?(?:[\d:%]|,\d))(?!,)", r"\1:\2"),  # "21,15"
        (r"(?<![\d.,:/-])(\d{1,2})-(15|[2-5][05])(?![\d:%/-])(?= ?[ap]\.?m\b|\s*$)", r"\1:\2"),  # "9-30 pm"
        (
            rf"(?<![\d:./+-])({_CLOCK})( ?{_HALF})?/({_CLOCK})(?= ?(?:{_HALF}|in the|at night|tonight))",
            rf"\1\2 {DASH} \3",
        ),
        (
            rf"(?<![\d:./+-])({_CLOCK})( ?{_HALF})? ?-+ ?({_CLOCK})(?![\d/-])",
            rf"\1\2 {DASH} \3",
        ),  # "8-9 pm"
    )
)


def _unglued(word: str) -> str:
    """Several words of an hour written as one: "halfnine", "quarter2ten", "at930pm"."""
    low = word.casefold()
    if low in words().lists["unglued"] or not _glued().fullmatch(low) or not re.search(r"\d|[^\W\d_]{3}", low):
        return word
    parts = [part for part in _part().findall(low) if part]
    counted = [part for part in parts if part[0].isdigit() or part in words().numbers or part in NAMED]
    if len(parts) < 2 or not counted or (len(parts) == 2 and parts[0].isdigit() and parts[1][0].isdigit()):
        return word
    if len(parts) == 2 and parts[0].isdigit() and not parts[1].isdigit():
        return word if parts[1] in ("am", "pm", "h", "a", "p") else f"{parts[0]} {parts[1]}"
    apart = " ".join("to" if one == "2" and at else one for at, one in enumerate(parts))
    return re.sub(r"(?<=\d) (?=[ap]m\b)", "", apart)


@lru_cache(maxsize=1)
def _part() -> re.Pattern[str]:
    numbers = tuple(name for name in words().numbers if len(name) > 2 and name != "one")
    known = any_of((*numbers, *words().lists["glued"]))
    return re.compile(rf"(?<=[a-z])2(?=[a-z])|\d+(?::\d\d)?|{known}")


@lru_cache(maxsize=1)
def _glued() -> re.Pattern[str]:
    return re.compile(rf"(?:{_part().pattern})+")
