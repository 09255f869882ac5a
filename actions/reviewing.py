"""What the coach saw in a version of a draft, less what was not meant so, and how it is put to the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from actions.coach.labels import Element, Labels
from actions.coach.review import Flag, Review
from actions.coach.showing import APOLOGY, Note, Piece, missing, notes, pieces, strengths
from actions.moment import Moment
from actions.program import HURT
from actions.sentences import Markup, quoted, safe
from actions.steps import plain
from actions.store.models import Draft, DraftVersion, Run

#: Flags that are shown at a time.
AT_ONCE = 3
#: With fewer flags than this, one gentle question asks for what is not there yet.
FEW = 2
#: Of longer drafts only the surroundings of what is marked are quoted, this many characters on each side.
LONG, AROUND = 1500, 120
QUOTE = 160
#: What is said of drafts that are no apology to be looked at; what is said of them otherwise stays unsaid.
KINDS = {"too_long": "utter_draft_too_long", "not_english": "utter_draft_not_english"}


@dataclass(frozen=True)
class Looked:
    """A version of a draft as the coach saw it: `review` is without what was dismissed."""

    number: int
    review: Review
    dismissed: tuple[Flag, ...]

    @property
    def shown(self) -> tuple[Flag, ...]:
        """The flags to talk about now."""
        return self.review.hardest(AT_ONCE)

    @property
    def dodges(self) -> set[str]:
        """Every way in which it dodges."""
        return {flag.label for flag in self.review.flags}


def look(m: Moment, draft: Draft, version: DraftVersion) -> Looked:
    """Look at a version with the coach's eyes."""
    review, not_meant = m.tools.coach().review(version.text), m.kept.drafts.dismissed(draft)
    gone = tuple(flag for flag in review.flags if _is_dismissed(flag, not_meant))
    left = tuple(flag for flag in review.flags if flag not in gone)
    return Looked(version.number, replace(review, flags=left), gone)


def say_review(m: Moment, run: Run, looked: Looked, before: Looked | None) -> None:
    """The draft with its marks, what is strong, what dodges, and one question at most for what is not there."""
    review, labels = looked.review, m.tools.coach().labels
    _say_quoted(m, run, looked, looked.shown)
    if review.kind != APOLOGY:
        m.say(KINDS[review.kind], more=True)
        return
    if before is not None and run.role != HURT:
        _compare(m, labels, before, looked)
    say_findings(m, run, looked, before)


def say_findings(m: Moment, run: Run, looked: Looked, before: Looked | None = None) -> None:
    """What is strong (newly so, if anything is), what dodges, and what is not there, without the draft itself."""
    labels = m.tools.coach().labels
    if run.role == HURT:
        _say_received(m, looked, labels)
    else:
        _say_own(m, looked, _gained(before, looked, labels) or strengths(looked.review, labels), labels)


def say_everything(m: Moment, run: Run, looked: Looked) -> None:
    """Every flag and every element, not only those that come first."""
    review, labels = looked.review, m.tools.coach().labels
    _say_quoted(m, run, looked, review.flags)
    if run.role == HURT:
        _say_owns(m, looked, labels)
    for note in notes(review, labels):
        if run.role == HURT:
            _say_dodge(m, note)
        else:
            quotes = _quotes(note.flags)
            m.say("utter_every_flag", number=note.number, quotes=quotes, name=note.meant.name, more=True, private=True)
    there, absent = strengths(review, labels), missing(review, labels)
    if there and run.role != HURT:
        m.say("utter_every_strength", names=_names(one.name for one in there), more=True)
    if absent and run.role != HURT:
        m.say("utter_every_missing", names=_names(one.name for one in absent), more=True)
    if looked.dismissed:
        m.say("utter_every_dismissed", quotes=_quotes(looked.dismissed), more=True, private=True)


def say_why(m: Moment, looked: Looked) -> None:
    """What is the matter with each phrase that is shown."""
    coach = m.tools.coach()
    for note in _shown_notes(looked, coach.labels):
        quote, why = quoted(note.flags[0].quote, QUOTE), coach.why(note.flags[0])
        m.say("utter_why_flag", number=note.number, quote=quote, name=note.meant.name, why=why, more=True, private=True)


def _say_own(m: Moment, looked: Looked, strong: list[Element], labels: Labels) -> None:
    if strong and (strong[0].weight or looked.review.has("responsibility")):  # a reason alone is not praised
        m.say("utter_strength", strength=strong[0].strength, more=True)
    for note in _shown_notes(looked, labels):
        flag = note.flags[0]
        words = {"quote": quoted(flag.quote, QUOTE), "reason": flag.reason, "question": flag.question}
        m.say("utter_flag", number=note.number, **words, more=True, private=True)
    if not looked.shown:
        m.say("utter_no_flags", more=True)
    asked = {"names_the_act"} if "vague" in looked.dodges else set()
    absent = [one for one in missing(looked.review, labels) if one.id not in asked]
    if absent and len(looked.shown) < FEW:
        m.say("utter_missing", question=absent[0].missing, more=True)


def _say_received(m: Moment, looked: Looked, labels: Labels) -> None:
    _say_owns(m, looked, labels)
    for note in _shown_notes(looked, labels):
        _say_dodge(m, note)
    if not looked.shown:
        m.say("utter_no_flags_received", more=True)
    m.say("utter_your_own_time", more=True)


def _say_quoted(m: Moment, run: Run, looked: Looked, flags: tuple[Flag, ...]) -> None:
    words = _marked(looked.review, flags, m.tools.coach().labels)
    if run.role == HURT:
        m.say("utter_received_quoted", words=words, more=True, private=True)
    else:
        m.say("utter_draft_quoted", number=looked.number, words=words, more=True, private=True)


def _say_dodge(m: Moment, note: Note) -> None:
    says = m.tools.mirror.dodges[note.meant.id]
    m.say("utter_flag_received", number=note.number, quote=_quotes(note.flags), says=says, more=True, private=True)


def _say_owns(m: Moment, looked: Looked, labels: Labels) -> None:
    owned = [m.tools.mirror.owns[one.id] for one in strengths(looked.review, labels)]
    if owned:
        m.say("utter_owns", list=" ".join(owned), more=True)
    else:
        m.say("utter_owns_nothing", more=True)


def _compare(m: Moment, labels: Labels, before: Looked, now: Looked) -> None:
    """What got better since the version before, and what is left."""
    gone = [one.name for one in labels.deflections.values() if one.id in before.dodges - now.dodges]
    left = [one.name for one in labels.deflections.values() if one.id in before.dodges & now.dodges]
    gained = [one.name for one in _gained(before, now, labels)]
    if gone:
        m.say("utter_draft_gone", names=_names(gone), more=True)
    if gained:
        m.say("utter_draft_gained", names=_names(gained), more=True)
    if left:
        m.say("utter_draft_left", names=_names(left), more=True)


def _gained(before: Looked | None, now: Looked, labels: Labels) -> list[Element]:
    """What is strong in this version and was not in the one before."""
    return [one for one in strengths(now.review, labels) if before and not before.review.has(one.id)]


def _shown_notes(looked: Looked, labels: Labels) -> tuple[Note, ...]:
    return notes(replace(looked.review, flags=looked.shown), labels)


def _marked(review: Review, flags: tuple[Flag, ...], labels: Labels) -> Markup:
    found = notes(replace(review, flags=flags), labels)
    long = len(review.text) > LONG
    return Markup("".join(_piece(piece, long) for piece in pieces(review.text, found)))


def _piece(piece: Piece, long: bool) -> str:
    if not piece.notes:
        return safe(_shortened(piece.text) if long else piece.text)
    return f"<u>{safe(piece.text)}</u>" + "".join(f"<b>[{note.number}]</b>" for note in piece.closes)


def _shortened(text: str) -> str:
    if len(text) <= 2 * AROUND:
        return text
    return f"{text[:AROUND].rpartition(' ')[0]} … {text[-AROUND:].partition(' ')[2]}"


def _is_dismissed(flag: Flag, not_meant: Iterable[tuple[str, str]]) -> bool:
    said = plain(flag.quote)
    return any(flag.label == label and (said in phrase or phrase in said) for label, phrase in not_meant)


def _quotes(flags: Iterable[Flag]) -> str:
    return " ".join(dict.fromkeys(f"“{quoted(flag.quote, QUOTE)}”" for flag in flags))


def _names(names: Iterable[str]) -> str:
    return "; ".join(names)
