"""Everything that a person wrote, as one readable document."""

from __future__ import annotations

import time

from actions.program import Program
from actions.store import Kept
from actions.store.models import Answer, Person, Run
from actions.store.runs import text_of
from actions.walks import INTAKE, NOTE


def diary(kept: Kept, person: Person, program: Program) -> str | None:
    """All words of a person in Markdown, every version with its time (UTC); nothing when there are none."""
    versions = kept.runs.versions(person)
    if not versions:
        return None
    parts = ["# What you wrote with Mend"]
    for run in kept.runs.all(person):
        answers = [answer for answer in versions if answer.run_id == run.id]
        if answers:
            parts.append(_chapter(run, answers, program))
    return "\n\n".join(parts) + "\n"


def _chapter(run: Run, answers: list[Answer], program: Program) -> str:
    if run.exercise == NOTE:
        return "\n\n".join(["## A note", *map(_entry, answers)])
    exercise = program.exercise(run.exercise)
    title = "To begin" if run.exercise == INTAKE else exercise.title if exercise else run.exercise
    side = program.side(run.exercise, run.role) if exercise or run.exercise == INTAKE else None
    lines = [f"## {title} ({_day(run.started_at)})"]
    for answer in answers:
        step = side.step(answer.step) if side else None
        lines += [f"**{step.ask if step else answer.step}**", _entry(answer)]
    return "\n\n".join(lines)


def _entry(answer: Answer) -> str:
    quoted = "\n".join(f"> {line}" for line in text_of(answer).splitlines() or [""])
    return f"{quoted}\n>\n> {_day(answer.written_at)}, version {answer.version}"


def _day(at: float) -> str:
    return time.strftime("%d %B %Y %H:%M", time.gmtime(at))
