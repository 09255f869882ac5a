"""The evening question: choosing it, and asking it once. No second question follows."""

from __future__ import annotations

from datetime import date, timedelta

from rasa_sdk.events import EventType

from actions.evening.answering import named, scales_left
from actions.evening.questions import NOT_AGAIN, PROMISE, RITUAL, Fits, Question
from actions.evening.schedule import SOFTER, ends, gap_after
from actions.evening.weeks import enough_for_a_week
from actions.moment import CLOSED, Moment, action
from actions.program import HURT
from actions.sentences import quoted
from actions.store import Kept
from actions.store.answers import text_of
from actions.store.care import care_of
from actions.store.evenings import GOODBYE, LOOK_BACK, QUESTION
from actions.store.evenings import PROMISE as PROMISE_EVENING
from actions.store.models import Evening, Person, Run
from actions.walks import REFLECTION

#: Where promises and rituals are written down: exercise and step.
WRITTEN = {PROMISE: ("consistency", "promise"), RITUAL: ("rituals", "small")}


def ask(m: Moment, evening: Evening) -> list[EventType]:
    """Decide what this evening asks, and put it before the person. Where nothing fits it is left out."""
    habit = m.kept.evenings.habit(m.person)
    kind, question = _chosen(m, evening)
    if kind == GOODBYE:
        m.kept.evenings.asks(evening, kind, "", None)
        m.kept.evenings.stop(m.person)
        m.say("utter_evening_goodbye", buttons=[m.button("evening_again", "evening_on")], once=True)
        return []
    if kind == LOOK_BACK:
        m.kept.evenings.asks(evening, kind, "", None)
        ways = [m.button("look_back", f"look_back:{evening.id}"), m.button("not_tonight", f"not_tonight:{evening.id}")]
        m.say("utter_evening_note" if habit.discreet else "utter_week_ready", buttons=ways, once=True)
        return []
    if question is None:
        m.kept.evenings.leave_out(evening, "no question")
        return []
    m.kept.evenings.asks(evening, kind, question.id, None)
    if habit.discreet:
        ways = [m.button("open_evening", f"open_evening:{evening.id}")]
        m.say("utter_evening_note", buttons=[*ways, m.button("not_tonight", f"not_tonight:{evening.id}")], once=True)
        return []
    return _open(m, evening)


@action("action_ask_evening")
def ask_evening(m: Moment) -> list[EventType]:
    """Their evening has come; `value` is its date."""
    return ask(m, m.kept.evenings.on(m.person, m.value or ""))


@action("action_open_evening")
def open_evening(m: Moment) -> list[EventType]:
    """They opened the note of a discreet evening."""
    evening = named(m)
    if evening is None or evening.run_id is not None or _over(m.kept, m.person, evening, m.now):
        m.say("utter_evening_over")
        return CLOSED
    return _open(m, evening)


def put(m: Moment, run: Run) -> None:
    """Ask the question of the evening that `run` belongs to."""
    if m.intent in ("scale", "rate"):
        return  # the numbers have just been put; the question still stands above them
    evening, step = m.kept.evenings.of(run), m.step_of(run)
    ways = [m.button("not_tonight", "not_tonight")]
    if evening is not None and evening.kind == PROMISE_EVENING:
        choices = [{"title": choice, "payload": f"answer:{choice}"} for choice in step.choices]
        buttons = [*choices, m.button("show_promise", "show_promise"), *ways]
    else:
        buttons = [*scales_left(m, evening), *ways]
    m.say("utter_evening", ask=step.ask, buttons=buttons, place=m.at(run), once=m.intent == "evening")


@action("action_show_promise")
def show_promise(m: Moment) -> list[EventType]:
    """Their promise in their own words, then the question again."""
    words = written(m.kept, m.person, PROMISE)
    if words is None:
        m.say("utter_no_promise", more=True)
    else:
        m.say("utter_promise", words=quoted(words), private=True, more=True)
    return m.ask() if m.run is not None else []


def written(kept: Kept, person: Person, what: str) -> str | None:
    """The promise, or the ritual, that they wrote down last."""
    return _written(kept, kept.runs.all(person), what)


def _written(kept: Kept, walks: list[Run], what: str) -> str | None:
    exercise, step = WRITTEN[what]
    found = (kept.runs.standing(run, step) for run in reversed(walks) if run.exercise == exercise)
    return next((text_of(answer) for answer in found if answer is not None), None)


def close_when_over(kept: Kept, person: Person, now: float) -> None:
    """The question of an evening that is over is no longer before the person."""
    run = kept.runs.in_hand(person)
    if run is None or run.exercise != REFLECTION:
        return
    evening = kept.evenings.of(run)
    if evening is None or _over(kept, person, evening, now):
        kept.runs.put_down(person)


def _open(m: Moment, evening: Evening) -> list[EventType]:
    question = m.program.reflections.question(evening.question)
    run = m.kept.runs.begin(m.person, REFLECTION, m.person.role or HURT, question.id, m.now)
    m.kept.evenings.asks(evening, evening.kind, question.id, run)
    if m.intent != "evening" or m.tracker.active_loop.get("name"):
        return m.ask()
    put(m, run)  # the form need not run to put a question; the next turn finds it open
    return []


def _chosen(m: Moment, evening: Evening) -> tuple[str, Question | None]:
    day, habit, care = date.fromisoformat(evening.date), m.kept.evenings.habit(m.person), care_of(m.person)
    gentle, evenings = habit.on(day) == SOFTER, m.kept.evenings.all(m.person, NOT_AGAIN)
    walks = m.kept.runs.all(m.person)
    if gap_after(m.kept.evenings.unanswered(m.person) - 1) is None:
        return GOODBYE, None
    usual = not gentle and not care.alone
    if usual and habit.look_back == day.weekday() and enough_for_a_week(evenings, day):
        return LOOK_BACK, None
    has = frozenset(what for what in WRITTEN if _written(m.kept, walks, what) is not None)
    seed, asked = str(m.person.id), [one for one in evenings if one.kind in (QUESTION, PROMISE_EVENING)]
    if usual and PROMISE in has and m.person.role != HURT and (not asked or asked[0].kind == QUESTION):
        return PROMISE_EVENING, m.program.reflections.promise_question(seed, day)
    since = (day - timedelta(days=NOT_AGAIN)).isoformat()
    recent = frozenset(one.question for one in evenings if one.date > since and one.question)
    fits = Fits(m.person.role or HURT, day, _strategy(m, walks), has, gentle, care.alone, recent, seed)
    return QUESTION, m.program.reflections.choose(fits)


def _strategy(m: Moment, walks: list[Run]) -> str | None:
    """The strategy that they were at last."""
    walks = [run for run in walks if run.exercise in m.program.order]
    return max(walks, key=lambda run: run.touched_at).exercise if walks else None


def _over(kept: Kept, person: Person, evening: Evening, now: float) -> bool:
    habit = kept.evenings.habit(person)
    return habit is None or now >= ends(date.fromisoformat(evening.date), habit)
