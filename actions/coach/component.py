"""The coach of apologies as a part of any spaCy pipeline.

>>> import spacy, actions.coach.component
>>> nlp = spacy.blank("en")
>>> nlp.add_pipe("apology_coach")
>>> doc = nlp("I'm sorry you feel that way.")
>>> [(span.text, span.label_) for span in doc.spans["dodges"]]
[("I'm sorry you feel that way", 'feelings_not_actions')]
>>> doc._.apology.verdict
'weak'
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from actions.coach.pipeline import Coach

DODGES, ELEMENTS = "dodges", "elements"

if not Doc.has_extension("apology"):
    Doc.set_extension("apology", default=None)


@Language.factory("apology_coach")
class ApologyCoach:
    """Sets `doc._.apology` (the `Review`), `doc.spans["dodges"]` and `doc.spans["elements"]`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self._coach = Coach.load()

    def __call__(self, doc: Doc) -> Doc:
        """Review a text."""
        review = self._coach.review(doc.text)
        doc._.apology = review
        doc.spans[DODGES] = [_span(doc, one.start, one.end, one.label) for one in review.flags]
        doc.spans[ELEMENTS] = [_span(doc, one.start, one.end, one.label) for one in review.elements]
        return doc


def _span(doc: Doc, start: int, end: int, label: str) -> Span:
    return doc.char_span(start, end, label=label, alignment_mode="expand")
