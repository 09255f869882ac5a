"""The two sides as tables, as files, and as a picture of what a turn takes as a conversation grows."""

from __future__ import annotations

import json
import os
import platform
import statistics
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.measure import SPOKEN, STREAM, Cost, Talk, Together, growth, p50, p95

#: The turns that growth is measured from, and how many turns at the end it is measured to.
MEND_EARLY, MEND_LATE = slice(10, 110), 100
STOCK_EARLY, STOCK_LATE = slice(10, 30), 20
#: The fewest turns that hold both.
EARLIEST = 110

HEAD = ("", "Mend", "stock Rasa", "ratio", "target")


@dataclass
class Run:
    """One run of the benchmark: both sides, on one machine."""

    begun: str
    machine: dict[str, str]
    mend: Talk
    mend_training: Cost
    stock: Talk
    stock_training: Cost


@dataclass(frozen=True)
class Line:
    """One measure of both sides. A target is for Mend's figure, or for the ratio of the two."""

    name: str
    mend: float
    stock: float
    unit: str = ""
    at_most: float | None = None
    ratio_at_most: float | None = None
    ratio_at_least: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as it is shown."""
        ratio = self.mend / self.stock
        limits = ((self.at_most, self.mend, self.unit), (self.ratio_at_most, ratio, "of stock"))
        targets = [
            f"{'met' if value <= limit else 'missed'}: ≤ {_number(limit)} {sign}".strip()
            for limit, value, sign in limits
            if limit is not None
        ]
        if self.ratio_at_least is not None:
            met = "met" if ratio >= self.ratio_at_least else "missed"
            targets.append(f"{met}: ≥ {_number(self.ratio_at_least)} of stock")
        figures = (f"{_number(value)} {self.unit}".strip() for value in (self.mend, self.stock))
        return (self.name, *figures, _number(ratio), "; ".join(targets))


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    facts = info.read_text().splitlines() if info.exists() else []
    names = [fact.partition(":")[2].strip() for fact in facts if fact.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "rasa": version("rasa"),
        "load before the run": f"{os.getloadavg()[0]:.1f}",
    }


def lines(run: Run) -> list[Line]:
    """Every measure, the most telling first."""
    mend, stock = run.mend, run.stock
    return [
        Line("processor time of a turn, p50", p50(mend.cpu_ms), p50(stock.cpu_ms), "ms", 15, 1 / 4),
        Line("processor time of a turn, p95", p95(mend.cpu_ms), p95(stock.cpu_ms), "ms"),
        Line("… of an early turn, p50", p50(mend.cpu_ms[MEND_EARLY]), p50(stock.cpu_ms[STOCK_EARLY]), "ms"),
        Line(
            "… growth over the conversation",
            growth(mend.cpu_ms, MEND_EARLY, MEND_LATE),
            growth(stock.cpu_ms, STOCK_EARLY, STOCK_LATE),
            at_most=1.2,
        ),
        Line("wall time of a turn, p50", p50(mend.wall_ms), p50(stock.wall_ms), "ms"),
        Line("wall time of a turn, p95", p95(mend.wall_ms), p95(stock.wall_ms), "ms"),
        *(line for pair in zip(mend.together, stock.together) for line in _together(*pair)),
        Line(
            f"a stream of {STREAM[1]:.0f} turns a second, what each waits, p50",
            mend.stream.p50_ms,
            stock.stream.p50_ms,
            "ms",
        ),
        Line("… p95", mend.stream.p95_ms, stock.stream.p95_ms, "ms", 100),
        Line("… turns a second", mend.stream.turns_a_second, stock.stream.turns_a_second),
        Line("from process start until ready", mend.ready.wall_s, stock.ready.wall_s, "s", 10),
        Line("… of it processor time", mend.ready.cpu_s, stock.ready.cpu_s, "s"),
        Line("resident memory when ready", mend.memory_ready_mb, stock.memory_ready_mb, "MB", 600),
        Line("resident memory after the conversation", mend.memory_after_mb, stock.memory_after_mb, "MB"),
        Line("training from nothing", run.mend_training.wall_s, run.stock_training.wall_s, "s"),
        Line("… of it processor time", run.mend_training.cpu_s, run.stock_training.cpu_s, "s"),
    ]


def _together(mend: Together, stock: Together) -> list[Line]:
    who = "1 person" if mend.people == 1 else f"{mend.people} people at once"
    who += f" who have each taken {mend.before} before" if mend.before else ""
    rate = Line(f"turns a second, {who}", mend.turns_a_second, stock.turns_a_second, "", ratio_at_least=3)
    return [rate, Line("… what each waits, p95", mend.p95_ms, stock.p95_ms, "ms")]


def notes(run: Run) -> list[str]:
    """What was done, and on what."""
    mend, stock = run.mend, run.stock
    here = ", ".join(f"{name} {value}" for name, value in run.machine.items())
    count = len(mend.cpu_ms)
    return [
        f"{run.begun}; {here}.",
        f"Mend: one person's {count} typed answers inside exercises, of {min(mend.words)} to {max(mend.words)} words "
        f"(median {statistics.median(mend.words):.0f}). A turn is everything but the network: kept in the inbox, "
        "answered, replies kept, sent and marked as sent, on a SQLite file that is synced to disk at every commit. "
        f"{mend.unanswered} went unanswered.",
        f"Stock: one person's {len(stock.cpu_ms)} messages to the bot that `rasa init` makes (DIET, TED, UnexpecTED; "
        f"conversations in memory), in the words of its own training data. {stock.unanswered} went unanswered.",
        f"Early turns are {MEND_EARLY.start} to {MEND_EARLY.stop} of Mend's and {STOCK_EARLY.start} to "
        f"{STOCK_EARLY.stop} of stock's; growth is the median of the last {MEND_LATE} ({STOCK_LATE}) over theirs. "
        f"People at once write again as soon as they are answered, {SPOKEN} turns in all. "
        f"The stream comes from {STREAM[0]} people at random moments, for {STREAM[2]:.0f} seconds. "
        "Processor time is that of all threads of the process; it is less touched than wall time by what else runs on "
        "the machine.",
    ]


def show(run: Run, console: Console) -> None:
    """Print the table and the notes."""
    table = Table(title="Mend and stock Rasa, side by side")
    for number, head in enumerate(HEAD):
        table.add_column(head, justify="right" if number in (1, 2, 3) else "left")
    for line in lines(run):
        *cells, target = line.cells
        table.add_row(*cells, target, style="yellow" if "missed" in target else None)
    console.print(table)
    for note in notes(run):
        console.print(note, style="dim")


def write(run: Run, folder: Path) -> None:
    """Write latest.md, latest.json and latency.png."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [HEAD, ("---", "---:", "---:", "---:", "---"), *(line.cells for line in lines(run))]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    picture = "![Processor time of a turn by its number in the conversation](latency.png)"
    (folder / "latest.md").write_text("\n\n".join(["# Benchmark", table, picture, *notes(run)]) + "\n")
    (folder / "latest.json").write_text(json.dumps(_rounded(asdict(run)), indent=1) + "\n")
    draw(run, folder / "latency.png")


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value


def draw(run: Run, path: Path) -> None:
    """Plot each turn, and a running median over them, by the turn's number."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    for name, talk, colour in (("Mend", run.mend, "#1b7f79"), ("stock Rasa", run.stock, "#c2513a")):
        numbers = range(1, len(talk.cpu_ms) + 1)
        middle = [p50(talk.cpu_ms[max(0, at - 10) : at + 11]) for at in range(len(talk.cpu_ms))]
        axes.plot(numbers, talk.cpu_ms, ".", color=colour, alpha=0.2, markersize=3)
        axes.plot(numbers, middle, color=colour, linewidth=2)
        axes.annotate(name, (numbers[-1], middle[-1]), (6, 0), textcoords="offset points", color=colour, va="center")
    axes.set(xlabel="turn of the conversation", ylabel="processor time, ms", ylim=(0, None))
    axes.set_title("What one turn takes as the conversation grows", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.08)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
