"""Reads every text first, in every state, for danger: self-harm, and abuse, done to the writer or by them.

Two stages look at each text: a book of rules for what people plainly say (`data/safety/rules.yml`), and the encoder for
what hides behind other words. What either sees counts; where the encoder is sure that a rule is wrong, as a hint. A
long text is read in windows, since danger often stands in half a sentence of a long answer. Knows neither Rasa nor
Telegram.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from actions.content import Node
from actions.encoder.labels import ABUSE, OTHERS, OWN, RISKS, SELF_HARM, SEVERE
from actions.encoder.model import Look, Reader, Span
from actions.english import is_foreign
from actions.rules.book import Hit, Rules
from actions.safety.idioms import Idiom, plainly, read_idioms

#: The folder with the rules and the thresholds.
DATA = Path(__file__).resolve().parents[2] / "data" / "safety"
HIGH, MODERATE = "high", "moderate"
#: What a rule can find: a risk, by severity; `own` is abuse that the writer does.
FINDS = ("self_harm_high", "self_harm_moderate", "abuse_high", "abuse_moderate", "own_high", "own_moderate")
#: From here on a hint is heard.
FAINT = "faint"
#: Below this the encoder holds what a rule found to be harmless: it is no more than a hint then.
DOUBTED = "doubted"
#: What is likely to be severe from `GRAVE` on counts as danger from `IF_GRAVE` on: there a miss costs most.
GRAVE, IF_GRAVE = "grave", "if_grave"
#: From here on danger counts in what answers a question, if it is seen with the question before it and without.
ASKED = "asked"
#: Where the two kinds of danger are among an encoder's risks.
_KINDS = [RISKS.index(SELF_HARM), RISKS.index(ABUSE)]
#: Up to so many words a text is read as one.
WINDOW_WORDS = 60


@dataclass(frozen=True)
class Danger:
    """Danger that a text tells of."""

    risk: str  #: `self_harm` or `abuse`
    severity: str  #: `high` or `moderate`
    source: str  #: the id of the rule that found it, or `model`
    own: bool = False  #: the writer is the one who hurts or controls someone
    others: bool = False  #: it is someone else who may harm themselves
    faint: bool = False  #: only a hint: too little to stop for, enough to show where people can be reached


class Recogniser:
    """Sees danger in texts. Safe to share between threads."""

    def __init__(
        self, rules: Rules, encoder: Reader, thresholds: Mapping[str, float], idioms: tuple[Idiom, ...] = ()
    ) -> None:
        self._rules = rules
        self._idioms = idioms
        self._encoder = encoder
        self._cuts = thresholds
        self._known = lru_cache(maxsize=2)(self._read)  # a turn asks more than once

    @classmethod
    def load(cls, encoder: Reader, folder: Path = DATA) -> Recogniser:
        """The recogniser with the rules, thresholds and idioms in `folder`; raises `ContentError`."""
        rules, cuts, idioms = read_signs(folder)
        return cls(rules, encoder, cuts, idioms)

    def read(self, text: str, question: str = "") -> Danger | None:
        """The gravest danger that a text tells of, which may answer a question. Never raises, whatever the text."""
        danger = self._known(text, question)
        if danger is None or danger.faint or (plain := plainly(text, self._idioms)) == text:
            return danger
        meant = self._known(plain, question)
        return replace(danger, faint=True) if meant is None or meant.faint else meant

    def _read(self, text: str, question: str) -> Danger | None:
        text = text.encode("utf-8", "replace").decode("utf-8")  # halves of letters can't be read by any library
        if not any(map(str.isalnum, text)):
            return None
        doc = self._rules.nlp(text)
        foreign = is_foreign(text)  # what the encoder makes of another language is a guess, and no more than a hint
        spans = windows(text, [(sent.start_char, sent.end_char) for sent in doc.sents])
        looks, cuts = self._encoder.looks(text, spans), self._cuts
        likely = max(look.likely["risks"][_KINDS].max() for look in looks)
        heard = likely >= cuts[FAINT]  # what isn't seen in the text alone won't count with its question either
        if question and heard and len(spans) == 1:  # much that sounds dark is the answer to what was asked
            asked = self._encoder.looks(f"{question}\n{text}", [(len(question) + 1, len(question) + 1 + len(text))])
            looks, cuts = [_lesser(looks[0], asked[0])], {**cuts, SELF_HARM: cuts[ASKED], ABUSE: cuts[ASKED]}
        found = [danger for look in looks for danger in _seen(look, cuts, foreign)]
        doubted = len(spans) == 1 and not foreign and bool(likely < cuts[DOUBTED])  # in a long text much is drowned
        found += [replace(_ruled(hit), faint=doubted) for hit in self._rules.find(doc)]
        return max(found, key=_gravity, default=None)


def read_signs(folder: Path = DATA) -> tuple[Rules, dict[str, float], tuple[Idiom, ...]]:
    """The rules, thresholds and idioms in `folder`; raises `ContentError` naming file and key."""
    rules = Rules(folder / "rules.yml", "dangers", FINDS)
    node = Node.read(folder / "thresholds.yml").only(*RISKS, FAINT, DOUBTED, ASKED, GRAVE, IF_GRAVE)
    return rules, {name: node[name].share() for name in node.names()}, read_idioms(folder / "idioms.yml")


def _seen(look: Look, cuts: Mapping[str, float], foreign: bool) -> list[Danger]:
    likely = dict(zip(RISKS, look.likely["risks"]))
    severity = HIGH if likely[SEVERE] >= cuts[SEVERE] else MODERATE
    if likely[SEVERE] >= cuts[GRAVE]:
        cuts = {**cuts, **{risk: min(cuts[risk], cuts[IF_GRAVE]) for risk in (SELF_HARM, ABUSE)}}
    risks = [risk for risk in (SELF_HARM, ABUSE) if likely[risk] >= min(cuts[risk], cuts[FAINT])]
    risks.sort(key=lambda risk: likely[risk])
    return [
        Danger(
            risk,
            severity,
            "model",
            own=risk == ABUSE and bool(likely[OWN] >= cuts[OWN]),
            others=risk == SELF_HARM and bool(likely[OTHERS] >= cuts[OTHERS]),
            faint=foreign or bool(likely[risk] < cuts[risk]),
        )
        for risk in risks[-1:]
    ]


def _lesser(alone: Look, asked: Look) -> Look:
    """What is seen both in a text alone and after its question; whose danger it is, the text alone tells."""
    risks = alone.likely["risks"].copy()
    both = [*_KINDS, RISKS.index(SEVERE)]
    risks[both] = np.minimum(risks[both], asked.likely["risks"][both])
    return replace(alone, likely={**alone.likely, "risks": risks})


def windows(text: str, sentences: list[Span]) -> list[Span]:
    """Spans of a text in which danger is looked for: all of it, or runs of sentences of some sixty words."""
    if len(text.split()) <= WINDOW_WORDS:
        return [(0, len(text))]
    spans: list[Span] = []
    size = 0
    for sentence in (part for whole in sentences for part in _short(text, whole)):
        words = len(text[slice(*sentence)].split())
        if spans and size + words <= WINDOW_WORDS:
            spans[-1] = (spans[-1][0], sentence[1])
            size += words
        else:
            spans.append(sentence)
            size = words
    return spans


def _short(text: str, span: Span) -> list[Span]:
    """A sentence, cut where it runs on and on: people who are afraid don't write full stops."""
    words, start = 0, span[0]
    spans = []
    for place in range(*span):
        if text[place].isspace() and not text[place - 1].isspace():
            words += 1
            if words >= WINDOW_WORDS:
                spans.append((start, place))
                start, words = place, 0
    return [*spans, (start, span[1])] if text[start : span[1]].strip() else spans


def _ruled(hit: Hit) -> Danger:
    kind, _, severity = hit.label.rpartition("_")
    risk = SELF_HARM if kind == SELF_HARM else ABUSE
    return Danger(risk, severity, hit.rule, own=kind == "own", others=risk == SELF_HARM and "someone" in hit.rule)


def _gravity(danger: Danger) -> tuple[bool, bool, bool, bool]:
    """What counts first: more than a hint, then severe danger, then life, then what a rule is sure of."""
    return not danger.faint, danger.severity == HIGH, danger.risk == SELF_HARM, danger.source != "model"
