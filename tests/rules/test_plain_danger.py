"""Plain words of danger are found by the rules alone, whole and with whose danger it is; everyday words are left."""

from __future__ import annotations

import pytest
from books import SAFETY

PLAIN = {
    "self_harm_high": [
        "i just want to die tonight",
        "He said he'd leave. I'd KILL MYSELF!",
        "I want to end my life.",
        "im going to kill myself",
        "I took all my pills",
        "I've been cutting myself again",
    ],
    "self_harm_moderate": [
        "i dont want to be here anymore",
        "Everyone would be better off without me.",
    ],
    "abuse_high": [
        "he hit me again on sunday",
        "he strangled me last night",
        "She said she'd kill me if I left.",
        "he forces me to have sex",
        "he wont let me leave the house",
    ],
    "abuse_moderate": [
        "im scared of him",
        "she controls all my money",
        "he takes my phone and checks everything",
    ],
    "own_high": [
        "I hit her last night",
        "I grabbed him by the throat",
        "i lost it and slapped her",
    ],
}

EVERYDAY = [
    "this is killing me",
    "the suicidal tendencies concert",
    "he hit men for a living",
    "I could kill for a coffee",
    "I'm dying to know.",
    "my phone died",
    "he hit rock bottom",
    "she kills me with her jokes",
    "it hit me that he lied",
    "we fight about money",
    "he beat me at chess",
    "I don't want to die alone with all these cats around me",
    "I hit send, and then I read it again",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PLAIN.items() for text in texts])
def test_plain_words_of_danger_are_found(kind: str, text: str) -> None:
    found = SAFETY.found(text)
    assert kind in found
    assert found[kind] in text


@pytest.mark.parametrize("kind", [kind for kind in PLAIN if kind.endswith("high")])
def test_they_are_found_in_the_middle_of_a_long_message(kind: str) -> None:
    long = "We talked about the house and about the money, and nothing was decided. " * 20
    for text in PLAIN[kind]:
        assert kind in SAFETY.found(f"{long}{text}\n{long}"), text


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_words_are_left_alone(text: str) -> None:
    assert SAFETY.found(text) == {}
