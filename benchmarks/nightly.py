"""The evenings under load: `python -m benchmarks.nightly`. Part of `make bench`.

Many people are due in the same minute, on a stand-in with Telegram's limits; meanwhile a few write and wait for their
reply. Then the same with kills at random instants and failing calls. Last, what finding who is due costs.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import sqlalchemy as sa
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from actions.evening.schedule import Habit
from actions.program import HURT
from actions.store import Store
from actions.store.models import Chat, Outgoing, Person, Schedule
from actions.store.outbox import UNKNOWN
from benchmarks.telegram import PERMITTED, Telegram
from bot.settings import ROOT

TOKEN = "1:" + "A" * 35
#: Chats of people who write while the evenings go out; everyone else only gets a question.
WRITERS = range(1, 9)
FAULTS = {"429": 0.01, "500": 0.01, "drop": 0.01, "slow": 0.02}
console = Console(highlight=False)


@dataclass(frozen=True)
class Result:
    """What became of everyone in one run."""

    people: int
    once: int
    twice: int
    never: int
    unknown: int  #: recorded as unknown: the call failed in a way that tells nothing, or was in flight at a kill
    unexplained: int  #: got none, and the record does not say so
    seconds: float
    rate: float  #: messages a second, from the first to the last
    refused: int
    usual_reply: float  #: the median wait of someone who wrote meanwhile, in seconds
    slowest_reply: float
    kills: int


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--people", default=10_000, show_default=True, help="Who is due in one minute.")
@click.option("--kills", default=20, show_default=True, help="Kills in the second run.")
@click.option("--rows", default=1_000_000, show_default=True, help="Schedules at most, for finding who is due.")
def main(people: int, kills: int, rows: int) -> None:
    """Ask many people at once, and print what became of each."""
    runs = {"calm": run(people, 0, {}), "kills and faults": run(people, kills, FAULTS)}
    table = Table(title="One question each, all due in one minute", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    for name in runs:
        table.add_column(name, justify="right")
    for name, shown in ROWS.items():
        table.add_row(name, *(shown(result) for result in runs.values()))
    console.print(table)
    console.print(finding(rows))


ROWS = {
    "people": lambda r: str(r.people),
    "got exactly one": lambda r: str(r.once),
    "got two": lambda r: str(r.twice),
    "got none": lambda r: str(r.never),
    "recorded as unknown": lambda r: str(r.unknown),
    "got none, and no record says so": lambda r: str(r.unexplained),
    "messages a second": lambda r: f"{r.rate:.1f}",
    "of what is permitted": lambda r: f"{r.rate / PERMITTED:.1%}",
    "refused as too fast": lambda r: str(r.refused),
    "reply to someone who wrote meanwhile, median, s": lambda r: f"{r.usual_reply:.2f}",
    "… the slowest, s": lambda r: f"{r.slowest_reply:.2f}",
    "kills": lambda r: str(r.kills),
}


def run(people: int, kills: int, faults: dict[str, float]) -> Result:
    """Ask `people` at once; kill the bot so many times on the way."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = _seeded(folder, people)
        tg = Telegram(TOKEN, faults).start()
        bot, begun = _start(tg, folder), time.monotonic()
        died, waits, expected = 0, [], people / PERMITTED
        kill_at = sorted(chance.uniform(0.05, 0.9) * expected for _ in range(kills))
        first = None
        while True:
            time.sleep(0.5)
            first = first or (tg.instants[0] if tg.instants else None)
            if first and died < len(kill_at) and time.monotonic() - first > kill_at[died]:
                bot.kill()
                bot.wait()
                bot, died = _start(tg, folder), died + 1
            if kills == 0 and first:
                waits.append(_someone_writes(tg, chance.choice(WRITERS)))
            if _settled(folder, people) and died == len(kill_at):
                break
            if time.monotonic() - begun > 60 + 6 * expected + 30 * kills:
                console.print("it took too long; what follows is what was seen until then", style="red")
                break
        bot.kill()
        bot.wait()
        return _result(store, tg, people, died, waits)


def _result(store: Store, tg: Telegram, people: int, kills: int, waits: list[float]) -> Result:
    got = Counter(min(tg.arrived[chat], 2) for chat in _asked(people))
    with store.begin() as kept:
        doubtful = sa.select(Outgoing.chat_id).where(Outgoing.once, Outgoing.state == UNKNOWN)
        unknown = {int(kept.chats.address(number)) for number in kept.session.execute(doubtful).scalars()}
    unexplained = sum(not tg.arrived[chat] and chat not in unknown for chat in _asked(people))
    sent = sorted(tg.instants)
    seconds = sent[-1] - sent[0]
    return Result(people, got[1], got[2], got[0], len(unknown), unexplained, seconds, (len(sent) - 1) / seconds,
                  tg.refused, statistics.median(waits or [0.0]), max(waits, default=0.0), kills)  # fmt: skip


def _asked(people: int) -> range:
    return range(1000, 1000 + people)


def _someone_writes(tg: Telegram, chat: int) -> float:
    """How long someone waits for a reply, in seconds."""
    before, begun = tg.arrived[chat], tg.says(chat, "/help")
    while tg.arrived[chat] == before and time.monotonic() - begun < 20:
        time.sleep(0.005)
    return time.monotonic() - begun


def _settled(folder: Path, people: int) -> bool:
    """Whether everyone's evening has come to an end. Reads without a transaction, so that nobody waits for it."""
    with closing(sqlite3.connect(folder / "mend.db")) as database:
        counted = "select count(*), sum(state = 'claimed') from evenings"
        evenings, claimed = database.execute(counted).fetchone()
        going = "select count(*) from outbox where once and state in ('waiting', 'sending')"
        return evenings == people and not claimed and not database.execute(going).fetchone()[0]


def _seeded(folder: Path, people: int) -> Store:
    """A database of people who are all due now."""
    store = Store(f"sqlite:///{folder / 'mend.db'}")
    store.migrate()
    now = time.time()
    moment = time.gmtime(now)
    habit = Habit("+00:00", moment.tm_hour * 60 + moment.tm_min, look_back=None)
    today = time.strftime("%Y-%m-%d", moment)
    with store.begin() as kept:
        for chat in _asked(people):
            person = kept.people.meet("telegram", str(chat), now - 9e6)
            person.role, person.seen_at = HURT, now - 9e5
            schedule = Schedule(
                person_id=person.id, channel="telegram", running=True, next_date=today, next_due=now - 1
            )
            schedule.habit = json.dumps(asdict(habit))
            kept.session.add(schedule)
    return store


def _strangers(store: Store, now: float, dues: list[float]) -> None:
    """Rows of people whose boxes nobody can open: who is due later is not looked at any closer."""
    numbers = range(1, 1 + len(dues))
    chats = [
        {"id": number, "channel": "telegram", "pseudonym": number.to_bytes(32, "big"), "key": b"", "address": b""}
        for number in numbers
    ]
    people = [
        {"id": number, "channel": "telegram", "reachable": True, "created_at": now, "seen_at": now}
        for number in numbers
    ]
    schedules = [
        {"person_id": number, "channel": "telegram", "habit": b"", "running": True, "next_date": "", "next_due": due}
        for number, due in zip(numbers, dues)
    ]
    with store.engine.begin() as connection:
        for model, rows in ((Chat, chats), (Person, people), (Schedule, schedules)):
            connection.execute(sa.insert(model.__table__), rows)


def _start(tg: Telegram, folder: Path) -> subprocess.Popen:
    environment = {**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": f"http://127.0.0.1:{tg.port}",
                   "MEND_DATA_DIR": str(folder), "DATABASE_URL": "", "MEND_GATHER_SECONDS": "0"}  # fmt: skip
    with (folder / "printed.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", "telegram"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )


def finding(most: int) -> Table:
    """What a look at who is due costs, when nobody is, by the number of schedules."""
    from types import SimpleNamespace

    from bot.nightly import Nightly

    table = Table(title="Finding who is due, when nobody is", box=SIMPLE_HEAD, title_justify="left")
    for name in ("schedules", "ms a look", "against the fewest"):
        table.add_column(name, justify="right")
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= most]
    fewest = None
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            store = Store(f"sqlite:///{Path(name) / 'mend.db'}")
            store.migrate()
            now = time.time()
            _strangers(store, now, [now + 3600 + number % 80_000 for number in range(size)])
            nightly = Nightly(SimpleNamespace(store=store, now=time.time))
            looks = []
            for _ in range(200):
                begun = time.perf_counter()
                nightly.claim("telegram", 24)
                looks.append(time.perf_counter() - begun)
            cost = sorted(looks)[len(looks) // 2] * 1000
            fewest = fewest or cost
            table.add_row(f"{size:,}", f"{cost:.2f}", f"{cost / fewest:.2f}x")
            store.close()
    return table


if __name__ == "__main__":
    main()
