"""The weekly look-back: a picture, three sentences, and words of their own. Shown when they ask to see it."""

from __future__ import annotations

import base64
from datetime import date

from rasa_sdk.events import EventType

from actions.evening.questions import SCALES
from actions.evening.schedule import evening_at
from actions.evening.weeks import Look, good_evenings, look, on_this_day
from actions.moment import Moment, action
from actions.pictures import promise_line, weeks
from actions.sentences import quoted
from actions.store.answers import text_of
from actions.store.models import Evening

#: How many evenings are looked at.
MOST = 400
#: How much a mean must differ for the weeks to have changed.
CHANGED = 0.5


@action("action_look_back")
def look_back(m: Moment) -> list[EventType]:
    """The picture and what can be said of the week; nothing is asked."""
    evenings = m.kept.evenings.all(m.person, MOST)
    evening = m.kept.evenings.get(m.person, int(m.value)) if (m.value or "").isdigit() else None
    habit = m.kept.evenings.habit(m.person)
    if habit is None:
        m.say("utter_evening_none", buttons=[m.button("evening_on", "evening_settings")])
        return []
    until = date.fromisoformat(evening.date) if evening is not None else evening_at(m.now, habit)
    if evening is not None:
        m.kept.evenings.answered(m.person, evening, m.now)
    seen = look(evenings, until)
    drawn = base64.b64encode(weeks(m.tools, seen)).decode()
    m.dispatcher.utter_message(response="utter_week", picture=drawn, sentences=_sentences(m, seen), private=True)
    _own_words(m, evenings, until)
    return []


def _sentences(m: Moment, seen: Look) -> str:
    say = m.tools.sentences.say
    lines = [say("utter_week_answered", answered=str(seen.answered), asked=str(seen.asked)), _numbers_line(m, seen)]
    return " ".join(line for line in (*lines, promise_line(m.tools, seen)) if line)


def _numbers_line(m: Moment, seen: Look) -> str | None:
    scale = next((name for name in SCALES if seen.mean_of(name) is not None), None)
    if scale is None:
        return None
    now, before = seen.mean_of(scale), seen.mean_of(scale, weeks_ago=1)
    say = m.tools.sentences.say
    words = {"scale": m.program.reflections.scales[scale].label, "now": f"{now:.0f}"}
    if before is None:
        return say("utter_week_number", **words)
    if abs(now - before) < CHANGED:
        return say("utter_week_same", **words)
    return say("utter_week_up" if now > before else "utter_week_down", before=f"{before:.0f}", **words)


def _own_words(m: Moment, evenings: list[Evening], until: date) -> None:
    for one in good_evenings(evenings, until):
        words = words_of(m, one)
        if words:
            m.say("utter_week_good_evening", when=day(one.date), words=quoted(words), private=True)
            return
    found = on_this_day(evenings, until)
    words = words_of(m, found[1]) if found else None
    if words:
        m.say("utter_on_this_day", ago=found[0], words=quoted(words), private=True)


def words_of(m: Moment, evening: Evening) -> str | None:
    """What they wrote on an evening, if they wrote anything."""
    run = m.kept.runs.get(m.person, evening.run_id) if evening.run_id else None
    said = m.kept.runs.last_words(run) if run is not None else None
    return text_of(said) if said is not None else None


def day(iso: str) -> str:
    """A date as people say it: 26 November 2026."""
    return f"{date.fromisoformat(iso):%-d %B %Y}"
