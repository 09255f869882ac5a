"""What the shared encoder makes of words: whether what was typed after a question asks Mend for something instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from actions.encoder.labels import INTENTS

if TYPE_CHECKING:
    from actions.encoder.model import Reader

#: What someone may want of Mend in the middle of a question.
WANTS = (
    *("pause", "goodbye", "skip", "next", "back", "repeat", "explain_why", "help", "show_progress"),
    *("ask_privacy", "export_data", "delete_data", "bot_challenge", "choose_strategy", "start"),
    *("set_reminder", "stop_reminder", "ask_therapist", "practise_apology"),
)
#: A wish is said in words; what has none (an emoji, one letter for ever) is nothing that the encoder has ever read.
_A_WORD = re.compile(r"\b[^\W\d_]{2,30}\b")
_PLACES = [INTENTS.index(want) for want in WANTS]


@dataclass(frozen=True)
class Wish:
    """What words after a question may ask for, and how likely it is that they ask for anything at all."""

    wants: str
    likely: float


class Understanding:
    """Reads words with the encoder. Safe to share between threads."""

    def __init__(self, encoder: Reader) -> None:
        self._encoder = encoder

    def wish(self, text: str, question: str) -> Wish:
        """What `text`, typed after `question`, asks for, if it does."""
        if _A_WORD.search(text) is None:
            return Wish(WANTS[0], 0.0)
        head = f"{question}\n" if question else ""
        look = self._encoder.looks(head + text, [(len(head), len(head) + len(text))])[0]
        likely = look.likely["intents"][_PLACES]
        return Wish(WANTS[int(np.argmax(likely))], float(look.likely["wish"][0]))

    def strategies(self, text: str) -> np.ndarray:
        """How likely each of the ten strategies is the one that a text describes, in their order."""
        return self._encoder.look(text).likely["strategies"]
