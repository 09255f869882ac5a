"""Everything that a person wrote, as one readable document."""

from __future__ import annotations

import time

from actions.program import Program
from actions.store import Kept
from actions.store.models import Answer, DraftVersion, Person, Run
from actions.store.runs import text_of
from actions.walks import DRAFT, INTAKE, NOTE, PRACTICE, REFLECTION, REVIEW, SCREENING, SEARCHING, SETTLING


def diary(kept: Kept, person: Person, program: Program) -> str | None:
    """All words of a person in Markdown, every version with its time (UTC); nothing when there are none."""
    versions = kept.runs.versions(person)
    if not versions:
        return None
    parts = ["# What you wrote with Mend"]
    for run in kept.runs.all(person):
        answers = [answer for answer in versions if answer.run_id == run.id]
        if answers and run.exercise not in (SCREENING, SETTLING, SEARCHING):  # those answers are nobody's to read
            practised = run.exercise == PRACTICE
            parts.append(_practised(kept, run, answers, program) if practised else _chapter(run, answers, program))
    return "\n\n".join(parts) + "\n" if len(parts) > 1 else None


def _chapter(run: Run, answers: list[Answer], program: Program) -> str:
    if run.exercise == NOTE:
        return "\n\n".join(["## A note", *map(_entry, answers)])
    exercise = program.exercise(run.exercise)
    title = _TITLES.get(run.exercise) or (exercise.title if exercise else run.exercise)
    side = program.side(run.exercise, run.role) if exercise or run.exercise in _TITLES else None
    lines = [f"## {title} ({_day(run.started_at)})"]
    for answer in answers:
        step = side.step(answer.step) if side else None
        lines += [f"**{step.ask if step else answer.step}**", _entry(answer)]
    return "\n\n".join(lines)


def _practised(kept: Kept, run: Run, answers: list[Answer], program: Program) -> str:
    """A practice: what was answered, every version of the draft, and what was written there beside these."""
    questions = [answer for answer in answers if not answer.step.startswith((DRAFT, REVIEW))]
    draft = kept.drafts.of(run)
    versions = kept.drafts.versions(draft) if draft else []
    written: list[str] = [version.text for version in versions]
    beside = []
    for answer in sorted(answers, key=lambda one: -one.id):
        if answer not in questions and not any(text_of(answer) in text for text in written):
            written.append(text_of(answer))
            beside.insert(0, answer)
    lines = [_chapter(run, questions, program), *map(_version, versions)]
    return "\n\n".join(lines + ([_BESIDE, *map(_entry, beside)] if beside else []))


def _version(version: DraftVersion) -> str:
    quoted = "\n".join(f"> {line}" for line in version.text.splitlines())
    return f"**Draft, version {version.number}**\n\n{quoted}\n>\n> {_day(version.written_at)}"


_TITLES = {INTAKE: "To begin", REFLECTION: "An evening"}
_BESIDE = "**Not in any version**"


def _entry(answer: Answer) -> str:
    quoted = "\n".join(f"> {line}" for line in text_of(answer).splitlines() or [""])
    return f"{quoted}\n>\n> {_day(answer.written_at)}, version {answer.version}"


def _day(at: float) -> str:
    return time.strftime("%d %B %Y %H:%M", time.gmtime(at))
