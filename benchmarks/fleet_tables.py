"""What a fleet did under load, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


@dataclass
class Received:
    """What a receiver did under load."""

    updates_a_second: float
    p95_ms: float
    refused: int
    kept: int  #: of those that were confirmed, how many are in the database
    confirmed: int
    idle_mb: float
    peak_mb: float
    cpu_ms: float  #: processor time of an update


@dataclass
class Rate:
    """What some workers did."""

    workers: int
    share: float | None  #: of a core, to which each worker was held
    turns: int
    turns_a_second: float
    p50: float
    p95: float
    workers_cpu_ms: float  #: processor time of a turn in the workers
    others_cpu_ms: float  #: the same in the database, the receiver, and the people
    database_bytes: float  #: by which a turn lets the database grow, indexes included
    broken: int


def show_received(received: Received) -> None:
    """Print what the receiver did."""
    table = Table(title="The receiver, flooded", box=SIMPLE_HEAD, title_justify="left")
    for name, justify in (("", "left"), ("", "right"), ("aimed at", "right")):
        table.add_column(name, justify=justify)
    for row in (
        ("updates a second", f"{received.updates_a_second:.0f}", "500"),
        ("memory at most, MB", f"{received.peak_mb:.0f}", "80"),
        ("memory before, MB", f"{received.idle_mb:.0f}", ""),
        ("until an update is confirmed, p95 ms", f"{received.p95_ms:.0f}", ""),
        ("processor time of an update, ms", f"{received.cpu_ms:.2f}", ""),
        ("confirmed and not kept", str(received.confirmed - received.kept), "0"),
    ):
        table.add_row(*row)
    console.print(table)


def show_rates(rates: list[Rate], how: str = "") -> None:
    """Print what workers did, and `how`."""
    table = Table(title=f"Turns by the number of workers{how}", box=SIMPLE_HEAD, title_justify="left")
    names = ("workers", "turns a s", "against one", "p50 s", "p95 s", "CPU of a turn, ms", "… elsewhere")
    for name in (*names, "bytes kept of one", "broken"):
        table.add_column(name, justify="right")
    for rate in rates:
        against = f"{rate.turns_a_second / rates[0].turns_a_second:.2f}x"
        times = f"{rate.turns_a_second:.1f}", against, f"{rate.p50:.2f}", f"{rate.p95:.2f}"
        costs = f"{rate.workers_cpu_ms:.1f}", f"{rate.others_cpu_ms:.1f}", f"{rate.database_bytes:,.0f}"
        table.add_row(str(rate.workers), *times, *costs, str(rate.broken))
    console.print(table)


ROWS = {
    "turns": "turns",
    "kills": "kills",
    "chats in hand when a worker died": "jobs_in_hand_at_kills",
    "… until the last was taken over, median s": "takeover_median",
    "… slowest s": "takeover_slowest",
    "slowest reply to anyone, s": "slowest",
    "answers lost": "lost",
    "answers stored twice": "twice",
    "answers stored at another question": "elsewhere",
    "people who were left alone": "left_alone",
    "updates not answered in the end": "waiting",
    "replies not sent in the end": "unsent",
    "commands sent at once": "commands",
    "people whose replies came in another order, or not once each": "out_of_order",
    "messages said twice, in flight at a kill": "doubled",
    "messages said twice else": "doubled_else",
    "lines of the logs that tell of an error": "errors",
}


def show_night(night: dict[str, Any]) -> None:
    """Print what became of everyone when workers were killed."""
    table = Table(title="Three workers, killed at random", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    for name, key in ROWS.items():
        value = night[key]
        table.add_row(name, f"{value:,.1f}" if isinstance(value, float) else f"{value:,}")
    console.print(table)
