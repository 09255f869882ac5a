"""A coach for tests: the real rules, and a model that sees just the sentences it is told of."""

from __future__ import annotations

from functools import cache

from actions.coach.loading import nothing
from actions.coach.pipeline import Coach
from actions.encoder.labels import DEFLECTIONS, ELEMENTS
from actions.encoder.model import Look, Span
from bot.settings import ROOT

DATA = ROOT / "data" / "apology"
#: Words, and the element that the model sees where they stand.
SEEN = {
    "i took": "names_the_act",
    "my choice": "responsibility",
    "i am sorry that i": "regret",
    "i will pay": "repair",
}


class Seeing:
    """Sees the elements of `SEEN`, and no dodge."""

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        return [_look(text[start:end].lower()) for start, end in spans]


def _look(text: str) -> Look:
    look = nothing()
    for words, label in SEEN.items():
        if words in text:
            look.likely["elements"][ELEMENTS.index(label)] = 1.0
    return look


@cache
def coach() -> Coach:
    """The coach, made once for all tests."""
    return Coach(DATA, Seeing(), dict.fromkeys((*DEFLECTIONS, *ELEMENTS), 0.5))
