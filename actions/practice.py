"""Practising an apology: the draft, what the coach sees in it, the next version, and how to give it.

Who was hurt looks at an apology that they received instead. Mend never words one: it quotes, marks and asks.
"""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions import care, reviews
from actions.choosing import greet, resume
from actions.moment import CLOSED, Moment, action
from actions.offering import offer_next
from actions.program import HURT, ROLES
from actions.sentences import quoted
from actions.steps import Step
from actions.store.answers import parts_of, text_of
from actions.store.care import care_of
from actions.store.models import Run
from actions.store.runs import FAREWELL, Place
from actions.walks import DRAFT, PRACTICE, REVIEW

#: The exercise at whose end the practice is offered.
AFTER = "apology"
#: The steps of a practice that are no questions.
LAST = (DRAFT, REVIEW)


# -- beginning and ending --------------------------------------------------------------------------------------------


@action("action_practise_apology")
def practise(m: Moment) -> list[EventType]:
    """Begin, or go on where they left; `value` is a side, or asks for a new draft."""
    if m.person.role is None:
        return greet(m)
    if care.is_closed(m, PRACTICE):
        return care.turn_aside(m)
    if care_of(m.person).due(m.now):
        return care.screen(m)
    left = m.kept.runs.unfinished(m.person, PRACTICE)
    if left is not None and not m.value:
        return resume(m, left)
    role = m.value if m.value in ROLES else m.person.role
    if role not in ROLES:
        buttons = [m.button(side, f"practise_apology:{side}") for side in ROLES]
        m.kept.runs.put_down(m.person)
        m.say("utter_ask_side", title=m.program.practice.title, buttons=buttons)
        return CLOSED
    if left is not None and m.step_of(left).id == REVIEW:
        m.kept.runs.move(left, None, m.now)
    return _begin(m, role)


def offer(m: Moment, role: str) -> dict[str, str]:
    """The button that leads here."""
    if role == HURT:
        return m.button("practise_received", f"practise_apology:{role}")
    return m.button("practise", f"practise_apology:{role}")


@action("action_finish_draft")
def finish(m: Moment) -> list[EventType]:
    """They are done: how to give it, or that they owe no reply."""
    if not m.drafting(m.run):
        return reviews.elsewhere(m)
    return _close(m, "utter_received_done" if m.run.role == HURT else "utter_giving")


@action("action_keep_draft")
def put_by(m: Moment) -> list[EventType]:
    """Keep the draft for another day."""
    if not m.drafting(m.run):
        return reviews.elsewhere(m)
    if m.kept.drafts.of(m.run):
        return _close(m, "utter_draft_kept")
    m.kept.runs.put_down(m.person)
    m.say("utter_practice_left", buttons=[m.button("menu", "show_menu")])
    return CLOSED


@action("action_write_for_me")
def write_for_me(m: Moment) -> list[EventType]:
    """Mend words no apology."""
    if m.run is not None:
        m.say("utter_wont_write", more=True)
        return m.ask()
    m.say("utter_wont_write", buttons=[m.button("practise", "practise_apology"), m.button("menu", "show_menu")])
    return []


# -- the draft -------------------------------------------------------------------------------------------------------


def ask(m: Moment, run: Run) -> list[EventType]:
    """Put the draft, or the choice of what to do with it, before the person."""
    step, place = m.step_of(run), m.at(run)
    if step.id == REVIEW:
        reviews.ask(m, run)
    elif m.kept.runs.standing(run, run.step):
        ways = [m.button("draft_done", "draft_done"), m.button("pause", "pause")]
        if _is_new_version(m, run):
            m.say("utter_new_version", buttons=[*ways, m.button("not_draft", "not_draft")], place=place)
        else:
            m.say("utter_draft_more", buttons=ways, place=place)
    elif _count(run) > 1:
        m.say("utter_rewrite", buttons=[m.button("hint", "hint"), m.button("pause", "pause")], place=place)
    else:
        _remember(m, run)
        ways = [m.button("hint", "hint"), m.button("pause", "pause")]
        m.say("utter_intake_question", ask=step.ask, buttons=ways, place=place)
    return []


def questions(m: Moment, run: Run) -> list[Step]:
    """The questions before the draft, but for those that are needless."""
    here = m.step_of(run)
    return [step for step in m.side_of(run).steps if step.id not in LAST and (step == here or not m.known(step))]


def take(m: Moment, run: Run) -> None:
    """Words at a draft are its next piece; words after a review begin the next version."""
    m.kept.drafts.begin(run, m.now)
    if m.step_of(run).id == REVIEW:
        said = m.kept.runs.standing(run, run.step)
        m.kept.runs.move(run, _step(DRAFT, _count(run) + 1), m.now)
        m.kept.runs.add_to(run, run.step, parts_of(said), m.now)


@action("action_draft_done")
def done(m: Moment) -> list[EventType]:
    """The draft is whole: look at it. `value` names its step when words came to it, or changed, after that."""
    run = m.run
    if not m.drafting(run):
        return reviews.elsewhere(m)
    words = m.kept.runs.standing(run, m.value or run.step)
    if words is None:
        m.say("utter_draft_empty", more=True)
        return m.ask()
    return _read(m, run, text_of(words))


@action("action_not_draft")
def not_draft(m: Moment) -> list[EventType]:
    """What they wrote after the review is kept, but begins no new version."""
    run = m.run
    words = m.kept.runs.standing(run, run.step) if m.drafting(run) else None
    if words is None or _count(run) == 1:
        return reviews.elsewhere(m)
    m.kept.runs.set_aside(words)
    m.kept.runs.move(run, _step(REVIEW, _count(run) - 1), m.now)
    return m.ask()


def back(m: Moment, run: Run) -> bool:
    """From a review to its draft, from a new version to the last review. False where the questions lead back."""
    if not m.drafting(run) or run.step == DRAFT:
        return False
    at_review = m.step_of(run).id == REVIEW
    to = _step(DRAFT, _count(run)) if at_review else _step(REVIEW, _count(run) - 1)
    m.kept.runs.move(run, to, m.now)
    return True


@action("action_rewrite")
def rewrite(m: Moment) -> list[EventType]:
    """Write it anew; who looks at an apology they received takes another one."""
    run = m.run
    if not m.drafting(run):
        return reviews.elsewhere(m)
    if run.role == HURT:
        m.kept.runs.move(run, None, m.now)
        return _begin(m, HURT)
    m.kept.runs.move(run, _step(DRAFT, _count(run) + 1), m.now)
    return m.ask()


def _read(m: Moment, run: Run, text: str) -> list[EventType]:
    draft = m.kept.drafts.begin(run, m.now)
    if m.tools.coach().review(text).kind in ("empty", "too_short"):
        m.say("utter_draft_too_short", more=True)
        return m.ask()
    if not m.kept.drafts.keep(draft, text, m.now):
        m.say("utter_draft_same", more=True)
    m.kept.runs.move(run, _step(REVIEW, _count(run)), m.now)
    return reviews.show(m, run)


def _begin(m: Moment, role: str) -> list[EventType]:
    side = m.program.side(PRACTICE, role)
    run = m.kept.runs.begin(m.person, PRACTICE, role, side.steps[0].id, m.now)
    m.kept.runs.move(run, m.open_steps(run)[0].id, m.now)
    m.say("utter_opening_words", opening=side.opening, more=True)
    if any(m.known(step) for step in side.steps):
        m.say("utter_known_before", more=True)
    return m.ask()


def _close(m: Moment, response: str) -> list[EventType]:
    run = m.run
    m.kept.runs.move(run, None, m.now)
    m.say(response)
    extra = [m.button("drafts", "show_drafts")] if m.kept.drafts.of(run) else []
    offer_next(m, "utter_suggest_next", extra=extra, place=str(Place(run.id, FAREWELL)))
    return CLOSED


def _is_new_version(m: Moment, run: Run) -> bool:
    """Whether the words at the draft come after a review, and are in no version yet."""
    words = text_of(m.kept.runs.standing(run, run.step))
    return _count(run) > 1 and all(words not in version.text for version in reviews.versions(m, run))


def _remember(m: Moment, run: Run) -> None:
    """Before the draft: what they want to live by, and what it did to the other."""
    for line in m.side_of(run).takeaway:
        words = m.kept.runs.standing(run, line.step) or m.known(m.side_of(run).step(line.step))
        if words is not None:
            m.say("utter_takeaway_line", says=line.says, words=quoted(text_of(words), 160), more=True, private=True)


def _step(name: str, count: int) -> str:
    return name if count == 1 else f"{name}.{count}"


def _count(run: Run) -> int:
    """How often they have set out to write it whole."""
    return int(run.step.partition(".")[2] or 1)
