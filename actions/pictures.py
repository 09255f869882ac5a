"""The two pictures with Mend's words in them: how far someone is with the ten, and their evenings over the weeks."""

from __future__ import annotations

from collections.abc import Mapping

from actions.evening.weeks import Look, picture
from actions.journey import Light, State, draw
from actions.moment import Tools


def journey(tools: Tools, states: Mapping[str, State], current: str | None) -> bytes:
    """The ten as lights along a path, as PNG bytes; `current` is the exercise that they are at."""
    lights = [
        Light(exercise.number, exercise.short, states[exercise.id], current=exercise.id == current)
        for exercise in tools.program.exercises
    ]
    say = tools.sentences.say
    return draw(lights, title=say("utter_progress_title"), footer=say("utter_progress_footer"))


def weeks(tools: Tools, seen: Look) -> bytes:
    """The numbers and promises of the last weeks, as PNG bytes."""
    say, content = tools.sentences.say, tools.program.reflections
    names = {name: scale.label for name, scale in content.scales.items()}
    names |= {name: outcome.label for name, outcome in content.outcomes.items()}
    words = {"title": say("utter_week_title"), "empty": say("utter_week_no_numbers")}
    return picture(seen, names=names, promise=promise_line(tools, seen) or "", **words)


def promise_line(tools: Tools, seen: Look) -> str | None:
    """How often a promise was kept, in a sentence; nothing when none was asked about."""
    kept, asked, told = seen.promise_counts
    if not asked:
        return None
    say = tools.sentences.say
    slips = say("utter_one_slip" if told == 1 else "utter_slips", count=str(told))
    which = "utter_week_promise_told" if told else "utter_week_promise"
    return say(which, kept=str(kept), asked=str(asked), slips=slips)
