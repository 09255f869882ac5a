"""A coach for tests: the real rules, and a model that sees just the sentences it is told of."""

from __future__ import annotations

from functools import cache

import numpy as np

from actions.coach.corpus import DEFLECTIONS
from actions.coach.model import LABELS, Look, Model
from actions.coach.pipeline import Coach
from actions.coach.rules import Rules
from bot.settings import ROOT

DATA = ROOT / "data" / "apology"
#: Words, and the element that the model sees where they stand.
SEEN = {
    "i took": "names_the_act",
    "my choice": "responsibility",
    "i am sorry that i": "regret",
    "i will pay": "repair",
}


class Seeing(Model):
    """Sees the elements of `SEEN`, and no dodge."""

    def __init__(self) -> None:
        """Load nothing."""

    def look(self, text: str, before: str = "", after: str = "") -> Look:
        whole = np.zeros(len(LABELS))
        for words, label in SEEN.items():
            if words in text.lower():
                whole[LABELS.index(label)] = 1.0
        pieces = np.zeros((0, len(DEFLECTIONS))), np.zeros((0, len(LABELS)))
        return Look(whole, *pieces, np.zeros((0, 2), dtype=int))


@cache
def coach() -> Coach:
    """The coach, made once for all tests."""
    return Coach(Rules(DATA / "labels.yml", DATA / "rules.yml"), Seeing(), dict.fromkeys(LABELS, 0.5))
