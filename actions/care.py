"""When someone is in danger: what is said first, who can help, a plan, a calm minute, and what stays closed meanwhile.

Nothing here coaches, explains or presses. What was read as danger is believed; what was read wrongly costs a sentence.
"""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk.events import EventType

from actions.lifelines import directory, emergency, people, without_a_voice
from actions.moment import CLOSED, Moment, action
from actions.safety.content import PLANS
from actions.store.answers import text_of
from actions.store.care import ABUSE, KINDS, OTHERS, OWN, SELF_HARM, care_of, keep_care
from actions.walks import INTAKE, NOTE, PLAN, SCREENING

#: What is looked for in the helplines, by kind of danger.
TOPICS = {
    SELF_HARM: ("suicide",),
    OTHERS: ("suicide",),
    ABUSE: ("abuse",),
    OWN: ("own_violence", "abuse"),
    None: ("suicide", "abuse"),
}
#: Walks that are never closed.
ALWAYS_OPEN = (INTAKE, NOTE, PLAN, SCREENING)


@action("action_danger")
def danger(m: Moment) -> list[EventType]:
    """Believe them, say who can help at once, and ask one thing: whether they are safe.

    `value` is the kind of danger, with `again` where they told of it just before.
    """
    kind, _, again = (m.value or "").partition(":")
    kind = kind if kind in KINDS else SELF_HARM
    said = "utter_danger_again" if again else f"utter_danger_{kind}"
    m.say(said, emergency=_emergency(m), people=_directory(m, TOPICS[kind][-1]), buttons=_safe_buttons(m))
    return CLOSED


@action("action_safe")
def safe(m: Moment) -> list[EventType]:
    """What they said to "Are you safe right now?"; whatever it was, help stays near for the day.

    `value` is `why` where they asked why that is asked, or what it means: the question stays open.
    """
    if m.value == "why":
        m.say("utter_safe_why", buttons=_safe_buttons(m))
        return CLOSED
    answer = m.value if m.value in ("yes", "no", "unsure", "misunderstood") else "unsure"
    care = care_of(m.person)
    alone = care.was_alone if answer == "misunderstood" else care.alone
    keep_care(m.person, replace(care, asks=None, alone=alone))
    if answer == "misunderstood":
        m.say("utter_misunderstood", buttons=[m.button("people", "helplines"), m.button("go_on", "start")])
        return CLOSED
    if answer == "yes":
        m.say("utter_safe_yes", buttons=_ways(m, care.kind))
        return CLOSED
    m.say(f"utter_safe_{answer}", more=True)
    return helplines(m)


@action("action_helplines")
def helplines(m: Moment) -> list[EventType]:
    """Who can be reached in their country. Which one that is is asked, never guessed."""
    care = care_of(m.person)
    if m.value == "ask":
        care = replace(care, country=None)
    shown = people(m.tools, care.country, TOPICS[care.kind if care.flagged(m.now) or care.alone else None])
    if care.country is None:
        keep_care(m.person, replace(care, asks="country"))
        countries = [
            {"title": label, "payload": f"set_country:{code}"} for code, label in m.tools.helplines.countries.items()
        ]
        elsewhere = [m.button("elsewhere", "set_country:other")]
        m.say(
            "utter_people_anywhere",
            list=shown,
            emergency=_emergency(m),
            buttons=countries + elsewhere,
        )
        return CLOSED
    another = [m.button("elsewhere", "helplines:ask")]
    ways = another + _ways(m, care.kind, but="helplines")
    silent = without_a_voice(m.tools, care.country) if care.alone or care.kind == ABUSE else ""
    m.say("utter_people", list=shown, emergency=_emergency(m), silent=silent, buttons=ways)
    return CLOSED


@action("action_cannot_speak")
def cannot_speak(m: Moment) -> list[EventType]:
    """Who can be reached without a voice: he may be in the next room."""
    care = care_of(m.person)
    shown = people(m.tools, care.country, TOPICS[care.kind], written=True)
    silent = without_a_voice(m.tools, care.country)
    country = [m.button("country", "helplines:ask")] if care.country is None else []
    ways = country + _ways(m, care.kind, but="ground")
    m.say("utter_cannot_speak", list=shown, emergency=_emergency(m), silent=silent, buttons=ways)
    return CLOSED


@action("action_set_country")
def set_country(m: Moment) -> list[EventType]:
    """The country whose helplines are shown."""
    code = m.value if m.value in m.tools.helplines.countries else "other"
    keep_care(m.person, replace(care_of(m.person), country=code, asks=None))
    return helplines(m)


@action("action_ground")
def ground(m: Moment) -> list[EventType]:
    """A calm minute: one thing at a time, with the senses."""
    m.say("utter_ground", buttons=_ways(m, care_of(m.person).kind, but="ground"))
    return CLOSED


@action("action_safety_plan")
def safety_plan(m: Moment) -> list[EventType]:
    """Their plan, if they have written one; else its first question. `value` may ask for a new one."""
    kind = care_of(m.person).kind
    kind = kind if kind in PLANS else ABUSE if care_of(m.person).alone else SELF_HARM
    written = m.kept.runs.finished(m.person, PLAN)
    left = m.kept.runs.unfinished(m.person, PLAN)
    if left is not None:
        m.kept.runs.take_up(m.person, left, m.now)
        return m.ask()
    if written is not None and m.value != "new":
        return show_plan(m)
    side = m.program.care.plan.sides[kind]
    m.kept.runs.begin(m.person, PLAN, kind, side.steps[0].id, m.now)
    m.say("utter_opening_words", opening=side.opening, more=True)
    return m.ask()


def show_plan(m: Moment) -> list[EventType]:
    """Their plan, in their own words."""
    run = m.kept.runs.finished(m.person, PLAN)
    answers = m.kept.runs.answers(run)
    lines = [line for line in m.side_of(run).takeaway if line.step in answers]
    if lines:
        m.say("utter_plan", more=True, private=True)
    for line in lines:
        m.say("utter_takeaway_line", says=line.says, words=text_of(answers[line.step]), more=True, private=True)
    again = [m.button("plan_new", "safety_plan:new")]
    m.say("utter_plan_kept", buttons=_ways(m, run.role, but="safety_plan") + again)
    return CLOSED


@action("action_erase_exchange")
def erase_exchange(m: Moment) -> list[EventType]:
    """Have the channel delete what was said here since they told of danger."""
    numbers = ",".join(map(str, m.kept.messages_since(m.person, care_of(m.person).first)))
    left = m.tools.sentences.say("utter_exchange_left")
    m.dispatcher.utter_message(response="utter_exchange_erased", deletes=numbers, text_if_not=left)
    return CLOSED


@action("action_heard")
def heard(m: Moment) -> list[EventType]:
    """They go on writing, and no danger is in these words: kept, and help stays near."""
    m.say("utter_heard", buttons=_ways(m, care_of(m.person).kind))
    return CLOSED


@action("action_under_age")
def under_age(m: Moment) -> list[EventType]:
    """Mend is for adults."""
    m.say(
        "utter_under_age",
        people=_directory(m, "suicide"),
        buttons=[m.button("wrong_button", "screen")],
    )
    return CLOSED


@action("action_screen")
def screen(m: Moment) -> list[EventType]:
    """The private questions, from the first that is to be asked."""
    left = m.kept.runs.unfinished(m.person, SCREENING)
    if left is not None:
        m.kept.runs.erase(m.person, left)
    care, questions = care_of(m.person), m.program.care.screening
    known = care.adult is True
    step = questions.side.steps[1 if known else 0]
    m.kept.runs.begin(m.person, SCREENING, "anyone", step.id, m.now)
    m.say("utter_opening_words", opening=questions.opening_again if known else questions.side.opening, more=True)
    return m.ask()


def is_closed(m: Moment, exercise: str) -> bool:
    """Whether a walk waits because openness between two people may be dangerous now."""
    care = care_of(m.person)
    dangerous = care.alone or (care.flagged(m.now) and care.kind in (ABUSE, OWN))
    return dangerous and exercise not in m.program.care.alone and exercise not in ALWAYS_OPEN


def turn_aside(m: Moment) -> list[EventType]:
    """That walk waits; what there is for the person alone."""
    care = care_of(m.person)
    m.kept.runs.put_down(m.person)
    own = care.kind == OWN and not care.alone
    m.say("utter_closed_own" if own else "utter_closed", buttons=alone_ways(m))
    return CLOSED


def offer_alone(m: Moment) -> list[EventType]:
    """What there is for the person alone."""
    m.say("utter_alone_here", buttons=alone_ways(m))
    return CLOSED


def alone_ways(m: Moment) -> list[dict[str, str]]:
    """What is good for the person alone, as buttons."""
    exercises = [m.program.exercise(name) for name in sorted(m.program.care.alone)]
    own = [{"title": one.short, "payload": f"choose_strategy:{one.id}"} for one in exercises]
    rest = [m.button("write_on", "write_on"), m.button("ask_again", "screen")]
    return _ways(m, care_of(m.person).kind, but="erase_exchange") + own + rest


def helpful(m: Moment) -> list[dict[str, str]]:
    """The button that stays under what is offered for as long as Mend goes gently."""
    care = care_of(m.person)
    return [m.button("people", "helplines")] if care.flagged(m.now) or care.alone else []


def _safe_buttons(m: Moment) -> list[dict[str, str]]:
    answers = [m.button(f"safe_{one}", f"safe:{one}") for one in ("yes", "no", "unsure")]
    return [*answers, m.button("misunderstood", "safe:misunderstood")]


def _ways(m: Moment, kind: str | None, but: str = "") -> list[dict[str, str]]:
    ways = [("people", "helplines"), ("ground", "ground")]
    if kind in PLANS or care_of(m.person).alone:
        ways.insert(1, ("plan", "safety_plan"))
    if care_of(m.person).flagged(m.now):
        ways.append(("erase_exchange", "erase_exchange"))
    return [m.button(label, means) for label, means in [*ways, ("pause", "pause")] if means != but]


def _emergency(m: Moment) -> str:
    return emergency(m.tools, care_of(m.person).country)


def _directory(m: Moment, topic: str) -> str:
    return directory(m.tools, topic, care_of(m.person).country)
