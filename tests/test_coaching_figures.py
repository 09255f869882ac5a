"""How good the coach is: its figures are those that one counts by hand, and wrong lines are named."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from drafts import MEANT, foretold
from rich.console import Console

from actions.coach.corpus import CorpusError
from actions.coach.evaluate import evaluate, read_labelled
from bot.coached import tell


def line(name: str, text: str, dodges: dict[str, str], elements: tuple[str, ...] = (), **more: object) -> str:
    deflections = [{"label": label, "phrase": phrase} for label, phrase in dodges.items()]
    return json.dumps({"id": name, "text": text, "deflections": deflections, "elements": elements, **more}) + "\n"


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A file whose figures can be counted on two hands."""
    path = tmp_path / "labelled.jsonl"
    path.write_text(
        line("a", "It was just a joke.", {"minimizing": "just a joke"}, overall="weak", pair="b")
        + line("b", "I lied to you.", {}, ("names_the_act", "regret"), overall="strong", pair="a", better=True)
        + line("c", "Mistakes were made.", {"denial": "Mistakes were made"}, overall="weak")
        + line("d", "You made me do it.", {})
        + line("e", "Nobody drove there: I lied to you.", {})
        + line("f", "It was just a joke. Can we move on now?", {"minimizing": "It", "pressure": "move on"})
    )
    return path


def test_figures_are_those_counted_by_hand(labelled: Path) -> None:
    result = evaluate(foretold().review, read_labelled(labelled))
    counts = {
        name: (one.hits, one.false_alarms, one.misses)
        for name, one in result.labels.items()
        if one.hits + one.false_alarms + one.misses
    }
    assert counts == {
        "minimizing": (2, 0, 0),
        "agentless": (0, 1, 0),
        "denial": (0, 0, 1),
        "blame_shift": (0, 1, 0),
        "pressure": (1, 0, 0),
        "names_the_act": (1, 1, 0),
        "regret": (0, 0, 1),
    }
    assert (result.labels["names_the_act"].precision, result.labels["names_the_act"].recall) == (0.5, 1.0)
    assert result.labels["names_the_act"].f1 == pytest.approx(2 / 3)
    assert result.macro(tuple(MEANT.deflections)) == pytest.approx(2 / 3)
    assert result.macro(tuple(MEANT.elements)) == pytest.approx(1 / 3)
    assert (result.any_deflection.hits, result.any_deflection.false_alarms, result.any_deflection.misses) == (3, 1, 0)
    assert (result.clean, result.clean_flagged) == (3, 1)
    assert dict(result.verdicts) == {("weak", "weak"): 2, ("strong", "mixed"): 1}
    assert (result.pairs, result.pairs_right) == (1, 1)


def test_the_table_says_so(labelled: Path) -> None:
    console = Console(record=True, file=StringIO(), width=80, highlight=False)
    tell(console, evaluate(foretold().review, read_labelled(labelled)))
    told = console.export_text()
    rows = {row.split("  ")[0]: row.split()[-6:] for row in map(str.strip, told.splitlines()) if row}
    assert rows["minimizing"] == ["1.000", "1.000", "1.000", "2", "0", "0"]
    assert rows["deflections, macro"] == ["0.667", "0.667", "0.667", "3", "2", "1"]
    assert rows["elements, macro"] == ["0.250", "0.500", "0.333", "1", "1", "1"]
    assert rows["deflection or not"] == ["0.750", "1.000", "0.857", "3", "1", "0"]
    for words in ("clean lines flagged: 1 of 3 (33.3%)", "as labelled: 2 of 3 (66.7%)", "pair found: 1 of 1 (100.0%)"):
        assert words in told


def test_a_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    entry = {"id": "a", "text": "It was just\u2028a joke.\x85", "deflections": [], "elements": []}
    (tmp_path / "one.jsonl").write_text(json.dumps(entry, ensure_ascii=False), "utf-8")
    assert [one.id for one in read_labelled(tmp_path / "one.jsonl")] == ["a"]


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        '{"id": "x"}',
        line("x", "I lied.", {"minimizing": "just a joke"}),
        line("x", "I lied.", {"rudeness": "lied"}),
        line("x", "I lied.", {}, ("charm",)),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, bad: str) -> None:
    (tmp_path / "bad.jsonl").write_text(line("a", "I lied.", {}) + bad)
    with pytest.raises(CorpusError, match="bad.jsonl, line 2"):
        read_labelled(tmp_path / "bad.jsonl")
