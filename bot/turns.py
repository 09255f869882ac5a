"""One turn, from the inbox to the outbox, as one transaction: all of it is kept, or it is done again from the start.

The order is what keeps people's words safe: an update is in the inbox before anything else (`take`); an answer is
kept before the dialogue sees it; the replies are in the outbox before any is sent.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from actions.moment import Tools
from actions.reading import ANSWER, DOUBT, Guess, Phrases, Reading, needs_guess, read_answer, read_open
from actions.store import Kept
from actions.store.models import Incoming, Person, Run
from actions.store.runs import Place, parts_of
from actions.strategies import Strategies
from bot.commands import WISHES
from bot.dialogue import Dialogue, Said
from bot.direct import Direct
from bot.replies import replies_from
from bot.turn import Kind, Reply, Turn

logger = logging.getLogger(__name__)

#: Below this the classifier is guessing.
SURE_ENOUGH = 0.3
#: Someone who writes this many words is telling something, whatever the classifier thinks it heard.
TELLING_WORDS = 14
#: What someone new may ask before they are welcomed.
BEFORE_WELCOME = {"help", "ask_privacy", "bot_challenge", "crisis", "abuse", "delete_data", "export_data"}


@dataclass(frozen=True)
class Taken:
    """Updates that are answered together: one, or several texts that were written as one thought."""

    rows: list[Incoming]
    turn: Turn
    parts: list[tuple[str, str]]  #: (message reference, text)
    received_at: float


class Turns:
    """Takes updates in, and answers them."""

    def __init__(self, tools: Tools, dialogue: Dialogue, phrases: Phrases, strategies: Strategies) -> None:
        self._tools = tools
        self._dialogue = dialogue
        self._phrases = phrases
        self._strategies = strategies
        self._direct = Direct(tools)

    def take(self, turn: Turn, update: int | None = None) -> bool:
        """Keep an update before it is acted on. False when it was here before. `update` is the channel's number."""
        with self._tools.store.begin() as kept:
            number = kept.inbox.next_number(turn.channel) if update is None else update
            return kept.inbox.add(turn.channel, number, turn.chat, turn.as_dict(), self._tools.now())

    async def answer(self, channel: str, chat: str) -> bool:
        """Answer what has waited longest in a chat's inbox. False when nothing waits."""
        return await self._dialogue.run(self._answer(channel, chat))

    async def _answer(self, channel: str, chat: str) -> bool:
        with self._tools.store.begin() as kept:
            taken = self._gather(kept, channel, chat)
            if taken is None:
                return False
            if not self._direct.erases(kept, taken.turn):
                await self._turn(kept, taken)
                kept.inbox.done(taken.rows)
            return True

    def _gather(self, kept: Kept, channel: str, chat: str) -> Taken | None:
        rows = kept.inbox.waiting(channel, chat)
        if not rows:
            return None
        turns = [Turn.from_dict(channel, chat, kept.inbox.read(row)) for row in rows]
        count = 1
        if turns[0].kind is Kind.TEXT and not self._phrases.unmistakable(turns[0].text):
            while count < len(turns) and self._goes_on(turns[count]):
                count += 1
        turns, rows = turns[:count], rows[:count]
        whole = Turn(channel, chat, turns[0].kind, "\n".join(turn.text for turn in turns), turns[0].ref)
        return Taken(rows, whole, [(turn.ref, turn.text) for turn in turns], rows[-1].received_at)

    def _goes_on(self, turn: Turn) -> bool:
        return turn.kind is Kind.TEXT and not self._phrases.unmistakable(turn.text)

    async def _turn(self, kept: Kept, taken: Taken) -> None:
        turn, now = taken.turn, self._tools.now()
        person = kept.people.meet(turn.channel, turn.chat, now)
        person.seen_at, person.reachable = now, turn.kind is not Kind.LEFT
        replies = self._direct.replies(kept, person, turn)
        if replies is None:
            reading = await self._read(kept, person, taken)
            replies = [] if reading is None else await self._speak(kept, person, turn, reading)
        for reply, place in replies:
            self._send(kept, turn, reply, place)

    async def _speak(self, kept: Kept, person: Person, turn: Turn, reading: Reading) -> list[tuple[Reply, str | None]]:
        try:
            with kept.session.begin_nested():
                said = await self._dialogue.turn(person.id, turn.text, reading)
        except Exception as error:  # whatever broke, their words stay kept and they hear a kind line
            logger.error("person %s: a turn failed (%s)", person.id, type(error).__name__)
            said = [Said(self._tools.sentences.say("utter_trouble"), buttons=[])]
        return replies_from(said)

    def _send(self, kept: Kept, turn: Turn, reply: Reply, place: str | None) -> None:
        buttons = [[choice.kept(place) for choice in row] for row in reply.buttons]
        kept.outbox.add(
            turn.channel,
            turn.chat,
            reply.as_dict(),
            self._tools.now(),
            buttons=buttons,
            place=place,
            token=lambda: secrets.token_urlsafe(8),
        )

    # -- reading what came ---------------------------------------------------------------------------------------

    async def _read(self, kept: Kept, person: Person, taken: Taken) -> Reading | None:
        """What the turn asks for; its words are kept on the way. Nothing when there is nothing to say to it."""
        turn = taken.turn
        if turn.kind in (Kind.LEFT, Kind.RETURNED):
            return None
        if turn.kind is Kind.OTHER:
            return Reading("not_text", turn.text)
        if turn.kind is Kind.EDIT:
            mended = kept.runs.correct(person, turn.ref, turn.text, self._tools.now())
            return Reading("edited" if mended else "edited_other")
        if turn.kind is Kind.CHOICE:
            return self._read_choice(kept, person, taken)
        if turn.kind is Kind.COMMAND and turn.text in WISHES:
            self._leave_doubt(kept, kept.runs.in_hand(person))
            return Reading(WISHES[turn.text])
        run = kept.runs.in_hand(person)
        if not turn.text.strip():
            return Reading("not_text", "empty")
        return await (self._read_at_question(kept, run, taken) if run else self._read_open(kept, person, taken))

    def _read_choice(self, kept: Kept, person: Person, taken: Taken) -> Reading | None:
        turn, now = taken.turn, self._tools.now()
        button = kept.outbox.button(turn.channel, turn.chat, turn.text)
        if not kept.outbox.press(button, now):
            return None  # pressed twice
        self._send(kept, turn, self._direct.pressed(kept, button), None)
        run, place = kept.runs.in_hand(person), kept.runs.place(person)
        intent, _, value = button.choice.partition(":")
        if button.place is not None and button.place != str(place or ""):
            return Reading("stale")
        if intent == "keep_answer":
            kept.runs.settle(kept.runs.in_doubt(run) or kept.runs.answer_at(run, run.step))
            return Reading(ANSWER)
        self._leave_doubt(kept, run)
        if intent == ANSWER:
            kept.runs.answer(run, run.step, [("", value)], now)
            return Reading(ANSWER)
        return Reading(intent, value or None)

    async def _read_at_question(self, kept: Kept, run: Run, taken: Taken) -> Reading:
        text, now = taken.turn.text, self._tools.now()
        side = self._tools.program.side(run.exercise, run.role)
        step = side.step(run.step) or side.steps[0]
        doubtful = kept.runs.in_doubt(run)
        guess = await self._dialogue.guess(text) if needs_guess(text) else None
        reading = read_answer(text, self._phrases, step, guess, in_doubt=doubtful is not None)
        if reading.intent == "keep_answer":
            kept.runs.settle(doubtful)
            return Reading(ANSWER)
        if reading.intent not in (ANSWER, DOUBT):
            self._leave_doubt(kept, run)
            return reading
        before = self._unseen(kept, run, taken)
        if before is not None:
            kept.runs.add_to(run, before, taken.parts, now)
            return Reading("added")
        parts = (parts_of(doubtful) if doubtful else []) + taken.parts
        doubt = reading.value if reading.intent == DOUBT else None
        kept.runs.answer(run, step.id, parts, now, doubt=doubt)
        return reading

    def _unseen(self, kept: Kept, run: Run, taken: Taken) -> str | None:
        """The step answered last, if this was written before the question that is open now could be seen."""
        place = str(Place(run.id, run.step))
        asked_at = kept.outbox.asked_at(taken.turn.channel, taken.turn.chat, place)
        if asked_at is not None and asked_at <= taken.received_at:
            return None
        last = kept.runs.last_words(run)
        return last.step if last is not None and last.step != run.step else None

    def _leave_doubt(self, kept: Kept, run: Run | None) -> None:
        doubtful = kept.runs.in_doubt(run) if run else None
        if doubtful is not None:
            kept.runs.set_aside(doubtful)

    async def _read_open(self, kept: Kept, person: Person, taken: Taken) -> Reading:
        text, now = taken.turn.text, self._tools.now()
        reading = read_open(text, self._phrases, self._tools.program)
        if reading is None:
            guess = await self._dialogue.guess(text)
            reading = self._believed(text, guess)
            if reading.intent == "vent":
                kept.runs.note(person, taken.parts, now)
        if reading.intent == "choose_strategy" and reading.value is None:
            reading = self._strategies.read(text)
        if person.role is None and reading.intent not in BEFORE_WELCOME:
            return Reading("greet")
        if reading.intent in ("vent", "out_of_scope") and kept.runs.unfinished(person):
            return Reading("start")
        return reading

    @staticmethod
    def _believed(text: str, guess: Guess) -> Reading:
        """What to make of the classifier's guess about words that came outside of any question."""
        if guess.intent in BEFORE_WELCOME and guess.confidence >= SURE_ENOUGH:
            return Reading(guess.intent)
        # Which side someone is on is never guessed from a sentence: it is heard, and the side stays as they set it.
        if len(text.split()) >= TELLING_WORDS or guess.intent.startswith("role_"):
            return Reading("vent")
        return Reading(guess.intent if guess.confidence >= SURE_ENOUGH else "out_of_scope")
