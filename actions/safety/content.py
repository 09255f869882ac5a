"""What is asked and offered for a person's safety: `data/safety/`, refused with file and key when wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from actions.content import Node
from actions.steps import Exercise, Side, Step, beginning, plain, read_step, read_takeaway
from actions.store.care import ABUSE, SELF_HARM
from actions.walks import PLAN

YES, NO, UNSAID = "Yes", "No", "I'd rather not say"
#: The steps of the private questions; the first is asked once.
AGE = "adult"
QUESTIONS = (AGE, "afraid", "hurt", "controlled", "free")
#: The ages, in years, at which someone is adult.
AGES = range(18, 100)
#: A safe answer with more words than these behind it may have a tale in it: the buttons decide.
MORE_WORDS = 8
#: The lists of words in `screening.yml` that leave an answer open.
LISTS = ("turns", "hedges", "not_yet")
#: The kinds of danger that have a plan of their own.
PLANS = (SELF_HARM, ABUSE)


@dataclass(frozen=True)
class Screening:
    """The private questions before the programme."""

    side: Side
    opening_again: str
    risks: dict[str, str]  #: step -> the answer that means risk
    said: dict[str, str]  #: what may be typed, plain -> the answer
    turns: frozenset[str]  #: words that make another answer of a yes or a no before them
    hedges: frozenset[str]  #: words that leave open how much of a safe answer is true
    not_yet: frozenset[str]  #: words that leave open whether someone is as old as they say

    def answer(self, step: str, words: str) -> str | None:
        """The answer that someone gives at `step` who types this; nothing when it is none, or may be another.

        Where danger is what is asked for, more has to be certain before it is taken that there is none.
        """
        said = plain(words)
        if said in self.said:
            return self.said[said]
        if step == AGE and any(map(str.isdigit, said)):
            return self._of_age(said)
        begun, rest = beginning(said, self.said)
        if begun not in (YES, NO) or self.turns & set(rest) or (begun == NO and self.risks[step] == NO):
            return None
        if begun != self.risks[step] and (set(said.split()) & self.hedges or len(said.split()) > MORE_WORDS):
            return None
        return begun

    def _of_age(self, said: str) -> str | None:
        """Whether the one number in words is the age of an adult. A lower one sends nobody away: a button does."""
        years = [int(number) for number in re.findall(r"\b\d{1,3}\b", said)]
        if len(years) != 1 or years[0] not in AGES or set(said.split()) & self.not_yet:
            return None
        return YES


@dataclass(frozen=True)
class CareContent:
    """Everything of `data/safety/` that people meet."""

    screening: Screening
    plan: Exercise
    alone: frozenset[str]  #: the strategies that stay open where nothing else may


def read_care(folder: Path) -> CareContent:
    """The content in the folder `data/safety`; raises `ContentError` naming file and key."""
    alone = Node.read(folder / "care.yml").only("alone")["alone"].texts()
    return CareContent(_screening(folder / "screening.yml"), _plan(folder / "plan.yml"), frozenset(alone))


def _screening(path: Path) -> Screening:
    node = Node.read(path).only("opening", "opening_again", "said", *LISTS, "steps")
    steps = [item.only("id", "ask", "choices", "risk", "why") for item in node["steps"].items()]
    if tuple(step["id"].text() for step in steps) != QUESTIONS:
        raise node["steps"].wrong(f"the steps must be {', '.join(QUESTIONS)}, in this order")
    for step in steps:
        if step["risk"].text() not in step["choices"].texts():
            raise step["risk"].wrong("must be one of the choices")
    said = {plain(answer): answer for answer in (YES, NO, UNSAID)}
    for answer in node["said"].only(YES, NO, UNSAID).names():
        said |= {plain(words): answer for words in node["said"][answer].texts()}
    asked = tuple(
        Step(step["id"].text(), step["ask"].text(), "", "", step["why"].text(), tuple(step["choices"].texts()))
        for step in steps
    )
    side = Side(node["opening"].text(), asked, takeaway=(), act="")
    risks = {step["id"].text(): step["risk"].text() for step in steps}
    return Screening(side, node["opening_again"].text(), risks, said, *(frozenset(node[key].texts()) for key in LISTS))


def _plan(path: Path) -> Exercise:
    node = Node.read(path).only("title", "short", "kinds")
    sides = {kind: _side(node["kinds"].only(*PLANS)[kind]) for kind in PLANS}
    title, short = node["title"].text(limit=48), node["short"].text(limit=16)
    return Exercise(PLAN, 0, title, short, (), why="", grade="", evidence="", sources=(), sides=sides)


def _side(node: Node) -> Side:
    node.only("opening", "steps", "takeaway")
    steps = tuple(read_step(item) for item in node["steps"].items())
    takeaway = read_takeaway(node["takeaway"], [step.id for step in steps])
    return Side(node["opening"].text(), steps, takeaway, act="")
