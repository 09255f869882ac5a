"""The private questions before the programme: taking an answer, and what follows from all of them."""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk.events import EventType, SlotSet

from actions import care
from actions.choosing import intake, start
from actions.moment import Moment
from actions.safety.content import AGE, NO, YES
from actions.steps import Step
from actions.store.answers import ASIDE, parts_of, text_of
from actions.store.care import care_of, keep_care
from actions.store.models import Run


def settle(m: Moment, run: Run, step: Step) -> str | None:
    """The answer in one of the three words that count; anything else is kept as a note, and asked about again."""
    said = m.kept.runs.answer_at(run, step.id)
    answer = m.program.care.screening.answer(step.id, text_of(said))
    if answer not in step.choices:
        m.kept.runs.note(m.person, parts_of(said), m.now, ASIDE)
        m.say("utter_screen_unclear", more=True)
        return None
    return answer


def finish(m: Moment, run: Run) -> list[EventType]:
    """Keep what follows, erase the answers, and go on as it fits them."""
    screening = m.program.care.screening
    answers = {step: screening.answer(step, text_of(said)) for step, said in m.kept.runs.answers(run).items()}
    m.kept.outbox.erase_buttons(m.person.channel, m.person.chat, run.id)
    m.kept.runs.erase(m.person, run)
    was, done = care_of(m.person), [SlotSet("answer", None)]
    adult = answers[AGE] == YES if AGE in answers else was.adult
    if answers.get(AGE) == NO:
        keep_care(m.person, replace(was, adult=False))
        return done + care.under_age(m)
    risk = any(answers.get(step) == risky for step, risky in screening.risks.items() if step != AGE)
    keep_care(m.person, replace(was, adult=adult, screened=m.now, alone=risk))
    if risk:
        m.say("utter_alone", buttons=care.alone_ways(m))
        return done
    return done + (intake(m) if m.person.role is None else start(m))
