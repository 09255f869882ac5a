"""What every walk is made of: questions, and what helps to answer them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from actions.content import Node
from actions.walks import DRAFT


@dataclass(frozen=True)
class Step:
    """One question, and what helps to answer it."""

    id: str
    ask: str
    hint: str
    example: str
    why: str
    choices: tuple[str, ...] = ()
    several: bool = False  #: whether the answer may come in several messages, until they say that it is whole
    known_from: str = ""  #: `exercise.step` whose answer makes this question needless
    worded: bool = False  #: whether the answer is wording for the partner, which the conversation coach reads


@dataclass(frozen=True)
class Takeaway:
    """A line of the summary: a label, and the step whose answer it quotes."""

    step: str
    says: str


@dataclass(frozen=True)
class Side:
    """An exercise as one role meets it."""

    opening: str
    steps: tuple[Step, ...]
    takeaway: tuple[Takeaway, ...]
    act: str

    def step(self, step_id: str) -> Step | None:
        """The step with this id; what stands after a full stop counts how often it has come."""
        name = (step_id or "").partition(".")[0]
        return next((step for step in self.steps if step.id == name), None)

    def number(self, step_id: str) -> int:
        """The step's number, from 1."""
        return [step.id for step in self.steps].index(step_id) + 1


@dataclass(frozen=True)
class Exercise:
    """One of the ten strategies as a guided exercise."""

    id: str
    number: int
    title: str
    short: str
    names: tuple[str, ...]
    why: str
    grade: str
    evidence: str
    sources: tuple[str, ...]
    sides: dict[str, Side]


def plain(said: str) -> str:
    """Words without case, punctuation and spare spaces, for comparing."""
    return " ".join(re.sub(r"[^\w' ]+", " ", said.replace("’", "'").replace("_", " ").casefold()).split())


def beginning(said: str, known: Mapping[str, str]) -> tuple[str | None, list[str]]:
    """What plain words begin with, of what is `known` (the longest that fits), and the words behind it.

    A letter with more behind it is no beginning: "y do you ask" is no yes.
    """
    words = said.split()
    for size in range(len(words), 0, -1):
        begun = known.get(" ".join(words[:size]))
        if begun is not None and (size == len(words) or len(words[0]) > 1):
            return begun, words[size:]
    return None, []


def read_takeaway(node: Node, ids: list[str]) -> tuple[Takeaway, ...]:
    """The lines of a summary, each of one of the steps `ids`; raises `ContentError`."""
    lines = tuple(Takeaway(one.only("step", "says")["step"].text(), one["says"].text(60)) for one in node.items())
    for line in lines:
        if line.step not in ids:
            raise node.wrong(f"there is no step {line.step!r}; the steps are {', '.join(ids)}")
    return lines


def read_step(node: Node) -> Step:
    """A question and what helps to answer it; raises `ContentError`."""
    node.only("id", "ask", "hint", "example", "why", optional=("choices", "known_from", "worded"))
    choices = tuple(node["choices"].texts(limit=28)) if "choices" in node.value else ()
    known = node["known_from"].text() if "known_from" in node.value else ""
    name, *texts = (node[key].text() for key in ("id", "ask", "hint", "example", "why"))
    if len(name) > 32 or "." in name:
        raise node["id"].wrong("must be at most 32 letters, without a full stop")
    worded = "worded" in node.value and node["worded"].yes_or_no()
    return Step(name, *texts, choices=choices, several=name == DRAFT, known_from=known, worded=worded)
