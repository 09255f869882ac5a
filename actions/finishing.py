"""At the end of a walk: what they wrote given back, one small act, and where to go from here."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet

from actions import care, practice, screening
from actions.evening import answering, journal, settling
from actions.moment import Moment, action
from actions.offering import offer_next
from actions.sentences import quoted
from actions.store.answers import text_of
from actions.store.runs import FAREWELL, Place
from actions.walks import INTAKE, PLAN, REFLECTION, SCREENING, SEARCHING, SETTLING


@action("action_finish_exercise")
def finish_exercise(m: Moment) -> list[EventType]:
    """Give back what they wrote, one small act for the week, and where to go from here."""
    run = m.kept.runs.ended_last(m.person)
    place = str(Place(run.id, FAREWELL))
    if run.exercise == SCREENING:
        return screening.finish(m, run)
    if run.exercise == REFLECTION:
        return [*answering.close(m, run), SlotSet("answer", None)]
    if run.exercise == SETTLING:
        return [*settling.finish(m, run), SlotSet("answer", None)]
    if run.exercise == SEARCHING:
        return [*journal.found(m, run), SlotSet("answer", None)]
    if run.exercise == PLAN:
        care.show_plan(m)
        return [SlotSet("answer", None)]
    if run.exercise == INTAKE:
        m.say("utter_intake_done", more=True)
        offer_next(m, "utter_suggest", place=place)
        return [SlotSet("answer", None)]
    exercise, side = m.exercise_of(run), m.side_of(run)
    answers = m.kept.runs.answers(run)
    lines = [line for line in side.takeaway if line.step in answers]
    if not answers:
        m.say("utter_nothing_written", title=exercise.title)
    elif lines:
        m.say("utter_take_with_you", title=exercise.title, more=True, private=True)
    for line in lines:
        words = quoted(text_of(answers[line.step]))
        m.say("utter_takeaway_line", says=line.says, words=words, more=line is not lines[-1], private=True)
    m.say("utter_act", act=side.act)
    extra = [m.button("read_again", f"read_again:{exercise.id}")] if answers else []
    if m.kept.evenings.habit(m.person) is None:
        extra.append(m.button("evening_on", "evening_settings"))
    if exercise.id == practice.AFTER:
        extra.insert(0, practice.offer(m, run.role))
    offer_next(m, "utter_suggest_next", extra=extra, place=place)
    return [SlotSet("answer", None)]
