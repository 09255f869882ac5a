"""Hours of the day as people write them: "half nine", "21h30", "quarter to ten", "2145", "9p", "ten at night"."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

from spacy.lang.en.stop_words import STOP_WORDS

from actions.content import Node
from actions.evening.zones import DATA

#: How alike a misspelt word must be to the word that it is taken for, and from how many letters on one is looked for.
ALIKE, FEWEST_LETTERS = 0.8, 5


@dataclass(frozen=True)
class Time:
    """An hour found in a text. `sure` is false where it may as well be one of the morning."""

    hour: int
    minute: int
    sure: bool
    span: tuple[int, int]
    bare: bool = False  #: a lone number: it counts only where nothing plainer stands

    @property
    def valid(self) -> bool:
        """Whether a clock ever shows it."""
        return 0 <= self.hour < 24 and 0 <= self.minute < 60

    def __str__(self) -> str:
        return f"{self.hour:02d}:{self.minute:02d}"


@dataclass(frozen=True)
class Words:
    """What `data/evening/words.yml` holds."""

    numbers: dict[str, int]
    foreign: dict[str, int]
    lists: dict[str, tuple[str, ...]]

    def holds(self, name: str, text: str) -> bool:
        """Whether a text holds one of the words (or phrases) of a list."""
        return re.search(rf"(?<!\w)(?:{any_of(self.lists[name])})(?!\w)", text) is not None


LISTS = ("evening", "morning", "to", "past", "half", "quarter", "half_behind", "quarter_behind", "less_quarter",
         "not_am", "not_hours", "before_no_hour", "elsewhere", "rather", "vague", "hour")  # fmt: skip


@lru_cache(maxsize=1)
def words() -> Words:
    """The words, read once; raises `ContentError` naming file and key."""
    node = Node.read(DATA / "words.yml").only("numbers", "foreign_numbers", *LISTS)
    numbers, foreign = (
        {name: node[key][name].number() for name in node[key].names()} for key in ("numbers", "foreign_numbers")
    )
    return Words(numbers, foreign, {name: tuple(node[name].texts()) for name in LISTS})


def any_of(choices: tuple[str, ...]) -> str:
    """A regular expression for one of these phrases, the longest first."""
    return "|".join(re.escape(one) for one in sorted(choices, key=len, reverse=True))


def in_digits(text: str) -> str:
    """A text in small letters with its numbers in digits: "Nine thirty" becomes "9 30", misspelt ones too."""
    text = re.sub(r"\b2n(?:i[gt]\w+|yt)\b", "tonight", text.casefold().replace("’", "'"))
    text = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", " ", text)
    numbers = any_of(tuple(name for name, value in words().numbers.items() if value))
    text = re.sub(rf"\b({numbers})(ish|thirty|fifteen|forty|fifty|twenty|[ap]m)\b", r"\1 \2", text)
    text = re.sub(rf"\bam (?={any_of(words().lists['not_am'])})", "", text)
    text = re.sub(r"\b([ap])\s?\.?\s?m\b\.?", r"\1m", text)
    text = re.sub(r"(\S+ +|^)one\b(?= *([^\s\d]\S*)?)", _one, text)
    text = re.sub(r"[^\W\d_]+(?:'[^\W\d_]+)*", lambda word: _spelled(word[0]), text)
    tens = r"(?<![\d:.])(20|30|40|50)[ -]([1-9])(?![\d:.])"
    text = re.sub(tens, lambda pair: str(int(pair[1]) + int(pair[2])), text)
    text = re.sub(rf"\b({any_of(words().lists['quarter'])}|5|10|25) 2 (?=\d)", r"\1 to ", text)
    text = re.sub(r"\b(\d{1,2}) (?:hundred)(?: (?:hours|hrs))?", r"\1:00", text)
    return re.sub(r"\b([5]) and 20 (to|past)\b", r"25 \2", text)


def _one(match: re.Match[str]) -> str:
    """ "one" is an hour only beside what makes it one: "the one who", "no one", "which one" are none."""
    before, behind = match[1].strip(), match[2] or ""
    hour = before in ("at", "past", "to", "till", "half", "after", "by", "twenty") or re.match(
        r"(?:am|pm|a\.m|p\.m|o'?clock|thirty|fifteen|forty|in$)", behind
    )
    return f"{match[1]}{1 if hour else 'someone'}"


def _spelled(word: str) -> str:
    known = words()
    if word in known.numbers or word in known.foreign:
        return str({**known.foreign, **known.numbers}[word])
    if len(word) < FEWEST_LETTERS or word in STOP_WORDS or word in _vocabulary():
        return word
    near = difflib.get_close_matches(word, _vocabulary(), n=1, cutoff=ALIKE)
    return str(known.numbers.get(near[0], near[0])) if near else word


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[str, ...]:
    known = words()
    spelled = [name for name in known.numbers if len(name) >= FEWEST_LETTERS - 1 and name.isascii()]
    return (*spelled, "quarter", "half", "past", "midnight", "evening", "tonight", "night", "morning", "o'clock",
            "bright", "sight", "might", "right", "light", "fight", "weight", "height", "party", "dirty")  # fmt: skip


_NOT_INSIDE = r"(?<![\d:.,/+−])(?<!\d-)"


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    lists = words().lists
    to, past, half, quarter = (any_of(lists[name]) for name in ("to", "past", "half", "quarter"))
    behind = {name: any_of(lists[name]) for name in ("half_behind", "quarter_behind", "less_quarter")}
    hour, midnight = r"(?P<h>\d{1,2}|midnight|noon|midday)", r"(?:midnight|noon|midday)"
    part = rf"(?P<m>{quarter}|[1-5]?\d)(?: ?(?:minutes?|mins?|min))?"
    suffix = rf"(?: ?(?P<x>am|pm|[ap](?!'))\b|(?= ?(?:{any_of(lists['hour'])})\b)|)"
    ends = r"(?![\d:%]|\.\d)"
    colon = r"(?:[:.;hu]|uhr|hours(?: and)?)"
    o = r"(?: ?o'?\s?clock| ?ish| ?-ish| uhr)?"
    forms = [
        ("to", rf"{_NOT_INSIDE}\b(?:a )?{part} ?(?:{to})(?: the)? {hour}\b{o}{suffix}"),
        ("to", rf"\b(?P<m>half an hour|quarter of an hour) (?:before|to) {hour}\b{o}{suffix}"),
        ("past", rf"\b(?P<m>half an hour|quarter of an hour) (?:after|past) {hour}\b{o}{suffix}"),
        ("to", rf"\b(?P<h>\d{{1,2}}) less (?P<m>a quarter|quarter|5|10|20|25)\b{suffix}"),
        ("half", rf"\b(?:{half})(?:[ -](?:{past}))?[ -]{hour}\b(?!:){o}{suffix}"),
        ("past", rf"{_NOT_INSIDE}\b(?:a )?{part} ?(?:{past}) {hour}\b(?!:){o}{suffix}"),
        ("half", rf"\b(?P<h>\d{{1,2}})\b(?: heures?| horas?| hours?| h)? (?:{behind['half_behind']}){suffix}"),
        ("past", rf"\b(?P<h>\d{{1,2}})\b(?: heures?| horas?| hours?| h)? (?P<m>{behind['quarter_behind']}){suffix}"),
        ("to", rf"\b(?P<h>\d{{1,2}})\b(?: heures?| horas?| hours?| h)? (?P<m>{behind['less_quarter']}){suffix}"),
        ("clock", rf"{_NOT_INSIDE}\b(?P<h>\d{{1,2}}) ?{colon} ?(?P<m>\d\d)(?![\d%]){suffix}"),
        ("digits", rf"{_NOT_INSIDE}\b(?P<h>[01]\d|2[0-4]|\d)(?P<m>[0-5]\d)(?![\d:.%]) ?(?P<x>[ap]m?|h|hrs)?\b"),
        ("spelled", rf"{_NOT_INSIDE}\b(?P<h>\d{{1,2}}) (?:o'?\s?clock )?(?P<m>0 ?[1-9]|[1-5]\d){ends}{suffix}"),
        ("word", rf"\b(?P<h>{midnight})\b"),
        ("hour", rf"{_NOT_INSIDE}\b(?P<h>\d{{1,2}})(?![\d:.]\d|\d){o}{suffix}"),
    ]  # fmt: skip
    return [(name, re.compile(form)) for name, form in forms]


def find_times(text: str) -> list[Time]:
    """The hours that a text in digits (`in_digits`) names, in the order in which they stand."""
    known, found = words(), []
    evening, morning = known.holds("evening", text), known.holds("morning", text)
    taken: list[tuple[int, int]] = []
    for form, pattern in _patterns():
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            time = _time(form, match, text, evening=evening, morning=morning)
            if time is not None:
                taken.append(match.span())
                found.append(time)
    return sorted(found, key=lambda time: time.span)


def _time(form: str, match: re.Match[str], text: str, *, evening: bool, morning: bool) -> Time | None:
    groups = match.groupdict()
    named, suffix, span = groups["h"], (groups.get("x") or "")[:1], match.span()
    if form in ("hour", "digits", "spelled") and not suffix and _counts_other(text, span):
        return None
    if form == "to" and re.search(r"\b(?:from|between)\s*\Z", text[: span[0]]):
        return None
    if (
        form == "to"
        and re.search(r"\bof\b", match[0])
        and groups["m"].isdigit()
        and int(groups["m"]) not in (5, 10, 20, 25)
    ):
        return None
    if named in ("midnight", "noon", "midday"):
        hour, sure, suffix = (0 if named == "midnight" else 12), True, "!"
    else:
        hour, sure = int(named), False
    minute = _minutes(form, groups.get("m"))
    if form == "half" and "halb" in match[0] or form == "half" and "wp" in match[0]:
        hour, minute = hour - 1, 30
    if (
        form == "digits"
        and not suffix
        and len(match[0].strip()) == 4
        and 1900 <= int(match[0]) <= 2029
        and _is_year(text, span)
    ):
        return None
    if suffix in ("a", "p"):
        if not 1 <= hour <= 12:
            return Time(99, 99, True, span) if form != "hour" or hour > 24 else _fixed(hour, minute, form, span)
        hour, sure = hour % 12 + 12 * (suffix == "p"), True
    elif suffix != "!":
        beside = re.match(rf" ?(?:in the |of the |in )?(?:{any_of(words().lists['morning'])})(?!\w)", text[span[1] :])
        evening, morning = evening and not beside, morning or bool(beside)
        hour, sure = _daypart(form, named, hour, minute, evening=evening, morning=morning)
    if form == "to":
        hour, minute = (hour - 1) % 24, 60 - minute
    return Time(hour, minute, sure, span, bare=form == "hour" and not sure)


def _fixed(hour: int, minute: int, form: str, span: tuple[int, int]) -> Time:
    shift = -1 if form == "to" else 0
    return Time(hour + shift, minute, True, span)


def _daypart(form: str, named: str, hour: int, minute: int, *, evening: bool, morning: bool) -> tuple[int, bool]:
    """The hour of a day of 24, and whether that is sure."""
    if hour > 12 or (hour == 0 and form != "hour") or (len(named) == 2 and named[0] == "0" and form == "clock"):
        early = named[0] == "0" and hour > 0
        return (hour, True) if not early else (hour, not evening)
    if morning and not evening:
        return hour % 12, True
    night = (hour % 12) + (0 if hour == 12 else 12)  # twelve at night is midnight
    fraction = form in ("half", "to", "past", "spelled")
    return night, evening or fraction


def _minutes(form: str, said: str | None) -> int:
    if form == "half":
        return 30
    if said is None:
        return 0
    if said.startswith("half"):
        return 30
    return int(said.replace(" ", "")) if said.replace(" ", "").isdigit() else 15


def _counts_other(text: str, span: tuple[int, int]) -> bool:
    """Whether a number counts something else: years, children, days."""
    known = words().lists
    behind = re.match(rf" ?-?(?:{any_of(known['not_hours'])})(?!\w)", text[span[1] :])
    before = re.search(rf"(?<!\w)(?:{any_of(known['before_no_hour'])}) ?\Z", text[: span[0]])
    return bool(behind or before)


def _is_year(text: str, span: tuple[int, int]) -> bool:
    return bool(re.search(r"\b(in|since|of|from|until|year)\s\Z", text[: span[0]]))
