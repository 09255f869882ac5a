"""Looking out for danger in everything that is written, and for the answer to whether someone is safe."""

from __future__ import annotations

from dataclasses import replace

from actions.moment import Tools
from actions.program import HURT
from actions.reading import SAFE_NO, SAFE_UNSURE, SAFE_YES, Phrases, Reading
from actions.safety.recognise import HIGH, Danger, Recogniser
from actions.safety.voice import cannot_speak
from actions.store import Kept
from actions.store.answers import ASIDE
from actions.store.care import ABUSE, DAY, OTHERS, OWN, SELF_HARM, SOON, care_of, keep_care
from actions.store.models import Person, Run
from actions.walks import PRACTICE, REFLECTION
from bot.taken import Taken
from bot.turn import Kind, Turn

#: The classifier's words for danger.
BY_CLASSIFIER = {
    "crisis": Danger(SELF_HARM, HIGH, "classifier"),
    "abuse": Danger(ABUSE, HIGH, "classifier"),
}


class Watch:
    """Sees danger before anything else is made of a text."""

    def __init__(self, tools: Tools, phrases: Phrases, recogniser: Recogniser) -> None:
        self._tools = tools
        self._phrases = phrases
        self._recogniser = recogniser

    def sees(self, text: str, question: str = "") -> Danger | None:
        """The danger that a text tells of, which may answer a question, if that is plain enough to stop for."""
        danger = self._recogniser.read(text, question)
        return None if danger is None or danger.faint else danger

    def has_asked(self, person: Person) -> bool:
        """Whether "Are you safe right now?" was asked just before, and is not answered yet."""
        care = care_of(person)
        return care.asks == "safe" and self._tools.now() - care.since <= SOON

    def alarms(self, person: Person, text: str) -> bool:
        """Whether a text tells of danger, or answers that they are not safe. Nothing is kept of it."""
        unsafe = self.has_asked(person) and self._phrases.safe(text) in (SAFE_NO, SAFE_UNSURE)
        return unsafe or self.sees(text) is not None

    def hinted(self, person: Person, turn: Turn, question: str) -> bool:
        """Whether words held a hint of danger, and nothing was said of that for a day."""
        care, now = care_of(person), self._tools.now()
        if turn.kind is not Kind.TEXT or care.flagged(now) or now - care.hinted < DAY:
            return False
        heard = self._recogniser.read(turn.text, question) is not None
        if heard:
            keep_care(person, replace(care, hinted=now))
        return heard

    def is_voiceless(self, person: Person, text: str) -> bool:
        """Whether someone who told of danger within a day can't phone for help."""
        return care_of(person).flagged(self._tools.now()) and cannot_speak(text)

    def meets(self, kept: Kept, person: Person, run: Run | None, danger: Danger, now: float) -> Reading:
        """The exercise stops; its place, and the words, are kept."""
        leave_doubt(kept, run)
        evening = kept.evenings.of(run) if run is not None and run.exercise == REFLECTION else None
        if evening is not None:
            kept.evenings.answered(person, evening, now)
        kept.runs.put_down(person)
        kind, care = _kind(danger, run), care_of(person)
        again = care.kind == kind and now - care.since < SOON
        keep_care(person, care.told(kind, now))
        return Reading("danger", f"{kind}:again" if again else kind)

    def answers(self, kept: Kept, person: Person, taken: Taken) -> Reading | None:
        """The answer to what was asked last for their safety; nothing when these words are none."""
        care, text, now = care_of(person), taken.turn.text, self._tools.now()
        said = self._phrases.safe(text) if self.has_asked(person) else None
        if said is not None and not (said == SAFE_YES and self.sees(text)):
            kept.runs.note(person, taken.parts, now, ASIDE)
            return Reading("safe", said.removeprefix("safe_"))
        country = self._tools.helplines.country(text) if care.asks == "country" else None
        return Reading("set_country", country) if country else None


def _kind(danger: Danger, run: Run | None) -> str:
    """Whose danger it is. In an apology that someone received, "I" is their partner."""
    if danger.risk == SELF_HARM:
        return OTHERS if danger.others else SELF_HARM
    received = run is not None and run.exercise == PRACTICE and run.role == HURT
    return OWN if danger.own and not received else ABUSE


def leave_doubt(kept: Kept, run: Run | None) -> None:
    """Words of which Mend asked whether they are an answer are none."""
    doubtful = kept.runs.in_doubt(run) if run else None
    if doubtful is not None:
        kept.runs.set_aside(doubtful)
