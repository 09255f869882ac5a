"""What is asked and offered for a person's safety: `data/safety/`, refused with file and key when wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from actions.content import Node
from actions.steps import Exercise, Side, Step, plain, read_step, read_takeaway
from actions.store.care import ABUSE, SELF_HARM
from actions.walks import PLAN

YES, NO, UNSAID = "Yes", "No", "I'd rather not say"
#: The steps of the private questions; the first is asked once.
AGE = "adult"
QUESTIONS = (AGE, "afraid", "hurt", "controlled", "free")
#: The kinds of danger that have a plan of their own.
PLANS = (SELF_HARM, ABUSE)


@dataclass(frozen=True)
class Screening:
    """The private questions before the programme."""

    side: Side
    opening_again: str
    risks: dict[str, str]  #: step -> the answer that means risk
    said: dict[str, str]  #: what may be typed, plain -> the answer

    def answer(self, words: str) -> str | None:
        """The answer that someone gives who says just this; nothing when it is none."""
        return self.said.get(plain(words))


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
    node = Node.read(path).only("opening", "opening_again", "said", "steps")
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
    return Screening(side, node["opening_again"].text(), risks, said)


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
