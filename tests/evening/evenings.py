"""Evenings, for the tests of them: letting time pass until one comes, and knowing what was said then."""

from __future__ import annotations

import itertools
import re
import secrets
from datetime import date, datetime, timedelta, timezone

from opening import rows_with
from talking import CHANNEL, Clock, Heard, Person
from telling import BETWEEN, PROGRAM, bare, goes

from actions.evening.questions import Question
from actions.store.outbox import NewButton
from bot.nightly import Nightly
from bot.turn import Kind, Turn

LAGOS = timezone(timedelta(hours=1))
REFLECTIONS = PROGRAM.reflections
QUESTIONS: dict[str, Question] = {one.ask: one for asked in REFLECTIONS.questions.values() for one in asked}
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
MINUTE = 60.0
SCALES = [scale.label for scale in REFLECTIONS.scales.values()]
NOT_TONIGHT = "Not tonight"

_references = itertools.count(800_000)


def today(clock: Clock) -> date:
    """The day that it is in Lagos."""
    return datetime.fromtimestamp(clock(), LAGOS).date()


def at(clock: Clock, hour: str, weekday: int | None = None) -> None:
    """Let time pass until it is this hour in Lagos, on this weekday if one is given."""
    here = datetime.fromtimestamp(clock(), LAGOS)
    then = here.replace(hour=int(hour[:2]), minute=int(hour[3:]), second=0)
    while then <= here or weekday not in (None, then.weekday()):
        then += timedelta(days=1)
    clock.wait((then - here).total_seconds())


def settled(person: Person, path: list[str] = BETWEEN, hour: str = "9pm", weekday: int = MONDAY) -> Person:
    """Someone in Lagos who settled the hour of their evenings at noon of this weekday."""
    at(person.clock, "12:00", weekday)
    goes(person, path).says(f"remind me every evening at {hour} in Lagos")
    assert "Lagos time" in person.last.text
    return person


def planned(person: Person) -> tuple[date, float] | None:
    """The date of their next evening, and when its question is due."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        return kept.evenings.next(known) if known else None


def claims(person: Person) -> None:
    """What is due is claimed, and nothing of it answered yet."""
    Nightly(person.house.tools).claim(CHANNEL, 50)


def looks(person: Person) -> list[Heard]:
    """What is due is claimed; what they hear of it."""
    claims(person)
    return person.does()


def passes(person: Person, late: float = 0.0) -> date:
    """Let time pass until their next evening is due, and so many seconds more; its date."""
    day, due = planned(person)
    person.clock.wait(max(0.0, due - person.clock()) + 1 + late)
    return day


def comes(person: Person, late: float = 0.0) -> list[Heard]:
    """Their next evening comes; what they hear."""
    passes(person, late)
    return looks(person)


def answered(person: Person, *answers: str) -> list[date]:
    """One evening after the other is answered, by words or by buttons in brackets; their dates."""
    days = []
    for answer in answers:
        days.append(planned(person)[0])
        assert comes(person), "there was a question"
        goes(person, [answer])
    return days


def asked(heard: list[Heard]) -> Question:
    """The one question of an evening that was heard, and nothing beside it."""
    assert [one.text in QUESTIONS for one in heard] == [True], [one.text for one in heard]
    return QUESTIONS[heard[0].text]


def said(person: Person, text: str, response: str) -> bool:
    """Whether a text says this response, in whichever variant, and whatever was put into it."""
    variants = [one.value["text"] for one in person.house.tools.sentences._responses[response].items()]
    parts = [re.split(r"\{\w+\}", bare(variant).strip()) for variant in variants]
    return any(re.search(".*?".join(map(re.escape, one)), text, flags=re.DOTALL) for one in parts)


def sends(person: Person, kind: Kind, text: str = "") -> list[Heard]:
    """Something happens that is neither typed nor pressed."""
    return person.does(Turn(CHANNEL, person.chat, kind, text, str(next(_references))))


def beside(person: Person) -> Person:
    """Someone else, who has been through everything before the programme."""
    return goes(Person(person.house, person.clock, f"{person.chat}-beside"), BETWEEN)


def forged(person: Person, choice: str) -> list[Heard]:
    """They press a button that means whatever they like; what they hear."""
    with person.house.tools.store.begin() as kept:
        buttons = [[NewButton("Forged", choice)]]
        now = person.clock()
        kept.outbox.add(CHANNEL, person.chat, {"text": "…"}, now, buttons=buttons, token=lambda: secrets.token_hex(8))
    person.does()
    return person.presses("Forged")


def number_of(person: Person, day: date) -> int:
    """The number under which this evening of theirs is kept."""
    with person.house.tools.store.begin() as kept:
        return kept.evenings.on(kept.people.find(CHANNEL, person.chat), day.isoformat()).id


def kept_in(person: Person, words: str) -> list[str]:
    """The tables in which these words stand, whoever's they are."""
    with person.house.tools.store.begin() as kept:
        return sorted({table for table, _ in rows_with(kept, words)})


def named(day: date) -> str:
    """A date as Mend writes it."""
    return f"{day:%-d %B %Y}"
