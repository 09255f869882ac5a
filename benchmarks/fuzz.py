"""Every place where something comes in, given what no sane program sends: `python -m benchmarks.fuzz --cases 200000`.

The strategies and what must hold are those of `tests/fuzz`, which `make test` runs in small: here they run for longer,
and each time with others.
"""

from __future__ import annotations

import itertools
import json
import logging
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.report import machine
from bot.house import House, build
from bot.logs import where
from bot.settings import ROOT, Settings
from bot.training import train
from bot.turn import Kind

sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "fuzz")]

import entries  # noqa: E402 - tests are no package: their folder must be known first
from absurd import spoken, texts, values  # noqa: E402 - as above
from life import Life  # noqa: E402 - as above
from talking import Clock  # noqa: E402 - as above
from updates_gone_wrong import broken, updates  # noqa: E402 - as above

#: How many of the cases each entry gets.
SHARES = {
    "updates": 0.60,
    "receiver": 0.12,
    "typed": 0.08,
    "hours": 0.05,
    "take": 0.125,
    "terminal": 0.005,
    "turns": 0.02,
}
#: Examples that are drawn with one seed, and steps of one life.
BATCH, STEPS = 50, 40
#: An entry is left after so many failures.
ENOUGH = 20
MANY = settings(
    max_examples=BATCH,
    stateful_step_count=STEPS,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    print_blob=False,
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
)
console = Console(highlight=False)


@dataclass
class Entry:
    """What became of one entry."""

    name: str
    cases: int = 0
    failures: list[str] = field(default_factory=list)  #: kinds and places, with the seeds that bring them back
    seconds: float = 0.0
    slowest: float = 0.0  #: the longest case, in seconds


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--cases", default=200_000, show_default=True, type=click.IntRange(1000), help="Over all entries.")
@click.option("--seed", "first", default=None, type=int, help="Do a run again; without it, each run is another.")
@click.option("--out", default=Path(__file__).parent / "results", type=click.Path(path_type=Path, file_okay=False))
def main(cases: int, first: int | None, out: Path) -> None:
    """Send what no sane program sends, and print what became of it."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # what is left out is logged, each time
    begun, first = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), first or random.randrange(2**31)
    with tempfile.TemporaryDirectory() as name:
        clock = Clock()
        house = build(_settings(Path(name)), train(ROOT, _settings(Path(name)).models_dir, Console(stderr=True)), clock)
        done = [_run(entry, round(cases * share), first, house, clock) for entry, share in SHARES.items()]
        house.close()
    _show(done, first)
    report = {"begun": begun, "seed": first, "machine": machine(), "entries": [asdict(one) for one in done]}
    (out / "fuzz.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    sys.exit(1 if any(one.failures for one in done) else 0)


def _settings(folder: Path) -> Settings:
    return Settings(_env_file=None, token=None, data_dir=folder)


def _run(name: str, wanted: int, first: int, house: House, clock: Clock) -> Entry:
    entry, began = Entry(name), time.perf_counter()
    batch = _lives(entry, house, clock) if name == "turns" else _batch(entry, house)
    for number in itertools.count(first):
        if entry.cases >= wanted or len(entry.failures) >= ENOUGH:
            break
        try:
            batch(number)
        except Exception as error:
            entry.failures.append(f"{where(error)} (seed {number})")
    entry.seconds = time.perf_counter() - began
    return entry


def _batch(entry: Entry, house: House) -> Callable[[int], None]:
    """What draws cases of an entry with one seed, and holds them to what must hold."""
    kept = st.tuples(st.just(house), texts, st.sampled_from(list(Kind)))
    cases: st.SearchStrategy[Iterable[tuple[Any, ...]]]
    cases, holds = {
        "updates": (st.builds(broken, updates, values).map(zip), entries.is_read_or_refused),
        "receiver": (st.builds(broken, updates, values).map(zip), entries.is_received_alike),
        "typed": (st.tuples(st.tuples(texts)), entries.is_typed),
        "hours": (st.tuples(st.tuples(spoken)), entries.is_understood_or_not),
        "take": (st.tuples(kept), entries.is_kept),
        "terminal": (st.tuples(st.tuples(st.just(house), texts)), entries.is_answered_in_the_terminal),
    }[entry.name]

    def batch(number: int) -> None:
        @seed(number)
        @MANY
        @given(cases)
        def test(some: Iterable[tuple[Any, ...]]) -> None:
            for one in some:
                began = time.perf_counter()
                entry.cases += 1
                holds(*one)
                entry.slowest = max(entry.slowest, time.perf_counter() - began)

        test()

    return batch


def _lives(entry: Entry, house: House, clock: Clock) -> Callable[[int], None]:
    """What has three people do anything, a few lives long, with one seed."""

    def batch(number: int) -> None:
        machine_here = seed(number)(type("Here", (Life,), {"house": house, "clock": clock}))
        try:
            run_state_machine_as_test(machine_here, settings=settings(MANY, max_examples=5))
        finally:
            entry.cases, entry.slowest = Life.took

    return batch


def _show(done: list[Entry], first: int) -> None:
    table = Table(title=f"What no sane program sends (seed {first})", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("entry")
    for name in ("cases", "failures", "seconds", "slowest, ms"):
        table.add_column(name, justify="right")
    for one in [*done, _sum(done)]:
        cells = f"{one.cases:,}", str(len(one.failures)), f"{one.seconds:.0f}", f"{1000 * one.slowest:.0f}"
        table.add_row(one.name, *cells)
    console.print(table)
    for one in done:
        for failure in one.failures:
            console.print(f"{one.name}: {failure}", style="red", soft_wrap=True)


def _sum(done: list[Entry]) -> Entry:
    failures = [failure for one in done for failure in one.failures]
    seconds, slowest = sum(one.seconds for one in done), max(one.slowest for one in done)
    return Entry("all", sum(one.cases for one in done), failures, seconds, slowest)


if __name__ == "__main__":
    main()
