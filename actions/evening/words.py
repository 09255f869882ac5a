"""The English words of an hour, and a text with its numbers in digits: "Nine thirty" becomes "9 30"."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from spacy.lang.en.stop_words import STOP_WORDS

from actions.content import Node
from actions.evening.atlas import DATA
from actions.evening.foreign import in_english, plain

#: How alike a misspelt word must be to the word that it is taken for, and from how many letters on one is looked for.
ALIKE, FEWEST_LETTERS = 0.8, 5

LISTS = ("evening", "morning", "to", "past", "half", "quarter", "half_behind", "quarter_behind", "less_quarter",
         "not_am", "not_hours", "before_no_hour", "vague", "hour", "like_numbers", "glued", "unglued", "around",
         "asked", "asked_behind", "hinted", "hinted_behind", "other", "other_behind", "refused", "refused_behind",
         "turned", "undecided", "kin", "night_work", "days", "changed", "farewells")  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What `data/evening/words.yml` holds."""

    numbers: dict[str, int]
    foreign: dict[str, int]
    lists: dict[str, tuple[str, ...]]

    def holds(self, name: str, text: str) -> bool:
        """Whether a text holds one of the words (or phrases) of a list."""
        return _standing(name).search(text) is not None

    def ends(self, name: str, text: str) -> bool:
        """Whether a text ends in one of them, and perhaps a space."""
        return _ending(name).search(text) is not None

    def begins(self, name: str, text: str) -> bool:
        """Whether a text begins with one of them, behind a space or a dash or none."""
        return _beginning(name).match(text) is not None

    def without(self, name: str, text: str) -> str:
        """The text without them."""
        return _standing(name).sub("", text)


@lru_cache(maxsize=1)
def words() -> Words:
    """The words, read once; raises `ContentError` naming file and key."""
    node = Node.read(DATA / "words.yml").only("numbers", "foreign_numbers", *LISTS)
    numbers, foreign = (
        {name: node[key][name].number() for name in node[key].names()} for key in ("numbers", "foreign_numbers")
    )
    return Words(numbers, foreign, {name: tuple(map(plain, node[name].texts())) for name in LISTS})


@lru_cache(maxsize=len(LISTS))
def _standing(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words().lists[name])})(?!\w)")


@lru_cache(maxsize=len(LISTS))
def _ending(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words().lists[name])}) ?\Z")


@lru_cache(maxsize=len(LISTS))
def _beginning(name: str) -> re.Pattern[str]:
    return re.compile(rf" ?-?(?:{any_of(words().lists[name])})(?!\w)")


@lru_cache(maxsize=64)
def any_of(choices: tuple[str, ...]) -> str:
    """A regular expression for one of these phrases, the longest first."""
    return "|".join(re.escape(one) for one in sorted(choices, key=len, reverse=True))


def in_digits(text: str) -> str:
    """A text in small letters and English with its numbers in digits: "Nine thirty" becomes "9 30", misspelt too."""
    text = re.sub(r"\b([ap])\s?\.?\s?m\b\.?", r"\1m", text.casefold().replace("’", "'"))
    text = in_english(re.sub(rf"\bam (?={any_of(words().lists['not_am'])})", "", text))
    numbers = any_of(tuple(name for name, value in words().numbers.items() if value))
    text = re.sub(rf"\b({numbers})(?:'(?:ll|d|s)\b|(ish|thirty|fifteen|forty|fifty|twenty|[ap]m)\b)", r"\1 \2", text)
    for pattern, better in _IN_WORDS:
        text = pattern.sub(better, text)
    text = re.sub(r"(\S+ +|^)one\b(?= *(in the (?:morning|night)|[^\s\d]\S*)?)", _one, text)
    text = re.sub(r"[^\W\d_]+(?:'[^\W\d_]+)*", lambda word: _spelled(word[0]), text)
    tens = r"(?<![\d:.])(20|30|40|50)[ -]([1-9])(?![\d:.])"
    text = re.sub(tens, lambda pair: str(int(pair[1]) + int(pair[2])), text)
    text = re.sub(rf"\b({any_of(words().lists['quarter'])}|5|10|25) (?:2|too) (?=\d)", r"\1 to ", text)
    text = re.sub(r"\b(\d) hours (before|after)\b", lambda hours: f"{60 * int(hours[1])} minutes {hours[2]}", text)
    for pattern, better in _IN_NUMBERS:
        text = pattern.sub(better, text)
    return text


_IN_WORDS = tuple(
    (re.compile(pattern), better)
    for pattern, better in (
        (r"\b2n(?:i[gt]\w+|yt)\b", "tonight"),
        (r"\bnein (?=thirty|fifteen|forty|pm|o'?clock)", "nine "),
        (r"\bmid night\b", "midnight"),
        (r"\bquarter for (?=\w+)", "quarter to "),
        (r"\b(?<!half )(?<!of )(?:an|1) hour (before|after)\b", r"60 minutes \1"),
    )
)
_WAITING = r"(?:5|10|20|25|quarter|half) past|(?:20|25|quarter) to"
_LAST_HOUR = rf"(?<!\d)(\d{{1,2}})(?!\d)(\D{{1,60}}\b(?:{_WAITING}))\b(?! *(?:\d|midnight|noon))"
_IN_NUMBERS = tuple(
    (re.compile(pattern), better)
    for pattern, better in (
        (r"\b(\d{1,2}) (?:hundred)(?: (?:hours|hrs))?", r"\1:00"),
        (r"\b12 ?(?:o'?clock )?(?=noon|midnight|midday)", ""),
        (r"\b5 and 20 (to|past)\b", r"25 \1"),
        (_LAST_HOUR, r"\1\2 \1"),  # "it ends at nine, ask at ten past"
    )
)


def _one(match: re.Match[str]) -> str:
    """ "one" is an hour only beside what makes it one: "the one who", "no one", "which one" are none."""
    before, behind = match[1].strip(), match[2] or ""
    hour = before in ("at", "past", "to", "till", "half", "after", "by", "twenty") or re.match(
        r"(?:am|pm|a\.m|p\.m|o'?clock|thirty|fifteen|forty|in the)", behind
    )
    return f"{match[1]}{1 if hour else 'someone'}"


def _spelled(word: str) -> str:
    known = words()
    if word in known.numbers or word in known.foreign:
        return str({**known.foreign, **known.numbers}[word])
    some = _vocabulary().get(word[0], ())
    if len(word) < FEWEST_LETTERS or word in STOP_WORDS or word in some:
        return word
    near = difflib.get_close_matches(word, some, n=1, cutoff=ALIKE)
    return str(known.numbers.get(near[0], near[0])) if near else word


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, list[str]]:
    """What a misspelt word may stand for, by its first letter."""
    known = words()
    spelled = [name for name in known.numbers if len(name) >= FEWEST_LETTERS - 1 and name.isascii()]
    by_letter: dict[str, list[str]] = defaultdict(list)
    for name in (*spelled, *known.lists["like_numbers"]):
        by_letter[name[0]].append(name)
    return dict(by_letter)
