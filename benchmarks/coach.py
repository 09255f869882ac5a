"""The apology coach by itself: `python -m benchmarks.coach`. Part of `make bench`.

How soon it is ready, how much memory it needs and how long it reads, in a process that holds nothing else; and how good
its rules, its model, and both together are on the blind sets.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
DATA, RESULTS = ROOT / "data" / "apology", Path(__file__).parent / "results"
SETS = ("blind_a", "blind_b", "blind_c", "blind_d", "blind_e", "textbook_2")
#: Words of the drafts that are read, and how many are read.
WORDS, DRAFTS = 150, 60
#: What must not be needed.
HEAVY = ("rasa", "tensorflow", "torch")
console = Console(highlight=False)


def main() -> None:
    """Measure, print, and write `results/coach.json`."""
    told = json.loads(subprocess.check_output([sys.executable, "-m", "benchmarks.coach", "alone"], cwd=ROOT))
    table = Table(title="The coach, in a process of its own", box=SIMPLE_HEAD, title_justify="left")
    for name in ("", "measured", "aimed at"):
        table.add_column(name, justify="left" if not name else "right")
    table.add_row(f"a draft of {WORDS} words, median, processor time, ms", f"{told['draft_ms']:.1f}", "25")
    table.add_row("until it is ready, s", f"{told['ready_s']:.1f}", "3")
    table.add_row("memory at most, MB", f"{told['memory_mb']:.0f}", "300")
    table.add_row("heavy modules that it loaded", ", ".join(told["heavy"]) or "none", "none")
    console.print(table)
    told["sets"] = compared()
    (RESULTS / "coach.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def alone() -> None:
    """Load the coach and read drafts with nothing else in the process; print what it took as JSON."""
    begun = time.perf_counter()
    from actions.coach.pipeline import Coach

    coach = Coach.load()
    coach.review("I'm sorry I lied to you.")
    ready, took = time.perf_counter() - begun, []
    for draft in drafts():
        began = time.process_time()
        coach.review(draft)
        took.append(1000 * (time.process_time() - began))
    heavy = [name for name in HEAVY if name in sys.modules]
    memory = psutil.Process().memory_info().rss / 1e6
    print(json.dumps({"draft_ms": statistics.median(took), "ready_s": ready, "memory_mb": memory, "heavy": heavy}))


def drafts() -> list[str]:
    """Drafts of just so many words, put together from the sentences of whole ones."""
    lines = (DATA / "test" / "blind_drafts.jsonl").read_text("utf-8").splitlines()
    sentences = [sentence["text"] for line in lines for sentence in json.loads(line)["sentences"]]
    found, words = [], []
    for sentence in sentences:
        words += sentence.split()
        if len(words) >= WORDS and len(found) < DRAFTS:
            found.append(" ".join(words[:WORDS]))
            words = []
    return found


def compared() -> dict[str, dict[str, list[float]]]:
    """For each set and each of the three: macro F1 of dodges and of elements, and the share of clean lines flagged."""
    from actions.coach import loading
    from actions.coach.evaluate import evaluate, read_labelled
    from actions.encoder.labels import DEFLECTIONS, ELEMENTS

    ways = {"rules alone": loading.rules_alone, "model alone": loading.model_alone, "both": loading.whole}
    table = Table(title="Macro F1 of dodges, and clean lines flagged", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    for name in ways:
        table.add_column(name, justify="right")
    figures: dict[str, dict[str, list[float]]] = {}
    for of in SETS:
        figures[of] = {}
        for name, load in ways.items():
            seen = evaluate(load(DATA).review, read_labelled(DATA / "test" / f"{of}.jsonl"))
            figures[of][name] = [seen.macro(DEFLECTIONS), seen.macro(ELEMENTS), seen.clean_flagged / seen.clean]
        table.add_row(of, *(f"{dodges:.2f}, {clean:.1%}" for dodges, _, clean in figures[of].values()))
    console.print(table)
    return figures


if __name__ == "__main__":
    alone() if sys.argv[1:] == ["alone"] else main()
