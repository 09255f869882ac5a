"""Drafts of apologies, and coaches to read them: one whose answers can be foretold, and the one that people meet."""

from __future__ import annotations

from functools import cache

from actions.coach import labels, loading
from actions.coach.pipeline import Coach
from actions.coach.showing import Words
from actions.encoder.labels import DEFLECTIONS, ELEMENTS
from actions.encoder.model import Look, Span
from bot.coaching import DATA

MEANT = labels.load(DATA / "labels.yml")
WORDS = Words.read(DATA / "words.yml")

DRAFT = "I'm sorry if you felt hurt by the texts. Mistakes were made, but you made me do it. It was just a joke."


class SeesTheAct:
    """A model that knows one thing: whoever writes "I lied" names what they did."""

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        looks = []
        for start, end in spans:
            look = loading.nothing()
            look.likely["elements"][ELEMENTS.index("names_the_act")] = float("I lied" in text[start:end])
            looks.append(look)
        return looks


@cache
def foretold() -> Coach:
    """A coach of which every answer can be foretold."""
    return Coach(DATA, SeesTheAct(), dict.fromkeys((*DEFLECTIONS, *ELEMENTS), 0.5))


@cache
def real() -> Coach:
    """The coach that people meet."""
    return loading.whole(DATA)
