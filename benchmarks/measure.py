"""What both sides are measured with: the same clocks, the same scales, each side in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil

from bot.settings import ROOT

T = TypeVar("T")

MEGABYTE = 1e6
#: How many people talk at once, and how many turns each of them has taken before.
CROWDS = ((1, 0), (20, 0), (200, 0), (20, 60))
#: How many turns they take then, all of them together.
SPOKEN = 400
#: A stream of turns that waits for nobody: how many people take them, how many a second, for how many seconds.
STREAM = (200, 30.0, 60.0)


@dataclass
class Cost:
    """What something took: seconds on the wall, and seconds of processor time of all its threads and children."""

    wall_s: float
    cpu_s: float


@dataclass
class Together:
    """So many people at once, each of whom writes again as soon as they are answered."""

    people: int
    before: int  #: turns that each of them has taken before
    turns_a_second: float
    p50_ms: float  #: what each waits, on the wall
    p95_ms: float


@dataclass
class Talk:
    """One side's conversation, as its own process measured it. Times of turns are in milliseconds."""

    ready: Cost
    memory_ready_mb: float = 0.0
    memory_after_mb: float = 0.0
    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    words: list[int] = field(default_factory=list)  #: how long what the person typed was
    unanswered: int = 0
    together: list[Together] = field(default_factory=list)
    stream: Together | None = None

    def save(self, path: Path) -> None:
        """Hand the figures to the process that asked for them."""
        self.memory_after_mb = memory_mb()
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Talk:
        """The figures that another process has saved."""
        kept = json.loads(path.read_text())
        together = [Together(**one) for one in kept["together"]]
        stream = Together(**kept["stream"])
        return cls(**{**kept, "ready": Cost(**kept["ready"]), "together": together, "stream": stream})

    async def turn(self, text: str, take: Callable[[], Awaitable[list]]) -> None:
        """Measure one turn; `take` takes it and returns what was said."""
        cpu, wall = time.process_time(), time.perf_counter()
        said = await take()
        self.cpu_ms.append((time.process_time() - cpu) * 1000)
        self.wall_ms.append((time.perf_counter() - wall) * 1000)
        self.words.append(len(text.split()))
        self.unanswered += not said


Speak = Callable[[int], Awaitable[None]]


async def together(people: int, before: int, turns: int, speak: Speak) -> Together:
    """Let so many people, each of whom has taken `before` turns, take `turns` or somewhat more in all.

    `speak` has one of them take one turn and hear the answer. Who is answered takes the next one at once.
    """
    for person in range(people):
        for _ in range(before):
            await speak(person)
    waits: list[float] = []

    async def speaks(person: int) -> None:
        while len(waits) < turns:
            began = time.perf_counter()
            await asyncio.sleep(0)  # whoever wrote before is before them in the line, also where nothing else yields
            await speak(person)
            waits.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*map(speaks, range(people)))
    return Together(people, before, len(waits) / (time.perf_counter() - began), p50(waits), p95(waits))


async def stream(people: int, rate: float, seconds: float, speak: Speak, chance: random.Random) -> Together:
    """Have so many people take turns, `rate` a second on average, at random moments, whoever is answered yet."""
    waits: list[float] = []

    async def speaks(person: int, at: float) -> None:
        await asyncio.sleep(at - time.perf_counter())
        await speak(person)
        waits.append((time.perf_counter() - at) * 1000)

    began = at = time.perf_counter()
    speaking = []
    while (at := at + chance.expovariate(rate)) < began + seconds:
        speaking.append(asyncio.create_task(speaks(len(speaking) % people, at)))
    await asyncio.gather(*speaking)
    return Together(people, 0, len(waits) / (time.perf_counter() - began), p50(waits), p95(waits))


def ready_since(started: float) -> Talk:
    """A talk whose side is ready now, in the process that was started at `started`, seconds since the epoch."""
    return Talk(Cost(time.time() - started, time.process_time()), memory_ready_mb=memory_mb())


def memory_mb() -> float:
    """Resident memory of this process."""
    return psutil.Process().memory_info().rss / MEGABYTE


def cost(work: Callable[[], T]) -> tuple[T, Cost]:
    """Do `work`, which leaves the labour to child processes, and say what that took."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = work()
    wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def in_own_process(module: str, model: Path, turns: int, folder: Path) -> Talk:
    """Hold the conversation of `module` in a new process, and read what it measured there."""
    out = folder / f"{module}.json"
    command = [sys.executable, "-W", "ignore", "-m", module, str(model), str(turns), str(out), repr(time.time())]
    run(command, cwd=ROOT)
    return Talk.read(out)


def run(command: list[str], cwd: Path, **environment: str) -> None:
    """Run a command quietly; when it fails, stop with the last that it said."""
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **quiet, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")


def p50(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def p95(values: list[float]) -> float:
    """What nineteen of twenty stay under."""
    return statistics.quantiles(values, n=20)[-1]


def growth(values: list[float], early: slice, late: int) -> float:
    """The median of the last `late` turns over the median of the `early` ones: 1 means that nothing grows."""
    return p50(values[-late:]) / p50(values[early])
