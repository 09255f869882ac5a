"""What comes back in an evening: words, a number, or nothing tonight. It ends with one warm line."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.evening.questions import SLIPPED, TOLD
from actions.moment import CLOSED, Moment, action
from actions.sentences import quoted
from actions.steps import plain
from actions.store.answers import text_of
from actions.store.care import care_of
from actions.store.evenings import PROMISE, marks_of
from actions.store.models import Evening, Run
from actions.walks import REFLECTION

#: An answer of so many words is quoted back, so that it can be seen that it was read.
QUOTED_FROM, QUOTED_LETTERS = 6, 90
#: A typed number that counts on a scale.
_OUT_OF_TEN = re.compile(r"10|0?\d")


def take(m: Moment, run: Run) -> None:
    """Note how the promise went, if that is what was answered."""
    evening, answer = m.kept.evenings.of(run), m.kept.runs.answer_at(run, run.step)
    if plain(text_of(answer)) in m.program.reflections.declines:
        m.kept.runs.set_aside(answer)
        return
    question, number = m.program.reflections.question(run.step), text_of(answer).strip()
    if question is not None and question.scale and _OUT_OF_TEN.fullmatch(number):
        m.kept.evenings.mark(evening, **{question.scale: int(number)})
    outcome = m.program.reflections.outcome(text_of(answer))
    if evening is not None and evening.kind == PROMISE and outcome:
        m.kept.evenings.mark(evening, promise=outcome)


def close(m: Moment, run: Run) -> list[EventType]:
    """One line that shows that it was read; the evening is answered."""
    evening, content = m.kept.evenings.of(run), m.program.reflections
    said = m.kept.runs.last_words(run)
    if evening is not None:
        m.kept.evenings.answered(m.person, evening, m.now, declined=said is None)
    if evening is None or said is None:
        m.say("utter_not_tonight")
        return []
    outcome, words = marks_of(evening).get("promise"), text_of(said)
    if outcome is not None:
        lines = content.outcomes[outcome].said
        m.say("utter_evening_kept", line=lines[evening.id % len(lines)], more=outcome in (SLIPPED, TOLD))
        if outcome in (SLIPPED, TOLD):
            m.say("utter_repair", steps=content.repair)
        return []
    line = content.warm_line(run.role, words, seed=f"{m.person.id}:{evening.date}")
    buttons = _going_on(m, run)
    if len(words.split()) >= QUOTED_FROM:
        m.say("utter_evening_read", words=quoted(words, QUOTED_LETTERS), line=line, buttons=buttons, private=True)
    else:
        m.say("utter_evening_kept", line=line, buttons=buttons)
    return []


@action("action_scale")
def scale(m: Moment) -> list[EventType]:
    """They chose a scale; the second tap is the number."""
    run, name = m.run, m.value or ""
    if run is None or run.exercise != REFLECTION or name not in m.program.reflections.scales:
        m.say("utter_evening_over")
        return []
    numbers = [{"title": str(number), "payload": f"rate:{name}.{number}", "group": number // 6} for number in range(11)]
    m.say("utter_evening_kept", line=m.program.reflections.scales[name].ask, buttons=numbers, place=m.at(run))
    return []


@action("action_rate")
def rate(m: Moment) -> list[EventType]:
    """Keep a number; words may still come, and nothing more is asked."""
    run, (name, _, number) = m.run, (m.value or "").partition(".")
    evening = m.kept.evenings.of(run) if run is not None else None
    if evening is None:
        m.say("utter_evening_over")
        return []
    m.kept.evenings.mark(evening, **{name: int(number)})
    m.kept.evenings.answered(m.person, evening, m.now)
    line = m.program.reflections.scales[name].kept.format(value=number)
    m.say("utter_evening_kept", line=line, buttons=scales_left(m, evening), place=m.at(run))
    return []


@action("action_not_tonight")
def not_tonight(m: Moment) -> list[EventType]:
    """They would rather not; that is an answer too."""
    run = m.run
    evening = m.kept.evenings.of(run) if run is not None else named(m)
    if run is not None and run.exercise == REFLECTION:
        m.kept.runs.move(run, None, m.now)
    if evening is not None:
        m.kept.evenings.answered(m.person, evening, m.now, declined=True)
    m.say("utter_not_tonight")
    return CLOSED


def scales_left(m: Moment, evening: Evening | None) -> list[dict[str, str]]:
    """The scales that have no number yet. Who is on their own is not asked for numbers about the two of them."""
    given = marks_of(evening) if evening is not None else {}
    if care_of(m.person).alone:
        return []
    scales = m.program.reflections.scales.items()
    return [{"title": one.label, "payload": f"scale:{name}"} for name, one in scales if name not in given]


def named(m: Moment) -> Evening | None:
    """The evening whose button was pressed."""
    number = m.value or ""
    return m.kept.evenings.get(m.person, int(number)) if number.isdigit() else None


def _going_on(m: Moment, run: Run) -> list[dict[str, str]]:
    """The way back to a question that was open when the evening came."""
    left = m.kept.runs.unfinished(m.person)
    exercise = m.exercise_of(left) if left is not None else None
    if exercise is None or exercise.number == 0 or run.started_at - left.touched_at > 12 * 3600:
        return []
    return [m.button("resume", f"choose_strategy:{exercise.id}", short=exercise.short)]
