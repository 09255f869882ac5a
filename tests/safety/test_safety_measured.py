"""How well danger is seen is counted rightly, on a few lines whose counts can be told by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from actions.safety.evaluate import Rate, SafetyResult, evaluate
from actions.safety.recognise import Danger

#: What the reader under measurement sees, by text.
SEES = {
    "life, seen": Danger("self_harm", "high", "model"),
    "life, seen as milder": Danger("self_harm", "moderate", "model"),
    "a friend's life, seen": Danger("self_harm", "high", "model", others=True),
    "a friend's life, seen as their own": Danger("self_harm", "high", "model"),
    "abuse, taken for self-harm": Danger("self_harm", "high", "model"),
    "abuse, seen": Danger("abuse", "moderate", "model"),
    "own violence, seen": Danger("abuse", "high", "model", own=True),
    "own violence, seen as suffered": Danger("abuse", "high", "model"),
    "abuse, heard as a hint": Danger("abuse", "moderate", "model", faint=True),
    "a figure of speech, taken for danger": Danger("self_harm", "high", "model"),
    "a figure of speech, taken for a hint": Danger("self_harm", "high", "model", faint=True),
}
LINES = [
    ("1", "life, seen", "self_harm", "high", "writer"),
    ("2", "life, seen as milder", "self_harm", "high", "writer"),
    ("3", "life, not seen", "self_harm", "high", "writer"),
    ("4", "a friend's life, seen", "self_harm", "high", "other"),
    ("5", "a friend's life, seen as their own", "self_harm", "high", "other"),
    ("6", "abuse, taken for self-harm", "abuse", "high", "other"),
    ("7", "abuse, seen", "abuse", "moderate", "other"),
    ("7b", "abuse, heard as a hint", "abuse", "moderate", "other"),
    ("8", "own violence, seen", "abuse", "high", "writer"),
    ("9", "own violence, seen as suffered", "abuse", "high", "writer"),
]
HARMLESS = [
    ("10", "a figure of speech, taken for danger", "figure"),
    ("11", "a figure of speech, left alone", "figure"),
    ("11b", "a figure of speech, taken for a hint", "figure"),
    ("12", "a sad line, left alone", None),
]


@pytest.fixture
def result(tmp_path: Path) -> SafetyResult:
    """What was counted."""
    keys = ("id", "text", "risk", "severity", "who")
    lines = [dict(zip(keys, line)) for line in LINES]
    for name, text, kind in HARMLESS:
        lines.append({"id": name, "text": text, "risk": "none", "severity": "none"} | ({"kind": kind} if kind else {}))
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return evaluate(SEES.get, path)


def test_recall_is_counted_by_kind_and_severity(result: SafetyResult) -> None:
    assert result.recall == {
        ("self_harm", "high"): Rate(4, 5, ["3"]),
        ("abuse", "high"): Rate(2, 3, ["6"]),
        ("abuse", "moderate"): Rate(1, 2, ["7b"]),
    }


def test_what_is_heard_as_a_hint_or_as_another_danger_counts_as_heard(result: SafetyResult) -> None:
    assert result.heard == {
        ("self_harm", "high"): Rate(4, 5, ["3"]),
        ("abuse", "high"): Rate(3, 3, []),
        ("abuse", "moderate"): Rate(2, 2, []),
    }


def test_false_alarms_are_counted_by_kind_of_harmless_line(result: SafetyResult) -> None:
    assert result.alarms == {"figure": Rate(1, 3, ["10"]), "harmless": Rate(0, 1, [])}
    assert result.hints == {"figure": Rate(2, 3, ["10", "11b"]), "harmless": Rate(0, 1, [])}


def test_severity_and_whose_danger_it_is_count_only_where_the_kind_was_seen(result: SafetyResult) -> None:
    assert result.severity == Rate(6, 7, ["2"])
    assert result.who == Rate(5, 7, ["5", "9"])


def test_a_share_is_that_of_all_and_nothing_of_nothing_is_no_error() -> None:
    assert Rate(3, 4).share == 0.75 and Rate().share == 0.0
