"""One turn, from the inbox to the outbox, as one transaction: all of it is kept, or it is done again from the start.

The order is what keeps people's words safe: an update is in the inbox before anything else (`take`); an answer is
kept before the dialogue sees it; the replies are in the outbox before any is sent.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace

from actions.evening.asking import close_when_over
from actions.moment import Tools
from actions.reading import Phrases, Reading
from actions.store import Kept, Unavailable
from actions.store.inbox import AT_ONCE
from actions.store.models import Person
from bot.dialogue import Dialogue, DialogueError, Said
from bot.direct import Direct, Replies
from bot.discretion import Discretion
from bot.listening import Listener
from bot.locking import Held, Locking, Then
from bot.logs import where
from bot.nightly import hindrance
from bot.replies import replies_from
from bot.taken import Taken
from bot.turn import LATE, LONGEST, Kind, Reply, Turn

logger = logging.getLogger(__name__)

#: Letters of messages that are read together at most: everyone else waits while they are read.
TOGETHER = 16_384
#: Seconds of silence after which someone may have been away: no evening rests in the middle of a conversation.
AWAY = 600.0


class Turns:
    """Takes updates in, and answers them."""

    def __init__(self, tools: Tools, dialogue: Dialogue, phrases: Phrases, listener: Listener) -> None:
        self._tools = tools
        self._dialogue = dialogue
        self._phrases = phrases
        self._direct = Direct(tools)
        self._discretion = Discretion(tools)
        self._listener = listener
        self._locking = Locking(tools, phrases, listener.watch, self._direct)

    def take(self, turn: Turn, update: int | None = None) -> bool:
        """Keep an update before it is acted on. False when it was here before. `update` is the channel's number."""
        with self._tools.store.begin() as kept:
            number = kept.inbox.next_number(turn.channel) if update is None else update
            new = kept.inbox.add(turn.channel, number, turn.chat, _cut(turn).as_dict(), self._tools.now())
            if new:
                self._tell_if_cut(kept, turn)
            return new

    def fitting(self, kept: Kept, turn: Turn) -> Turn:
        """A turn as it can be kept: of a text that is too long the first part, and the person hears of it."""
        self._tell_if_cut(kept, turn)
        return _cut(turn)

    def _tell_if_cut(self, kept: Kept, turn: Turn) -> None:
        if _cut(turn) != turn and not self._locking.may_be_secret(kept, turn, self._tools.now()):
            self._send(kept, turn, Reply(self._tools.sentences.say("utter_cut", letters=f"{LONGEST:,}")), None)

    def rest(self, channel: str, chat: str) -> None:
        """Have it said in a chat that sends very much at once that Mend reads on in a moment."""
        with self._tools.store.begin() as kept:
            reply = self._direct.in_a_moment(kept.people.find(channel, chat))
            self._send(kept, Turn(channel, chat, Kind.OTHER), reply, None)

    async def answer(self, channel: str, chat: str) -> bool:
        """Answer what has waited longest in a chat's inbox. True when more waits there."""
        return await self._dialogue.run(self._answer(channel, chat))

    async def _answer(self, channel: str, chat: str) -> bool:
        erased = False
        with self._tools.store.begin() as kept:
            taken = self._gather(kept, channel, chat)
            if taken is None:
                return False
            erased = self._direct.erases(kept, taken)
            self._discretion.note(kept, taken)
            if not erased and taken.turn.kind is Kind.EVENING:
                await self._evening(kept, taken)
            elif not erased:
                await self._kept_whatever_breaks(kept, taken)
        if erased:
            self._tools.store.scrub()
        return taken.more

    async def _kept_whatever_breaks(self, kept: Kept, taken: Taken) -> None:
        """Do the turn. If Mend itself breaks, the words stay in the inbox, and the person hears a kind line."""
        secret = self._locking.may_be_secret(kept, taken.turn, taken.rows[0].received_at)
        try:
            with kept.savepoint():
                await self._turn(kept, taken)
                kept.inbox.done(taken.rows)
        except Unavailable:
            raise  # the database is busy or full: the turn is done again when it is not
        except Exception as error:
            logger.error("a turn failed (%s)", where(error), extra={"update": taken.rows[0].update})
            (kept.inbox.done if secret else kept.inbox.failed)(taken.rows)
            self._send(kept, taken.turn, Reply(self._tools.sentences.say("utter_trouble")), None)

    async def _evening(self, kept: Kept, taken: Taken) -> None:
        """Ask what this evening asks, unless something hinders. A failure costs the evening, and nobody hears of it."""
        kept.inbox.erase(taken.rows)
        turn, now = taken.turn, self._tools.now()
        person = kept.people.find(turn.channel, turn.chat)
        evening = kept.evenings.on(person, turn.text) if person is not None else None
        if evening is None:
            return
        hindered = hindrance(kept, person, evening, now)
        if hindered in ("done", "waiting"):
            return
        if hindered is not None:
            kept.evenings.leave_out(evening, hindered)
            return
        try:
            with kept.savepoint():
                close_when_over(kept, person, now)
                said = await self._dialogue.turn(person.id, "", Reading("evening", evening.date))
                for reply, place in replies_from(said):
                    kept.evenings.said_as(evening, self._send(kept, turn, reply, place))
        except Unavailable:
            raise
        except Exception as error:
            logger.error("an evening failed (%s)", where(error), extra={"person": person.id})
            kept.evenings.leave_out(evening, "trouble")

    def _gather(self, kept: Kept, channel: str, chat: str) -> Taken | None:
        rows = kept.inbox.waiting(channel, chat)
        if not rows:
            return None
        turns = [Turn.from_dict(channel, chat, kept.inbox.read(row)) for row in rows]
        count = 1
        secret = self._locking.may_be_secret(kept, turns[0], rows[0].received_at)
        if not secret and self._goes_on(turns[0]):
            letters = len(turns[0].text)
            while count < len(turns) and self._goes_on(turns[count]):
                letters += len(turns[count].text)
                if letters > TOGETHER:
                    break
                count += 1
        more = len(rows) > count or len(rows) == AT_ONCE  # a full hand may hide others
        turns, rows = turns[:count], rows[:count]
        whole = replace(turns[0], text="\n".join(turn.text for turn in turns))
        return Taken(rows, whole, [(turn.ref, turn.text) for turn in turns], rows[-1].received_at, more)

    def _goes_on(self, turn: Turn) -> bool:
        return turn.kind is Kind.TEXT and not self._phrases.unmistakable(turn.text)

    async def _turn(self, kept: Kept, taken: Taken) -> None:
        turn, now = taken.turn, self._tools.now()
        person = kept.people.meet(turn.channel, turn.chat, now)
        was_away = not person.reachable or not 0 <= now - person.seen_at < AWAY
        person.reachable = turn.kind is not Kind.LEFT
        if person.reachable:  # who blocks the bot has not come back
            person.seen_at, person.asked_to_stay_at = now, None
        person.language = turn.language or person.language
        if person.reachable and was_away and kept.evenings.resting(person):
            kept.evenings.plan(person, now)
        close_when_over(kept, person, now)
        held = self._locking.meets(kept, person, taken)
        if held.then is not Then.TURN:
            await self._held(kept, person, turn, held)
            return
        chosen = self._direct.chosen(kept, turn)
        replies = self._direct.replies(kept, person, turn)
        if replies is None:
            reading = await self._listener.read(kept, person, taken)
            replies = [] if reading is None else await self._speak(kept, person, turn, reading)
            if reading is not None and reading.gently:
                replies.insert(0, (self._direct.where_people_are(), None))
            replies = self._excused(kept, taken, replies)
            replies[:0] = self._discretion.owns_up(person) if replies else []
        for reply, place in [(chosen, None)] * bool(chosen and replies) + (replies or []):
            self._send(kept, turn, reply, place)
        for reply in held.replies:
            self._send(kept, turn, reply, None)

    async def _held(self, kept: Kept, person: Person, turn: Turn, held: Held) -> None:
        """Say what the lock says. What was written may be a passphrase: the dialogue never hears of it."""
        replies: Replies = [(reply, None) for reply in held.replies]
        if held.then is Then.QUESTION and kept.runs.in_hand(person) is not None:
            replies += await self._speak(kept, person, replace(turn, text=""), Reading("repeat"))
        for reply, place in replies:
            self._send(kept, turn, reply, place)

    async def _speak(self, kept: Kept, person: Person, turn: Turn, reading: Reading) -> list[tuple[Reply, str | None]]:
        try:
            with kept.savepoint():
                said = await self._dialogue.turn(person.id, turn.text, reading)
        except DialogueError as error:  # what was kept before the dialogue heard of it stays kept
            logger.error("the dialogue failed: %s", error, extra={"person": person.id})
            said = [Said(self._tools.sentences.say("utter_trouble"), buttons=[])]
        return replies_from(said)

    def _excused(self, kept: Kept, taken: Taken, replies: Replies) -> Replies:
        """The replies; with a kind line first when they had to wait for long and nothing was said to them since."""
        turn, since = taken.turn, taken.rows[0].received_at
        waited = turn.late or self._tools.now() - since > LATE
        if not waited or not replies or kept.outbox.messages_since(turn.channel, turn.chat, since):
            return replies
        (first, place), *others = replies
        line = self._tools.sentences.say("utter_waited")
        return [(replace(first, text=f"{line}\n\n{first.text}".strip()), place), *others]

    def _send(self, kept: Kept, turn: Turn, reply: Reply, place: str | None) -> int:
        """Keep a reply to be sent; its number in the outbox."""
        buttons = [[choice.kept(place) for choice in row] for row in reply.buttons]
        row = kept.outbox.add(
            turn.channel,
            turn.chat,
            reply.as_dict(),
            self._tools.now(),
            buttons=buttons,
            place=place,
            once=reply.once,
            token=lambda: secrets.token_urlsafe(8),
        )
        return row.id


def _cut(turn: Turn) -> Turn:
    """The turn with as much of its text as can be kept."""
    return replace(turn, text=turn.text[:LONGEST])
