"""What words at an evening's question ask for, where the encoder hears a wish but may not know which."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.evening.when import read_pause, read_when
from actions.reading import MAY_INTERRUPT_WORDS, Guess
from actions.understanding import Wish

#: How likely a wish must be at least for "… for three days" to be one, where nothing in the words says so.
LIKELY = 0.3
#: How sure the classifier must be that "… at ten" asks for a question then.
SURE = 0.8
#: How likely it must be that words leave the questions for an hour and a place: no answer is lost if they don't.
LEAVES_FROM = 0.5
#: How people begin who want no question for some nights.
_ASKS = re.compile(
    r"\W*(?:please |pls |plz |can (?:yo)?u |could (?:yo)?u |can we |let'?s |i need (?:a )?|i want (?:a )?)*"
    r"(?:pause|skip|stop|quiet|silence|break|leave me|give me|nothing for"
    r"|no (?:more )?(?:questions?|messages?|evenings?))\b",
    re.IGNORECASE,
)
#: How they say that these questions are to stop: a pause would only put this one down.
_STOPS = re.compile(
    r"\b(?:stop|end|quit|cancel|no more|enough of|turn off|switch off|unsubscribe)\b.{0,20}"
    r"\b(?:these|them|sending|asking|messag\w+|texting|texts|questions|notes|notifications?|reminders?|nightly)\b",
    re.IGNORECASE,
)


def of_the_evening(text: str, wish: Wish) -> Wish:
    """The wish in words at an evening's question: for no question on some nights, or for another hour.

    "Pause for two days" and "10 instead" concern the evenings, whatever else the encoder takes them for.
    """
    if read_pause(text) is not None and (wish.likely >= LIKELY or _ASKS.match(text)):
        return Wish("stop_reminder", 1.0)
    if wish.wants in ("pause", "stop_reminder") and _STOPS.search(text):
        return replace(wish, wants="stop_reminder")
    return replace(wish, wants="set_reminder") if read_when(text).hour else wish


def leaves_settling(text: str, wish: Wish) -> str | None:
    """What words ask for that name no hour and no place where those are asked for: no evenings, or to leave it."""
    when = read_when(text)
    if when.hour or when.zone or when.hours or when.zones or wish.likely < LEAVES_FROM:
        return None
    leaves = wish.wants in ("pause", "goodbye", "skip") and not when.vague  # "at night" is no goodbye
    return wish.wants if wish.wants == "stop_reminder" else "pause" if leaves else None


def says_when(text: str, guess: Guess) -> bool:
    """Whether words ask for an evening question at an hour, however much else they tell."""
    asks = guess.intent == "set_reminder" and guess.confidence >= SURE
    return asks and len(text.split()) <= MAY_INTERRUPT_WORDS and read_when(text).hour is not None
