"""The bot is killed at random instants of its turns while people talk: `python -m benchmarks.kills --kills 200`.

What is real: each life is a process of its own, ended by SIGKILL from outside; the database is a SQLite file; Telegram
is a stand-in over HTTP; the dialogue is Rasa with the trained model; turns, inbox, outbox and sender are the bot's own.
What is not: a start takes eight seconds, so the model and the content are read only once, by a process that stays, and
each life is a fork of it that begins where a start has read everything (`benchmarks/lives.py`): it opens the database
anew, and goes on from there as after any start. A kill ends a process, not the machine: what the kernel has taken it
keeps, so it shows nothing of what a power cut does to a disk.

Half of the kills strike when a life passes a point of the turn, one point as often as the other: it stands still there
until it is dead. The others strike after a random time, wherever it is then.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import click
from rich.console import Console

from actions.moment import Tools
from actions.store import Store
from benchmarks.aftermath import Result, look, show
from benchmarks.chats import Chats
from benchmarks.lives import ARMED, HERE, LAST, POINTS, SIZE
from benchmarks.walking import Walker
from bot.house import read_content
from bot.settings import ROOT

TOKEN = "1:" + "A" * 35
RESULTS = Path(__file__).parent / "results" / "kills.json"
#: Seconds between two things that one person does: Mend asks whoever does more than thirty a minute to slow down.
THINKS = 2.1
#: Seconds of a life until a kill that strikes anywhere; and how long a point is waited for.
LIVES, PATIENCE = 1.2, 20.0
#: Seconds after which someone who hears nothing counts as left alone.
ALONE = 90.0
console = Console(highlight=False)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--kills", default=200, show_default=True, help="How often the bot is killed.")
@click.option("--people", default=20, show_default=True, help="How many people talk at a time.")
@click.option("--seed", default=1, show_default=True, help="What chance begins with.")
@click.option("--out", default=RESULTS, type=click.Path(path_type=Path, dir_okay=False), help="Where the figures go.")
def main(kills: int, people: int, seed: int, out: Path) -> None:
    """Kill the bot again and again while people talk, and see what became of every word."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        result = Night(Path(name), random.Random(seed)).run(kills, people)
    result.seconds = time.monotonic() - began
    show(result, console)
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({**asdict(result), "at": time.strftime("%Y-%m-%d", time.gmtime())}, indent=1) + "\n")
    console.print(f"Written to {out}.", style="dim")
    sys.exit(1 if result.broken else 0)


@dataclass
class Lives:
    """The lives of the bot, one after the other; see `benchmarks/lives.py`."""

    process: subprocess.Popen
    passing: mmap.mmap

    def begin(self) -> None:
        """Begin a life."""
        self.passing[:SIZE] = bytes(SIZE)
        self._told("begin")

    def kill(self) -> float:
        """End it at once; the instant at which it is gone."""
        self._told("kill")
        return time.monotonic()

    def finish(self) -> None:
        """End the last life as a service manager does."""
        self._told("finish")

    def _told(self, order: str) -> str:
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer.strip() == order, f"the bot is gone: {answer}"
        return answer


class Night:
    """Some people, a bot that dies again and again, and what is kept in the end."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._folder, self._chance = folder, chance
        self._tools: Tools = read_content().tools(None, time.time)
        self._tg = Chats(TOKEN).start()
        self._walkers: list[Walker] = []
        self._stopped = False
        self._kills: list[float] = []
        self._passed: Counter[str] = Counter()

    def run(self, kills: int, people: int) -> Result:
        """Play it, and look at what is left."""
        with self._lives() as lives:
            lives.begin()
            self._until_it_polls(time.monotonic())
            chats = count(1000)
            talking = [self._tg.play(self._talks(chats)) for _ in range(people)]
            at_points = 0
            for number in range(kills):
                at_points += self._kill(lives, number)
                if (number + 1) % 20 == 0:
                    console.print(f"{number + 1} kills", style="dim")
            self._stopped = True
            done, alone = wait(talking, timeout=ALONE)
            for one in done:
                one.result()  # raises what went wrong in the benchmark itself
            time.sleep(1)
            lives.finish()
        result = Result(kills, dict(self._passed), at_points, left_alone=len(alone))
        store = Store(f"sqlite:///{self._folder / 'mend.db'}")
        look(result, store, self._walkers, list(self._tg.said.values()), self._kills)
        store.close()
        return result

    @contextmanager
    def _lives(self) -> Iterator[Lives]:
        with (self._folder / "passing").open("w+b") as file, (self._folder / "printed.txt").open("wb") as printed:
            file.write(bytes(SIZE))
            file.flush()
            passing = mmap.mmap(file.fileno(), SIZE)
            told = [str(self._tg.port), TOKEN, str(self._folder), file.name]
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.lives", *told],
                cwd=ROOT,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # else it has threads that a fork would miss
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=printed,
                text=True,
            )
            assert process.stdout.readline() == "ready\n", (self._folder / "printed.txt").read_text()
            try:
                yield Lives(process, passing)
            finally:
                process.kill()
                process.wait()

    async def _talks(self, chats: Iterator[int]) -> None:
        """One after the other walks through the programme."""
        while not self._stopped:
            walker = Walker(self._tg, self._tools, next(chats), lambda: asyncio.sleep(THINKS))
            self._walkers.append(walker)
            await walker.walks(lambda: not self._stopped)

    def _kill(self, lives: Lives, number: int) -> bool:
        """Kill a life, and begin another. True when it was killed exactly at the point where it was to be."""
        point, struck = 0, False
        if number % 2:
            point = 1 + number // 2 % len(POINTS)
            lives.passing[ARMED] = point
            end = time.monotonic() + PATIENCE
            while not (struck := bool(lives.passing[HERE])) and time.monotonic() < end:
                time.sleep(0.0005)
        else:
            time.sleep(self._chance.uniform(0, LIVES))
        self._kills.append(lives.kill())
        last = lives.passing[LAST]
        self._passed[POINTS[last - 1] if last else "nothing yet"] += 1
        began = time.monotonic()
        lives.begin()
        self._until_it_polls(began)
        return struck

    def _until_it_polls(self, began: float) -> None:
        end = time.monotonic() + PATIENCE
        while self._tg.polled < began:
            assert time.monotonic() < end, (self._folder / "printed.txt").read_text()[-2000:]
            time.sleep(0.002)


if __name__ == "__main__":
    main()
