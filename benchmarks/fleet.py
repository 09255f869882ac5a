"""A fleet under load: `python -m benchmarks.fleet`. Part of `make bench`.

First the receiver by itself: how many updates it confirms, and how large it becomes. Then how many turns one, two and
four workers answer, with the same people; and once more one and two, each held to a share of a core, so that there are
cores left for all the others. Last, workers are killed at random while people talk, and everything that was
said is compared with what people did. PostgreSQL, the people and the stand-in for Telegram have processes of their own,
on the same machine: what they need is not the workers'.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import psutil
import sqlalchemy as sa

from benchmarks.fleet_tables import Rate, Received, console, show_night, show_rates, show_received
from benchmarks.held import group, hold
from benchmarks.machines import SECRET, Machines, database_processes, processor_seconds, server
from benchmarks.measure import MEGABYTE
from benchmarks.takeovers import Kill, in_hand, watch
from bot.settings import ROOT, Settings
from bot.training import train

RESULTS = Path(__file__).parent / "results"
#: Seconds between looks at how far people are, and after which something is broken if nobody got any further.
TICK, PATIENCE = 0.25, 180.0
#: How many workers are held to a share of a core, run by run.
HELD = (1, 2)


class Crowd:
    """The process of the people."""

    def __init__(self, machines: Machines, people: int, hurried: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crowd", machines.hook, str(people), str(hurried)],
            cwd=ROOT,
            env=machines.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        told = json.loads(self._process.stdout.readline())
        self._most, self._since = -1, 0.0
        machines.telegram, self.itself = told["port"], psutil.Process(told["pid"])

    def tell(self, order: str, about: Any = None) -> dict[str, Any]:
        """Have it do something; its answer."""
        self._process.stdin.write(f"{order} {json.dumps(about)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def turns(self) -> int:
        """How many turns were answered so far; raises when there were no more for very long."""
        turns = self.tell("count")["turns"]
        if turns > self._most:
            self._most, self._since = turns, time.monotonic()
        assert time.monotonic() - self._since < PATIENCE, f"nobody is answered any more after {turns} turns"
        return turns

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seconds", default=20.0, show_default=True, help="How long the receiver is flooded.")
@click.option("--workers", default=(1, 2, 4), show_default=True, multiple=True, help="How many workers, run by run.")
@click.option("--each", default=4_000, show_default=True, help="Turns in each of these runs.")
@click.option("--share", default=0.4, show_default=True, help="The share of a core of a worker that is held; 0: none.")
@click.option("--people", default=200, show_default=True, help="How many people talk at once.")
@click.option("--turns", default=20_000, show_default=True, help="Turns in the run with kills.")
@click.option("--kills", default=20, show_default=True, help="Workers killed in it.")
@click.option("--seed", default=4, show_default=True, help="Which, and when.")
@click.option("--out", default=RESULTS, type=click.Path(path_type=Path, file_okay=False), help="Where the figures go.")
def main(
    seconds: float,
    workers: tuple[int, ...],
    each: int,
    share: float,
    people: int,
    turns: int,
    kills: int,
    seed: int,
    out: Path,
) -> None:
    """Have a fleet work, and print what it did; exit code 1 when a promise was broken."""
    train(ROOT, Settings(_env_file=None).models_dir, console)
    told: dict[str, Any] = {"at": time.strftime("%Y-%m-%d", time.gmtime()), "processors": os.cpu_count()}
    broken = 0
    with server() as url:
        if seconds:
            received = receive(url, seconds)
            show_received(received)
            told["receiver"] = asdict(received)
            broken += received.confirmed - received.kept
        if each:
            rates = [answer(url, number, each, people) for number in workers]
            show_rates(rates)
            told["workers"] = [asdict(rate) for rate in rates]
            broken += sum(rate.broken for rate in rates)
        if each and share:
            held = [answer(url, number, each // 2, people, share) for number in HELD]
            show_rates(held, f", each held to {share:g} of a core")
            told["held"] = [asdict(rate) for rate in held]
            broken += sum(rate.broken for rate in held)
        if turns:
            night = with_kills(url, turns, kills, people, random.Random(seed))
            show_night(night)
            told["kills"] = night
            broken += night["broken"]
    out.mkdir(exist_ok=True)
    (out / "fleet.json").write_text(json.dumps(told, indent=1) + "\n")
    console.print(f"Written to {out / 'fleet.json'}.", style="dim")
    sys.exit(1 if broken else 0)


@contextmanager
def _machines(url: str) -> Iterator[Machines]:
    with tempfile.TemporaryDirectory() as name:
        machines = Machines(url, Path(name))
        try:
            yield machines
        finally:
            machines.close()


def receive(url: str, seconds: float) -> Received:
    """A receiver by itself, flooded."""
    with _machines(url) as machines:
        process = machines.start("receive")
        machines.until_ready(process)
        itself = psutil.Process(process.pid)
        idle = peak = itself.memory_info().rss
        before = processor_seconds([itself])
        flood = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.flood", machines.hook, SECRET, str(seconds)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        while flood.poll() is None:
            peak = max(peak, itself.memory_info().rss)
            time.sleep(0.05)
        seen = json.loads(flood.stdout.read())
        cpu = 1000 * (processor_seconds([itself]) - before) / seen["confirmed"]
        with machines.store.begin() as kept:
            count = kept.session.execute(sa.text("SELECT count(*) FROM inbox")).scalar_one()
        rate = seen["confirmed"] / seen["seconds"]
        memory = idle / MEGABYTE, peak / MEGABYTE
        return Received(rate, seen["p95_ms"], seen["refused"], count, seen["confirmed"], *memory, cpu)


@contextmanager
def _fleet(url: str, workers: int, people: int, hurried: int) -> Iterator[tuple[Machines, Crowd, list]]:
    with _machines(url) as machines:
        crowd = Crowd(machines, people, hurried)
        try:
            receiver = machines.start("receive")
            working = [machines.start("work") for _ in range(workers)]
            machines.until_ready(receiver, *working)
            yield machines, crowd, working
        finally:
            crowd.close()


def answer(url: str, workers: int, turns: int, people: int, share: float | None = None) -> Rate:
    """So many turns, answered by so many workers, each of which has this share of a core, or as much as it can get."""
    with _fleet(url, workers, people, 0) as (machines, crowd, working), ExitStack() as groups:
        for one in working if share else ():
            hold(one.pid, groups.enter_context(group(f"mend-{one.pid}", share)))
        theirs = [psutil.Process(one.pid) for one in working]
        others = [*database_processes(), psutil.Process(machines.running[0].pid), crowd.itself]
        before, size = (processor_seconds(theirs), processor_seconds(others)), machines.database_bytes()
        crowd.tell("begin")
        while crowd.turns() < turns:
            time.sleep(TICK)
        grown = machines.database_bytes() - size
        took = processor_seconds(theirs) - before[0], processor_seconds(others) - before[1]
        told = crowd.tell("finish", [])
        costs = [1000 * seconds / told["turns"] for seconds in took]
        rate = told["turns"] / told["seconds"]
        console.print(f"{workers} workers: {rate:.1f} turns a second", style="dim")
        grown /= told["turns"]
        return Rate(workers, share, told["turns"], rate, told["p50"], told["p95"], *costs, grown, told["broken"])


def with_kills(url: str, turns: int, kills: int, people: int, chance: random.Random) -> dict[str, Any]:
    """Three workers, killed and started again while people talk; what became of everyone."""
    hurried = max(4, people // 10)
    when = sorted(chance.randint(turns // 50, turns * 9 // 10) for _ in range(kills))
    done: list[Kill] = []
    with _fleet(url, 3, people, hurried) as (machines, crowd, working):
        crowd.tell("begin")
        so_far = 0
        while so_far < turns or len(done) < kills or not all(one.is_over for one in done):
            so_far = crowd.turns()
            if len(done) < kills and so_far >= when[len(done)] and all(map(machines.is_ready, working)):
                dying = working.pop(chance.randrange(3))
                dying.kill()
                dying.wait()
                done.append(Kill(time.monotonic(), time.time(), in_hand(machines)))
                working.append(machines.start("work"))
                console.print(f"kill {len(done)} after {so_far:,} turns", style="dim")
            watch(machines, [one for one in done if not one.is_over])
            time.sleep(TICK)
        told = crowd.tell("finish", [one.at for one in done])
        told["errors"] = machines.errors()
    taken = sorted(one.taken_over for one in done if one.jobs)
    told["jobs_in_hand_at_kills"] = sum(one.jobs for one in done)
    told["takeover_median"], told["takeover_slowest"] = (taken[len(taken) // 2], taken[-1]) if taken else (0.0, 0.0)
    return told


if __name__ == "__main__":
    main()
