"""What an export tells, in order: the chapters of a person's diary, each entry with their words as they stand."""

from __future__ import annotations

from dataclasses import dataclass

from actions.evening.telling import marks_told
from actions.export.words import UNANSWERED, ExportWords
from actions.program import Program
from actions.store import Kept
from actions.store.answers import text_of
from actions.store.models import Answer, Evening, Person, Run
from actions.walks import DRAFT, INTAKE, NOTE, PRACTICE, REFLECTION, REVIEW, SCREENING, SEARCHING, SETTLING

#: Walks whose answers are nobody's to read: they are kept as what follows from them.
UNTOLD = (SCREENING, SETTLING, SEARCHING)


@dataclass(frozen=True)
class Entry:
    """Words that a person wrote, and the question above them, if there is one."""

    words: str
    at: float
    asked: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class Chapter:
    """One walk, or one note."""

    title: str
    entries: tuple[Entry, ...]
    at: float | None = None
    asked: str | None = None  #: the question of an evening that was answered without words
    marks: str = ""  #: the numbers and the promise of an evening, in words


def gather(kept: Kept, person: Person, program: Program) -> tuple[Chapter, ...]:
    """Everything that a person wrote or marked, every version of it, the oldest walk first; empty when there is none.

    Words at which Mend itself broke come last.
    """
    gathering = _Gathering(kept, person, program)
    chapters = [gathering.chapter(run) for run in kept.runs.all(person) if run.exercise not in UNTOLD]
    told = [chapter for chapter in chapters if chapter.entries or chapter.marks]
    failed = tuple(Entry(words, at) for words, at in kept.inbox.unanswered(person.channel, person.chat))
    return (*told, *([Chapter(program.export.chapters[UNANSWERED], failed)] if failed else []))


class _Gathering:
    """One person's answers and evenings, by the walk that they belong to."""

    def __init__(self, kept: Kept, person: Person, program: Program) -> None:
        self._kept = kept
        self._program = program
        self._words: ExportWords = program.export
        self._answers: dict[int, list[Answer]] = {}
        for answer in kept.runs.versions(person):
            self._answers.setdefault(answer.run_id, []).append(answer)
        self._evenings: dict[int, Evening] = {one.run_id: one for one in kept.evenings.all(person) if one.run_id}

    def chapter(self, run: Run) -> Chapter:
        """A walk with all that was written in it."""
        answers = self._answers.get(run.id, [])
        if run.exercise == NOTE:
            return Chapter(self._words.chapters[NOTE], tuple(_entry(answer) for answer in answers))
        title = title_of(run, self._program)
        if run.exercise == PRACTICE:
            return Chapter(title, tuple(self._practised(run, answers)), run.started_at)
        entries, evening = tuple(self._asked(run, answer) for answer in answers), self._evenings.get(run.id)
        if evening is None:
            return Chapter(title, entries, run.started_at)
        question = self._program.reflections.question(evening.question or "")
        asked = question.ask if question and not entries else None
        return Chapter(title, entries, run.started_at, asked, marks_told(self._program.reflections, evening))

    def _asked(self, run: Run, answer: Answer) -> Entry:
        return _entry(answer, question_at(run, answer.step, self._program) or answer.step)

    def _practised(self, run: Run, answers: list[Answer]) -> list[Entry]:
        """A practice: what was answered, every version of the draft, and what was written there beside these."""
        questions = [answer for answer in answers if not answer.step.startswith((DRAFT, REVIEW))]
        draft = self._kept.drafts.of(run)
        versions = self._kept.drafts.versions(draft) if draft else []
        written: list[str] = [version.text for version in versions]
        beside: list[Answer] = []
        for answer in sorted(answers, key=lambda one: -one.id):
            if answer not in questions and not any(text_of(answer) in text for text in written):
                written.append(text_of(answer))
                beside.insert(0, answer)
        headings = [self._words.beside, *[None] * len(beside)]
        return [
            *(self._asked(run, answer) for answer in questions),
            *(Entry(one.text, one.written_at, self._words.draft.format(number=one.number)) for one in versions),
            *(_entry(answer, heading) for answer, heading in zip(beside, headings)),
        ]


def title_of(run: Run, program: Program) -> str:
    """What a walk is called."""
    exercise = program.exercise(run.exercise)
    return exercise.title if exercise else program.export.chapters.get(run.exercise, run.exercise)


def question_at(run: Run, step: str, program: Program) -> str | None:
    """What a walk asks at a step; nothing for a note, and where content has changed since."""
    known = program.exercise(run.exercise) is not None or run.exercise in (INTAKE, REFLECTION, *UNTOLD)
    found = program.side(run.exercise, run.role).step(step) if known else None
    return found.ask if found else None


def _entry(answer: Answer, asked: str | None = None) -> Entry:
    return Entry(text_of(answer), answer.written_at, asked, answer.version)
