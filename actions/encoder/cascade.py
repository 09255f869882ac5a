"""Two readers of one text: a small network reads everything, a larger one reads again where the small one is unsure.

What both see of it is then averaged. Most texts are plain, so the large one costs little; where it counts, it knows
more of the world. Viola and Jones, "Rapid object detection using a boosted cascade of simple features" (2001).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from actions.content import Node
from actions.encoder.labels import ONE_OF, TASKS
from actions.encoder.model import DATA, SECOND, Encoder, Look, Span, listener

#: A likelihood is taken to lie this far from 0 and from 1 at least, so that its logarithm stays small.
EDGE = 1e-6


@dataclass(frozen=True)
class Doubt:
    """When the second network is asked, and how much it counts then."""

    task: str
    labels: tuple[str, ...]
    low: float  #: below this the first network is sure that a label is not there
    high: float  #: above this it is sure that it is
    share: float  #: how much the second one counts, from 0 to 1

    def holds(self, look: Look) -> bool:
        """Whether the first network is unsure of one of the labels."""
        names = TASKS[self.task]
        return any(self.low <= look.likely[self.task][names.index(label)] <= self.high for label in self.labels)


class Cascade:
    """Reads for one task with the first network and, in doubt, with the second. Safe to share between threads."""

    def __init__(self, first: Encoder, second: Encoder, doubt: Doubt) -> None:
        self._first = first
        self._second = second
        self._doubt = doubt

    def look(self, text: str) -> Look:
        """What is seen in a text as a whole."""
        return self.looks(text, [(0, len(text))])[0]

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        """What is seen in each of `spans` (in order, without overlaps)."""
        looks = self._first.looks(text, spans)
        doubtful = [place for place, look in enumerate(looks) if self._doubt.holds(look)]
        if doubtful:
            again = self._second.looks(text, [spans[place] for place in doubtful])
            for place, second in zip(doubtful, again):
                looks[place] = self._mixed(looks[place], second)
        return looks

    def _mixed(self, first: Look, second: Look) -> Look:
        task = self._doubt.task
        both = _averaged(task, first.likely[task], second.likely[task], self._doubt.share)
        return replace(first, likely={**first.likely, task: both})


def _averaged(task: str, first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """Between the two, `share` of the way to the second, as scores: sure ones count for more than unsure ones."""
    one, two = np.clip(first, EDGE, 1 - EDGE), np.clip(second, EDGE, 1 - EDGE)
    there = one ** (1 - share) * two**share
    others = there.sum() if task in ONE_OF else there + (1 - one) ** (1 - share) * (1 - two) ** share
    return there / others


def read_doubts(path: Path) -> dict[str, Doubt]:
    """By task, when the second network is asked; raises `ContentError` naming file and key."""
    doubts = {}
    for task in Node.read(path).names():
        node = Node.read(path)[task].only("labels", "low", "high", "share")
        if task not in TASKS or set(node["labels"].texts()) - set(TASKS[task]):
            raise node.wrong("no such task, or no such label of it")
        shares = {name: node[name].share() for name in ("low", "high", "share")}
        doubts[task] = Doubt(task, tuple(node["labels"].texts()), **shares)
    return doubts


@cache
def careful(task: str) -> Cascade:
    """Both networks that listen, for one task, loaded once a process; raises `EncoderError` or `ContentError`."""
    return Cascade(listener(), second_listener(), read_doubts(DATA / "cascade.yml")[task])


@cache
def second_listener() -> Encoder:
    """The larger network that listens, loaded once a process; raises `EncoderError`."""
    return Encoder.load(SECOND)
