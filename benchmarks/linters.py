"""The apology coach beside write-good, alex, proselint and a plain phrase list, on the same blind sentences.

    python -m benchmarks.linters

Needs node and npm, and a package registry; what it fetches goes into a folder of its own and is thrown away. A hit is a
sentence with a dodge in which a tool marks anything at all: the linters don't know what a dodge is called.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
SETS = {
    "indirect": ROOT / "data" / "apology" / "test" / "blind_e.jsonl",
    "textbook": ROOT / "data" / "apology" / "test" / "textbook_2.jsonl",
}
OUT = Path(__file__).parent / "results"
#: What anyone would put on a list in five minutes.
PHRASES = (
    "sorry you feel",
    "sorry you felt",
    "sorry if",
    "if i hurt",
    "if you were",
    "mistakes were made",
    "sorry but",
    "sorry, but",
    "but you",
    "you made me",
    "i was just",
    "just a joke",
    "only joking",
    "overreacting",
    "too sensitive",
    "never meant to",
    "didn't mean to",
    "that's just how i am",
    "move on",
    "get over it",
    "i already said",
    "i said i'm sorry",
    "for everything",
    "for whatever",
    "i guess",
    "fine, ",
    "worst person",
    "terrible person",
    "not what happened",
    "out of context",
    "nothing happened",
    "things got out of hand",
    "what happened",
)
NODE = """
const fs = require('fs'); const lines = JSON.parse(fs.readFileSync(process.argv[2]));
const tool = process.argv[3];
(async () => {
  const good = tool === 'write-good' ? require('write-good') : (await import('alex')).text;
  good('warm up');
  const begun = process.hrtime.bigint();
  const found = lines.map(line => { const out = good(line); return (out.messages || out).length > 0; });
  console.log(JSON.stringify({found, seconds: Number(process.hrtime.bigint() - begun) / 1e9}));
})();
"""
PROSELINT = """
import json, sys, time
from proselint.checks import __register__
from proselint.registry import CheckRegistry
from proselint.tools import LintFile
CheckRegistry().register_many(__register__)
lines = json.load(open(sys.argv[1]))
LintFile("x", "warm up").lint()
begun = time.perf_counter()
found = [bool(LintFile("x", line).lint()) for line in lines]
print(json.dumps({"found": found, "seconds": time.perf_counter() - begun}))
"""


@dataclass(frozen=True)
class Line:
    """How one tool did on one set."""

    tool: str
    set: str
    hits: int
    deflecting: int
    alarms: int
    clean: int
    milliseconds: float  #: for one sentence

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as it is shown."""
        share = f"{self.hits} of {self.deflecting} ({self.hits / self.deflecting:.0%})"
        wrong = f"{self.alarms} of {self.clean} ({self.alarms / self.clean:.0%})"
        return self.tool, self.set, share, wrong, f"{self.milliseconds:.2f}"


HEAD = ("tool", "sentences", "with a dodge, marked", "clean, marked", "ms a sentence")


def main() -> None:
    """Fetch the linters, run all on the same sentences, print and write the table."""
    from actions.coach.pipeline import Coach

    coach = Coach.load()
    coach.review("I'm sorry I lied to you.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tools: dict[str, Callable[[list[str]], tuple[list[bool], float]]] = {
            "Mend's coach": lambda texts: _timed(lambda text: bool(coach.review(text).flags), texts),
            "a phrase list": lambda texts: _timed(_listed, texts),
        }
        tools |= _linters(folder)
        lines = [_line(tool, of, run) for of in SETS for tool, run in tools.items()]
    table = Table(*HEAD)
    for line in lines:
        table.add_row(*line.cells)
    Console(highlight=False).print(table)
    rows = ["| " + " | ".join(cells) + " |" for cells in (HEAD, ("---",) * len(HEAD), *(line.cells for line in lines))]
    (OUT / "linters.md").write_text("\n".join(rows) + "\n", "utf-8")
    (OUT / "linters.json").write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n", "utf-8")


def _linters(folder: Path) -> dict[str, Callable[[list[str]], tuple[list[bool], float]]]:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("benchmarks.linters needs node and npm: install them, or run `make bench` without it")
    quiet = {"cwd": folder, "check": True, "capture_output": True}
    subprocess.run([npm, "install", "--no-audit", "--no-fund", "write-good@1.0.8", "alex@11.0.1"], **quiet)
    uv = shutil.which("uv") or ROOT / ".uv" / "bin" / "uv"
    subprocess.run([uv, "pip", "install", "--python", sys.executable, "--target", folder / "py", "proselint"], **quiet)
    (folder / "run.cjs").write_text(NODE)
    (folder / "run.py").write_text(PROSELINT)

    def run(command: list[str | Path], texts: list[str]) -> tuple[list[bool], float]:
        (folder / "texts.json").write_text(json.dumps(texts))
        environment = {"PYTHONPATH": str(folder / "py"), "PATH": "/usr/local/bin:/usr/bin:/bin"}
        told = subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True, text=True)
        answer = json.loads(told.stdout.splitlines()[-1])
        return answer["found"], answer["seconds"]

    node = shutil.which("node") or "node"
    return {
        "write-good": lambda texts: run([node, "run.cjs", "texts.json", "write-good"], texts),
        "alex": lambda texts: run([node, "run.cjs", "texts.json", "alex"], texts),
        "proselint": lambda texts: run([sys.executable, "run.py", "texts.json"], texts),
    }


def _line(tool: str, of: str, run: Callable[[list[str]], tuple[list[bool], float]]) -> Line:
    entries = [json.loads(line) for line in SETS[of].read_text("utf-8").splitlines()]
    found, seconds = run([entry["text"] for entry in entries])
    marked = [(bool(entry["deflections"]), one) for entry, one in zip(entries, found)]
    hits, deflecting = sum(one for dodges, one in marked if dodges), sum(dodges for dodges, _ in marked)
    alarms = sum(one for dodges, one in marked if not dodges)
    return Line(tool, of, hits, deflecting, alarms, len(entries) - deflecting, 1000 * seconds / len(entries))


def _timed(look: Callable[[str], bool], texts: list[str]) -> tuple[list[bool], float]:
    begun = time.process_time()
    return [look(text) for text in texts], time.process_time() - begun


def _listed(text: str) -> bool:
    said = text.lower().replace("’", "'")
    return any(phrase in said for phrase in PHRASES)


if __name__ == "__main__":
    main()
