"""Everything that is kept of a person, for machines: `mend.json`. A change to its shape gives it a new `FORMAT`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from actions.export.gathering import question_at, title_of
from actions.program import Program
from actions.store import Kept
from actions.store.answers import parts_of
from actions.store.care import care_of
from actions.store.evenings import marks_of
from actions.store.models import Answer, Draft, Evening, Person, Run
from actions.walks import NOTE, PLAN, PRACTICE, SCREENING

FORMAT = 1

Json = dict[str, Any]


def record(kept: Kept, person: Person, program: Program, now: float) -> str:
    """The record as JSON; every time in it is UTC."""
    walks, evenings = _walks(kept, person, program), kept.evenings.all(person)
    answered = {one.run_id for one in evenings}
    rest = [walk for number, walk in walks.items() if number not in answered]
    failed = kept.inbox.unanswered(person.channel, person.chat)
    told = {
        "format": FORMAT,
        "exported_at": _time(now),
        "left_out": list(program.export.left_out),
        "person": _person(person),
        "walks": [walk for walk in rest if walk["exercise"] not in (NOTE, PLAN)],
        "notes": [walk for walk in rest if walk["exercise"] == NOTE],
        "unanswered": [{"text": words, "received_at": _time(at)} for words, at in failed],
        "settled": _settled(kept, person),
        "evenings": [_evening(one, walks, program) for one in reversed(evenings)],
        "safety": {
            "plans": [walk for walk in rest if walk["exercise"] == PLAN],
            "country": care_of(person).country,
            "private_questions_answered_at": _time(care_of(person).screened),
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _person(person: Person) -> Json:
    return {
        "channel": person.channel,
        "side": person.role,
        "language": person.language,
        "first_seen_at": _time(person.created_at),
        "last_seen_at": _time(person.seen_at),
        "asked_to_stay_at": _time(person.asked_to_stay_at),
        "typed_but_not_sent": person.unsent,
        "has_passphrase": person.lock is not None,
        "vanishing": json.loads(person.discretion) if person.discretion else None,
    }


def _walks(kept: Kept, person: Person, program: Program) -> dict[int, Json]:
    """Every walk by its number, but for the private questions."""
    answers: dict[int, list[Answer]] = {}
    for answer in kept.runs.versions(person):
        answers.setdefault(answer.run_id, []).append(answer)
    runs = [run for run in kept.runs.all(person) if run.exercise != SCREENING]
    return {run.id: _walk(kept, run, answers.get(run.id, []), program) for run in runs}


def _walk(kept: Kept, run: Run, answers: Iterable[Answer], program: Program) -> Json:
    walk = {
        "exercise": run.exercise,
        "title": title_of(run, program),
        "side": run.role,
        "asks_next": run.step,
        "started_at": _time(run.started_at),
        "finished_at": _time(run.finished_at),
        "answers": [_answer(run, answer, program) for answer in answers],
    }
    draft = kept.drafts.of(run) if run.exercise == PRACTICE else None
    return walk if draft is None else walk | {"draft": _draft(kept, draft)}


def _draft(kept: Kept, draft: Draft) -> Json:
    versions = kept.drafts.versions(draft)
    return {
        "versions": [{"number": one.number, "text": one.text, "written_at": _time(one.written_at)} for one in versions],
        "dismissed": [{"label": label, "phrase": phrase} for label, phrase in kept.drafts.dismissed(draft)],
    }


def _answer(run: Run, answer: Answer, program: Program) -> Json:
    return {
        "step": answer.step,
        "question": question_at(run, answer.step, program),
        "version": answer.version,
        "messages": [{"message": reference, "text": text} for reference, text in parts_of(answer)],
        "doubt": answer.doubt,
        "written_at": _time(answer.written_at),
    }


def _evening(evening: Evening, walks: dict[int, Json], program: Program) -> Json:
    question = program.reflections.question(evening.question or "")
    return {
        "date": evening.date,
        "state": evening.state,
        "reason": evening.reason,
        "kind": evening.kind,
        "question": evening.question,
        "asked": question.ask if question else None,
        "marks": marks_of(evening),
        "due_at": _time(evening.due_at),
        "answered_at": _time(evening.answered_at),
        "walk": walks.get(evening.run_id),
    }


def _settled(kept: Kept, person: Person) -> Json | None:
    habit, upcoming = kept.evenings.habit(person), kept.evenings.next(person)
    if habit is None:
        return None
    next_one = {"date": upcoming[0].isoformat(), "due_at": _time(upcoming[1])} if upcoming else None
    return asdict(habit) | {"running": kept.evenings.running(person), "next": next_one}


def _time(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="seconds")
