"""Three people at once who do whatever can be done, in any order, while the bot dies and comes back."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from random import Random
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from absurd import ODD, short_texts, texts
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.engine import Connection
from talking import CHANNEL, Clock, Heard, Person
from telling import ANSWERS, AT_DRAFT, AT_QUESTION, BETWEEN, LONG, SCREENED, STATES, TOLD, goes

from actions.store import Unavailable
from actions.store.evenings import LEFT_OUT
from actions.store.inbox import FAILED, Inbox
from actions.store.models import Base, Chat, Incoming
from bot.commands import DIRECT, WISHES, typed
from bot.house import House
from bot.nightly import Nightly
from bot.turn import Kind, Turn

HOUR = 3600.0
TABLES = [table for table in Base.metadata.sorted_tables if table.name not in ("secrets", "erasures")]
#: A sign for each of the three, at the end of what they write: it must never reach another.
MARKS = ("\ue001", "\ue002", "\ue003")
ERASE = "Erase everything"
#: Markup that Telegram reads; anything else in a reply must be escaped.
READABLE = re.compile(r"(?:[^<&]|</?(?:b|i|u|blockquote)>|&(?:lt|gt|amp|quot|#x?[0-9a-f]+);)*", re.DOTALL)
PHRASE = "correct horse battery"
EVENINGS = [*BETWEEN, "remind me every evening at 9pm in Lagos"]
WAYS_IN = [*STATES.values(), *[EVENINGS] * 8, [*AT_DRAFT, "I am sorry if you felt hurt. I was stressed.", "[Done]"]]
SAID = (
    *TOLD.values(), *ANSWERS, *ODD, LONG, *SCREENED, *BETWEEN, *AT_QUESTION, *AT_DRAFT, "skip", "pause", "menu", "next",
    "9pm in Lagos", "half past", "Paris", "12 October", "nothing for a week", "1", "3", "stop", "yes", "no", "done",
    "I took our savings, and it was my choice.", "I am sorry if you felt hurt.", PHRASE, "Germany",
    "remind me at 21:00 london time", "delete everything", "help", "hello", "progress", "forgiveness",
)  # fmt: skip
KINDS = st.sampled_from(["voice", "photo", "sticker", "forward", "video_note", "location", "other", "empty"])
ZONES = st.sampled_from(["Europe/London", "Africa/Lagos", "Pacific/Kiritimati", "+05:30"])
COMMANDS = [name for name in (*WISHES, *DIRECT) if name != "lock"]
#: Commands that lead to many others.
LEADING_ON = ("apology", "drafts", "journal", "evening", "next", "menu", "progress", "helpnow", "start")
CHANCE = st.randoms(use_true_random=True)  # drawn like everything else, and then as broad as chance is
#: What someone writes who does what is asked.
PLAUSIBLE = (LONG, "The evening when the phone lay face down.", "7", "we talked and i was calm", "skip", "next")
WHO, PICK = st.integers(0, 2), st.integers(0, 60)
WORDS = st.one_of(st.sampled_from(SAID), st.sampled_from(SAID), short_texts, texts)

_numbers = itertools.count(1)


class Someone(Person):
    """A person who is watched: everything they hear, and everything that is kept of them."""

    def __init__(self, house: House, clock: Clock, chat: str, mark: str) -> None:
        super().__init__(house, clock, chat)
        self.mark = mark
        self.waits = False  #: whether something of theirs was taken in that the bot could not answer yet
        self.tokens: list[str] = []
        self.pressed: set[str] = set()
        self.written = 0

    def turn(self, text: str) -> Turn:
        """What they type; words end with their mark."""
        self.written += 1
        turn = typed(CHANNEL, self.chat, text, str(self.written))
        marked = turn.kind is Kind.TEXT and (text not in SAID or len(text) > 30)
        return typed(CHANNEL, self.chat, text + self.mark, turn.ref) if marked else turn

    def does(self, *turns: Turn) -> list[Heard]:
        """As anyone does; all that waited is answered."""
        heard = super().does(*turns)
        self.pressed |= {turn.text for turn in turns if turn.kind is Kind.CHOICE}
        self.waits = False
        self.tokens += [token for one in heard for token in one.buttons.values()]
        return heard

    def number(self) -> int | None:
        """The number of their chat, if the database knows it."""
        with self.house.tools.store.reading() as connection:
            return self._number(connection)

    def rows(self) -> dict[str, list[Any]]:
        """Every row of theirs, as the database holds it."""
        found = {}
        with self.house.tools.store.reading() as connection:
            number = self._number(connection)
            for table in TABLES if number is not None else ():
                owner = next((name for name in ("person_id", "chat_id") if name in table.c), "id")
                rows = connection.execute(sa.select(table).where(table.c[owner] == number)).all()
                found |= {table.name: sorted(map(repr, rows))} if rows else {}
        return found

    def _number(self, connection: Connection) -> int | None:
        theirs = Chat.pseudonym == self.house.tools.store.vault.pseudonym(CHANNEL, self.chat)
        return connection.execute(sa.select(Chat.id).where(theirs)).scalar_one_or_none()


def everything_in(one: Heard) -> str:
    """All that can be read in a message, its file too."""
    document = base64.b64decode(one.reply.get("document") or "")
    files = []
    if document:
        with ZipFile(BytesIO(document)) as archive:
            names = [name for name in archive.namelist() if not name.endswith(".png")]  # bytes may look like anything
            files = [archive.read(name).decode() for name in names]
    return "\n".join([json.dumps({**one.reply, "document": ""}, ensure_ascii=False), *files])


class Life(RuleBasedStateMachine):
    """What three people do. A subclass has the bot and its clock."""

    house: House
    clock: Clock
    took: tuple[int, float] = (0, 0.0)  #: how many turns there were so far, in all lives, and the longest, in seconds

    def __init__(self) -> None:
        super().__init__()
        number = next(_numbers)
        self.people = [Someone(self.house, self.clock, f"life-{number}-{at}", mark) for at, mark in enumerate(MARKS)]
        self.trouble = self.house.tools.sentences.say("utter_trouble")
        self.unknown = self.house.tools.sentences.say("utter_unknown_button")

    @initialize(ways=st.lists(st.sampled_from(WAYS_IN), min_size=3, max_size=3))
    def everyone_is_somewhere(self, ways: list[list[str]]) -> None:
        """They begin in any state there is."""
        for person, way in zip(self.people, ways):
            goes(person, way)

    # -- what people do ------------------------------------------------------------------------------------------

    @rule(who=WHO, text=WORDS)
    def writes(self, who: int, text: str) -> None:
        """Someone writes anything."""
        self._does(who, self.people[who].turn(text))

    @rule(who=WHO, name=st.sampled_from(COMMANDS))
    def commands(self, who: int, name: str) -> None:
        """Someone gives a command."""
        self._does(who, Turn(CHANNEL, self.people[who].chat, Kind.COMMAND, name))

    @rule(who=WHO, chance=CHANCE)
    def goes_along(self, who: int, chance: Random) -> None:
        """Someone presses buttons that were just shown, answers, or asks for something; and so on for a while."""
        person = self.people[who]
        for _ in range(chance.randint(1, 16)):
            fresh = [token for one in person.heard[-3:] for label, token in one.buttons.items() if label != ERASE]
            fresh = [token for token in fresh if token not in person.pressed]
            what = chance.random()
            if fresh and what < 0.55:
                self._presses(who, chance.choice(fresh))
            elif what < 0.7:
                command = chance.choice(chance.choice((COMMANDS, LEADING_ON)))
                self._does(who, Turn(CHANNEL, person.chat, Kind.COMMAND, command))
            else:
                self._does(who, person.turn(chance.choice(chance.choice((PLAUSIBLE, SAID)))))

    @rule(who=WHO, chance=CHANCE)
    def goes_along_further(self, who: int, chance: Random) -> None:
        """The same once more: most of what people do is this."""
        self.goes_along(who, chance)

    @rule(who=WHO)
    def locks_or_opens(self, who: int) -> None:
        """Someone puts a passphrase before their chat, or gives it."""
        self._does(who, Turn(CHANNEL, self.people[who].chat, Kind.COMMAND, "lock"))
        self._does(who, self.people[who].turn(PHRASE))

    @rule(who=WHO, pick=PICK, twice=st.booleans())
    def presses_an_old_one(self, who: int, pick: int, twice: bool) -> None:
        """Someone presses any button they ever had."""
        tokens = self.people[who].tokens
        if tokens:
            self._presses(who, *[tokens[pick % len(tokens)]] * (2 if twice else 1))

    @rule(who=WHO, whose=st.integers(1, 2), pick=PICK)
    def presses_another_persons(self, who: int, whose: int, pick: int) -> None:
        """Someone sends what stands under another person's button."""
        tokens = self.people[(who + whose) % 3].tokens
        if tokens:
            self._forges(who, tokens[pick % len(tokens)])

    @rule(who=WHO, data=short_texts)
    def forges(self, who: int, data: str) -> None:
        """Someone sends the data of a button that never was."""
        self._forges(who, typed(CHANNEL, "", data).text[:64])

    @rule(who=WHO, pick=PICK, text=WORDS)
    def edits(self, who: int, pick: int, text: str) -> None:
        """Someone changes a message, or one that the bot does not know."""
        said = self.people[who].turn(text)
        self._does(who, Turn(CHANNEL, said.chat, Kind.EDIT, said.text, str(pick)))

    @rule(who=WHO, kind=KINDS)
    def sends(self, who: int, kind: str) -> None:
        """Someone sends what is no text."""
        self._does(who, Turn(CHANNEL, self.people[who].chat, Kind.OTHER, kind, "900"))

    @rule(who=WHO, zone=ZONES)
    def shares_a_place(self, who: int, zone: str) -> None:
        """Someone shares where they are."""
        self._does(who, Turn(CHANNEL, self.people[who].chat, Kind.PLACE, zone, "901"))

    @rule(who=WHO, back=st.booleans())
    def leaves(self, who: int, back: bool) -> None:
        """Someone blocks the bot, or comes back."""
        self._does(who, Turn(CHANNEL, self.people[who].chat, Kind.RETURNED if back else Kind.LEFT))

    @rule(who=WHO, said=st.lists(WORDS, min_size=2, max_size=6))
    def writes_all_at_once(self, who: int, said: list[str]) -> None:
        """Someone writes several messages before the bot answers."""
        self._does(who, *(self.people[who].turn(text) for text in said))

    @rule(who=WHO, sure=st.sampled_from([True, False, False, False]))
    def erases_everything(self, who: int, sure: bool) -> None:
        """Someone asks to have everything erased, wherever they are, and may be sure of it."""
        self._does(who, Turn(CHANNEL, self.people[who].chat, Kind.COMMAND, "delete"))
        buttons = self.people[who].last.buttons
        if sure and ERASE in buttons:
            self._presses(who, buttons[ERASE])
            assert not self.people[who].rows(), "something is left of someone who was erased"

    # -- what befalls the bot --------------------------------------------------------------------------------------

    @rule(who=WHO, text=WORDS)
    def dies_before_it_answers(self, who: int, text: str) -> None:
        """Something is taken in, and then the bot is gone until they write again."""
        with self._nobody_else_changes(who):
            self.house.turns.take(self.people[who].turn(text))
        self.people[who].waits = True

    @rule(who=WHO, text=WORDS)
    def fails_at_the_very_end(self, who: int, text: str) -> None:
        """A turn is undone in its last moment, as by a power cut, and done again."""
        person = self.people[who]
        self.house.turns.take(person.turn(text))
        before = person.rows()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Inbox, "done", _gone)
            patch.setattr(Inbox, "erase", _gone)
            with pytest.raises(Unavailable):
                asyncio.run(person._answered())
        assert person.rows() == before, "half a turn was kept"
        self._does(who)

    @rule()
    def restarts(self) -> None:
        """The bot comes back, and goes on where it was."""
        store = self.house.tools.store
        store.close()
        with store.begin() as kept:
            kept.outbox.may_have_arrived(CHANNEL)
            left = set(kept.inbox.chats_waiting(CHANNEL))
        assert {one.chat for one in self.people if one.waits} <= left
        for who, person in enumerate(self.people):
            if person.waits:
                self._does(who)

    @rule(who=WHO)
    def an_evening_comes(self, who: int) -> None:
        """Someone's evening comes, if they have one, and they may answer."""
        with self.house.tools.store.begin() as kept:
            known = kept.people.find(CHANNEL, self.people[who].chat)
            upcoming = kept.evenings.next(known) if known is not None else None
        if upcoming is not None and upcoming[1] - self.clock() < 40 * 24 * HOUR:
            self.time_passes(max(0.0, upcoming[1] - self.clock()) / HOUR)

    @rule(hours=st.sampled_from([0.02, 1, 5, 24, 24 * 8, 24 * 40]))
    def time_passes(self, hours: float) -> None:
        """Evenings come due, and are asked."""
        self.clock.wait(hours * HOUR)
        due = Nightly(self.house.tools).claim(CHANNEL, 100)
        for who, person in enumerate(self.people):
            if person.chat in due:
                self._does(who)

    # -- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def every_row_belongs_to_someone(self) -> None:
        """No row points at one that is gone."""
        if self.house.tools.store.path is not None:
            with self.house.tools.store.begin() as kept:
                assert kept.session.connection().exec_driver_sql("PRAGMA foreign_key_check").all() == []

    @invariant()
    def no_turn_fails_and_none_waits(self) -> None:
        """Whatever came in is answered."""
        for person in self.people:
            number = person.number()
            with self.house.tools.store.begin() as kept:
                waits = kept.inbox.waiting(CHANNEL, person.chat)
                assert bool(waits) == person.waits
                failed = sa.select(Incoming).where(Incoming.chat_id == number, Incoming.state == FAILED)
                assert not kept.session.execute(failed).first()

    def teardown(self) -> None:
        """Everyone goes, and so does their evening."""
        for person in self.people:
            with self.house.tools.store.begin() as kept:
                known = kept.people.find(CHANNEL, person.chat)
                evenings = kept.evenings.all(known) if known is not None else []
                assert not [one for one in evenings if one.state == LEFT_OUT and one.reason == "trouble"]
                if known is not None:
                    kept.people.forget(known, self.clock())

    # -- how it is done ------------------------------------------------------------------------------------------

    def _does(self, who: int, *turns: Turn) -> list[Heard]:
        person = self.people[who]
        with self._nobody_else_changes(who):
            began = time.perf_counter()
            heard = person.does(*turns)
            count, longest = Life.took
            Life.took = count + max(1, len(turns)), max(longest, time.perf_counter() - began)
        others = set(MARKS) - {person.mark}
        for one in heard:
            assert one.text != self.trouble, "a turn failed"
            assert READABLE.fullmatch(one.reply.get("text", "")), "Telegram could not read this"
            assert not others & set(everything_in(one)), "someone sees what another wrote"
        return heard

    def _presses(self, who: int, *tokens: str) -> list[Heard]:
        return self._does(who, *(Turn(CHANNEL, self.people[who].chat, Kind.CHOICE, token) for token in tokens))

    def _forges(self, who: int, data: str) -> None:
        person = self.people[who]
        waited = person.waits
        heard = self._presses(who, data)
        if not waited and person.number() is not None and data not in person.tokens:
            assert self.unknown in heard[-1].text or "lock" in heard[-1].text.lower()

    @contextmanager
    def _nobody_else_changes(self, who: int) -> Iterator[None]:
        others = [person for at, person in enumerate(self.people) if at != who]
        before = [person.rows() for person in others]
        yield
        assert [person.rows() for person in others] == before, "a turn in one chat changed another"


def _gone(*_: Any) -> None:
    raise Unavailable("", None, Exception("the disk is gone"))
