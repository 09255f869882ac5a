"""What Mend keeps in mind so that nobody is put at risk: danger they told of, what they answered before the programme.

One small document a person. It tells of them like their words do, so it is kept as `Words`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from actions.store.models import Person

#: For so many seconds after someone told of danger Mend goes gently, whatever they say meanwhile.
DAY = 24 * 3600
#: Told again within so many seconds, danger is answered in other words.
SOON = 3600
#: The private questions come again after so many seconds.
AGAIN = 28 * DAY
#: Kinds of danger: to oneself, to someone else by their own hand, from someone, and to someone from the writer.
SELF_HARM, OTHERS, ABUSE, OWN = "self_harm", "others", "abuse", "own"
KINDS = (SELF_HARM, OTHERS, ABUSE, OWN)


@dataclass(frozen=True)
class Care:
    """What is kept in mind of one person."""

    kind: str | None = None  #: the danger they told of last, one of `KINDS`
    since: float = 0.0  #: when they last told of it
    first: float = 0.0  #: when this stretch of it began: what has been said since can be deleted from the chat
    asks: str | None = None  #: what was asked last and not answered yet: `safe` or `country`
    hinted: float = 0.0  #: when it was shown last where people can be reached, for a hint of danger
    alone: bool = False  #: only what is good for the person alone is offered, until they answer the questions anew
    was_alone: bool = False  #: whether that was so before they told of danger
    adult: bool | None = None
    screened: float | None = None  #: when they answered the private questions last
    country: str | None = None

    def flagged(self, now: float) -> bool:
        """Whether they told of danger within a day."""
        return self.kind is not None and now - self.since < DAY

    def told(self, kind: str, now: float) -> Care:
        """As it is once they told of danger. Abuse is not over with the day."""
        first = self.first if self.flagged(now) else now
        alone = self.alone or kind == ABUSE
        was = self.was_alone if self.flagged(now) else self.alone
        return replace(self, kind=kind, since=now, first=first, asks="safe", alone=alone, was_alone=was)

    def due(self, now: float) -> bool:
        """Whether the private questions are to be asked."""
        return self.screened is None or now - self.screened > AGAIN


def care_of(person: Person) -> Care:
    """What is kept in mind of a person."""
    return Care(**json.loads(person.care)) if person.care else Care()


def keep_care(person: Person, care: Care) -> None:
    """Keep it in mind in place of what was."""
    told = {name: value for name, value in asdict(care).items() if value != getattr(Care(), name)}
    person.care = json.dumps(told) if told else None
