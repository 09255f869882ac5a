"""`mend understand`, `mend safety` and `mend evaluate`: what Mend makes of words, and how often that is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from actions.safety.evaluate import Rate
from actions.safety.evaluate import evaluate as measure
from bot.jsonl import answer_lines
from bot.refusal import clear
from bot.settings import ROOT

#: The sets that nobody who wrote rules or training data has seen.
UNDERSTANDING, DANGER = (ROOT / "data" / name / "test" for name in ("understanding", "safety"))
UTTERANCES = tuple(UNDERSTANDING / f"utterances{number}.jsonl" for number in ("", "_2", "_3"))
LATER = tuple(f"_{number}" for number in range(2, 10))
IN_EXERCISE = tuple(UNDERSTANDING / f"in_exercise{later}.jsonl" for later in LATER)
SAFETY = tuple(DANGER / f"{name}.jsonl" for name in ("blind", *(f"blind{later}" for later in LATER), "drafts", "told"))


@click.command()
@click.option(
    "--jsonl", is_flag=True, required=True, help="Read lines of JSON, {id, text, question?}, from standard input."
)
def understand(jsonl: bool) -> None:
    """What words mean: {id, intent, confidence, strategy?}; after a question, {id, taken_as, wants}."""

    def work() -> None:
        from bot.hearing import listen

        hearing = listen()
        answer_lines(lambda entry: hearing.understand(entry["text"], entry.get("question")))

    clear(work)


#: What went wrong, by what was looked at: ids, with what was taken for what.
Wrong = dict[str, list[str]]


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help="Read lines of JSON: {id, text}.")
def safety(jsonl: bool) -> None:
    """Whether words tell of danger: {id, risk, severity}."""

    def work() -> None:
        from bot.house import recogniser

        reader = recogniser()

        def answer(entry: dict[str, Any]) -> dict[str, str]:
            danger = reader.read(entry["text"])
            if danger is None or danger.faint:
                return {"risk": "none", "severity": "none"}
            return {"risk": danger.risk, "severity": danger.severity}

        answer_lines(answer)

    clear(work)


@click.command()
@click.option("--misses", type=click.Path(path_type=Path), metavar="FILE", help="Write the ids of all mistakes, too.")
def evaluate(misses: Path | None) -> None:
    """How often Mend is right on the blind sets: intents, answers and interruptions, danger."""

    def work() -> None:
        from bot.hearing import listen

        hearing, out, wrong = listen(), Console(highlight=False), {}
        out.print(
            *(_intents(hearing, wrong, path) for path in UTTERANCES),
            *(_interruptions(hearing, wrong, path) for path in IN_EXERCISE),
            *(table for path in SAFETY for table in _safety(hearing, wrong, path)),
        )
        if misses:
            misses.write_text(json.dumps(wrong, indent=1) + "\n", "utf-8")

    clear(work)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place else "left")
    return table


def _intents(hearing: Any, wrong: Wrong, path: Path) -> Table:
    intents, strategies = Rate(), Rate()
    for entry in _lines(path):
        found = hearing.understand(entry["text"])
        hit = found["intent"] == entry["intent"]
        intents.count(hit, f"{entry['id']} {entry['intent']} as {found['intent']}", wrong=not hit)
        if hit and entry.get("strategy"):
            same, number = found.get("strategy") == entry["strategy"], found.get("strategy")
            strategies.count(same, f"{entry['id']} {entry['strategy']} as {number}", wrong=not same)
    wrong.setdefault("intents", []).extend(intents.wrong)
    wrong.setdefault("strategies", []).extend(strategies.wrong)
    table = _table(f"What people mean ({path.name})", "", "right", "of", "share")
    table.add_row("intent", *_row(intents))
    table.add_row("which strategy, where one is chosen and that was seen", *_row(strategies))
    return table


def _interruptions(hearing: Any, wrong: Wrong, path: Path) -> Table:
    counts: dict[tuple[str, str], int] = {}
    for entry in _lines(path):
        taken = hearing.understand(entry["text"], entry["question"])["taken_as"]
        key = (entry["taken_as"], taken)
        counts[key] = counts.get(key, 0) + 1
        if key in (("answer", "interrupt"), ("answer", "ask"), ("interrupt", "answer")):
            wrong.setdefault("in_exercise", []).append(f"{entry['id']} {entry['taken_as']} as {taken}")
    title = f"In the middle of a question ({path.name})"
    table = _table(title, "", "as answer", "asked about", "as interruption", "of")
    for kind in ("answer", "interrupt"):
        row = [counts.get((kind, taken), 0) for taken in ("answer", "ask", "interrupt")]
        table.add_row(kind, *(f"{one} ({one / sum(row):.1%})" for one in row), str(sum(row)))
    return table


def _safety(hearing: Any, wrong: Wrong, path: Path) -> list[Table]:
    result = measure(hearing.recogniser.read, path)
    recall = _table(
        f"Danger that is seen, with its kind right ({path.name})", "", "seen", "of", "recall", "or a hint heard"
    )
    for (risk, severity), rate in sorted(result.recall.items()):
        recall.add_row(f"{risk}, {severity}", *_row(rate), f"{result.heard[risk, severity].share:.3f}")
        wrong.setdefault("safety_missed", []).extend(rate.wrong)
    recall.add_row("severity right, of what was seen", *_row(result.severity))
    recall.add_row("whose danger right, of what was seen", *_row(result.who))
    alarms = _table(f"Harmless lines taken for danger ({path.name})", "", "alarms", "of", "share", "or for a hint")
    for kind, rate in sorted(result.alarms.items()):
        alarms.add_row(kind, *_row(rate), f"{result.hints[kind].share:.3f}")
        wrong.setdefault("safety_false_alarms", []).extend(rate.wrong)
    return [recall, alarms] if result.recall else [alarms]


def _row(rate: Rate) -> tuple[str, str, str]:
    return str(rate.hits), str(rate.of), f"{rate.share:.3f}"
