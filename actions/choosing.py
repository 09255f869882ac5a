"""Between questions: beginning, coming back, choosing a strategy, and seeing how far one is."""

from __future__ import annotations

import base64
import time

from rasa_sdk.events import EventType

from actions.journey import Light, State, draw
from actions.moment import CLOSED, Moment, action
from actions.program import BOTH, ROLES, Exercise
from actions.sentences import quoted
from actions.store.models import Run
from actions.store.runs import parts_of, text_of
from actions.walks import INTAKE, NOTE, PRACTICE


@action("action_greet")
def greet(m: Moment) -> list[EventType]:
    """Welcome someone new; take up where someone else left."""
    if m.person.role is not None or m.kept.runs.unfinished(m.person, INTAKE):
        m.say("utter_hello_again", more=True)
        return start(m)
    m.say("utter_welcome")
    told = m.kept.runs.notes(m.person)
    if told:
        m.say("utter_first_words_kept", more=True)
    ask = _begin(m, INTAKE, "anyone")
    for note in told:
        m.kept.runs.add_to(m.run, "story", parts_of(m.kept.runs.answer_at(note, NOTE)), m.now)
    return ask


@action("action_start")
def start(m: Moment) -> list[EventType]:
    """Go on at the question they left, or offer where to go."""
    if m.person.role is None and not m.kept.runs.unfinished(m.person, INTAKE):
        return greet(m)
    left = _left(m)
    if left is not None:
        return resume(m, left)
    offer_next(m, "utter_suggest_next")
    return []


@action("action_next")
def go_next(m: Moment) -> list[EventType]:
    """The next question if one is open; else the strategy left in the middle, or the next one suggested."""
    left = _left(m)
    if left is not None:
        return resume(m, left)
    exercise = _suggested(m)
    return _choose(m, exercise) if exercise else show_menu(m)


@action("action_choose_exercise")
def choose_exercise(m: Moment) -> list[EventType]:
    """Begin the strategy they named, or go on with it; `value` is its id, with a side where one was asked for."""
    name, _, side = (m.value or "").partition(":")
    exercise = m.program.exercise(name)
    if exercise is None:
        return show_menu(m)
    return _begin(m, exercise.id, side) if side in ROLES else _choose(m, exercise)


@action("action_redo")
def redo(m: Moment) -> list[EventType]:
    """Walk a finished strategy again; the words of the last time stay."""
    exercise = m.program.exercise(m.value or "")
    return _open(m, exercise) if exercise else show_menu(m)


@action("action_ask_which_exercise")
def ask_which_exercise(m: Moment) -> list[EventType]:
    """Two strategies fit what they said; let them choose."""
    exercises = [m.program.exercise(name) for name in m.value.split(":")]
    buttons = [{"title": exercise.short, "payload": f"choose_strategy:{exercise.id}"} for exercise in exercises]
    m.say("utter_ask_which_exercise", buttons=buttons + [m.button("menu", "show_menu")])
    return []


@action("action_show_menu")
def show_menu(m: Moment) -> list[EventType]:
    """All ten, marked, as buttons; the open question, if there is one, stays where it is."""
    states = _states(m)
    buttons = [
        {"title": f"{exercise.number}. {exercise.short}", "payload": f"choose_strategy:{exercise.id}"}
        for exercise in m.program.exercises
    ]
    m.kept.runs.put_down(m.person)
    m.say("utter_menu", list=_list(m, states), buttons=buttons)
    return CLOSED


@action("action_show_progress")
def show_progress(m: Moment) -> list[EventType]:
    """How far they are, in words and as a picture."""
    states, left = _states(m), _left(m)
    lights = [
        Light(exercise.number, exercise.short, states[exercise.id], current=bool(left) and left.exercise == exercise.id)
        for exercise in m.program.exercises
    ]
    say = m.tools.sentences.say
    picture = draw(lights, title=say("utter_progress_title"), footer=say("utter_progress_footer"))
    counts = {state.value: str(list(states.values()).count(state)) for state in State}
    m.dispatcher.utter_message(
        response="utter_progress", picture=base64.b64encode(picture).decode(), list=_list(m, states), **counts
    )
    if m.run is not None:
        return m.ask()
    offer_next(m, "utter_suggest_next")
    return []


@action("action_read_again")
def read_again(m: Moment) -> list[EventType]:
    """Their own words from the last finished walk through a strategy."""
    exercise = m.program.exercise(m.value or "")
    run = m.kept.runs.finished(m.person, exercise.id) if exercise else None
    if run is None:
        m.say("utter_nothing_finished", buttons=[m.button("menu", "show_menu")])
        return []
    when = time.strftime("%d %B %Y", time.gmtime(run.finished_at))
    m.say("utter_read_again", title=exercise.title, when=when, more=True, private=True)
    answers = m.kept.runs.answers(run)
    for step in m.side_of(run).steps:
        if step.id in answers:
            words = text_of(answers[step.id])
            m.say("utter_read_line", ask=step.ask, words=words, more=True, private=True)
    offer_next(m, "utter_suggest_next", extra=[m.button("redo", f"redo:{exercise.id}")])
    return []


@action("action_set_role")
def set_role(m: Moment) -> list[EventType]:
    """Ask from the other side from now on."""
    if m.person.role is None:
        return greet(m)
    role = m.value or m.intent.removeprefix("role_")
    if role in (*ROLES, BOTH):
        m.person.role = role
        m.say("utter_role_set", side=m.tools.sentences.sides[role], more=True)
        return start(m)
    m.say("utter_ask_role", buttons=[m.button(side, f"set_role:{side}") for side in ROLES])
    return []


def offer_next(m: Moment, response: str, extra: list[dict[str, str]] = (), place: str | None = None) -> None:
    """Say where one might go from here, with buttons. Nothing is begun."""
    left, exercise = m.kept.runs.unfinished(m.person), _suggested(m)
    ways = [m.button("menu", "show_menu"), m.button("progress", "show_progress"), m.button("pause", "pause")]
    if left is not None and left.exercise != INTAKE:
        exercise = m.exercise_of(left)
        means = "practise_apology" if exercise.id == PRACTICE else f"choose_strategy:{exercise.id}"
        ways.insert(0, m.button("resume", means, short=exercise.short))
        m.say("utter_suggest_next", title=exercise.title, buttons=list(extra) + ways, place=place)
    elif exercise is not None:
        ways.insert(0, m.button("begin", f"choose_strategy:{exercise.id}", short=exercise.short))
        m.say(response, title=exercise.title, buttons=list(extra) + ways, place=place)
    else:
        m.say("utter_all_done", buttons=list(extra) + ways, place=place)


def _left(m: Moment) -> Run | None:
    """The walk in hand, or the one left last in the middle. Writing freely is no walk to go on with."""
    if m.run is not None and m.run.exercise == NOTE:
        m.kept.runs.put_down(m.person)
    return m.run or m.kept.runs.unfinished(m.person)


def _choose(m: Moment, exercise: Exercise) -> list[EventType]:
    left = m.kept.runs.unfinished(m.person, exercise.id)
    if left is not None:
        return resume(m, left)
    if m.kept.runs.finished(m.person, exercise.id) is not None:
        read, again = m.button("read_again", f"read_again:{exercise.id}"), m.button("redo", f"redo:{exercise.id}")
        m.kept.runs.put_down(m.person)
        m.say("utter_already_done", title=exercise.title, buttons=[read, again, m.button("menu", "show_menu")])
        return CLOSED
    return _open(m, exercise)


def _open(m: Moment, exercise: Exercise) -> list[EventType]:
    if m.person.role in ROLES:
        return _begin(m, exercise.id, m.person.role)
    buttons = [m.button(side, f"choose_strategy:{exercise.id}:{side}") for side in ROLES]
    m.kept.runs.put_down(m.person)
    m.say("utter_ask_side", title=exercise.title, buttons=buttons)
    return CLOSED


def _begin(m: Moment, exercise_id: str, role: str) -> list[EventType]:
    side = m.program.side(exercise_id, role)
    m.kept.runs.begin(m.person, exercise_id, role, side.steps[0].id, m.now)
    exercise = m.program.exercise(exercise_id)
    if exercise is None:
        m.say("utter_opening_words", opening=side.opening, more=True)
    else:
        m.say("utter_opening", number=exercise.number, title=exercise.title, opening=side.opening)
    return m.ask()


def resume(m: Moment, run: Run) -> list[EventType]:
    """Go on with a walk at its question, beginning with what they wrote last."""
    exercise, last = m.exercise_of(run), m.kept.runs.last_words(run)
    m.kept.runs.take_up(m.person, run, m.now)
    if exercise and last:
        m.say("utter_left_off", title=exercise.title, words=quoted(text_of(last)), private=True)
    elif exercise:
        m.say("utter_left_off_before_words", title=exercise.title, more=True)
    return m.ask()


def _suggested(m: Moment) -> Exercise | None:
    """The first strategy of the suggested order that has not been finished."""
    states = _states(m)
    return next((m.program.exercise(name) for name in m.program.order if states[name] is not State.DONE), None)


def _states(m: Moment) -> dict[str, State]:
    runs = m.kept.runs.all(m.person)
    done = {run.exercise for run in runs if run.finished_at is not None}
    begun = {run.exercise for run in runs}
    return {
        exercise.id: State.DONE if exercise.id in done else State.BEGUN if exercise.id in begun else State.OPEN
        for exercise in m.program.exercises
    }


def _list(m: Moment, states: dict[str, State]) -> str:
    marks = m.tools.sentences.marks
    return "\n".join(f"{marks[states[one.id].value]} {one.number}. {one.title}" for one in m.program.exercises)
