"""Which of the ten strategies someone means when they describe it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from actions.content import Node
from actions.program import Program
from actions.reading import Reading
from actions.steps import plain

#: A number that is meant as one: alone, or after a word that says so.
_NUMBER = re.compile(
    r"(?:.*\b(?:no|nr|num|number|strategy|exercise|step|do|take|open|try|pick|the) )?(\d+)"
    r"(?: (?:please|pls|plz|thanks|thx|ta|then|now|next|ok|mate|today|tonight))*"
)
#: How much likelier than the second the first must be to be taken without asking.
CLEARLY = 0.25


class Strategies:
    """A small classifier over descriptions of the ten strategies."""

    def __init__(self, path: Path, program: Program) -> None:
        """Learn from `data/strategy_examples.yml` and the names in the exercises; raises `ContentError`."""
        node = Node.read(path).only("strategies")["strategies"].only(*(one.id for one in program.exercises))
        said, meant = [], []
        for exercise in program.exercises:
            examples = [exercise.title, exercise.short, *exercise.names, *node[exercise.id].texts()]
            said += [plain(example) for example in examples]
            meant += [exercise.id] * len(examples)
        self._program = program
        self._words = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._model = LogisticRegression(C=10, max_iter=300, random_state=42, class_weight="balanced")
        self._model.fit(self._words.fit_transform(said), meant)

    def read(self, text: str) -> Reading:
        """The strategy that is meant, or the two that may be."""
        said = plain(text)
        number = _NUMBER.fullmatch(said)
        if number:
            named = self._program.named(number[1])
            return Reading("choose_strategy", named.id) if named else Reading("show_menu")
        likely = self._model.predict_proba(self._words.transform([said]))[0]
        first, second = np.argsort(likely)[::-1][:2]
        names = self._model.classes_
        if likely[first] - likely[second] >= CLEARLY:
            return Reading("choose_strategy", str(names[first]))
        return Reading("which_strategy", f"{names[first]}:{names[second]}")
