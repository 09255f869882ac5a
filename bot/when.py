"""`mend when`: which hour and which place someone means, and how often that is read rightly."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.jsonl import answer_lines
from bot.refusal import clear
from bot.settings import ROOT

TESTS = ROOT / "data" / "evening" / "test"


@click.command()
@click.option("--jsonl", is_flag=True, help="Read lines of JSON, {id, text}, from standard input.")
@click.option("--evaluate", is_flag=True, help="How often hour and zone are right, or rightly asked about.")
def when(jsonl: bool, evaluate: bool) -> None:
    """Which hour and zone words mean: {id, time, timezone, ambiguous}."""
    if jsonl == evaluate:
        raise click.UsageError("give one of --jsonl and --evaluate")
    clear(_evaluate if evaluate else lambda: answer_lines(lambda entry: understood(entry["text"])))


def understood(text: str) -> dict[str, Any]:
    """What a text says of hour and zone."""
    from actions.evening.when import read_when

    found = read_when(text)
    return {"time": found.hour, "timezone": found.zone, "ambiguous": found.ambiguous}


def right(entry: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether a reading is right, or rightly asks; zones with the same clock are the same."""
    if entry["ambiguous"] and found["ambiguous"]:
        return found["time"] == entry["time"] or None in (found["time"], entry["time"])
    same = found["time"] == entry["time"] and _same_clock(found["timezone"], entry["timezone"])
    return same and found["ambiguous"] == entry["ambiguous"]


def _same_clock(one: str | None, other: str | None) -> bool:
    from actions.evening.schedule import zone_of

    if not one or not other:
        return one == other
    moments = [datetime(2026, month, 15, 12, tzinfo=timezone.utc) for month in (1, 7)]
    clocks = zone_of(one), zone_of(other)
    return all(len({moment.astimezone(clock).utcoffset() for clock in clocks}) == 1 for moment in moments)


def _evaluate() -> None:
    table = Table(title="Hours and zones", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    for name in ("right, or rightly asked", "of", "share"):
        table.add_column(name, justify="right")
    for path in sorted(TESTS.glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        hits = sum(right(entry, understood(entry["text"])) for entry in lines)
        table.add_row(path.stem, str(hits), str(len(lines)), f"{hits / len(lines):.3f}")
    Console(highlight=False).print(table)
