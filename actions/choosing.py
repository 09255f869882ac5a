"""Between questions: beginning, coming back, choosing a strategy, and seeing how far one is."""

from __future__ import annotations

import base64
import time

from rasa_sdk.events import EventType

from actions import care
from actions.journey import State
from actions.moment import CLOSED, Moment, action
from actions.offering import offer_next, states_of, suggested
from actions.pictures import journey
from actions.program import BOTH, ROLES
from actions.sentences import quoted
from actions.steps import Exercise
from actions.store.answers import parts_of, text_of
from actions.store.care import care_of
from actions.store.models import Run
from actions.walks import INTAKE, NOTE, SCREENING

#: The value of a greeting to someone who asked for something else while the first questions are open.
FIRST_THIS = "first_this"


@action("action_greet")
def greet(m: Moment) -> list[EventType]:
    """Welcome someone new; take up where someone else left."""
    if m.person.role is not None or _has_begun(m):
        m.say("utter_first_this" if m.value == FIRST_THIS else "utter_hello_again", more=True)
        return start(m)
    m.say("utter_welcome")
    if m.kept.runs.notes(m.person):
        m.say("utter_first_words_kept", more=True)
    return care.screen(m) if care_of(m.person).due(m.now) else intake(m)


def intake(m: Moment) -> list[EventType]:
    """The first questions of the programme; what they told before is their story."""
    told = m.kept.runs.notes(m.person)
    ask = _begin(m, INTAKE, "anyone")
    for note in told:
        m.kept.runs.add_to(m.run, "story", parts_of(m.kept.runs.answer_at(note, NOTE)), m.now)
    return ask


@action("action_start")
def start(m: Moment) -> list[EventType]:
    """Go on at the question they left, or offer where to go."""
    if m.person.role is None and not _has_begun(m):
        return greet(m)
    left = _left(m)
    if left is not None:
        return resume(m, left)
    if m.person.role is None:  # the private questions are answered, and the first ones not asked yet
        return care.offer_alone(m) if care_of(m.person).alone else intake(m)
    offer_next(m, "utter_suggest_next")
    return CLOSED


@action("action_next")
def go_next(m: Moment) -> list[EventType]:
    """The next question if one is open; else the strategy left in the middle, or the next one suggested."""
    left = _left(m)
    if left is not None:
        return resume(m, left)
    exercise = suggested(m)
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
    states = states_of(m)
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
    states, left = states_of(m), _left(m)
    picture = journey(m.tools, states, left.exercise if left else None)
    counts = {state.value: str(list(states.values()).count(state)) for state in State}
    m.dispatcher.utter_message(
        response="utter_progress", picture=base64.b64encode(picture).decode(), list=_list(m, states), **counts
    )
    if m.run is not None:
        return m.ask()
    offer_next(m, "utter_suggest_next")
    return CLOSED


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
    if care.is_closed(m, exercise.id):
        return care.turn_aside(m)
    if m.person.role in ROLES:
        return _begin(m, exercise.id, m.person.role)
    buttons = [m.button(side, f"choose_strategy:{exercise.id}:{side}") for side in ROLES]
    m.kept.runs.put_down(m.person)
    m.say("utter_ask_side", title=exercise.title, buttons=buttons)
    return CLOSED


def _begin(m: Moment, exercise_id: str, role: str) -> list[EventType]:
    if care.is_closed(m, exercise_id):
        return care.turn_aside(m)
    if care_of(m.person).due(m.now):
        return care.screen(m)
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
    if care.is_closed(m, run.exercise):
        return care.turn_aside(m)
    exercise, last = m.exercise_of(run), m.kept.runs.last_words(run)
    m.kept.runs.take_up(m.person, run, m.now)
    if exercise and last:
        m.say("utter_left_off", title=exercise.title, words=quoted(text_of(last)), private=True)
    elif exercise:
        m.say("utter_left_off_before_words", title=exercise.title, more=True)
    return m.ask()


def _has_begun(m: Moment) -> bool:
    """Whether they have been welcomed."""
    return bool(
        m.kept.runs.unfinished(m.person, INTAKE)
        or m.kept.runs.unfinished(m.person, SCREENING)
        or care_of(m.person).screened
    )


def _list(m: Moment, states: dict[str, State]) -> str:
    marks = m.tools.sentences.marks
    return "\n".join(f"{marks[states[one.id].value]} {one.number}. {one.title}" for one in m.program.exercises)
