"""At a question: a hint, the question again, or the reason why it is asked."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions import reviews
from actions.moment import Moment, action
from actions.offering import offer_next


@action("action_hint")
def hint(m: Moment) -> list[EventType]:
    """A way in, and what someone else wrote."""
    if m.run is None:
        m.say("utter_help")
        return []
    step = m.step_of(m.run)
    if step.example:
        m.say("utter_hint", hint=step.hint, example=step.example)
    else:
        m.say("utter_hint_only", hint=step.hint)
    return m.ask()


@action("action_repeat")
def repeat(m: Moment) -> list[EventType]:
    """The same question again; outside of one, where they can go."""
    if m.run is not None:
        return m.ask()
    offer_next(m, "utter_suggest_next")
    return []


@action("action_explain_why")
def explain_why(m: Moment) -> list[EventType]:
    """Why this question, or why this strategy and how sure that is."""
    run = m.run
    if run is not None:
        if not reviews.explain(m):
            m.say("utter_why_question", why=m.step_of(run).why)
        return m.ask()
    exercise = m.program.exercise(m.value or "")
    if exercise:
        m.say("utter_why_exercise", why=exercise.why, evidence=exercise.evidence)
    else:
        m.say("utter_why_mend", buttons=[m.button("menu", "show_menu")])
    return []
