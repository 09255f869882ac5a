"""Answering lines of JSON from standard input, one line each, in order: `{"id","text"}` in, an answer out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import click

from bot.refusal import complain

Entry = dict[str, Any]


def answer_lines(answer: Callable[[Entry], Entry]) -> None:
    """Answer every line of standard input; what can't be answered is named and passed over, and ends it with 1."""
    out = click.get_binary_stream("stdout")
    failures = 0

    def report(line: int, reason: str) -> None:
        nonlocal failures
        failures += 1
        complain(f"line {line}: {reason}")

    for found in answers(click.get_binary_stream("stdin"), answer, report):
        line = json.dumps(found, ensure_ascii=False) + "\n"
        out.write(line.encode("utf-8", "backslashreplace"))  # half a letter becomes JSON's escape for it
        out.flush()
    if failures:
        raise click.exceptions.Exit(1)


def answers(
    lines: Iterator[bytes], answer: Callable[[Entry], Entry], report: Callable[[int, str], None]
) -> Iterator[Entry]:
    """The answers to lines of JSON; `report` hears of each line that has none, without its words."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            report(number, "is no JSON")
            continue
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            report(number, 'needs a "text"')
            continue
        try:
            yield {"id": entry.get("id"), **answer(entry)}
        except Exception as error:  # one text that can't be borne must not cost the others their answers
            report(number, f"can't be answered ({type(error).__name__})")
