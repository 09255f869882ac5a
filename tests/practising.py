"""Practising an apology, for the tests of it: drafts that dodge and that own, and the way to a draft and a review."""

from __future__ import annotations

from talking import Heard, Person

from actions.program import BROKE_TRUST, HURT, load
from bot.settings import ROOT

PROGRAM = load(ROOT / "data")
LABELS = PROGRAM.intake.labels
OWN, RECEIVED = (PROGRAM.practice.sides[role] for role in (BROKE_TRUST, HURT))
ASKED = OWN.steps[:-2]
DRAFT, REVIEW = OWN.steps[-2:]
ANSWERS = {
    "who": "Marta, and her mother a bit",
    "what": "I emptied our savings over five months",
    "value": "Being someone you can leave the house keys with",
    "harm": "she says she reads every letter twice now",
}
#: A draft with three dodges, hardest first: a sorry for feelings, blame, an "if".
DODGING = "I'm sorry if you felt hurt. I was stressed, but you never listened to me either."
BETTER = "I took our savings, and it was my choice. I was stressed."
OWNING = "I took our savings, and it was my choice. I am sorry that I lied to you about it. I will pay it back."


def text(heard: list[Heard]) -> str:
    """What was said, as it is seen."""
    return "\n".join(one.text for one in heard)


def markup(heard: list[Heard]) -> str:
    """What was said, with its tags."""
    return "\n".join(one.reply["text"] for one in heard)


def say(person: Person, response: str, **words: str) -> str:
    """A sentence of Mend's."""
    return person.house.tools.sentences.say(response, **words)


def at_draft(person: Person) -> Person:
    """Someone who broke trust and is asked for a draft; nothing was said before it."""
    person.welcomed(LABELS[BROKE_TRUST]).says("/apology")
    for _ in ASKED:
        person.says("skip")
    assert person.asked(DRAFT.ask)
    return person


def reviewed(person: Person, *draft: str) -> str:
    """What the coach says of a draft, with its markup."""
    for piece in draft:
        person.says(piece)
    heard = person.presses("Done")
    assert person.asked(REVIEW.ask)
    return markup(heard)


def holding(person: Person) -> Person:
    """Someone who holds an apology that they were given."""
    person.welcomed(LABELS[HURT]).says("/apology")
    assert person.asked(RECEIVED.steps[0].ask)
    return person


def reviewed_received(person: Person, *pieces: str) -> str:
    """What is said of an apology that they were given, with its markup."""
    for piece in pieces:
        person.says(piece)
    heard = person.presses("Done")
    assert person.asked(RECEIVED.steps[-1].ask)
    return markup(heard)
