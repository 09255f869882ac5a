"""Chats with a passphrase, for the tests of it."""

from __future__ import annotations

from opening import rows_with
from talking import CHANNEL, Heard, Person
from telling import AT_QUESTION, BETWEEN, OWN_SIDE, bare, goes

PHRASE, WRONG = "Blue horse 17", "Blue hearse 17"
TEN_MINUTES = 600.0
#: Paths of both sides, into and between exercises.
BOTH_SIDES = {"hurt": AT_QUESTION, "broke trust": [*OWN_SIDE, "2"], "at no question": BETWEEN}
NEVER_MIND, NOW, CHANGE, REMOVE, TIDY = (
    "Never mind",
    "Lock now",
    "Change the passphrase",
    "Remove it",
    "Delete those messages",
)


def secured(person: Person, path: list[str] = ()) -> Person:
    """Someone who has gone this way, and then set a passphrase. The chat is open."""
    goes(person, [*path, "/lock", PHRASE])
    assert line(person, "utter_lock_set") in lines(person.heard[-3:])
    return person


def locked(person: Person, path: list[str] = ()) -> Person:
    """The same, ten minutes later."""
    secured(person, path).clock.wait(TEN_MINUTES)
    return person


def line(person: Person, response: str, **words: object) -> str:
    """What this response says, as it is seen."""
    return bare(person.house.tools.sentences.say(response, **words))


def lines(heard: list[Heard]) -> list[str]:
    """What was heard."""
    return [one.text for one in heard]


def held_off(person: Person, heard: list[Heard]) -> bool:
    """Whether nothing was heard but the one neutral line."""
    return lines(heard) == [line(person, "utter_locked")] and not heard[0].buttons


def is_open(person: Person) -> bool:
    """Whether the chat shows what is theirs."""
    return not held_off(person, person.says("/progress"))


def kept_with(person: Person, words: str) -> list[str]:
    """The tables in which these words of theirs stand, their boxes opened, whatever their case."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat).id
        found = [one for spelt in {words, words.casefold()} for one in rows_with(kept, spelt)]
        return [table for table, row in found if row["owner"] == known]


def answers(person: Person) -> list[str]:
    """Everything that is kept of their words, version by version."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        return [answer.parts for answer in kept.runs.versions(known)]
