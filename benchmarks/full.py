"""Whether a turn takes longer when the database is full: `python -m benchmarks.full`. Part of `make bench`.

The same person talks on a database of a hundred people, and on one of a hundred thousand, a few turns here and a few
there, so that whatever else runs on the machine meets both. The others' rows are as many and as large as a few weeks
leave behind; nobody could open them.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import sqlalchemy as sa
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from actions.store.models import Answer, Base, Button, Chat, Evening, Outgoing, Person, Run, Schedule
from benchmarks.measure import p50, p95
from benchmarks.mend import Walker, answers
from bot.house import House, build
from bot.settings import ROOT, Settings
from bot.training import train

RESULTS = Path(__file__).parent / "results"
#: What a person of some weeks has left behind, in rows, and how many bytes a box of theirs takes.
ANSWERS, SAID, BUTTONS, EVENINGS, BOX = 12, 12, 4, 8, 160
#: People whose rows are written at once, and turns here before the next ones there.
TOGETHER, BLOCK = 5_000, 20
console = Console(highlight=False)


@dataclass
class Full:
    """What a turn takes among so many people, in milliseconds."""

    people: int
    p50: float
    p95: float
    megabytes: float


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--few", default=100, show_default=True, help="People in the one database.")
@click.option("--many", default=100_000, show_default=True, help="People in the other.")
@click.option("--turns", default=300, show_default=True, help="Turns on each.")
@click.option("--out", default=RESULTS, type=click.Path(path_type=Path, file_okay=False), help="Where the figures go.")
def main(few: int, many: int, turns: int, out: Path) -> None:
    """Talk on a nearly empty database and on a full one by turns, and print what a turn takes on each."""
    model = train(ROOT, Settings(_env_file=None).models_dir, console)
    with tempfile.TemporaryDirectory() as name:
        houses = [_house(Path(name) / str(people), model, people) for people in (few, many)]
        took = asyncio.run(_talk(houses, turns))
        results = [
            Full(people, p50(times), p95(times), (Path(name) / str(people) / "mend.db").stat().st_size / 1e6)
            for people, times in zip((few, many), took)
        ]
        for house in houses:
            house.close()
    table = Table(title="A turn among few, and among many", box=SIMPLE_HEAD, title_justify="left")
    for head in ("people", "database MB", "p50 ms", "p95 ms", "p50 against few"):
        table.add_column(head, justify="right")
    for one in results:
        figures = f"{one.megabytes:,.0f}", f"{one.p50:.1f}", f"{one.p95:.1f}", f"{one.p50 / results[0].p50:.2f}x"
        table.add_row(f"{one.people:,}", *figures)
    console.print(table)
    out.mkdir(exist_ok=True)
    told = {"at": time.strftime("%Y-%m-%d", time.gmtime()), "ratio": results[1].p50 / results[0].p50}
    (out / "full.json").write_text(json.dumps({**told, "runs": [asdict(one) for one in results]}, indent=1) + "\n")


def _house(folder: Path, model: Path, people: int) -> House:
    house = build(Settings(_env_file=None, token=None, database=None, data_dir=folder), model)
    with house.tools.store.engine.begin() as connection:
        for first in range(1, 1 + people, TOGETHER):
            numbers = range(first, min(first + TOGETHER, 1 + people))
            for table, rows in _rows(numbers, time.time()).items():
                connection.execute(sa.insert(table.__table__), rows)
    return house


def _rows(numbers: range, now: float) -> dict[type[Base], list[dict]]:
    """The rows of these people."""
    box = os.urandom(BOX)
    ago = {number: now - 86_400 * (1 + number % 60) for number in numbers}
    each = [(number, at) for number in numbers for at in range(EVENINGS)]
    return {
        Chat: [
            {"id": n, "channel": "bench", "pseudonym": n.to_bytes(32, "big"), "key": box, "address": box}
            for n in numbers
        ],
        Person: [
            {"id": n, "channel": "bench", "reachable": True, "created_at": ago[n], "seen_at": ago[n]} for n in numbers
        ],
        Run: [
            {"id": n, "person_id": n, "exercise": box[:24], "role": box[:40], "in_hand": True, "started_at": ago[n]}
            | {"touched_at": ago[n]}
            for n in numbers
        ],
        Answer: [
            {"person_id": n, "run_id": n, "step": box[:24], "version": at, "parts": box, "written_at": ago[n]}
            for n in numbers
            for at in range(ANSWERS)
        ],
        Outgoing: [
            {"id": n * SAID + at, "channel": "bench", "chat_id": n, "reply": box * 3, "state": "sent", "once": False}
            | {"created_at": ago[n], "sent_at": ago[n]}
            for n in numbers
            for at in range(SAID)
        ],
        Button: [
            {"token": f"{n}-{at}", "chat_id": n, "reply_id": n * SAID, "label": box[:48], "choice": box[:64]}
            for n in numbers
            for at in range(BUTTONS)
        ],
        Schedule: [
            {"person_id": n, "channel": "bench", "habit": box, "running": True, "next_date": "", "next_due": now + 9e4}
            for n in numbers
        ],
        Evening: [
            {"person_id": n, "date": f"2026-01-{at + 1:02d}", "state": "asked", "due_at": ago[n], "claimed_at": ago[n]}
            for n, at in each
        ],
    }


async def _talk(houses: list[House], turns: int) -> list[list[float]]:
    """Milliseconds of processor time of each turn, on each."""
    chances, walkers, took = [random.Random(7) for _ in houses], [], [[] for _ in houses]
    for house in houses:
        walkers.append(Walker(house, "one"))
        await walkers[-1].arrives()
    for _ in range(1 + turns // BLOCK):
        for walker, chance, times in zip(walkers, chances, took):
            for _ in range(BLOCK):
                text = answers(await walker.question(), chance)
                began = time.process_time()
                await walker.says(text)
                times.append((time.process_time() - began) * 1000)
    return [times[BLOCK:] for times in took]


if __name__ == "__main__":
    main()
