"""Drafts of apologies, and coaches to read them: one whose answers can be foretold, and the one that people meet."""

from __future__ import annotations

from functools import cache

from actions.coach import labels, loading
from actions.coach.loading import Sightless
from actions.coach.model import LABELS, Look
from actions.coach.pipeline import Coach
from actions.coach.rules import Rules
from actions.coach.showing import Words
from bot.coaching import DATA

MEANT = labels.load(DATA / "labels.yml")
WORDS = Words.read(DATA / "words.yml")
WEIGHTS = all((DATA / "model" / name).is_file() for name in loading.WEIGHTS)

DRAFT = "I'm sorry if you felt hurt by the texts. Mistakes were made, but you made me do it. It was just a joke."


class SeesTheAct(Sightless):
    """A model that knows one thing: whoever writes "I lied" names what they did."""

    def look(self, text: str, before: str = "", after: str = "") -> Look:
        seen = super().look(text)
        seen.whole[LABELS.index("names_the_act")] = float("I lied" in text)
        return seen


@cache
def foretold() -> Coach:
    """A coach of which every answer can be foretold."""
    return Coach(Rules(DATA / "labels.yml", DATA / "rules.yml"), SeesTheAct(), dict.fromkeys(LABELS, 0.5))


@cache
def real() -> Coach:
    """The coach that people meet, if its weights are here."""
    return loading.whole(DATA) if WEIGHTS else foretold()
