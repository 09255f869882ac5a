"""Of several places in one message the one that is theirs: "he's in Dubai and I'm in Leeds", "my side", "use mine"."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: How much it counts that they speak of themselves, or of somebody else, that it is a time, that it stands alone.
MINE, OTHERS, TIME, ALONE = 2, -3, 4, 1

_BREAK = r"[.;!?,\n]|(?<!\w)(?:and|but|so|while|now)(?!\w)"
_PERSON = re.compile(r"\b(i'?m|i|we'?re|we|my|me|now|he'?s?|she'?s?|they'?re|they|his|her|him|partner|husband|wife)\b")
_FIRST_PERSON = ("im", "i'm", "i", "we're", "were", "we", "my", "me", "now")
_OTHERS_IN = (
    r"(?:'s|s| is| are| am)?(?: \w+){0,2} (?:in|to|at|near|from|over in|out in|up in|down in|back in)\s+(?:the )?\Z"
)


@dataclass(frozen=True)
class Zone:
    """What a text says of where someone is: a zone, or several that it may mean (label -> zone)."""

    name: str | None = None  #: an IANA name, or an offset such as `+05:30`
    choices: tuple[tuple[str, str], ...] = ()
    span: tuple[int, int] = (0, 0)  #: where in the text it stands, in characters


class Choosing:
    """How places are told apart; made of three lists of words: of places in passing, of their own, of others'."""

    def __init__(self, elsewhere: list[str], mine: list[str], others: list[str]) -> None:
        self._elsewhere, self._mine, self._others = (_any_of(some) for some in (elsewhere, mine, others))
        self._others_in = re.compile(self._others.pattern + _OTHERS_IN)

    def is_elsewhere(self, before: str) -> bool:
        """Whether what stands before a place says that it is not theirs now: "not the", "we met in", "his trip to"."""
        clause = re.split(_BREAK, before)[-1]
        denied = re.search(r"(?<!\w)(?:not|no|when)(?: the| in| from| like)*(?: (?!far|sure)\w+)?\s+\Z", clause)
        return bool(denied or self._elsewhere.search(clause))

    def chosen(self, text: str, found: list[Zone]) -> Zone | None:
        """The one that is theirs; the last of those that may be, one that is clear before others."""
        low = text.casefold()
        if not re.search(r"\b(?:his|her|their) time\b", low):
            found = [zone for zone in found if not self._is_of_others(low, zone)]
        if len({zone.name or zone.choices for zone in found}) < 2:
            return found[0] if found else None
        scores = [self._score(low, zone) for zone in found]
        best = [zone for zone, score in zip(found, scores) if score == max(scores)]
        return ([zone for zone in best if zone.name] or best)[-1]

    def _is_of_others(self, low: str, zone: Zone) -> bool:
        """Whether it is only where somebody else is: "my sister is in"."""
        clause = re.split(_BREAK, low[: zone.span[0]])[-1]
        sentence = re.split(r"[.;!?,\n]", low[: zone.span[0]])[-1]
        return self._others_in.search(clause) is not None and not re.search(r"\b(?:i|i'm|im|we|we're|me)\b", sentence)

    def _score(self, low: str, zone: Zone) -> int:
        before, behind = low[: zone.span[0]], low[zone.span[1] :]
        clause = re.split(r"[.;!?,\n]|(?<!\w)(?=(?:and|but|so|while|now)(?!\w))", before)[-1]
        others = bool(self._others.search(clause))
        last = _PERSON.findall(before)[-1:]
        return (
            MINE * bool(self._mine.search(clause) and not others)
            + (last[0] in _FIRST_PERSON if last else 0)
            + OTHERS * others
            + TIME * bool(re.match(r"\W*(?:time|here|clock)\b", behind) or low[slice(*zone.span)].endswith(" time"))
            + ALONE * (not clause.strip())
        )


def _any_of(some: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(some, key=len, reverse=True)))})(?!\w)")
