"""The language in which rules name their phrases, and the matching of those phrases in a text.

A pattern is a phrase, matched on spaCy's norms, in which `a|b` are alternatives, `word?` may be missing, `two_words`
belong together, `<set>` is a named set, `...4` stands for up to four words of the same sentence, and `$` at the end for
a pause. A pattern may also be a list of spaCy token patterns.

Every phrase is one entry of a single SpanRuler. Longer patterns are steps: short phrases that one after another must be
there, so that a few thousand entries stand for millions of sentences.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, product

import spacy
from spacy.language import Language
from spacy.symbols import NORM, ORTH
from spacy.tokens import Doc, Token

from actions.content import Node

KEY = "rules"
PHRASE = "phrase"
PAUSE = "$"
#: Into how many phrases the words of a pattern are unfolded before a new step begins.
MOST = 16
GAP = re.compile(r"\.\.\.(\d+)$")
SET = re.compile(r"<(\w+)>$")

#: The first token of a piece of text, and the one after its last.
Place = tuple[int, int]


@dataclass(frozen=True)
class Step:
    """One of these phrases, after at most `gap` words of the same sentence; an `optional` step may be left out."""

    phrases: frozenset[str]
    gap: int = 0
    optional: bool = False


@dataclass(frozen=True)
class Pattern:
    """Steps that follow each other."""

    steps: tuple[Step, ...]

    @cached_property
    def needs(self) -> frozenset[frozenset[str]]:
        """Of each of these sets of phrases the text must hold one."""
        return frozenset(step.phrases for step in self.steps if not step.optional)


class Patterns:
    """Reads patterns, and texts for them."""

    def __init__(self, spellings: Node, sets: Mapping[str, str]) -> None:
        """Raises `ContentError`."""
        self.nlp = _language(spellings)
        self._sets = sets
        self._norms: dict[str, str] = {}
        self._phrases: dict[str, set[frozenset[str]]] = defaultdict(set)
        self._tokens: dict[str, list] = {}

    def read(self, node: Node) -> Pattern:
        """The pattern that stands at `node`."""
        pattern = self._of_tokens(node) if isinstance(node.value, list) else self._of_words(node)
        for step in pattern.steps:
            for phrase in step.phrases:
                self._phrases[phrase].add(step.phrases)
        return pattern

    def close(self) -> None:
        """Have `nlp` find everything that has been read."""
        phrases = [{"label": PHRASE, "pattern": one} for one in sorted(self._phrases.keys() - self._tokens - {PAUSE})]
        tokens = [{"label": name, "pattern": tokens} for name, tokens in self._tokens.items()]
        self.nlp.get_pipe(KEY).add_patterns(phrases + tokens)

    def text(self, doc: Doc) -> Text:
        """What the matching needs to know of a text that `nlp` has read."""
        return Text(doc, self._phrases)

    def _of_tokens(self, node: Node) -> Pattern:
        self._tokens[node.key] = node.value
        return Pattern((Step(frozenset({node.key})),))

    def _of_words(self, node: Node) -> Pattern:
        """The words, unfolded together into steps as long as they don't stand for too many phrases."""
        steps, phrases, gap = [], {""}, 0
        for word in node.text().split():
            new = GAP.match(word)
            choices = {""} if new else self._choices(node, word)
            full = len(phrases) * len(choices) > MOST and (steps or "" not in phrases)
            if phrases != {""} and (new or word == PAUSE or full):
                steps.append(Step(frozenset(phrases - {""}), gap, "" in phrases))
                phrases, gap = {""}, 0
            gap = int(new[1]) if new else gap
            phrases = {f"{first} {second}".strip() for first, second in product(phrases, choices)}
        steps.append(Step(frozenset(phrases - {""}), gap, "" in phrases))
        if steps[0].optional or not steps[-1].phrases:
            raise node.wrong("a pattern needs a first word that must be there, and may not end in a gap")
        return Pattern(tuple(steps))

    def _choices(self, node: Node, word: str) -> set[str]:
        optional = word.endswith("?")
        choices = {""} if optional else set()
        for one in word.removesuffix("?").split("|"):
            if name := SET.match(one):
                if name[1] not in self._sets:
                    raise node.wrong(f"no set is named {name[1]!r}")
                choices.update(self._sets[name[1]].split())
            else:
                choices.add(one)
        return {self._norm(choice.replace("_", " ")) for choice in choices}

    def _norm(self, words: str) -> str:
        if words not in self._norms:
            self._norms[words] = " ".join(token.norm_ for token in self.nlp.make_doc(words))
        return self._norms[words]


class Text:
    """A text, where which phrase is in it, and which sentence each token is in."""

    def __init__(self, doc: Doc, phrases: Mapping[str, set[frozenset[str]]]) -> None:
        self.doc = doc
        self.sentence = list(accumulate(int(bool(token.is_sent_start)) for token in doc))
        self._spots: dict[str, list[Place]] = defaultdict(list)
        norms = [token.norm_ for token in doc]
        for span in doc.spans.get(KEY, ()):
            start, end, label = span.start, span.end, span.label_
            self._spots[" ".join(norms[start:end]) if label == PHRASE else label].append((start, end))
        self._spots[PAUSE] = [(at, at) for at in range(1, len(doc) + 1) if self._pauses(at)]
        self._there = set().union(*(phrases.get(phrase, ()) for phrase in self._spots))
        self._starts: dict[frozenset[str], dict[int, list[int]]] = {}

    def find(self, patterns: Iterable[Pattern]) -> set[Place]:
        """Where the patterns are."""
        fit = (pattern for pattern in patterns if pattern.needs <= self._there)
        return {place for pattern in fit for place in self._match(pattern.steps)}

    def begins(self, place: Place) -> bool:
        """Whether no word of its sentence stands before a place."""
        return self._words[self.sentence[place[0]]][0] >= place[0]

    def ends(self, place: Place) -> bool:
        """Whether no word of its sentence stands after a place."""
        return self._words[self.sentence[place[1] - 1]][1] < place[1]

    @cached_property
    def _words(self) -> dict[int, Place]:
        """The first and the last word of each sentence that has any."""
        words: dict[int, Place] = {}
        for token in filter(_is_word, self.doc):
            first, _ = words.get(self.sentence[token.i], (token.i, token.i))
            words[self.sentence[token.i]] = (first, token.i)
        return words

    def _match(self, steps: tuple[Step, ...]) -> list[Place]:
        places = [(start, end) for start, ends in self._where(steps[0].phrases).items() for end in ends]
        for step in steps[1:]:
            places = [(start, end) for start, middle in places for end in self._after(middle, step)]
        return places

    def _after(self, middle: int, step: Step) -> list[int]:
        """Where `step` may end if the step before it ended at `middle`."""
        starts = self._where(step.phrases)
        ends = [middle] if step.optional else []
        for start in range(middle, min(middle + step.gap, len(self.doc)) + 1):
            if start in starts and (start == middle or self._same_sentence(start, middle)):
                ends += starts[start]
        return ends

    def _same_sentence(self, start: int, middle: int) -> bool:
        """Whether a step at `start` is in the sentence of what ended at `middle`; at the text's end only a pause is."""
        return self.sentence[min(start, len(self.doc) - 1)] == self.sentence[middle - 1]

    def _where(self, phrases: frozenset[str]) -> dict[int, list[int]]:
        """Where any of `phrases` begins, and where it ends."""
        if phrases not in self._starts:
            starts = defaultdict(list)
            for phrase in phrases:
                for start, end in self._spots.get(phrase, ()):
                    starts[start].append(end)
            self._starts[phrases] = dict(starts)
        return self._starts[phrases]

    def _pauses(self, at: int) -> bool:
        """Whether no word of the same sentence follows right before the token `at`."""
        return at == len(self.doc) or self.sentence[at] != self.sentence[at - 1] or not _is_word(self.doc[at])


@Language.component("lines")
def lines(doc: Doc) -> Doc:
    """A new line begins a new sentence."""
    for token in doc[1:]:
        if "\n" in doc[token.i - 1].text:
            token.is_sent_start = True
    return doc


def _language(spellings: Node) -> Language:
    """English words and sentences, with a ruler that still knows no pattern."""
    nlp = spacy.blank("en")
    nlp.max_length = 10_000_000
    for meant in spellings.value:
        for written in spellings[meant].texts():
            _teach(nlp, written, meant)
    nlp.add_pipe("span_ruler", name=KEY, config={"spans_key": KEY, "phrase_matcher_attr": "NORM"})
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("lines")
    return nlp


def _teach(nlp: Language, written: str, meant: str) -> None:
    """Have `nlp` take the spelling `written`, cut at `|`, for the words `meant`."""
    for text in {case(written.replace("'", mark)) for case in (str.lower, str.capitalize, str.upper) for mark in "'’"}:
        parts = text.split("|")
        cut = [{ORTH: part, NORM: norm} for part, norm in zip(parts, meant.split())]
        nlp.tokenizer.add_special_case("".join(parts), cut)


def _is_word(token: Token) -> bool:
    return token.is_alpha or any(map(str.isalnum, token.text))
