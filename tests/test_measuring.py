"""`mend understand`, `mend safety` and `mend evaluate`: a line for a line, in order, whatever the lines hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from actions.coach.loading import nothing
from actions.encoder.labels import INTENTS, RISKS
from actions.encoder.model import EncoderError, Look, Span
from actions.program import load
from actions.reading import Guess, Phrases
from actions.safety.recognise import Recogniser
from actions.strategies import Strategies
from actions.understanding import Understanding
from bot import hearing, house, measuring
from bot.hearing import Hearing
from bot.measuring import evaluate, safety, understand
from bot.settings import ROOT

PROGRAM = load(ROOT / "data")
QUESTION = PROGRAM.exercise("root_cause").sides["hurt"].steps[0].ask
PLAIN = "I want to kill myself."
#: What the classifier makes of texts, and what the encoder hears in them.
GUESSES = {
    "the one about saying sorry properly": Guess("choose_strategy", 0.912345),
    "it rains and it rains": Guess("vent", 0.5),
    PLAIN: Guess("vent", 0.6),
}
WISHES = {"could we leave that one for now": "skip", "could we do that on Tuesday": "set_reminder"}
DANGERS = {
    "the black water": {"self_harm": 1.0, "severe": 1.0},
    "his rules": {"abuse": 1.0},
    "their rules": {"abuse": 0.2},
    PLAIN: {"self_harm": 0.2},
    "My husband hits me.": {"abuse": 0.2},
    "I hit her last night.": {"abuse": 0.2},
}


class Foretold:
    """An encoder of which every answer can be foretold."""

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        return [self._look(text[start:end]) for start, end in spans]

    def _look(self, part: str) -> Look:
        look = nothing()
        for words, wants in WISHES.items():
            if part == words:
                look.likely["wish"][0] = 0.9
                look.likely["intents"][INTENTS.index(wants)] = 1.0
        for words, risks in DANGERS.items():
            for risk, share in risks.items() if words in part else ():
                look.likely["risks"][RISKS.index(risk)] = share
        return look


class Guessing:
    """A dialogue that only guesses."""

    async def guess(self, text: str) -> Guess:
        return GUESSES.get(text, Guess("out_of_scope", 0.3))

    async def run(self, work: Coroutine) -> Guess:
        return await asyncio.create_task(work)


@cache
def foretold() -> Hearing:
    """Everyone who reads words, of whom every answer can be foretold."""
    encoder, phrases = Foretold(), Phrases(ROOT / "data" / "phrases.yml")
    strategies = Strategies(ROOT / "data" / "strategy_examples.yml", PROGRAM)
    recogniser, understanding = Recogniser.load(encoder), Understanding(encoder)
    return Hearing(Guessing(), phrases, PROGRAM, strategies, recogniser, understanding)


Mend = Callable[..., Result]


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Mend:
    """Runs a command, with readers whose answers can be foretold, on lines of JSON."""
    monkeypatch.setattr(hearing, "listen", foretold)
    monkeypatch.setattr(house, "recogniser", lambda: foretold().recogniser)

    def run(command: Any, *entries: Any) -> Result:
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in entries]
        return CliRunner().invoke(command, ["--jsonl"], input=b"\n".join(lines))

    return run


def answers(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0 and not result.stderr, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


# -- what words mean -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, meant",
    [
        ("Pause!", {"intent": "pause", "confidence": 1.0}),
        ("3", {"intent": "choose_strategy", "confidence": 1.0, "strategy": 3}),
        (PROGRAM.exercises[8].title, {"intent": "choose_strategy", "confidence": 1.0, "strategy": 9}),
        ("the one about saying sorry properly", {"intent": "choose_strategy", "confidence": 0.912, "strategy": 2}),
        ("it rains and it rains", {"intent": "vent", "confidence": 0.5}),
        ("", {"intent": "out_of_scope", "confidence": 1.0}),
        (PLAIN, {"intent": "crisis", "confidence": 0.6}),
        ("I think of the black water.", {"intent": "crisis", "confidence": 0.3}),
        ("I think of his rules.", {"intent": "abuse", "confidence": 0.3}),
    ],
)
def test_without_a_question_words_have_an_intent(mend: Mend, text: str, meant: dict[str, Any]) -> None:
    assert answers(mend(understand, {"id": "a", "text": text})) == [{"id": "a", **meant}]
    assert answers(mend(understand, {"id": "a", "text": text, "question": None})) == [{"id": "a", **meant}]


@pytest.mark.parametrize(
    "text, taken_as, wants",
    [
        ("It was the summer when he lost his work.", "answer", None),
        ("3", "answer", None),
        ("skip this", "interrupt", "skip"),
        ("could we leave that one for now", "ask", "skip"),
        ("could we do that on Tuesday", "ask", "set_reminder"),
        ("could we leave that one for now " + "because it is late " * 8, "answer", None),
        (PLAIN, "interrupt", "crisis"),
        ("I think of his rules.", "interrupt", "abuse"),
    ],
)
def test_after_a_question_they_answer_it_or_ask_for_something(
    mend: Mend, text: str, taken_as: str, wants: str | None
) -> None:
    for question in (QUESTION, "What would you like to say?"):
        found = answers(mend(understand, {"id": 7, "text": text, "question": question}))
        assert found == [{"id": 7, "taken_as": taken_as, "wants": wants}]


# -- lines of JSON ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [understand, safety], ids=lambda command: command.name)
def test_lines_are_answered_in_their_order_with_their_ids(mend: Mend, command: Any) -> None:
    ids = ["z", 1, "1", None, {"of": [2]}, "é"]
    entries = [{"id": name, "text": f"it rains \ud83d {name}"} for name in ids]
    assert [one["id"] for one in answers(mend(command, *entries, {"text": "no id"}))] == [*ids, None]


@pytest.mark.parametrize("command", [understand, safety], ids=lambda command: command.name)
def test_bad_lines_are_named_without_their_words_and_the_rest_is_answered(mend: Mend, command: Any) -> None:
    bad = [b"secret words", b'{"id": 2}', b'["secret"]', b'{"text": 7}', b'{"text": "secret\xe9"}', b"[" * 100_000]
    result = mend(command, {"id": "first", "text": "x"}, b"", *bad, {"id": "last", "text": PLAIN})
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["first", "last"]
    told = result.stderr.splitlines()
    assert [line.split(":")[1].strip() for line in told] == [f"line {number}" for number in range(3, 9)]
    assert "secret" not in result.stderr and all(line.startswith("mend: ") for line in told)


def test_a_question_that_is_no_text_costs_nobody_else_an_answer(mend: Mend) -> None:
    result = mend(understand, {"id": 1, "text": "x", "question": 5}, {"id": 2, "text": "x", "question": QUESTION})
    assert result.exit_code == 1 and result.stderr.startswith("mend: line 1: ")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [2]


@pytest.mark.parametrize(
    "text, risk, severity",
    [
        (PLAIN, "self_harm", "high"),
        ("My husband hits me.", "abuse", "high"),
        ("I hit her last night.", "abuse", "high"),
        ("I think of his rules.", "abuse", "moderate"),
        ("We went to the shops. " * 60 + "I think of the black water.", "self_harm", "high"),
        ("I could kill for a cup of tea.", "none", "none"),
        ("I think of their rules.", "none", "none"),
        ("", "none", "none"),
    ],
)
def test_danger_is_told_with_its_kind_and_its_severity(mend: Mend, text: str, risk: str, severity: str) -> None:
    assert answers(mend(safety, {"id": "a", "text": text})) == [{"id": "a", "risk": risk, "severity": severity}]


@pytest.mark.parametrize("command, place, name", [(understand, hearing, "listen"), (safety, house, "recogniser")])
def test_what_is_missing_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, command: Any, place: Any, name: str
) -> None:
    def missing() -> None:
        raise EncoderError("encoder.onnx is missing: get it with the program")

    monkeypatch.setattr(place, name, missing)
    result = CliRunner().invoke(command, ["--jsonl"], input='{"text": "x"}')
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "mend: encoder.onnx is missing: get it with the program\n"


def test_the_commands_that_people_run_answer_with_what_ships(model: Path) -> None:
    lines = "".join(json.dumps({"id": text, "text": text}) + "\n" for text in (PLAIN, "number 4", "we had soup today"))
    assert [one["risk"] for one in answers(CliRunner().invoke(safety, ["--jsonl"], input=lines))] == [
        *("self_harm", "none", "none"),
    ]
    found = answers(CliRunner().invoke(understand, ["--jsonl"], input=lines))
    assert (found[0]["intent"], found[1]["intent"], found[1].get("strategy")) == ("crisis", "choose_strategy", 4)
    assert all(set(one) <= {"id", "intent", "confidence", "strategy"} and one["intent"] in INTENTS for one in found)


# -- how often that is right -----------------------------------------------------------------------------------------


def test_mistakes_are_counted_and_named(mend: Mend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = {
        "UTTERANCES": [
            {"id": "u1", "text": "Pause!", "intent": "pause"},
            {"id": "u2", "text": "qwerty", "intent": "greet"},
            {"id": "u3", "text": "3", "intent": "choose_strategy", "strategy": 4},
        ],
        "IN_EXERCISE": [
            {"id": "e1", "text": "It was a cold summer.", "question": QUESTION, "taken_as": "answer"},
            {"id": "e2", "text": "I'd rather go home", "question": QUESTION, "taken_as": "interrupt"},
        ],
        "SAFETY": [
            {"id": "s1", "text": PLAIN, "risk": "self_harm", "severity": "high", "who": "writer"},
            {"id": "s2", "text": "I think of their rules.", "risk": "abuse", "severity": "moderate", "who": "other"},
            {"id": "s3", "text": "I think of his rules.", "risk": "none", "severity": "none", "kind": "look_alike"},
        ],
    }
    for name, lines in sets.items():
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        monkeypatch.setattr(measuring, name, (path,))
    result = CliRunner().invoke(evaluate, ["--misses", str(tmp_path / "misses.json")])
    assert result.exit_code == 0, result.stderr
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["intent", "2", "3", "0.667"] in rows and ["look_alike", "1", "1", "1.000", "1.000"] in rows
    assert ["self_harm,", "high", "1", "1", "1.000", "1.000"] in rows
    assert ["abuse,", "moderate", "0", "1", "0.000", "1.000"] in rows, "a hint was heard"
    assert ["interrupt", "1", "(100.0%)", "0", "(0.0%)", "0", "(0.0%)", "1"] in rows
    assert json.loads((tmp_path / "misses.json").read_text()) == {
        "intents": ["u2 greet as out_of_scope"],
        "strategies": ["u3 4 as 3"],
        "in_exercise": ["e2 interrupt as answer"],
        "safety_missed": ["s2"],
        "safety_false_alarms": ["s3"],
    }
