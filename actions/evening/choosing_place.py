"""Of several places in one message the one that is theirs: "he's in Dubai and I'm in Leeds", "my side", "use mine"."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: How much it counts that they speak of themselves, or of somebody else, that it is a time, that it stands alone.
MINE, OTHERS, TIME, ALONE = 2, -3, 4, 1
#: So many characters before and behind a place speak of it.
NEAR = 150

_STOP = r"[;!?,\n]+|\.+(?!\d)"
_OURS = r"(?<!\w)(?:here|still|i'?m|we'?re)(?!\w)"
_TURN = r"(?<!\w)(?:and|but|so|while|now|cos|because|then)(?!\w)"
_BREAK = re.compile(rf"{_STOP}|{_TURN}")
_CLAUSE = re.compile(rf"{_STOP}|{_TURN}|{_OURS}")
_STOPS = re.compile(_STOP)
_SENTENCE = re.compile(rf"{_STOP}|(?<!\w)(?=(?:and|but|so|while|now)(?!\w))")
_PERSON = re.compile(r"\b(i'?m|i|we'?re|we|my|me|now|he'?s?|she'?s?|they'?re|they|his|her|him|partner|husband|wife)\b")
_FIRST_PERSON = ("im", "i'm", "i", "we're", "were", "we", "my", "me", "now")
_OF_US = re.compile(r"\b(?:i|i'm|im|we|we're|me)\b|^\W*(?:living|livin|live|staying|stay)\b")
_OTHERS_IN = (
    r"(?:'s|s| is| are| am)?(?: \w+){0,2} (?:in|to|at|a|near|from|over in|out in|up in|down in|back in)\s+(?:the )?\Z"
)
_NO_SUBJECT = ("from", "originally", "work", "working")
_OTHERS_TIME = re.compile(r"\b(?:by|use|on|in|set|to|with|keep|put) (?:his|her|their) time\b")
_TIME = re.compile(r"\W*(?:time|here|clock)\b")
_NOT = r"not|nuh|no longer|never(?! left| leave)|stop|quit|(?:do|is|are|was|am)(?: not|n'?t)"
_HARMLESS = r"far|sure|forget|worry|mind|matter|care|know|that i"
_DENIED = re.compile(
    r"(?<!\w)(?:(?:no|when)(?: the| in| from| like)*(?: \w+)?"
    rf"|(?:{_NOT})(?: (?!{_HARMLESS})[^\W\d]+){{0,6}}?)\s+\Z"
)
#: Behind a place: it was theirs, or others live by its clock.
_PAST = re.compile(
    r"\W*(?:no more(?! no)|no longer|(?:not )?any ?more|(?:\w+ )?born(?! and)|by birth|raised|originally)\b"
    r"|\W*(?:once|before)(?=\W*(?:[,.;!?]|\Z))"
    r"|\W*(?:years ago|back then|is wrong)\b| for (?:her|him|them)\b"
    r"|(?: is|'s| are)? ?(?:about |like )?[\w.]+ ?(?:hours?|hrs?|h) (?:ahead|behind|in front|less|more|earlier|later)\b"
)
_HOUR = re.compile(
    r"(?<!\d)\d{1,2}(?!\d)|\b(?:five|six|seven|eight|nine|ten|eleven|twelve|half|quarter|noon|midnight)\b"
)
_WORD = re.compile(r"[^\W\d_][\w'\u2019]*")


@dataclass(frozen=True)
class Zone:
    """What a text says of where someone is: a zone, or several that it may mean (label -> zone)."""

    name: str | None = None  #: an IANA name, or an offset such as `+05:30`
    choices: tuple[tuple[str, str], ...] = ()
    span: tuple[int, int] = (0, 0)  #: where in the text it stands, in characters


class Choosing:
    """How places are told apart, by lists of words: of places in passing, their own, others', and of no weight."""

    def __init__(self, elsewhere: list[str], mine: list[str], others: list[str], fillers: set[str]) -> None:
        self._elsewhere, self._mine, self._others = (_any_of(some) for some in (elsewhere, mine, others))
        self._others_in = re.compile(_any_of([one for one in others if one not in _NO_SUBJECT]).pattern + _OTHERS_IN)
        self._fillers = fillers

    def is_elsewhere(self, before: str, behind: str) -> bool:
        """Whether the words around a place say that it is not theirs now: "not the", "his trip to", "no longer"."""
        clause = _last(_CLAUSE, before)
        return bool(_DENIED.search(clause) or self._elsewhere.search(clause) or _PAST.match(behind))

    def chosen(self, text: str, found: list[Zone]) -> Zone | None:
        """The one that is theirs; the last of those that may be, one that is clear before others."""
        low = text.casefold()
        if not _OTHERS_TIME.search(low):
            found = [zone for zone in found if not self._is_of_others(low, zone) and not self._is_of_event(low, zone)]
        if len({zone.name or zone.choices for zone in found}) < 2:
            return found[0] if found else None
        scores = [self._score(low, zone) for zone in found]
        best = [zone for zone, score in zip(found, scores) if score == max(scores)]
        return ([zone for zone in best if zone.name] or best)[-1]

    def _is_of_others(self, low: str, zone: Zone) -> bool:
        """Whether it is only where somebody else is: "my sister is in"."""
        before = _before(low, zone)
        return self._others_in.search(_last(_BREAK, before)) is not None and not _OF_US.search(_last(_STOPS, before))

    def _is_of_event(self, low: str, zone: Zone) -> bool:
        """Whether something else happens there at an hour of its own: "Tokyo opens at 2, so 10 pm"."""
        before, behind = _last(_BREAK, _before(low, zone)), _BREAK.split(_behind(low, zone), maxsplit=1)[0]
        around = before + " " + behind
        if self._mine.search(before) or _is_time(low, zone) or not _HOUR.search(around):
            return False
        start, end = zone.span[0] - len(before), zone.span[1] + len(behind)
        elsewhere = _HOUR.search(low[:start]) or _HOUR.search(low[end:])
        return elsewhere is not None and any(word not in self._fillers for word in _WORD.findall(around))

    def _score(self, low: str, zone: Zone) -> int:
        before = _before(low, zone)
        clause = _last(_SENTENCE, before)
        others = bool(self._others.search(clause))
        last = _PERSON.findall(before)[-1:]
        return (
            MINE * bool(self._mine.search(clause) and not others)
            + (last[0] in _FIRST_PERSON if last else 0)
            + OTHERS * others
            + TIME * _is_time(low, zone)
            + ALONE * (not clause.strip())
        )


def _before(low: str, zone: Zone) -> str:
    return low[max(0, zone.span[0] - NEAR) : zone.span[0]]


def _is_time(low: str, zone: Zone) -> bool:
    """Whether it is named as a clock: "Lagos time"."""
    return _TIME.match(_behind(low, zone)) is not None or low[slice(*zone.span)].endswith(" time")


def _behind(low: str, zone: Zone) -> str:
    return low[zone.span[1] : zone.span[1] + NEAR]


def _last(pattern: re.Pattern[str], text: str) -> str:
    """What stands behind the last match."""
    return pattern.split(text)[-1]


def _any_of(some: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(some, key=len, reverse=True)))})(?!\w)")
