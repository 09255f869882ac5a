"""Which of the ten someone means: by its number, by its name, or by describing it in words of their own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from actions.content import ContentError
from actions.program import load
from actions.reading import Reading
from actions.strategies import Strategies
from bot.settings import ROOT

#: Written from the ten titles alone, before anyone looked at the examples that the classifier learns from.
DESCRIPTIONS = {
    "root_cause": [
        "I want to understand what made me do it",
        "the one that looks at how it got this far",
        "can we dig into what was behind the affair",
        "figuring out the cause of all this",
    ],
    "apology": [
        "the one where I say sorry properly",
        "I need to own up to what I did",
        "how do I tell her that I regret it",
        "saying sorry without excuses",
    ],
    "communication": [
        "we need to learn to talk to each other",
        "listening better",
        "how to have a conversation without it turning into a fight",
        "the thing about talking openly",
    ],
    "consistency": [
        "keeping my word day after day",
        "being reliable again",
        "doing what I say every single time",
        "showing up on time and keeping promises",
    ],
    "vulnerability": [
        "opening up about feelings",
        "getting emotionally close again",
        "letting him see how scared I am",
        "the intimacy one",
    ],
    "rituals": [
        "doing nice things together",
        "date nights and the like",
        "something about sharing a hobby or habit as a couple",
        "spending time together every week",
    ],
    "professional_help": [
        "finding a counsellor for the two of us",
        "couples therapy",
        "do we need a therapist",
        "getting help from a professional",
    ],
    "reaffirm": [
        "telling each other that we are still in this",
        "renewing our promise",
        "saying regularly that I choose him",
        "the one on commitment",
    ],
    "time_and_space": [
        "I need some room to breathe",
        "giving her time to heal",
        "not rushing it",
        "having a break from each other for a while",
    ],
    "forgiveness": [
        "letting go of the anger",
        "how to forgive him",
        "putting it behind us",
        "moving on from what happened",
    ],
}


@pytest.fixture(scope="module")
def program():
    return load(ROOT / "data")


@pytest.fixture(scope="module")
def strategies(program) -> Strategies:
    return Strategies(ROOT / "data" / "strategy_examples.yml", program)
