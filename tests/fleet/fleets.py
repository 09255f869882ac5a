"""A whole fleet in processes of its own, and the people who talk with it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from chatting import TOKEN, Someone
from hooked import Hooked
from processes import Process, free_port
from servers import Server

from actions.evening.schedule import Habit
from actions.store import Store
from actions.store.inbox import RAW, WAITING
from actions.store.models import Chat, Incoming
from bot.house import read_content
from bot.telegram.fleet import LANE
from bot.telegram.updates import CHANNEL

GATHER = 0.6
_chats = itertools.count(70_001)


@dataclass
class Fleet:
    """All processes, and what they work on."""

    tg: Hooked
    house: SimpleNamespace  # what people of the tests know of Mend: its content, and its store
    receiver: Process
    workers: list[Process]
    lane: Process
    first_lane: ExitStack  #: as long as this is open, another lane asks

    @property
    def store(self) -> Store:
        return self.house.tools.store

    def someone(self) -> Writer:
        """Someone who has never written to the bot."""
        return Writer(self.tg, self.house, next(_chats))

    @property
    def processes(self) -> list[Process]:
        return [self.receiver, *self.workers, self.lane]


class Writer(Someone):
    """A person; everything that they did is answered once nothing waits in any box."""

    def _is_answered(self) -> bool:
        if self.tg.unconfirmed:
            return False
        with self.house.tools.store.begin() as kept:
            number = kept.chats.find(CHANNEL, str(self.chat))
            came = kept.session.query(Incoming).filter(Incoming.chat_id == number, Incoming.state.in_((RAW, WAITING)))
            return not came.count() and kept.outbox.waiting(CHANNEL, str(self.chat)) is None


@contextmanager
def at_work(server: Server, folder: Path) -> Iterator[Fleet]:
    """A fleet at work. All its processes are started at once; the lane finds that another one is there already."""
    port, store = free_port(), server.store()
    with ExitStack() as stack:
        stack.callback(store.close)
        first_lane = stack.enter_context(ExitStack())
        assert first_lane.enter_context(store.lane(LANE))()
        tg = stack.enter_context(Hooked.in_thread(TOKEN))
        about = {
            **server.variables,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": f"http://127.0.0.1:{tg.port}",
            "MEND_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
            "MEND_LISTEN": f"127.0.0.1:{port}",
            "MEND_DATA_DIR": str(folder),
            "MEND_GATHER_SECONDS": str(GATHER),
        }

        def start(name: str, command: str) -> Process:
            return stack.enter_context(Process(name, ["bot", command], folder, about))

        receiver = start("receiver", "receive")
        workers = [start(f"worker-{number}", "work") for number in (1, 2)]
        lane = start("lane", "evenings")
        house = SimpleNamespace(tools=read_content().tools(store, time.time))
        fleet = Fleet(tg, house, receiver, workers, lane, first_lane)
        receiver.until(lambda: tg.hook)
        for worker in workers:
            worker.until_it_says("Working.")
        lane.until(lambda: len([call for call in tg.calls if call.method == "setMyShortDescription"]) == 3)
        yield fleet


def texts(someone: Someone) -> list[str]:
    """Everything that was said to someone, also what is deleted since."""
    return [message.text for message in someone.tg.heard(someone.chat, deleted=True)]


def kept_chats(fleet: Fleet) -> int:
    with fleet.store.begin() as kept:
        return kept.session.query(Chat).count()


def due_now(fleet: Fleet, someone: Writer) -> None:
    """Let this person's evening be due."""
    now = time.time()
    moment = time.gmtime(now)
    with fleet.store.begin() as kept:
        person = kept.people.meet(CHANNEL, str(someone.chat), now)
        person.role, person.seen_at = "hurt", now - 3600
        habit = Habit("+00:00", moment.tm_hour * 60 + moment.tm_min, look_back=None)
        kept.evenings.settle(person, habit, now - 60)
        schedule = kept.evenings.schedule(person)
        schedule.next_date, schedule.next_due = time.strftime("%Y-%m-%d", moment), now


def questions(fleet: Fleet, someone: Writer) -> int:
    """How many evening questions reached them."""
    asks = {one.ask for all_ in fleet.house.tools.program.reflections.questions.values() for one in all_}
    return sum(text in asks for text in texts(someone))
