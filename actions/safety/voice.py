"""People in danger who can't phone for help: whether their words say so. The rules are `data/safety/voice.yml`."""

from __future__ import annotations

from functools import cache

from actions.rules.book import Rules
from actions.safety.recognise import DATA

#: What a rule can find.
NEEDS = ("cannot_speak",)


@cache
def _rules() -> Rules:
    return Rules(DATA / "voice.yml", "needs", NEEDS)


def cannot_speak(text: str) -> bool:
    """Whether someone says that they can't call, or must not be heard; raises `ContentError` if the rules are wrong."""
    rules = _rules()
    return bool(rules.find(rules.nlp(text)))
