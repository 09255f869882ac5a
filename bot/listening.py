"""What a turn asks for. Whatever was written is kept here, before the dialogue hears of it."""

from __future__ import annotations

from actions.moment import Tools
from actions.reading import ANSWER, DOUBT, DOUBT_FROM, Guess, Phrases, Reading, may_interrupt, read_answer, read_open
from actions.store import Kept
from actions.store.models import Person, Run
from actions.store.runs import FAREWELL, Place, parts_of
from actions.strategies import Strategies
from actions.walks import DRAFT, NOTE, PRACTICE, REVIEW
from bot.commands import WISHES
from bot.dialogue import Dialogue
from bot.taken import Taken
from bot.turn import Kind, Turn

#: What someone new may ask before they are welcomed.
BEFORE_WELCOME = {"help", "ask_privacy", "bot_challenge", "crisis", "abuse", "delete_data", "export_data"}
#: How sure the classifier must be that someone is in danger: less than of any other wish.
SURE_OF_DANGER = 0.5
#: Someone who writes this many words is telling something, whatever the classifier thinks it heard.
TELLING_WORDS = 14
#: With fewer words, and nobody sure what they ask for, Mend says that it did not understand.
FEWEST_TELLING_WORDS = 3


class Listener:
    """Reads turns, and keeps the words in them."""

    def __init__(self, tools: Tools, dialogue: Dialogue, phrases: Phrases, strategies: Strategies) -> None:
        self._tools = tools
        self._dialogue = dialogue
        self._phrases = phrases
        self._strategies = strategies

    async def read(self, kept: Kept, person: Person, taken: Taken) -> Reading | None:
        """What the turn asks for. Nothing when there is nothing to say to it."""
        turn = taken.turn
        if turn.kind in (Kind.LEFT, Kind.RETURNED):
            return None
        if turn.kind is Kind.OTHER:
            return Reading("not_text", turn.text)
        if turn.kind is Kind.EDIT:
            return self._edit(kept, person, turn)
        if turn.kind is Kind.CHOICE:
            return self._choice(kept, person, taken)
        run = kept.runs.in_hand(person)
        if turn.kind is Kind.COMMAND:
            _leave_doubt(kept, run)
            return Reading(WISHES[turn.text])
        if not turn.text.strip():
            return Reading("not_text", "empty")
        danger = self._phrases.danger(turn.text)
        if danger:  # the exercise stops; its place, and the words, are kept
            _leave_doubt(kept, run)
            kept.runs.put_down(person)
            kept.runs.note(person, taken.parts, self._tools.now())
            return Reading(danger)
        return await (self._at_question(kept, run, taken) if run else self._outside(kept, person, taken))

    def _edit(self, kept: Kept, person: Person, turn: Turn) -> Reading:
        mended = kept.runs.correct(person, turn.ref, turn.text, self._tools.now())
        run = kept.runs.in_hand(person)
        if mended is None:
            return Reading("edited_other")
        if run is not None and mended.run_id == run.id and _reviewed(run, mended.step):
            return Reading("draft_done", mended.step)
        return Reading("edited")

    def _choice(self, kept: Kept, person: Person, taken: Taken) -> Reading:
        button = kept.outbox.button(taken.turn.channel, taken.turn.chat, taken.turn.text)
        run, place = kept.runs.in_hand(person), kept.runs.place(person)
        intent, _, value = button.choice.partition(":")
        if button.place is not None and button.place != str(place or ""):
            return Reading("stale")
        if intent == "keep_answer":
            kept.runs.settle(kept.runs.in_doubt(run) or kept.runs.answer_at(run, run.step))
            return Reading(ANSWER)
        _leave_doubt(kept, run)
        if intent == ANSWER:
            kept.runs.answer(run, run.step, [("", value)], self._tools.now())
            return Reading(ANSWER)
        return Reading(intent, value or None)

    async def _at_question(self, kept: Kept, run: Run, taken: Taken) -> Reading:
        text, now = taken.turn.text, self._tools.now()
        side = self._tools.program.side(run.exercise, run.role)
        step = side.step(run.step) or side.steps[0]
        here = run.step if side.step(run.step) else step.id
        doubtful = kept.runs.in_doubt(run)
        guess = await self._dialogue.guess(text) if may_interrupt(text, self._phrases) else None
        reading = read_answer(text, self._phrases, step, guess, in_doubt=doubtful is not None)
        if reading.intent == "keep_answer":
            kept.runs.settle(doubtful)
            return Reading(ANSWER)
        if reading.intent == "take_offer" or (doubtful and reading == Reading(DOUBT, doubtful.doubt)):
            reading = Reading(doubtful.doubt)  # they say it again, or say yes: it was a wish
        if reading.intent not in (ANSWER, DOUBT):
            _leave_doubt(kept, run)
            return reading
        if run.exercise == NOTE:
            kept.runs.add_to(run, NOTE, taken.parts, now)
            return Reading(ANSWER)
        if not _seen(kept, taken, Place(run.id, run.step)):
            last = kept.runs.last_words(run)
            if last is not None and last.step != run.step:
                kept.runs.add_to(run, last.step, taken.parts, now)
                return Reading("draft_done", last.step) if _reviewed(run, last.step) else Reading("added")
        before = doubtful or (kept.runs.standing(run, here) if step.several else None)
        parts = (parts_of(before) if before else []) + taken.parts
        kept.runs.answer(run, here, parts, now, doubt=reading.value if reading.intent == DOUBT else None)
        return reading

    async def _outside(self, kept: Kept, person: Person, taken: Taken) -> Reading:
        text, now = taken.turn.text, self._tools.now()
        reading = read_open(text, self._phrases, self._tools.program)
        if reading is None:
            last = kept.runs.finished_last(person)
            words = kept.runs.last_words(last) if last is not None else None
            if words is not None and not _seen(kept, taken, Place(last.id, FAREWELL)):
                kept.runs.add_to(last, words.step, taken.parts, now)
                return Reading("added")
            guess = await self._dialogue.guess(text)
            reading = _believed(text, guess)
            if not _is_sure_wish(reading, guess):
                kept.runs.note(person, taken.parts, now)
        if reading.intent == "choose_strategy" and reading.value is None:
            reading = self._strategies.read(text)
        if person.role is None and reading.intent not in BEFORE_WELCOME:
            return Reading("greet")
        if reading.intent in ("vent", "out_of_scope") and kept.runs.unfinished(person):
            return Reading("start")
        return reading


def _seen(kept: Kept, taken: Taken, place: Place) -> bool:
    """Whether what was said at `place` had reached them when they wrote."""
    return kept.outbox.reached(taken.turn.channel, taken.turn.chat, str(place), taken.received_at)


def _reviewed(run: Run, step: str) -> bool:
    """Whether the coach has just spoken of the draft whose words stand at `step`."""
    return run.exercise == PRACTICE and step.startswith(DRAFT) and run.step == step.replace(DRAFT, REVIEW)


def _believed(text: str, guess: Guess) -> Reading:
    """What to make of the classifier's guess about words that came outside of any question."""
    if guess.intent in ("crisis", "abuse") and guess.confidence >= SURE_OF_DANGER:
        return Reading(guess.intent)
    # Which side someone is on is never guessed from a sentence: it is heard, and the side stays as they set it.
    if len(text.split()) >= TELLING_WORDS or guess.intent.startswith("role_"):
        return Reading("vent")
    if guess.confidence >= DOUBT_FROM:
        return Reading(guess.intent)
    return Reading("vent" if len(text.split()) >= FEWEST_TELLING_WORDS else "out_of_scope")


def _is_sure_wish(reading: Reading, guess: Guess) -> bool:
    return reading.intent not in ("vent", "crisis", "abuse") and reading.intent == guess.intent


def _leave_doubt(kept: Kept, run: Run | None) -> None:
    doubtful = kept.runs.in_doubt(run) if run else None
    if doubtful is not None:
        kept.runs.set_aside(doubtful)
