"""How a typed message is read: as an answer, as a wish for something else, or as something to ask about.

In the middle of a question nearly everything is the answer. People write "I want him to stop lying" and "I need help
from you": a classifier alone must never turn that into a command. Only a short phrase of `data/phrases.yml` does; where
the encoder hears a wish, the words are kept and Mend asks which was meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from actions.content import ContentError, Node
from actions.program import Program
from actions.sentences import WISHES as MEANT
from actions.steps import Exercise, Step, beginning, plain
from actions.understanding import Wish
from actions.walks import DRAFT, REVIEW

#: Longer messages tell something: at a question they must all but surely ask for something to be asked about.
MAY_INTERRUPT_WORDS = 30
#: Messages that are longer still are answers, whatever they sound like.
ANSWERS_FROM_WORDS = 100
#: How likely it must be that a message asks for something before Mend asks which was meant; and a long one.
DOUBT_FROM, LONG_DOUBT_FROM = 0.6, 0.7
#: The same in the evening, when nothing more is to be asked.
EVENING_DOUBT_FROM = 0.9
#: How sure the classifier must be of a wish outside of questions.
SURE_FROM = 0.7

#: The wishes that `data/phrases.yml` must give phrases for.
EVERYWHERE = (
    *("pause", "skip", "back", "hint", "repeat", "explain_why", "help"),
    *("show_menu", "show_progress", "ask_privacy", "greet", "write_for_me"),
)
OUTSIDE = (
    "evening_settings",
    "journal",
    "next",
    "start",
    "affirm",
    "deny",
    "goodbye",
    "thank",
    "practise_apology",
    "show_drafts",
)
#: What may be asked for at a draft, and at what the coach said of it.
DRAFTING = {
    DRAFT: ("draft_done", "not_draft"),
    REVIEW: ("rewrite", "show_everything", "keep_draft", "finish_draft"),
}
SAFE_YES, SAFE_NO, SAFE_UNSURE, MISUNDERSTOOD = "safe_yes", "safe_no", "safe_unsure", "misunderstood"
ASKED_SAFE = (SAFE_YES, SAFE_NO, SAFE_UNSURE, MISUNDERSTOOD)
#: A yes with more words than these says more than yes.
SAFE_WORDS = 10
#: What is offered to someone in the middle of a question who may want this.
OFFERED = {
    "choose_strategy": "show_menu",
    "start": "show_menu",
    "next": "skip",
    **dict.fromkeys(("set_reminder", "stop_reminder"), "evening_settings"),
}

#: How sure the classifier must be that someone is in danger where the recogniser sees none.
SURE_OF_DANGER = 0.7
#: Someone who writes this many words is telling something, whatever the classifier thinks it heard.
TELLING_WORDS = 14
#: With fewer words, and nobody sure what they ask for, Mend says that it did not understand.
FEWEST_TELLING_WORDS = 3

ANSWER = "answer"
DOUBT = "doubt"
COMMAND = re.compile(r"/([a-z_]{1,32})(?:@\w+)?\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What a message is taken as: an intent for the dialogue, with a value where one belongs to it.

    `intent` is `answer` for an answer, and `doubt` for words that may be either; then `value` is the other intent.
    """

    intent: str
    value: str | None = None
    gently: bool = False  #: whether there was a hint of danger, so that it is shown where people can be reached


@dataclass(frozen=True)
class Guess:
    """What the classifier makes of a message: its first thought, and its second."""

    intent: str
    confidence: float
    second: str = ""
    second_confidence: float = 0.0


class Phrases:
    """The exact phrases and what they ask for."""

    def __init__(self, path: Path) -> None:
        """Read `data/phrases.yml`; raises `ContentError` naming file and key."""
        parts = ("everywhere", "at_questions", "outside_questions", "practising", "while_in_doubt", "asked_safe")
        node = Node.read(path).only(*parts, "asked_safe_words")
        node["everywhere"].only(*EVERYWHERE)
        node["outside_questions"].only(*OUTSIDE)
        node["while_in_doubt"].only("pause", "take_offer", "keep_answer")
        self.everywhere = _index(node["everywhere"])
        self.at_questions = {**_index(node["at_questions"].only("repeat")), **self.everywhere}
        self.outside = {**_index(node["outside_questions"]), **self.everywhere}
        self.in_doubt = _index(node["while_in_doubt"])
        practising = node["practising"].only(*DRAFTING)
        self.practising = {step: _index(practising[step].only(*wishes)) for step, wishes in DRAFTING.items()}
        self.asked_safe = _index(node["asked_safe"].only(*ASKED_SAFE))
        words = node["asked_safe_words"].only("hedges", "others", "asking")
        self._hedges, self._others, self._asking = (
            frozenset(words[key].texts()) for key in ("hedges", "others", "asking")
        )

    def safe(self, text: str) -> str | None:
        """What words say to "Are you safe right now?", one of `ASKED_SAFE`; nothing when they are no answer to it."""
        said = plain(text)
        begun, rest = beginning(said, self.asked_safe)
        if begun is None or not rest:
            return begun
        if self.asked_safe.get(" ".join(rest)) == MISUNDERSTOOD:
            return MISUNDERSTOOD
        if begun == MISUNDERSTOOD or rest[0] in self._asking:
            return None
        if begun != SAFE_YES:
            return None if rest[0] in self._others else begun
        if self._hedges & set(rest):
            return SAFE_UNSURE
        return SAFE_YES if len(said.split()) <= SAFE_WORDS else None

    def unmistakable(self, text: str) -> bool:
        """Whether a message asks for something by itself, so that it is no piece of a longer thought."""
        said = plain(text)
        return said in self.outside or any(said in wishes for wishes in self.practising.values())


def _index(node: Node) -> dict[str, str]:
    index: dict[str, str] = {}
    for intent in node.names():
        for phrase in node[intent].texts():
            if index.setdefault(plain(phrase), intent) != intent:
                raise ContentError(f"{node.path}: {node.key}: {phrase!r} asks for two things; keep one")
    return index


def read_answer(
    text: str, phrases: Phrases, step: Step, wish: Wish | None, *, in_doubt: bool, doubt_from: float = DOUBT_FROM
) -> Reading:
    """Read a message typed while the question `step` is open; `wish` is what the encoder hears in it.

    From the likelihood `doubt_from` on that it is a wish, Mend asks which was meant; where much is told, from a higher
    one on.
    """
    said = plain(text)
    if in_doubt and said in phrases.in_doubt:
        return Reading(phrases.in_doubt[said])
    if said in {plain(choice) for choice in step.choices}:
        return Reading(ANSWER)
    if said in phrases.at_questions:
        return Reading(phrases.at_questions[said])
    if said in (wishes := phrases.practising.get(step.id, {})):
        return Reading(wishes[said])
    if step.id == REVIEW and said in phrases.outside:
        return Reading(_AT_REVIEW.get(phrases.outside[said], "repeat"))
    if COMMAND.match(text.strip()):
        return Reading(DOUBT, "show_menu")
    words = len(said.split())
    sure = doubt_from if words <= MAY_INTERRUPT_WORDS else max(doubt_from, LONG_DOUBT_FROM)
    if wish is not None and wish.likely >= sure and words < ANSWERS_FROM_WORDS:
        return Reading(DOUBT, OFFERED.get(wish.wants, wish.wants))
    return Reading(ANSWER)


#: What short words mean when the coach has spoken and nothing was asked; other ones bring the choices again.
_AT_REVIEW = {"goodbye": "goodbye", "thank": "thank", "show_drafts": "show_drafts"}


def read_open(text: str, phrases: Phrases, program: Program) -> Reading | None:
    """Read a message typed while no question is open, if it is unmistakable; the classifier reads the rest."""
    said = plain(text)
    exercise: Exercise | None = program.named(said)
    if exercise:
        return Reading("choose_strategy", exercise.id)
    if said in phrases.outside:
        return Reading(phrases.outside[said])
    if not said or (len(said) == 1 and said.isalpha()) or COMMAND.match(text.strip()):
        return Reading("out_of_scope")
    return None


def believed(text: str, guess: Guess) -> Reading:
    """What to make of the classifier's guess about words that came outside of any question."""
    if guess.intent in ("crisis", "abuse") and guess.confidence >= SURE_OF_DANGER:
        return Reading(guess.intent)
    # Which side someone is on is never guessed from a sentence: it is heard, and the side stays as they set it.
    if len(text.split()) >= TELLING_WORDS or guess.intent.startswith("role_"):
        return Reading("vent")
    if guess.confidence >= SURE_FROM:
        return Reading(guess.intent)
    if guess.confidence + guess.second_confidence >= SURE_FROM and {guess.intent, guess.second} <= set(MEANT):
        return Reading("unsure", f"{guess.intent}:{guess.second}")
    return Reading("vent" if len(text.split()) >= FEWEST_TELLING_WORDS else "out_of_scope")


def is_sure_wish(reading: Reading, guess: Guess) -> bool:
    """Whether words that came outside of any question surely ask for something, so that they are no one's story."""
    return reading.intent not in ("vent", "crisis", "abuse", "out_of_scope") and reading.intent == guess.intent
