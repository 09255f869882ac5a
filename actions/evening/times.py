"""Hours of the day as people write them: "half nine", "21h30", "quarter to ten", "2145", "9p", "ten at night"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from spacy.lang.en.stop_words import STOP_WORDS

from actions.evening.words import any_of, words

#: From "18 pm" on, people mean the hour and say twice that it is one of the evening; "14 pm" is none.
FIRST_EVENING_HOUR = 18
#: So many characters around an hour say what it counts, and so many are its clause.
NEAR, CLAUSE = 40, 80
#: Years that a number of four digits is taken for, where a word before it or behind it says so.
YEARS = range(1900, 2030)


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


#: The hour of what is none: "14 pm".
_NO_CLOCK = 99
_NOT_INSIDE = r"(?<![\d:.,/+−£$€#])(?<!\d-)(?<![a-z]-)"
_AGED = re.compile(
    r"\b(?:(?:he|she|son|daughter|baby)(?:'?s| is)|(?:i|we|they)(?:'?m| am| are|'re)"
    r"|(?:kids|boys|girls|twins|ones)(?: are)?|aged|ages?)(?: only| just| now)? (?:\d+,? (?:and|&) )?\Z"
)
_ROAD = re.compile(r" \w+ (?:rd|road|street|st|avenue|ave|lane|drive|crescent|close)\b")
_OF_YEAR = re.compile(r"\b(?:in|since|of|from|until|year|a|my|the|his|her)\s\Z")
#: "pm" anywhere, at another hour or on its own: "9:30 (pm of course)".
_PM = re.compile(r"(?<![^\W\d_])(?:pm|pee em|post meridiem|not am|not (?:the )?morning)\b")
_IN_THE = re.compile(r"\A ?(?:in the|of the|in) ")
_MARK = re.compile(r"[,.;!?\n]")
_NAMED = {"midnight": 0, "noon": 12, "midday": 12}


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    lists = words().lists
    to, past, half, quarter = (any_of(lists[name]) for name in ("to", "past", "half", "quarter"))
    behind = {name: any_of(lists[name]) for name in ("half_behind", "quarter_behind", "less_quarter")}
    named = "|".join(_NAMED)
    hour = rf"(?P<h>\d{{1,2}}|{named})(?!\d|[:.]\d)"
    minutes = r" ?(?:minutes?|mins?|min)"
    part = rf"(?P<m>{quarter}|[1-5]?\d)(?:{minutes})?"
    part_to = rf"(?P<m>(?:{quarter}|5|10|1[3-9]|[2-5]\d)(?:{minutes})?|\d{{1,2}}{minutes})"
    suffix = rf"(?: ?(?P<x>am|pm|(?:p|(?<! )a)(?!'))\b|(?= ?(?:{any_of(lists['hour'])})\b)|)"
    long = rf"(?P<m>half an hour|(?:a )?quarter of an hour|\d{{1,3}}{minutes})"
    exact = rf"(?P<h>\d{{1,2}}|{named})(?:[:.](?P<s>[0-5]\d))?(?![\d:.]\d|\d)"
    ends = r"(?![\d:%]|\.\d)"
    colon = r"(?: ?(?:[:hu]|uhr|hours(?: and)?) ?| ?[.;])"
    o = r"(?: ?o'?\s?clock| a clock| ?-?ish| uhr)?"
    clock_word = r"(?: o'?\s?clock| hours?| h)?"
    close = r"(?: ?(?P<x>[ap]m|h|hrs|(?<! )[ap])\b|\b)"
    after = r"(?P<m>(?:0|oh|o) ?[1-9]|00|[1-5]\d)"
    forms = [
        ("to", rf"\b{long} (?:before|to|b4) {exact}{o}{suffix}"),
        ("past", rf"\b{long} (?:after|past) {exact}{o}{suffix}"),
        ("to", rf"{_NOT_INSIDE}\b(?:a )?{part_to} ?(?:{to})(?: the)? {hour}{o}{suffix}"),
        ("to", rf"\b(?P<h>\d{{1,2}}) less (?P<m>a quarter|quarter|5|10|20|25)\b{suffix}"),
        ("half", rf"\b(?:{half})(?:[ -](?:{past}))?[ -]{hour}{o}{suffix}"),
        ("past", rf"{_NOT_INSIDE}\b(?:a )?{part} ?(?:{past}) {hour}{o}{suffix}"),
        ("half", rf"\b(?P<h>\d{{1,2}})\b{clock_word} (?:{behind['half_behind']}){suffix}"),
        ("past", rf"\b(?P<h>\d{{1,2}})\b{clock_word} (?P<m>{behind['quarter_behind']}){suffix}"),
        ("to", rf"\b(?P<h>\d{{1,2}})\b{clock_word} (?P<m>{behind['less_quarter']}){suffix}"),
        ("clock", rf"{_NOT_INSIDE}\b(?P<h>\d{{1,2}}){colon}(?P<m>\d\d)(?![\d%])(?: ?-?ish)?{suffix}"),
        ("clock", rf"{_NOT_INSIDE}\b(?P<h>1[3-9]|2[0-3]) and (?P<m>15|30|45)(?![\d:])"),
        ("spelled", rf"{_NOT_INSIDE}\b(?P<h>\d{{1,2}}) and (?P<m>30|45)(?![\d:]){suffix}"),
        ("digits", rf"{_NOT_INSIDE}\b(?P<h>[01]\d|2[0-4]|\d)(?P<m>[0-5]\d)(?![\d:%]|\.\d){close}"),
        ("spelled", rf"{_NOT_INSIDE}\b(?P<h>\d{{1,2}}) (?:o'?\s?clock )?{after}{ends}{suffix}"),
        ("word", rf"\b(?P<h>{named})\b"),
        ("hour", rf"{_NOT_INSIDE}\b(?P<h>\d{{1,2}})(?![\d:./]\d|\d){o}{suffix}"),
    ]  # fmt: skip
    return [(name, re.compile(form)) for name, form in forms]


def find_times(text: str) -> list[Time]:
    """The hours that a text in digits (`in_digits`) names, in the order in which they stand."""
    found: list[Time] = []
    taken = bytearray(len(text))
    evening = words().holds("evening", words().without("night_work", text))
    named_pm = _PM.search(text) is not None
    for form, pattern in _patterns():
        for match in pattern.finditer(text):
            start, end = match.span()
            time = None if any(taken[start:end]) else _time(form, match, text, evening=evening, named_pm=named_pm)
            if time is not None:
                found.append(time)
                taken[start:end] = b"\1" * (end - start)
    return sorted(found, key=lambda time: time.span)


def _time(form: str, match: re.Match[str], text: str, *, evening: bool, named_pm: bool) -> Time | None:
    groups = match.groupdict()
    named, suffix, span = groups["h"], (groups.get("x") or "")[:1], match.span()
    if form in ("hour", "digits", "spelled") and not suffix and _counts_other(form, match[0], text, span):
        return None
    if form == "to" and _is_range(match, text):
        return None
    minute = _minutes(form, groups.get("m"))
    if named in _NAMED:
        hour, sure = _NAMED[named], True
    elif suffix in ("a", "p"):
        hour, sure = _of_half(int(named), suffix), True
    else:
        hour, sure = _daypart(form, named, minute, evening=evening, morning=_is_morning(text, span, evening=evening))
    if groups.get("s"):
        minute += int(groups["s"]) if form == "past" else -int(groups["s"])
    if hour >= 24 or (minute >= 60 and form != "past" and form != "to"):
        return Time(hour, minute, True, span, bare=form == "hour" and not suffix)
    minutes = (60 * hour + (-minute if form == "to" else minute)) % (24 * 60)
    bare = form == "hour" and not sure
    return Time(minutes // 60, minutes % 60, sure or (hour >= 12 and named_pm), span, bare=bare)


def _of_half(hour: int, suffix: str) -> int:
    """The hour of a day of 24 that "9 pm" says; one that no clock shows for "14 pm"."""
    if 1 <= hour <= 12:
        return hour % 12 + 12 * (suffix == "p")
    return hour if suffix == "p" and FIRST_EVENING_HOUR <= hour < 24 else _NO_CLOCK


def _is_morning(text: str, span: tuple[int, int], *, evening: bool) -> bool:
    """Whether an hour is one of the morning: a word beside it says so, or one of its clause and no evening is named."""
    behind = text[span[1] : span[1] + CLAUSE]
    if words().begins("morning", _IN_THE.sub("", behind, count=1)):
        return True
    if evening:
        return False
    before = text[max(0, span[0] - CLAUSE) : span[0]]
    return words().holds("morning", _MARK.split(before)[-1] + " " + _MARK.split(behind, maxsplit=1)[0])


def _daypart(form: str, named: str, minute: int, *, evening: bool, morning: bool) -> tuple[int, bool]:
    """The hour of a day of 24, and whether that is sure."""
    hour = int(named)
    whole = len(named) == 2 and named[0] == "0" and form in ("clock", "digits")
    if hour > 12 or (hour == 0 and form != "hour") or whole:
        early = named[0] == "0" and hour > 0
        return (hour, True) if not early else (hour, not evening)
    if morning:
        return hour % 12, True
    night = (hour % 12) + (0 if hour == 12 else 12)  # twelve at night is midnight
    return night, evening or form in ("half", "to", "past", "spelled")


def _minutes(form: str, said: str | None) -> int:
    if form == "half":
        return 30
    number = re.sub(r"\D", "", said or "0")
    return 30 if said and said.startswith("half") else int(number) if number and said != "1/4" else 15


def _is_range(match: re.Match[str], text: str) -> bool:
    """Whether "10 to 11" says from when to when, and no minutes."""
    minutes = match["m"]
    odd = re.search(r"\bof\b", match[0]) and int(minutes) not in (5, 10, 20, 25) if minutes.isdigit() else False
    return minutes.isdigit() and bool(odd or re.search(r"\b(?:from|between|btwn|btw)\s*\Z", text[: match.start()]))


def _counts_other(form: str, said: str, text: str, span: tuple[int, int]) -> bool:
    """Whether a number counts something else: years, children, days; or names a house, a road, a car of that year."""
    before, behind = text[max(0, span[0] - NEAR) : span[0]], text[span[1] : span[1] + NEAR]
    if said == "0" or words().begins("not_hours", behind) or _ROAD.match(behind):
        return True
    if form == "hour" and said.isdigit() and int(said) <= 12 and re.match(r" ?(?:hours?|hrs?)\b", behind):
        return not re.search(r"\b(?:at|evening|night),? \Z", before)
    if words().ends("before_no_hour", before) or before.endswith("'"):
        return True
    if form == "hour" and _AGED.search(before):
        return True
    year = form == "digits" and said.strip().isdigit() and int(said) in YEARS and _OF_YEAR.search(before)
    return bool(year) or _counts_noun(form, said, before, behind)


def _counts_noun(form: str, said: str, before: str, behind: str) -> bool:
    """Whether a noun behind a number says what it counts: "312 ewes"."""
    noun = re.match(r" ([^\W\d_]{3,})", behind)
    if noun is None or noun[1] in STOP_WORDS or noun[1] in _no_nouns() or form == "spelled":
        return False
    if re.search(r"(?:\b(?:at|by|around|about|abt|for|say|it|question|me|so)|@) ?\Z", before):
        return False
    plural = noun[1].endswith("s") and len(noun[1]) > 3
    return plural or (form == "digits" and said.strip()[-1:] not in ("0", "5"))


@lru_cache(maxsize=1)
def _no_nouns() -> frozenset[str]:
    names = ("evening", "morning", "hour", "to", "past", "asked", "asked_behind", "hinted", "hinted_behind", "days",
             "around", "undecided", "refused_behind", "other_behind", "other", "vague")  # fmt: skip
    return frozenset(word for name in names for phrase in words().lists[name] for word in phrase.split())
