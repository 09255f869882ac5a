"""Many people talk at once, and one bot answers for very long: `python -m benchmarks.load`.

With `--people` so many people are in the programme at the same time, over HTTP, with the bot as a process of its
own, started as an operator starts it: they write or press, wait for the reply, think, and go on. What a reply took is
the time until its first message arrived; where they wrote, that includes the 0.6 seconds for which Mend waits for more.
People, and the stand-in for Telegram with its limit of thirty messages a second, are in this process, which takes
processor time from the bot where there are few processors.

With `--turns` the bot is in this process, and people are handed straight to its turns without thinking, one after the
other; Telegram is left out. It shows whether memory, or the time of a turn, grows.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

import click
import psutil
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.chats import Chats
from benchmarks.measure import MEGABYTE, memory_mb
from benchmarks.straight import Straight
from benchmarks.telegram import PERMITTED
from benchmarks.walking import Walker
from bot.house import build, read_content
from bot.settings import ROOT, Settings
from bot.training import train

TOKEN = "1:" + "A" * 35
RESULTS = Path(__file__).parent / "results"
#: Seconds of a minute, and of the shortest thought: who does more than thirty things a minute is asked to slow down.
MINUTE, SHORTEST = 60.0, 2.1
#: Seconds after which someone who still waits at the end counts as left alone.
ALONE = 60.0
#: Turns of the soak that are looked at together.
TOGETHER = 5_000
console = Console(highlight=False)


@dataclass
class Span:
    """What a minute, or some thousand turns, were like."""

    ends: float  #: minutes since the begin, or the number of turns
    replies: int
    p50: float
    p95: float
    p99: float
    memory_mb: float


@dataclass
class Result:
    """What was seen. Times are in seconds under load, and in milliseconds in the soak."""

    people: int
    whole: Span
    spans: list[Span] = field(default_factory=list)
    too_fast: int = 0  #: messages that Telegram refused as too fast; each is sent again
    errors: int = 0  #: lines of the bot's log
    left_alone: int = 0

    @property
    def growth_mb(self) -> float:
        """What memory grew by after the first span."""
        return self.spans[-1].memory_mb - self.spans[0].memory_mb


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--people", default=200, show_default=True, help="How many people talk at once.")
@click.option("--minutes", default=10.0, show_default=True, help="For how long.")
@click.option("--think", default=20.0, show_default=True, help="Seconds that they think on average.")
@click.option("--turns", type=int, help="Soak: so many turns in this process, without thinking.")
@click.option("--out", default=RESULTS, type=click.Path(path_type=Path, file_okay=False), help="Where the figures go.")
def main(people: int, minutes: float, think: float, turns: int | None, out: Path) -> None:
    """Have many people talk at once; or, with --turns, one after the other for very long."""
    with tempfile.TemporaryDirectory() as name:
        if turns is None:
            title, result = "load", load(Path(name), people, minutes, think)
        else:
            title, result = "soak", soak(Path(name), turns)
    show(title, result)
    out.mkdir(exist_ok=True)
    told = {"at": time.strftime("%Y-%m-%d", time.gmtime()), "growth_mb": result.growth_mb, **asdict(result)}
    (out / f"{title}.json").write_text(json.dumps(told, indent=1) + "\n")
    console.print(f"Written to {out / title}.json.", style="dim")


def load(folder: Path, people: int, minutes: float, think: float) -> Result:
    """So many people at once."""
    train(ROOT, Settings(_env_file=None).models_dir, console)
    tg, tools, chance = (
        Chats(TOKEN, permitted=PERMITTED).start(),
        read_content().tools(None, time.time),
        random.Random(7),
    )
    bot, printed = _start(tg, folder), folder / "printed.txt"
    while not tg.polled:
        assert bot.poll() is None, printed.read_text()
        time.sleep(0.1)
    began, walkers, chats = time.monotonic(), [], count(1000)
    ends = began + minutes * MINUTE

    async def thinks() -> None:
        await asyncio.sleep(max(SHORTEST, chance.uniform(0.5, 1.5) * think))

    async def talks() -> None:
        await asyncio.sleep(chance.uniform(0, think))
        while time.monotonic() < ends:
            walkers.append(Walker(tg, tools, next(chats), thinks))
            await walkers[-1].walks(lambda: time.monotonic() < ends)

    talking, memory = [tg.play(talks()) for _ in range(people)], {}
    for minute in _minutes(minutes):
        time.sleep(max(0.0, began + minute * MINUTE - time.monotonic()))
        memory[minute] = psutil.Process(bot.pid).memory_info().rss / MEGABYTE
        console.print(f"minute {minute:g}: {memory[minute]:.0f} MB", style="dim")
    done, alone = wait(talking, timeout=ALONE + 1.5 * think)
    for one in done:
        one.result()  # raises what went wrong in the benchmark itself
    bot.terminate()
    bot.wait()
    errors = sum(" error " in line or " critical " in line for line in printed.read_text().splitlines())
    begins = [0.0, *memory]
    spans = [_span(end, _waits(walkers, began, start, end), memory[end]) for start, end in zip(begins, memory)]
    whole = _span(minutes, _waits(walkers, began, 0.0, minutes + ALONE), spans[-1].memory_mb)
    return Result(people, whole, spans, tg.refused, errors, len(alone))


def soak(folder: Path, turns: int) -> Result:
    """So many turns, person after person."""
    settings = Settings(_env_file=None, token=None, database=None, data_dir=folder)
    house = build(settings, train(ROOT, settings.models_dir, console))
    straight, spans, walked = Straight(house), [], 0

    async def thinks() -> None:
        if len(straight.took) - sum(span.replies for span in spans) == TOGETHER:
            fresh = straight.took[-TOGETHER:]
            spans.append(_span(len(straight.took), fresh, memory_mb()))
            console.print(
                f"{len(straight.took):,} turns: p95 {spans[-1].p95:.1f} ms, {memory_mb():.0f} MB", style="dim"
            )

    async def talk() -> None:
        nonlocal walked
        for chat in count(1000):
            walker = Walker(straight, house.tools, chat, thinks)
            await walker.walks(lambda: len(straight.took) < turns)
            straight.said.pop(chat)
            walked += 1
            if len(straight.took) >= turns:
                return

    asyncio.run(talk())
    house.close()
    left = straight.took[sum(span.replies for span in spans) :]
    spans += [_span(len(straight.took), left, memory_mb())] if left else []
    return Result(walked, _span(len(straight.took), straight.took, memory_mb()), spans)


def _start(tg: Chats, folder: Path) -> subprocess.Popen:
    environment = {**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": f"http://127.0.0.1:{tg.port}",
                   "MEND_DATA_DIR": str(folder), "DATABASE_URL": "", "MEND_LOG": "text"}  # fmt: skip
    with (folder / "printed.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", "telegram"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )


def _minutes(minutes: float) -> Iterator[float]:
    whole = int(minutes)
    yield from range(1, whole + 1)
    if minutes > whole:
        yield minutes


def _waits(walkers: list[Walker], began: float, since: float, until: float) -> list[float]:
    """What replies took to what was done between two minutes."""
    start, end = began + since * MINUTE, began + until * MINUTE
    return [took for walker in walkers[:] for at, took in walker.waits[:] if start <= at < end]


def _span(ends: float, waits: list[float], memory: float) -> Span:
    if len(waits) < 2:
        return Span(ends, len(waits), *[max(waits, default=0.0)] * 3, memory)
    parts = statistics.quantiles(waits, n=100)
    return Span(ends, len(waits), parts[49], parts[94], parts[98], memory)


def show(title: str, result: Result) -> None:
    """Print what was seen."""
    unit = ("minutes", "s") if title == "load" else ("turns", "ms")
    table = Table(title=f"{title}: {result.people} people", box=SIMPLE_HEAD, title_justify="left")
    for name in (unit[0], "replies", f"p50 {unit[1]}", f"p95 {unit[1]}", f"p99 {unit[1]}", "MB"):
        table.add_column(name, justify="right")
    for span in (*result.spans, result.whole):
        name = "all" if span is result.whole else f"{span.ends:,g}"
        times = [f"{value:.2f}" if title == "load" else f"{value:.1f}" for value in (span.p50, span.p95, span.p99)]
        table.add_row(name, f"{span.replies:,}", *times, f"{span.memory_mb:.0f}")
    console.print(table)
    told = f"Memory after the first of these grew by {result.growth_mb:.1f} MB."
    if title == "load":
        told += f" Refused as too fast: {result.too_fast}. Errors: {result.errors}. Left alone: {result.left_alone}."
    console.print(told, soft_wrap=True)


if __name__ == "__main__":
    main()
