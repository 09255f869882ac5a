"""At a question: asking it, taking the answer, and every way to leave it or move past it."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet

from actions import practice, screening
from actions.evening import answering, asking, settling
from actions.finishing import finish_exercise
from actions.moment import CLOSED, Moment, action
from actions.offering import offer_next
from actions.safety.content import AGE, NO
from actions.sentences import quoted
from actions.steps import Step
from actions.store.answers import parts_of, text_of
from actions.store.models import Run
from actions.walks import INTAKE, NOTE, PASSING, PRACTICE, REFLECTION, SCREENING, SEARCHING, SETTLING

DONE = "done"


@action("action_ask_exercise_form_answer")
def ask_question(m: Moment) -> list[EventType]:
    """Ask the question that the walk in hand stands before."""
    run = m.run
    doubtful = m.kept.runs.in_doubt(run)
    if doubtful is not None:
        return _ask_which(m, run, doubtful.doubt)
    if m.drafting(run):
        return practice.ask(m, run)
    if run.exercise in (REFLECTION, SETTLING):
        (asking if run.exercise == REFLECTION else settling).put(m, run)
        return []
    side, step = m.side_of(run), m.step_of(run)
    if run.exercise in (NOTE, SEARCHING):
        ways = [m.button("menu", "show_menu"), m.button("pause", "pause")]
        m.say("utter_intake_question", ask=step.ask, buttons=ways, place=m.at(run))
        return []
    if run.exercise in (INTAKE, SCREENING):
        m.say("utter_intake_question", ask=step.ask, buttons=_first_buttons(m, run, step), place=m.at(run))
        return []
    before = m.kept.runs.answer_at(run, step.id)
    asked = practice.questions(m, run) if run.exercise == PRACTICE else side.steps
    words = {"number": asked.index(step) + 1, "of": len(asked), "ask": step.ask}
    if before is None or before.doubt:
        m.say("utter_question", **words, buttons=_buttons(m, step), place=m.at(run))
    else:
        said = quoted(text_of(before))
        m.say("utter_question_again", **words, words=said, buttons=_buttons(m, step), place=m.at(run), private=True)
    return []


@action("validate_exercise_form")
def take_answer(m: Moment) -> list[EventType]:
    """Move on past the question that was just answered. The answer itself was kept before the dialogue saw it."""
    run = m.run
    if m.tracker.get_slot("answer") is None or run is None:
        return []
    step = m.step_of(run)
    if run.exercise == INTAKE and step.id == "role" and not _settle_role(m, run):
        m.say("utter_role_unclear", more=True)
        return [SlotSet("answer", None)]
    if run.exercise == SCREENING:
        answer = screening.settle(m, run, step)
        if answer is None:
            return [SlotSet("answer", None)]
        if (step.id, answer) == (AGE, NO):
            m.kept.runs.move(run, None, m.now)
            return [SlotSet("answer", DONE)]
        return [SlotSet("answer", _move_on(m, run, step))]
    if run.exercise == SETTLING and not settling.take(m, run):
        return [SlotSet("answer", None)]
    if run.exercise == REFLECTION:
        answering.take(m, run)
    if run.exercise in PASSING:
        m.kept.runs.move(run, None, m.now)
        return [SlotSet("answer", DONE)]
    if m.drafting(run):
        practice.take(m, run)
    if run.exercise == NOTE or m.drafting(run):
        return [SlotSet("answer", None)]
    if run.exercise != INTAKE:
        m.say("utter_kept", more=True)
        _remark(m, run, step)
    return [SlotSet("answer", _move_on(m, run, step))]


@action("action_ask_which")
def ask_which(m: Moment) -> list[EventType]:
    """The words just kept may be the answer, or a wish for something else: the open question now is which."""
    return m.ask()


@action("action_stale")
def stale(m: Moment) -> list[EventType]:
    """A button of an earlier question was pressed: show where they are now."""
    if m.run is None:
        m.say("utter_stale_outside", buttons=[m.button("menu", "show_menu")])
        return []
    m.say("utter_stale", more=True)
    return m.ask()


@action("action_skip")
def skip(m: Moment) -> list[EventType]:
    """Leave the question out, for now or for good."""
    run = m.run
    if run is None:
        m.say("utter_nothing_to_skip", buttons=[m.button("menu", "show_menu")])
        return []
    if m.drafting(run):
        return practice.put_by(m)
    if run.exercise == REFLECTION:
        return answering.not_tonight(m)
    if run.exercise in (NOTE, *PASSING):
        return pause(m)
    step = m.step_of(run)
    if (run.exercise, step.id) == (SCREENING, AGE):
        return m.ask()
    if run.exercise == INTAKE and step.id == "role":
        m.person.role = m.person.role or "both"
    elif m.kept.runs.answer_at(run, step.id) is not None:
        m.say("utter_left_as_it_is", more=True)
    else:
        m.say("utter_skipped", more=True)
    if _move_on(m, run, step) == DONE:
        return [*CLOSED, *finish_exercise(m)]
    return m.ask()


@action("action_back")
def back(m: Moment) -> list[EventType]:
    """One question back, with what they wrote there."""
    run = m.run
    if run is None:
        offer_next(m, "utter_suggest_next")
        return []
    if run.exercise in PASSING:
        m.say("utter_first_question", more=True)
        return m.ask()
    if practice.back(m, run):
        return m.ask()
    steps = [step.id for step in m.side_of(run).steps]
    here = steps.index(m.step_of(run).id)
    if here == 0:
        m.say("utter_first_question", more=True)
    else:
        m.kept.runs.move(run, steps[here - 1], m.now)
    return m.ask()


@action("action_pause")
def pause(m: Moment) -> list[EventType]:
    """Stop here; the place is kept."""
    run = m.run
    if run is not None and run.exercise == REFLECTION and m.intent != "goodbye":
        return answering.not_tonight(m)
    m.kept.runs.put_down(m.person)
    if run is not None and run.exercise in PASSING and m.intent != "goodbye":
        m.say("utter_leave_it")
    elif run is None or m.intent == "goodbye":
        m.say("utter_goodbye")
    else:
        m.say("utter_paused")
    return CLOSED


def _ask_which(m: Moment, run: Run, wish: str) -> list[EventType]:
    offer = m.tools.sentences.offers[wish]
    leave = {"title": offer.label, "payload": wish, "group": "ways"}
    if m.drafting(run):
        buttons = [m.button("keep_draft_words", "keep_answer"), leave]
        m.say("utter_ask_which_draft", offer=offer.question, buttons=buttons, place=m.at(run))
    else:
        buttons = [m.button("keep_answer", "keep_answer"), leave]
        m.say("utter_ask_which", offer=offer.question, buttons=buttons, place=m.at(run))
    return []


def _remark(m: Moment, run: Run, step: Step) -> None:
    """At words for the partner: the hardest phrase in them that sounds like an accusation, and a question about it."""
    said = m.kept.runs.answer_at(run, step.id)
    found = m.tools.conversation().review(text_of(said)) if step.worded else ()
    for one in found[:1]:
        words = {"quote": one.quote, "reason": one.reason, "question": one.question}
        m.say("utter_accusation", **words, more=True, private=True)


def _move_on(m: Moment, run: Run, step: Step) -> str | None:
    """Go to the next question that has no answer yet; `DONE` when there is none."""
    steps = m.side_of(run).steps
    ahead = [other.id for other in m.open_steps(run) if steps.index(other) > steps.index(step)]
    m.kept.runs.move(run, ahead[0] if ahead else None, m.now)
    return None if ahead else DONE


def _settle_role(m: Moment, run: Run) -> bool:
    """Learn the person's role from their answer. Anything but a button or its like is kept as their story."""
    answer = m.kept.runs.answer_at(run, "role")
    role = m.program.intake.role(text_of(answer))
    if role is None:
        m.kept.runs.add_to(run, "story", parts_of(answer), m.now)
        return False
    m.person.role = role
    return True


def _buttons(m: Moment, step: Step) -> list[dict[str, str]]:
    choices = [{"title": choice, "payload": f"answer:{choice}"} for choice in step.choices]
    return choices + [m.button("hint", "hint"), m.button("skip", "skip"), m.button("pause", "pause")]


def _first_buttons(m: Moment, run: Run, step: Step) -> list[dict[str, str]]:
    if run.exercise == SCREENING:
        choices = [{"title": choice, "payload": f"answer:{choice}"} for choice in step.choices]
        return [*choices, m.button("pause", "pause")]
    if step.id == "role":
        return [{"title": label, "payload": f"answer:{label}"} for label in m.program.intake.labels.values()]
    return [m.button("hint", "hint"), m.button("skip", "skip")]
