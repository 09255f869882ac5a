"""What people tell when they are in danger, the ways into every state, and how to know what Mend said to it."""

from __future__ import annotations

import html
import re

from talking import CHANNEL, Person

from actions.program import BROKE_TRUST, HURT, load
from bot.settings import ROOT

PROGRAM = load(ROOT / "data")
LABELS = PROGRAM.intake.labels
HOUR, DAY = 3600.0, 86_400.0

#: Danger by its kind, said as plainly as can be.
TOLD = {
    "self_harm": "I want to kill myself.",
    "others": "My wife says she wants to die.",
    "abuse": "My husband hits me.",
    "own": "I hit her last night.",
}
ANSWERS = ["Yes", "No", "I don't know", "You misunderstood"]
HELP = "People who can help"
#: Words in which nobody could see danger, and a telling of more than fourteen.
MILD = "We painted the kitchen last Sunday and it looks well."
LONG = "We painted the kitchen last Sunday, first the ceiling and then the walls, and the children helped us with it."

#: What brings someone into a state: texts, and buttons in brackets.
SCREENED = ["hi", "[Yes]", "[No]", "[No]", "[No]", "[Yes]"]
BETWEEN = [*SCREENED, f"[{LABELS[HURT]}]", "[Skip]"]
AT_QUESTION = [*BETWEEN, "3"]
OWN_SIDE = [*SCREENED, f"[{LABELS[BROKE_TRUST]}]", "[Skip]"]
AT_DRAFT = [*OWN_SIDE, "/apology", *["skip"] * (len(PROGRAM.practice.sides[BROKE_TRUST].steps) - 2)]
AT_RECEIVED = [*BETWEEN, "/apology"]
WRITING = [*BETWEEN, LONG, "[I'll write on]"]
STATES = {
    "someone new": [],
    "at the age": ["hi"],
    "at a private question": ["hi", "[Yes]"],
    "before the side is chosen": SCREENED,
    "at the story": [*SCREENED, f"[{LABELS[HURT]}]"],
    "between exercises": BETWEEN,
    "at a question": AT_QUESTION,
    "in doubt": [*AT_QUESTION, "/hello"],
    "paused": [*AT_QUESTION, "pause"],
    "choosing": [*AT_QUESTION, "menu"],
    "in free writing": WRITING,
    "at a draft": AT_DRAFT,
    "in a draft": [*AT_DRAFT, "I took our savings, and it was my choice."],
    "at a review": [*AT_DRAFT, "I took our savings, and it was my choice.", "[Done]"],
    "at an apology received": AT_RECEIVED,
    "asked whether to erase": [*AT_QUESTION, "/delete"],
    "under age": ["hi", "[No]"],
    "alone": ["hi", "[Yes]", "[Yes]", "[No]", "[No]", "[Yes]"],
}


def goes(person: Person, path: list[str]) -> Person:
    """Say and press what leads into a state."""
    for step in path:
        person.presses(step[1:-1]) if step.startswith("[") else person.says(step)
    return person


def bare(text: str) -> str:
    """A sentence as it is seen."""
    return html.unescape(re.sub(r"</?[a-z]+>", "", text))


def hears(person: Person, text: str, response: str) -> bool:
    """Whether a text says this response, in whichever variant, and whatever was put into it."""
    blanks = dict.fromkeys(
        ("emergency", "people", "list", "title", "words", "opening", "says", "operator", "where", "silent"), "\0"
    )
    variants = [one.value["text"].format(**blanks) for one in person.house.tools.sentences._responses[response].items()]
    parts = [bare(variant).strip().split("\0") for variant in variants]
    return any(re.search(".*?".join(map(re.escape, one)), text, flags=re.DOTALL) for one in parts)


def in_hand(person: Person) -> str | None:
    """The walk whose question is open, if one is."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        run = kept.runs.in_hand(known) if known else None
        return run.exercise if run else None
