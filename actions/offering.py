"""Where one might go from here: the strategy left in the middle, or the next one, and what is open to everyone."""

from __future__ import annotations

from collections.abc import Sequence

from actions import care
from actions.journey import State
from actions.moment import Moment
from actions.program import Program
from actions.steps import Exercise
from actions.store.models import Run
from actions.walks import PLAN, PRACTICE

#: Buttons under everything that is offered.
EVERYWHERE = (("menu", "show_menu"), ("progress", "show_progress"), ("pause", "pause"))


def offer_next(m: Moment, response: str, extra: list[dict[str, str]] = (), place: str | None = None) -> None:
    """Say where one might go from here, with buttons. Nothing is begun."""
    left, exercise = _left(m), suggested(m)
    ways = [*care.helpful(m), *(m.button(label, means) for label, means in EVERYWHERE)]
    if left is not None:
        exercise = left
        means = "practise_apology" if exercise.id == PRACTICE else f"choose_strategy:{exercise.id}"
        ways.insert(0, m.button("resume", means, short=exercise.short))
        m.say("utter_suggest_next", title=exercise.title, buttons=list(extra) + ways, place=place)
    elif exercise is not None:
        ways.insert(0, m.button("begin", f"choose_strategy:{exercise.id}", short=exercise.short))
        m.say(response, title=exercise.title, buttons=list(extra) + ways, place=place)
    else:
        m.say("utter_all_done", buttons=list(extra) + ways, place=place)


def _left(m: Moment) -> Exercise | None:
    """What they left in the middle, if it is one to go on with: free writing and an evening's question are none."""
    run = m.kept.runs.unfinished(m.person)
    open_ = run is not None and run.exercise != PLAN and not care.is_closed(m, run.exercise)
    return m.exercise_of(run) if open_ else None


def suggested(m: Moment) -> Exercise | None:
    """The first strategy of the suggested order that has not been finished, and isn't closed."""
    states = states_of(m)
    open_ = (name for name in m.program.order if states[name] is not State.DONE and not care.is_closed(m, name))
    return next((m.program.exercise(name) for name in open_), None)


def states_of(m: Moment) -> dict[str, State]:
    """How far they are with each of the ten."""
    return how_far(m.kept.runs.all(m.person), m.program)


def how_far(runs: Sequence[Run], program: Program) -> dict[str, State]:
    """How far these walks have come with each of the ten."""
    done = {run.exercise for run in runs if run.finished_at is not None}
    begun = {run.exercise for run in runs}
    return {
        exercise.id: State.DONE if exercise.id in done else State.BEGUN if exercise.id in begun else State.OPEN
        for exercise in program.exercises
    }
