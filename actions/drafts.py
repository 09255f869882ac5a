"""The drafts that a person keeps: listed, opened again, and erased when they say so."""

from __future__ import annotations

import time

from rasa_sdk.events import EventType

from actions import care, reviews
from actions.choosing import resume
from actions.moment import CLOSED, Moment, action
from actions.program import ROLES
from actions.sentences import Markup, quoted
from actions.store.answers import text_of
from actions.store.models import Draft, Run
from actions.walks import DRAFT, REVIEW

#: Drafts that are listed; the export holds all.
LISTED = 8
#: Characters of each that are quoted.
GLIMPSE = 60


@action("action_show_drafts")
def show_drafts(m: Moment) -> list[EventType]:
    """Every draft with its beginning, the one touched last first, each with a button."""
    drafts = m.kept.drafts.all(m.person)[:LISTED]
    m.kept.runs.put_down(m.person)
    role = m.person.role if m.person.role in ROLES else None
    new = m.button("practise_new", f"practise_apology:{role or 'new'}")
    if not drafts:
        m.say("utter_no_drafts", buttons=[new, m.button("menu", "show_menu")])
        return CLOSED
    lines = [_line(m, number, draft) for number, draft in enumerate(drafts, start=1)]
    opening = [
        m.button("open_draft", f"open_draft:{draft.id}", number=str(number))
        for number, draft in enumerate(drafts, start=1)
    ]
    ways = [*opening, new, m.button("menu", "show_menu")]
    m.say("utter_drafts", list=Markup("\n".join(lines)), buttons=ways, private=True)
    return CLOSED


@action("action_open_draft")
def open_draft(m: Moment) -> list[EventType]:
    """A draft is before them again: with its review, or where they were writing."""
    draft = _meant(m)
    if draft is None:
        return show_drafts(m)
    run = m.kept.runs.get(m.person, draft.run_id)
    if care.is_closed(m, run.exercise):
        return care.turn_aside(m)
    erase = [m.button("erase_draft", f"erase_draft:{draft.id}")]
    if run.finished_at is not None:
        m.kept.runs.reopen(m.person, run, _last_step(m, run), m.now)
    if m.step_of(run).id == REVIEW and reviews.versions(m, run):
        m.kept.runs.take_up(m.person, run, m.now)
        return reviews.show(m, run, erase)
    m.say("utter_draft_unfinished", buttons=erase)
    return resume(m, run)


@action("action_erase_draft")
def erase_draft(m: Moment) -> list[EventType]:
    """Ask whether they mean it, then erase the draft, its versions and what they answered for it."""
    draft, sure = _meant(m), (m.value or "").endswith(":yes")
    if draft is None:
        return show_drafts(m)
    if not sure:
        yes = m.button("erase_draft_yes", f"erase_draft:{draft.id}:yes")
        m.say("utter_ask_erase_draft", buttons=[yes, m.button("erase_draft_no", f"open_draft:{draft.id}")])
        return CLOSED
    run = m.kept.runs.get(m.person, draft.run_id)
    m.kept.runs.put_down(m.person)
    m.kept.drafts.erase(draft)
    m.kept.runs.erase(m.person, run)
    m.kept.outbox.erase_quotes(m.person.channel, m.person.chat)
    m.say("utter_draft_erased", buttons=[m.button("drafts", "show_drafts"), m.button("menu", "show_menu")])
    return CLOSED


def _meant(m: Moment) -> Draft | None:
    number = (m.value or "").partition(":")[0]
    return m.kept.drafts.get(m.person, int(number)) if number.isdigit() else None


def _line(m: Moment, number: int, draft: Draft) -> str:
    run = m.kept.runs.get(m.person, draft.run_id)
    kept = reviews.versions(m, run)
    unfinished = m.kept.runs.standing(run, _last_step(m, run, DRAFT))
    words = kept[-1].text if kept else text_of(unfinished) if unfinished else ""
    when = time.strftime("%d %B", time.gmtime(draft.touched_at))
    line = {"number": str(number), "when": when, "versions": str(len(kept)), "words": quoted(words, GLIMPSE)}
    return m.tools.sentences.say("utter_draft_line", **line)


def _last_step(m: Moment, run: Run, name: str = REVIEW) -> str:
    """The review, or the draft, of the last words that were written."""
    steps = [answer.step for answer in m.kept.runs.versions(m.person) if answer.run_id == run.id]
    counts = [int(step.partition(".")[2] or 1) for step in steps if step.partition(".")[0] == DRAFT]
    last = max(counts, default=1)
    return name if last == 1 else f"{name}.{last}"
