"""The command line of the benchmark: `python -m benchmarks`, or `make bench`. Takes several minutes."""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from pathlib import Path

import click
from rich.console import Console

from benchmarks import mend, stock
from benchmarks.measure import cost, in_own_process
from benchmarks.report import EARLIEST, Run, machine, show, write

console = Console(highlight=False)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--turns", default=1000, show_default=True, type=click.IntRange(EARLIEST), help="Answers given to Mend.")
@click.option(
    "--stock-turns", default=310, show_default=True, type=click.IntRange(EARLIEST), help="Messages sent to stock Rasa."
)
@click.option(
    "--out",
    default=Path(__file__).parent / "results",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the report goes.",
)
def main(turns: int, stock_turns: int, out: Path) -> None:
    """Train, load and talk with stock Rasa and with Mend, one after the other, and print how they compare."""
    warnings.simplefilter("ignore")  # matplotlib warns of matplotlib
    begun = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    here = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # A cache of its own, so that training starts from nothing on both sides.
        os.environ["RASA_CACHE_DIRECTORY"] = str(folder / "cache")

        console.print("Training stock Rasa (`rasa init`) …", style="dim")
        stock_model, stock_training = cost(lambda: stock.train(folder / "stock"))
        console.print("Training Mend …", style="dim")
        mend_model, mend_training = cost(lambda: mend.train(folder / "mend"))

        console.print(f"{stock_turns} turns with stock Rasa …", style="dim")
        stock_talk = in_own_process("benchmarks.stock", stock_model, stock_turns, folder)
        console.print(f"{turns} turns with Mend …", style="dim")
        mend_talk = in_own_process("benchmarks.mend", mend_model, turns, folder)

    run = Run(begun, here, mend_talk, mend_training, stock_talk, stock_training)
    show(run, console)
    write(run, out)
    console.print(f"Written to {out}: latest.md, latest.json and latency.png.", style="dim")


if __name__ == "__main__":
    main()
