"""Where the classifier is unsure what was meant, the second listener is asked; where it is sure, it isn't."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message

from actions.encoder.labels import INTENTS
from actions.encoder.model import Look
from bot.nlu import SecondOpinion

CONFIG = {"unsure_below": 0.9, "share": 0.5}


def thinking(intent: str, likely: float) -> Look:
    """A look that finds one intent likely, and the others alike unlikely."""
    rest = (1 - likely) / (len(INTENTS) - 1)
    intents = np.array([likely if name == intent else rest for name in INTENTS])
    return Look({"intents": intents}, words=np.empty((0, 0)), offsets=np.empty((0, 2)), meaning=np.zeros(384))


def heard(first: str, confidence: float, look: Look, text: str = "go on then") -> tuple[Message, list[str]]:
    """A message after the second opinion, and what the second listener was asked."""
    asked: list[str] = []
    rest = (1 - confidence) / (len(INTENTS) - 1)
    ranking = [{"name": name, "confidence": confidence if name == first else rest} for name in INTENTS]
    ranking.sort(key=lambda one: -one["confidence"])
    message = Message({"text": text, "intent": ranking[0], "intent_ranking": ranking})
    SecondOpinion(CONFIG, lambda said: asked.append(said) or look).process([message])
    return message, asked


def test_a_sure_first_thought_stands_and_nobody_is_asked() -> None:
    message, asked = heard("next", 0.95, thinking("pause", 0.99))
    assert message.get("intent")["name"] == "next" and asked == []


@pytest.mark.parametrize("likely, meant", [(0.99, "pause"), (0.2, "next")])
def test_an_unsure_one_is_weighed_against_the_second(likely: float, meant: str) -> None:
    message, asked = heard("next", 0.6, thinking("pause", likely))
    assert message.get("intent")["name"] == meant and asked == ["go on then"]
    ranking = message.get("intent_ranking")
    assert ranking[0] == message.get("intent") and sum(one["confidence"] for one in ranking) == pytest.approx(1)


def test_both_of_one_mind_are_surer_than_the_first() -> None:
    message, _ = heard("next", 0.6, thinking("next", 0.95))
    assert message.get("intent")["name"] == "next" and message.get("intent")["confidence"] > 0.7


def test_nothing_is_asked_about_no_text() -> None:
    _, asked = heard("next", 0.1, thinking("pause", 0.9), text="")
    assert asked == []
