"""People who can help, as messages show them: directories first, then the lines of the person's country."""

from __future__ import annotations

import datetime as dt

from actions.moment import Tools
from actions.safety.helplines import STALE, Helpline
from actions.sentences import Markup


def day_of(now: float) -> dt.date:
    """The day of a time in seconds since the epoch, in UTC."""
    return dt.datetime.fromtimestamp(now, dt.timezone.utc).date()


def emergency(tools: Tools, country: str | None) -> str:
    """The emergency number of a country, or words for it where none is known."""
    number = tools.helplines.emergency(country, day_of(tools.now()))
    return number or tools.sentences.label("emergency")


def directory(tools: Tools, topic: str, country: str | None = None) -> str:
    """The address of the first directory that knows of a topic, and of this country."""
    known = (one for one in tools.helplines.directories if topic in one.topics and one.serves(country))
    return next((one.url for one in known), "")


def people(tools: Tools, country: str | None, topics: tuple[str, ...], *, written: bool = False) -> Markup:
    """Directories for the topics, then the country's own lines; those not looked at for long with their date.

    `written` leaves out what can only be phoned.
    """
    say, today = tools.sentences.say, day_of(tools.now())
    known = [one for one in tools.helplines.directories if set(one.topics) & set(topics) and one.serves(country)]
    shown = [say("utter_directory", name=one.name, url=one.url) for one in known]
    for topic in topics:
        lines = tools.helplines.of(country, topic, today)
        shown += [_line(tools, one, today, written) for one in lines if one.text or one.chat or not written]
    return Markup("\n".join(shown))


def without_a_voice(tools: Tools, country: str | None) -> Markup:
    """How the emergency number is reached without speaking, as a line of its own; nothing where that isn't known."""
    how = tools.helplines.silent(country, day_of(tools.now()))
    return Markup(tools.sentences.say("utter_line_silent", how=how) + "\n" if how else "")


def _line(tools: Tools, line: Helpline, today: dt.date, written: bool) -> str:
    say = tools.sentences.say
    words = [say("utter_line_name", name=line.name)]
    words += [
        say(f"utter_line_{way}", way=getattr(line, way))
        for way in (("text", "chat") if written else ("phone", "text", "chat"))
        if getattr(line, way)
    ]
    if line.hours:
        words.append(say("utter_line_hours", hours=line.hours))
    if line.age(today) > STALE:
        words.append(say("utter_line_checked", day=line.verified_on.isoformat()))
    return " ".join(words)
