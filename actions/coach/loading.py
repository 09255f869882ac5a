"""The coach made ready for the command line: with its model, or with its rules alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from actions.coach.pipeline import Coach
from actions.encoder.labels import DEFLECTIONS, ELEMENTS, TASKS
from actions.encoder.model import COACH, Encoder, Look, Span

#: How likely a dodge is to one who can't tell.
UNDECIDED = 0.1


class Sightless:
    """A reader that sees nothing, so that only the rules speak."""

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        """Nothing is there."""
        return [nothing() for _ in spans]


def nothing() -> Look:
    """A look at a text in which nothing is seen; whether something dodges stays open, so that a rule counts."""
    likely = {task: np.zeros(len(labels)) for task, labels in TASKS.items()}
    likely["deflections"] += UNDECIDED
    return Look(likely, np.zeros((0, len(DEFLECTIONS))), np.zeros((0, 2), dtype=int), np.zeros(384))


def rules_alone(folder: Path) -> Coach:
    """The coach without its model: it knows the well-worn phrases, and sees no element."""
    return Coach(folder, Sightless(), dict.fromkeys((*DEFLECTIONS, *ELEMENTS), 1.0))


def model_alone(folder: Path) -> Coach:
    """The coach without its rules, to compare; raises `EncoderError` or `ContentError`."""
    encoder = Encoder.load(COACH)
    return Coach(folder, encoder, encoder.thresholds, ruled_out=float("inf"))


def whole(folder: Path) -> Coach:
    """The coach with its model; raises `EncoderError` or `ContentError`."""
    return Coach.load(folder)
