"""The coach made ready for the command line: with its model, or with its rules alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from actions.coach.corpus import DEFLECTIONS
from actions.coach.model import LABELS, Look, Model
from actions.coach.pipeline import Coach
from actions.coach.rules import Rules
from actions.errors import OperatorError

#: What the model is made of.
WEIGHTS = ("card.json", "tokenizer.json", "coach.onnx")


class CoachError(OperatorError):
    """The coach can't be made ready; the message says what is missing."""


class Sightless(Model):
    """A model that sees nothing, so that only the rules speak."""

    def __init__(self) -> None:
        """Load nothing."""

    def look(self, text: str, before: str = "", after: str = "") -> Look:
        """Nothing is there."""
        nothing = np.zeros((0, len(DEFLECTIONS))), np.zeros((0, len(LABELS)))
        return Look(np.zeros(len(LABELS)), *nothing, np.zeros((0, 2), dtype=int))


def rules_alone(folder: Path) -> Coach:
    """The coach without its model: it knows the well-worn phrases, and sees no element."""
    rules = Rules(folder / "labels.yml", folder / "rules.yml")
    return Coach(rules, Sightless(), dict.fromkeys(LABELS, 1.0))


def whole(folder: Path) -> Coach:
    """The coach with its model; raises `CoachError` or `ContentError`."""
    for name in WEIGHTS:
        if not (folder / "model" / name).is_file():
            raise CoachError(f"{folder / 'model' / name} is missing: get it with the program, or add --rules-only")
    try:
        return Coach.load(folder)
    except OperatorError:
        raise
    except Exception as error:  # the libraries for weights raise whatever they like
        reason = f"can't be read ({type(error).__name__}): get it anew with the program, or add --rules-only"
        raise CoachError(f"the model in {folder / 'model'} {reason}") from None
