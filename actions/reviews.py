"""At a review of a draft: everything that can be done with what the coach saw, until they write on or stop."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions.coach.review import Flag
from actions.mirror import HARSH, VIOLENT
from actions.moment import CLOSED, Moment, action
from actions.program import BROKE_TRUST, HURT
from actions.reviewing import QUOTE, Looked, look, say_everything, say_findings, say_review, say_why
from actions.sentences import quoted
from actions.steps import plain
from actions.store.models import DraftVersion, Run
from actions.walks import REVIEW

#: Where Mend stops instead of helping with the words, by reason and side.
STOPS = {
    (VIOLENT, BROKE_TRUST): "utter_stop_violent",
    (HARSH, BROKE_TRUST): "utter_stop_harsh",
    (VIOLENT, HURT): "utter_stop_violent_received",
    (HARSH, HURT): "utter_stop_harsh_received",
}
#: Characters of a phrase on a button.
ON_BUTTON = 26


def show(m: Moment, run: Run, extra: list[dict[str, str]] = ()) -> list[EventType]:
    """Say what the coach sees in the newest version, beside the one before it."""
    *earlier, newest = versions(m, run)[-2:]
    stop = m.tools.mirror.stop(newest.text)
    if stop is not None:
        m.kept.runs.move(run, None, m.now)
        m.say(STOPS[stop, run.role], buttons=[*extra, m.button("menu", "show_menu")])
        return CLOSED
    draft = m.kept.drafts.of(run)
    looked = look(m, draft, newest)
    say_review(m, run, looked, look(m, draft, earlier[0]) if earlier else None)
    return _what_now(m, run, looked, extra)


def ask(m: Moment, run: Run) -> None:
    """Put the choice before them again, in short."""
    looked, ask = newest(m), m.step_of(run).ask
    if run.role == HURT:
        m.say("utter_received_open", ask=ask, buttons=_ways(m, run, looked), place=m.at(run))
    else:
        number = len(versions(m, run))
        m.say("utter_review_open", number=number, ask=ask, buttons=_ways(m, run, looked), place=m.at(run))


@action("action_dismiss_flag")
def dismiss(m: Moment) -> list[EventType]:
    """A phrase is not what they meant: it is not marked again in this draft. With several, they say which."""
    looked = newest(m)
    if looked is None or not looked.shown:
        return elsewhere(m)
    flag = next((one for one in looked.shown if _name(one) == m.value), None)
    if flag is None and len(looked.shown) > 1:
        return _ask_which(m, looked)
    flag = flag or looked.shown[0]
    draft = m.kept.drafts.of(m.run)
    m.kept.drafts.dismiss(draft, flag.label, plain(flag.quote))
    m.say("utter_dismissed", quote=quoted(flag.quote, QUOTE), more=True, private=True)
    looked = newest(m)
    say_findings(m, m.run, looked)
    return _what_now(m, m.run, looked)


@action("action_show_everything")
def everything(m: Moment) -> list[EventType]:
    """Everything that the coach saw."""
    looked = newest(m)
    if looked is None:
        return elsewhere(m)
    say_everything(m, m.run, looked)
    return _what_now(m, m.run, looked)


def explain(m: Moment) -> bool:
    """Why the marked phrases are a problem. False where nothing is marked, and where it is not theirs to mend."""
    looked = newest(m)
    if looked is None or not looked.shown or m.run.role == HURT:
        return False
    say_why(m, looked)
    return True


def elsewhere(m: Moment) -> list[EventType]:
    """What they asked for belongs to a draft, and none is before them."""
    if m.run is not None:
        return m.ask()
    m.say("utter_stale_outside", buttons=[m.button("drafts", "show_drafts"), m.button("menu", "show_menu")])
    return []


def newest(m: Moment) -> Looked | None:
    """The newest version as the coach sees it, if its review is before the person."""
    run = m.run
    if not m.drafting(run) or m.step_of(run).id != REVIEW or not (kept := versions(m, run)):
        return None
    return look(m, m.kept.drafts.of(run), kept[-1])


def versions(m: Moment, run: Run) -> list[DraftVersion]:
    """Every version that was written on a walk, oldest first."""
    draft = m.kept.drafts.of(run)
    return m.kept.drafts.versions(draft) if draft else []


def _ask_which(m: Moment, looked: Looked) -> list[EventType]:
    buttons = [
        m.button("dismiss_this", f"dismiss_flag:{_name(flag)}", number=str(number), words=quoted(flag.quote, ON_BUTTON))
        for number, flag in enumerate(looked.shown, start=1)
    ]
    none = m.button("dismiss_none", "repeat")
    m.say("utter_ask_which_flag", buttons=[*buttons, none], place=m.at(m.run), private=True)
    return CLOSED


def _what_now(m: Moment, run: Run, looked: Looked, extra: list[dict[str, str]] = ()) -> list[EventType]:
    buttons = [*_ways(m, run, looked), *extra]
    m.say("utter_intake_question", ask=m.step_of(run).ask, buttons=buttons, place=m.at(run))
    return CLOSED


def _ways(m: Moment, run: Run, looked: Looked | None) -> list[dict[str, str]]:
    marked = looked is not None and bool(looked.shown)
    if run.role == HURT:
        first = [m.button("another_received", "rewrite")]
        marks = [m.button("why_flag", "explain_why"), m.button("dismiss_received", "dismiss_flag")]
    else:
        first = [m.button("rewrite", "rewrite")]
        marks = [m.button("why_flag", "explain_why"), m.button("dismiss_flag", "dismiss_flag")]
    last = [m.button("show_everything", "show_everything"), m.button("keep_draft", "keep_draft")]
    return [*first, *(marks if marked else ()), *last, m.button("finish_draft", "finish_draft")]


def _name(flag: Flag) -> str:
    return f"{flag.label}.{flag.start}"
