"""A real bot hears marked words in every place where a person can put words, while everything around it breaks.

Afterwards none of them is in any file that it wrote, or in anything that it printed: no word, no chat, no token. That
the words were really there is seen by opening the database with its key.
"""

from __future__ import annotations

import base64
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from breaking import BREAKING
from chatting import PATIENCE, SAFE, TOKEN
from opening import opened
from running import Running
from standin import Heard, StandIn

from actions.moment import Tools
from actions.program import BROKE_TRUST, HURT
from actions.store import Store
from bot.house import read_content

HURT_CHAT, OTHER_CHAT = 7_770_123_451, 7_770_987_652
#: A word for every place where words can be put; what is looked for is only looked for, and the passphrase is hashed.
STORY, ANSWER, EDITED, NOTE, LOCKED, PROMISE, DRAFT, PLAN, EVENING, NAME, DANGER, QUOTED = KEPT = (
    "albatrosses", "bergamottes", "cormorants", "dragonflies", "elderflowers", "firecrests", "gooseberries",
    "hellebores", "icelandpoppy", "Ottoline Quarrington", "juniperbush", "kingfishers",
)  # fmt: skip
SEARCHED, PASSPHRASE, PRESSED, UNREADABLE = PASSING = ("lapwingnest", "marigolds", "nightjars", "oystercatcher")
CANARIES = (*KEPT, *PASSING, BREAKING)
FORMS = ("text", "json")


@dataclass
class Teller:
    """Someone on Telegram; every verb waits until the bot has answered, and is silent."""

    tg: StandIn
    chat: int
    refs: list[int] = field(default_factory=list)

    def says(self, text: str, **about: int) -> list[Heard]:
        after = max(self.tg.messages, default=0)
        self.refs.append(self.tg.says(self.chat, text, **about))
        return self._hears(after)

    def presses(self, label: str) -> list[Heard]:
        after = max(self.tg.messages, default=0)
        self.tg.presses(self.chat, label)
        return self._hears(after)

    def does(self, *steps: str) -> list[Heard]:
        """Say one thing after the other, or press what stands in brackets."""
        heard = []
        for step in steps:
            heard = self.presses(step[1:-1]) if step.startswith("[") else self.says(step)
        return heard

    def _hears(self, after: int) -> list[Heard]:
        self.tg.wait_for(self.chat, 1, timeout=PATIENCE, after=after)
        self.tg.quiet(self.chat, 0.3)
        return self.tg.heard(self.chat, after)


@dataclass
class Night:
    """What was played, and where it left traces."""

    tg: StandIn
    tools: Tools
    folder: Path  #: of the data, and of what was printed
    scratch: Path  #: of temporary files

    def life(self, form: str, offset: float = 0) -> Running:
        """One life of the bot, from its start until it is killed."""
        variables = {
            "DATABASE_URL": "", "MEND_LOG": form, "MEND_CLOCK_OFFSET": str(offset), "TMPDIR": str(self.scratch),
            "PYTHONPATH": str(Path(__file__).parent),
        }  # fmt: skip
        return Running(self.tg, self.folder, variables=variables, module="breaking")

    @property
    def printed(self) -> str:
        return (self.folder / "printed.txt").read_text("utf-8")

    def traces(self) -> list[tuple[str, str]]:
        """The files in which something stands that must not, and what."""
        files = [path for root in (self.folder, self.scratch) for path in root.rglob("*") if path.is_file()]
        assert {"mend.db", "mend.db-wal", "mend.db-shm", "master.key", "printed.txt"} <= {path.name for path in files}
        return [(path.name, secret) for path in files for secret in secrets_in(path.read_bytes())]


def secrets_in(content: bytes) -> list[str]:
    """The marked words, the chats and the token that stand in some bytes, however they are written there."""
    words = [*CANARIES, str(HURT_CHAT), str(OTHER_CHAT), TOKEN, TOKEN.partition(":")[2]]
    found = [word for word in words if any(spelt in content for spelt in spellings(word))]
    numbers = [(chat, order) for chat in (HURT_CHAT, OTHER_CHAT) for order in ("big", "little")]
    return found + [str(chat) for chat, order in numbers if chat.to_bytes(6, order) in content]


def spellings(word: str) -> list[bytes]:
    """A word in the ways in which a program may write it: as letters, in wide letters, as digits, in base 64."""
    plain = [word.encode(), word.lower().encode(), word.encode("utf-16-le"), word.encode().hex().encode()]
    # Of three ways to stand in base 64 each has letters at its ends that depend on what is beside it.
    shifted = [base64.b64encode(b"\0" * shift + word.encode())[4 if shift else 0 : -4] for shift in range(3)]
    return plain + shifted


@pytest.fixture(scope="module")
def night(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Two lives of one bot, with two people, and with everything that breaks."""
    tools = read_content().tools(None, time.time)
    with StandIn.in_thread(token=TOKEN) as tg:
        night = Night(tg, tools, tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("scratch"))
        with night.life("text") as running:
            running.until_it_polls()
            hurt, other = Teller(tg, HURT_CHAT), Teller(tg, OTHER_CHAT)
            who_was_hurt(hurt, tools)
            who_broke_trust(other, tools)
            trouble(night, running, hurt)
            hurt.does("pause")
        with night.life("json", offset=until_the_evening(night)) as running:
            running.until_it_polls()
            tg.wait_for(HURT_CHAT, lambda heard: "Not tonight" in sum(heard[-1].buttons, []), timeout=PATIENCE)
            hurt.does(f"We watched the {EVENING} from the window and nobody spoke.")
            hurt.does("/journal", "[Look for a word]", SEARCHED)
            hurt.does("hello")
            trouble(night, running, hurt)
            yield night


def who_was_hurt(hurt: Teller, tools: Tools) -> None:
    """The intake, an exercise, a changed message, a note, a plan for safety, an evening."""
    hurt.does("/start", *(f"[{answer}]" for answer in SAFE), f"[{tools.program.intake.labels[HURT]}]")
    hurt.does(f"In April I found the {STORY} in his drawer, and he told me himself.")
    hurt.does(f"I would have said that we keep no {NOTE} from each other, and now I go over every week of it.")
    hurt.does(f"[{tools.sentences.label('write_on')}]", f"And the {NOTE} are still there on Sundays, in the hall.")
    hurt.does("pause", "/helpnow", "[A plan for safety]")
    for _ in tools.program.care.plan.sides["self_harm"].steps:
        hurt.does(f"I would walk to the {PLAN} behind the house, and call my sister.")
    hurt.does("remind me every evening at 9pm in Lagos")
    hurt.does(tools.program.exercise("root_cause").title)
    hurt.does(f"We had the {ANSWER} and the house, and I thought that was all we needed.")
    hurt.says(f"We had the {EDITED} and the house, and I thought that was all we needed.", edited_of=hurt.refs[-1])


def who_broke_trust(other: Teller, tools: Tools) -> None:
    """The intake with a name for a story, a promise, a draft, danger, a passphrase."""
    other.does("/start", *(f"[{answer}]" for answer in SAFE), f"[{tools.program.intake.labels[BROKE_TRUST]}]")
    other.does(f"I lied to {NAME} about the money for a year.", tools.program.exercise("consistency").title)
    for _ in tools.program.exercise("consistency").sides[BROKE_TRUST].steps:
        other.does(f"Every Friday I put the {PROMISE} on the table before anybody asks.")
    heard = other.does("/apology")
    while tools.program.practice.sides[BROKE_TRUST].steps[-2].ask not in heard[-1].text:
        heard = other.does("/skip")
    other.does(f"I took the {DRAFT}, and it was my choice. I am sorry that I lied to you about it.", "[Done]")
    other.does("pause", f"I hit her last night, by the {DANGER}.", "[Yes]")
    other.does("/export", "/lock", f"{PASSPHRASE} behind 17")


def trouble(night: Night, running: Running, hurt: Teller) -> None:
    """An action that breaks, Telegram quoting what it refuses, a locked database, a forged button, an odd update."""
    tg, say = night.tg, night.tools.sentences.say
    hurt.does(f"I told him about the {QUOTED} in the garden, and he only nodded at the wall.")
    heard = hurt.does(f"It was the {BREAKING} on the table, and I could not look at it.")
    assert say("utter_trouble") in heard[-1].text
    tg.fails("sendMessage", "echo", chat=HURT_CHAT)
    printed(running, "Telegram refused a reply", lambda: tg.says(HURT_CHAT, "/back"))
    with sqlite3.connect(night.folder / "mend.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        words = f"He said that the {LOCKED} came too late this year, and that was all."
        printed(running, "can't be kept yet", lambda: tg.says(HURT_CHAT, words))
        other.execute("ROLLBACK")
    hurt.does("/hint")
    after = max(tg.messages)
    tg.presses(HURT_CHAT, PRESSED, data=PRESSED)
    tg.wait_for(HURT_CHAT, 1, timeout=PATIENCE, after=after)
    printed(running, "can't be read", lambda: tg.update({"message": {"message_id": UNREADABLE, "date": UNREADABLE}}))


def printed(running: Running, line: str, act) -> None:
    """Do what has the bot print this once more."""
    before = running.printed.count(line)
    act()
    running.until(lambda: running.printed.count(line) > before)


def until_the_evening(night: Night) -> float:
    """Seconds until shortly after the evening of the one who was hurt is due."""
    store = Store(f"sqlite:///{night.folder / 'mend.db'}")
    with store.begin() as kept:
        _, due = kept.evenings.next(kept.people.find("telegram", str(HURT_CHAT)))
    store.close()
    return due + 30 - time.time()


def test_nothing_that_was_written_or_printed_holds_a_word_a_chat_or_the_token(night: Night) -> None:
    assert night.traces() == []


def test_yet_the_words_were_there_and_are_kept(night: Night) -> None:
    store = Store(f"sqlite:///{night.folder / 'mend.db'}")
    with store.begin() as kept:
        rows = str(opened(kept))
        chats = [person.chat for person in (kept.people.find("telegram", str(HURT_CHAT)),)]
    store.close()
    assert [word for word in (*KEPT, BREAKING) if word not in rows] == [] and chats == [str(HURT_CHAT)]


def test_what_is_looked_for_was_heard(night: Night) -> None:
    assert any(SEARCHED in message.text for message in night.tg.heard(HURT_CHAT))


@pytest.mark.parametrize(
    "line",
    ["the dialogue failed", "Telegram refused a reply", "can't be kept yet", "can't be read", "a thread ended",
     "bot.", "ValueError at breaking.py"],
)  # fmt: skip
def test_what_went_wrong_was_told_in_each_form(night: Night, line: str) -> None:
    lines = night.printed.splitlines()
    assert {one.startswith("{") for one in lines if line in one} == {True, False}


@pytest.mark.parametrize("name", ["httpx", "rasa", "sqlalchemy", "asyncio"])
def test_what_other_programs_quoted_was_told_by_its_place(night: Night, name: str) -> None:
    lines = [line for line in night.printed.splitlines() if name in line and "said something at" in line]
    assert {line.startswith("{") for line in lines} == {True, False}


@pytest.mark.parametrize("word", [ANSWER, NAME, TOKEN, str(OTHER_CHAT)])
def test_a_word_would_be_found_however_it_were_written(word: str, tmp_path: Path) -> None:
    for written in (f"x{word}y", word.lower(), word.encode().hex()):
        assert word in secrets_in(written.encode())
    assert word in secrets_in(f"xy{word}".encode("utf-16-le"))
    for beside in ("", "z", "zz", "zzz"):
        assert word in secrets_in(base64.b64encode(f"{beside}{word} and more".encode()))


@pytest.mark.parametrize("chat", [HURT_CHAT, OTHER_CHAT])
def test_a_chat_would_be_found_as_a_number_in_a_database(chat: int, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE chats (id INTEGER PRIMARY KEY, chat BIGINT)")
        other.execute("INSERT INTO chats (chat) VALUES (?)", (chat,))
    other.close()
    assert secrets_in((tmp_path / "other.db").read_bytes()) == [str(chat)]
