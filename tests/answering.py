"""Answers for walks: words in which nobody hears danger, or a wish, for tests that are about something else."""

from __future__ import annotations

from actions.steps import Side

PLAIN = (
    "The letter is on the table by the window.",
    "It is about the money from the blue account.",
    "On Tuesday we drove to the lake.",
    "We painted the kitchen last Sunday and it looks well.",
    "I would like to hear it in the kitchen, over tea.",
    "We talked about it on Sunday, and then we cooked.",
)


def answers(side: Side) -> dict[str, str]:
    """An answer for each question, by the question's id."""
    return {step.id: words for step, words in zip(side.steps, PLAIN)}
