"""What a turn asks for. Whatever was written is kept here, before the dialogue hears of it."""

from __future__ import annotations

from dataclasses import replace

from actions.choosing import FIRST_THIS
from actions.evening.heard import leaves_settling, of_the_evening, says_when
from actions.evening.settling import HOUR, ZONE
from actions.evening.when import read_pause
from actions.moment import Tools
from actions.reading import (
    ANSWER,
    ANSWERS_FROM_WORDS,
    DOUBT,
    DOUBT_FROM,
    EVENING_DOUBT_FROM,
    MAY_INTERRUPT_WORDS,
    Phrases,
    Reading,
    believed,
    is_sure_wish,
    read_answer,
    read_open,
)
from actions.safety.recognise import Recogniser
from actions.steps import plain
from actions.store import Kept
from actions.store.answers import parts_of, text_of
from actions.store.care import SOON, care_of
from actions.store.models import Person, Run
from actions.store.runs import FAREWELL, Place
from actions.strategies import Strategies
from actions.understanding import Understanding
from actions.walks import DRAFT, NOTE, PLAN, PRACTICE, REFLECTION, REVIEW, SCREENING, SEARCHING, SETTLING
from bot.allowed import ASKS_BACK, COMING, FOR_EVERYONE, GENTLY, is_open_to_new
from bot.commands import WISHES, is_unknown_command
from bot.dialogue import Dialogue
from bot.taken import Taken
from bot.turn import Kind, Turn
from bot.watching import BY_CLASSIFIER, Watch, leave_doubt

#: Words that come within so many seconds after an evening's answer go on with it.
STILL_ANSWERING = 600


class Listener:
    """Reads turns, and keeps the words in them."""

    def __init__(
        self,
        tools: Tools,
        dialogue: Dialogue,
        phrases: Phrases,
        strategies: Strategies,
        recogniser: Recogniser,
        understanding: Understanding,
    ) -> None:
        self._tools = tools
        self._dialogue = dialogue
        self._phrases = phrases
        self._strategies = strategies
        self._watch = Watch(tools, phrases, recogniser)
        self._understanding = understanding

    @property
    def watch(self) -> Watch:
        """Who looks out for danger."""
        return self._watch

    async def read(self, kept: Kept, person: Person, taken: Taken) -> Reading | None:
        """What the turn asks for. Nothing when there is nothing to say to it."""
        reading = await self._read(kept, person, taken)
        helped = reading is None or reading.intent in ("danger", "heard", "cannot_speak")
        run = kept.runs.in_hand(person)
        if not helped and self._watch.hinted(person, taken.turn, self._question(run)):
            reading = replace(reading, gently=True)
        stopped = care_of(person).adult is False and not (run and run.exercise in (SCREENING, PLAN))
        return Reading("under_age") if stopped and reading and reading.intent not in FOR_EVERYONE else reading

    async def _read(self, kept: Kept, person: Person, taken: Taken) -> Reading | None:
        turn = taken.turn
        if turn.kind in (Kind.LEFT, Kind.RETURNED):
            return None
        if turn.kind is Kind.OTHER:
            return Reading("not_text", turn.text)
        if turn.kind is Kind.PLACE:
            return self._place(kept, person, turn)
        if turn.kind is Kind.EDIT:
            return self._edit(kept, person, turn)
        if turn.kind is Kind.CHOICE:
            return self._choice(kept, person, taken)
        run = kept.runs.in_hand(person)
        if turn.kind is Kind.COMMAND:
            leave_doubt(kept, run)
            return Reading(WISHES[turn.text])
        if not turn.text.strip():
            return Reading("not_text", "empty")
        if run is None and (answer := self._watch.answers(kept, person, taken)) is not None:
            return answer
        planning = run is not None and run.exercise == PLAN  # a plan for safety speaks of danger by its nature
        danger = None if planning else self._watch.sees(turn.text, self._question(run))
        voiceless = run is None and self._watch.is_voiceless(person, turn.text)
        if danger is not None:
            now = self._tools.now()
            kept.runs.note(person, taken.parts, now)
            met = self._watch.meets(kept, person, run, danger, now)
            return Reading("cannot_speak") if voiceless else met
        if run is not None:
            return self._at_question(kept, run, taken)
        if voiceless:
            kept.runs.note(person, taken.parts, self._tools.now())
            return Reading("cannot_speak")
        return await self._outside(kept, person, taken)

    def _edit(self, kept: Kept, person: Person, turn: Turn) -> Reading:
        now = self._tools.now()
        mended = kept.runs.correct(person, turn.ref, turn.text, now)
        run = kept.runs.in_hand(person)
        if (danger := self._watch.sees(turn.text)) is not None:
            if mended is None:
                kept.runs.note(person, [(turn.ref, turn.text)], now)
            return self._watch.meets(kept, person, run, danger, now)
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
        doubtful = kept.runs.in_doubt(run) if run is not None else None
        if intent == "evening_settings" and doubtful is not None:
            leave_doubt(kept, run)
            return Reading("set_reminder", text_of(doubtful))  # they may have said when
        if intent == "keep_answer":
            kept.runs.settle(kept.runs.in_doubt(run) or kept.runs.answer_at(run, run.step))
            return Reading(ANSWER)
        leave_doubt(kept, run)
        if intent == ANSWER:
            kept.runs.answer(run, run.step, [("", value)], self._tools.now())
            return Reading(ANSWER)
        return Reading(intent, value or None)

    def _place(self, kept: Kept, person: Person, turn: Turn) -> Reading:
        """The zone of the place that they shared: the answer, where that was asked."""
        run = kept.runs.in_hand(person)
        if run is not None and run.exercise == SETTLING:
            kept.runs.answer(run, ZONE if run.step == ZONE else HOUR, [(turn.ref, turn.text)], self._tools.now())
            return Reading(ANSWER)
        known = kept.evenings.habit(person)
        return Reading("evening_change", f"{ZONE}.{turn.text}") if known else Reading("not_text", "location")

    def _question(self, run: Run | None) -> str:
        """What an exercise or an evening asks now; nothing where a draft or free writing is in hand."""
        if run is None or run.exercise in (NOTE, PRACTICE, SETTLING, SEARCHING):
            return ""
        step = self._tools.program.side(run.exercise, run.role).step(run.step)
        return step.ask if step is not None else ""

    def _at_question(self, kept: Kept, run: Run, taken: Taken) -> Reading:
        text, now = taken.turn.text, self._tools.now()
        side = self._tools.program.side(run.exercise, run.role)
        step = side.step(run.step) or side.steps[0]
        here = run.step if side.step(run.step) else step.id
        doubtful = kept.runs.in_doubt(run)
        declined = plain(text) in self._tools.program.reflections.declines and run.exercise == REFLECTION
        screening = self._tools.program.care.screening
        chosen = run.exercise == SCREENING and screening.answer(step.id, text) in step.choices
        never = chosen or run.exercise in (SETTLING, SEARCHING) or len(plain(text).split()) >= ANSWERS_FROM_WORDS
        wish = None if declined or never else self._understanding.wish(text, step.ask)
        if run.exercise == SETTLING and (left := leaves_settling(text, self._understanding.wish(text, step.ask))):
            return Reading(left)
        sure = EVENING_DOUBT_FROM if run.exercise == REFLECTION else DOUBT_FROM
        wish = of_the_evening(text, wish) if wish and run.exercise == REFLECTION else wish
        reading = read_answer(text, self._phrases, step, wish, in_doubt=doubtful is not None, doubt_from=sure)
        if reading.intent == "keep_answer":
            kept.runs.settle(doubtful)
            return Reading(ANSWER)
        if reading.intent == "take_offer" or (doubtful and reading == Reading(DOUBT, doubtful.doubt)):
            reading = Reading(doubtful.doubt)  # they say it again, or say yes: it was a wish
            if doubtful.doubt == "evening_settings":
                reading = Reading("set_reminder", text_of(doubtful))
        if reading.intent not in (ANSWER, DOUBT):
            leave_doubt(kept, run)
            return reading
        if run.exercise == NOTE:
            kept.runs.add_to(run, NOTE, taken.parts, now)
            return Reading(ANSWER)
        if run.exercise != SETTLING and not self._seen(kept, taken, Place(run.id, run.step)):
            last = kept.runs.last_words(run)
            if last is not None and last.step != run.step:
                kept.runs.add_to(run, last.step, taken.parts, now)
                return Reading("draft_done", last.step) if _reviewed(run, last.step) else Reading("added")
        begun = doubtful if doubtful and not chosen and doubtful.doubt != "show_menu" else None  # "/restart" is none
        before = begun or (kept.runs.standing(run, here) if step.several else None)
        parts = (parts_of(before) if before else []) + taken.parts
        kept.runs.answer(run, here, parts, now, doubt=reading.value if reading.intent == DOUBT else None)
        return reading

    async def _outside(self, kept: Kept, person: Person, taken: Taken) -> Reading:
        text, now = taken.turn.text, self._tools.now()
        if is_unknown_command(text):
            return Reading("help")
        reading = read_open(text, self._phrases, self._tools.program)
        if reading is None:
            last = kept.runs.finished_last(person)
            words = kept.runs.last_words(last) if last is not None else None
            if words is not None and not self._seen(kept, taken, Place(last.id, FAREWELL)):
                kept.runs.add_to(last, words.step, taken.parts, now)
                return Reading("added")
            short = len(text.split()) <= MAY_INTERRUPT_WORDS
            if short and kept.evenings.running(person) and read_pause(text) is not None:
                return Reading("stop_reminder")
            guess = await self._dialogue.guess(text)
            reading = Reading("set_reminder") if says_when(text, guess) else believed(text, guess)
            if reading.intent in BY_CLASSIFIER:
                kept.runs.note(person, taken.parts, now)
                return self._watch.meets(kept, person, None, BY_CLASSIFIER[reading.intent], now)
            if not is_sure_wish(reading, guess):
                if words is not None and last.exercise == REFLECTION and now - last.finished_at < STILL_ANSWERING:
                    kept.runs.add_to(last, words.step, taken.parts, now)
                    return Reading("added")
                kept.runs.note(person, taken.parts, now)
        if reading.intent == "choose_strategy" and reading.value is None:
            reading = self._strategies.read(text)
        care = care_of(person)
        if reading.intent in ASKS_BACK and self._watch.has_asked(person):
            return Reading("safe", "why")
        if care.flagged(now) and reading.intent in GENTLY or (now - care.since < SOON and reading.intent == "greet"):
            return Reading("heard")
        if person.role is None and not is_open_to_new(reading.intent, care):
            return Reading("greet", None if reading.intent in COMING else FIRST_THIS)
        if reading.intent in ("vent", "out_of_scope") and kept.runs.unfinished(person):
            return Reading("start")
        return reading

    def _seen(self, kept: Kept, taken: Taken, place: Place) -> bool:
        """Whether what was said at `place` had reached them when they wrote."""
        turn, now = taken.turn, self._tools.now()
        return kept.outbox.reached(turn.channel, turn.chat, str(place), taken.received_at, now)


def _reviewed(run: Run, step: str) -> bool:
    """Whether the coach has just spoken of the draft whose words stand at `step`."""
    return run.exercise == PRACTICE and step.startswith(DRAFT) and run.step == step.replace(DRAFT, REVIEW)
