"""What stands around a name in a text, and what that says of it: a place, a code of a zone, somebody's name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.evening.gazetteer import plain

#: With more words around it a name doesn't stand alone, whatever they are; so near an hour or a comma is beside it.
MOST_FILLERS, NEAR = 12, 16

#: A word of a text, and from where to where it stands.
Token = tuple[str, tuple[int, int]]

_LIVED_IN = re.compile(
    r"\b(?:live|lives|living|based|stay|staying|reside|house|flat|home) (?:in|near)\s+\Z", re.IGNORECASE
)
_KIN = re.compile(
    r"\b(?:ex|husband|wife|son|daughter|friend|boyfriend|girlfriend|partner|brother|sister|fiance|mate|called|named)\s+\Z"
)
_NEXT = re.compile(r"[,;!?]\s*\Z")
_HOUR = re.compile(
    r"(?:\d|[ap]\.?m\.?|\b(?:five|six|seven|eight|nine|ten|eleven|twelve|thirty|fifteen|forty|tonight|night))\s*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Around:
    """What stands around a name."""

    time: bool  #: a word like "time" is behind it
    named: bool  #: a word like "in" is before it
    lived_in: bool  #: "live in" and the like are before it
    alone: bool  #: nothing else is said, but a greeting and the like
    only: bool  #: nothing else at all is said
    before_hour: bool
    behind_hour: bool
    apart: bool  #: it stands between commas or full stops
    first: bool
    last: bool

    @property
    def cued(self) -> bool:
        """Whether the word before it or behind it says that it is a place."""
        return self.time or self.named

    def is_code(self, raw: str, *, shy: bool) -> bool:
        """Whether a short name, which may be a common word, is one of a zone; a shy one is a word in capitals too."""
        if shy and self.before_hour and not raw.isupper():
            return False
        if self.time or self.alone or self.behind_hour or (self.apart and self.first and not shy):
            return True
        return raw.isupper() and (not shy or self.cued or self.first or self.last)

    def is_no_person(self, before: str) -> bool:
        """Whether a name that people bear as well is a place here."""
        low = before.casefold()
        if _KIN.search(low):
            return False
        behind_comma = "," in re.split(r"[.!?\n]", low)[-1] and not re.search(r"(?:\d|[aphm])\.?,\s*\Z", low)
        apart = self.apart and (self.first or re.search(r"(?:\d|[ap]\.?m)\.?,\s*\Z", low) is not None)
        return self.cued or self.alone or apart or (self.last and not behind_comma)


@dataclass(frozen=True)
class Cues:
    """The words that say that a name is one of a place."""

    before: set[str]  #: before it: "in"
    time: set[str]  #: behind it: "time"
    fillers: set[str]  #: beside these it still stands alone: "london mate"

    def around(self, text: str, tokens: list[Token], start: int, end: int) -> Around:
        """What stands around the name that is made of the words from `start` to `end`."""
        before = plain(tokens[start - 1][0]) if start else ""
        after = plain(tokens[end][0]) if end < len(tokens) else ""
        left, right = text[: tokens[start][1][0]][-NEAR:], text[tokens[end - 1][1][1] :]
        others = tokens[:start] + tokens[end:]
        breaks = re.search(r"(?:\A|[,.;!?(\n])\s*\Z", left), re.match(r"\s*(?:[,.;!?)\n]|\Z)", right)
        return Around(
            time=after in self.time,
            named=before in self.before and not _NEXT.search(left) and plain(tokens[start][0]) not in ("time", "bed"),
            lived_in=_LIVED_IN.search(left) is not None,
            alone=len(others) <= MOST_FILLERS and all(plain(word) in self.fillers for word, _ in others),
            only=not others and not re.search(r"\d", text),
            before_hour=re.match(r"\W*\d", right) is not None,
            behind_hour=_HOUR.search(left) is not None,
            apart=all(breaks),
            first=start == 0,
            last=end == len(tokens),
        )
