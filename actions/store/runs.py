"""Walks through exercises, and the answers given on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Answer, Person, Run
from actions.store.sealed import findable
from actions.walks import NOTE, PASSING, SEARCHING, SETTLING

#: What stands in place of a step once the last words of a walk have been said.
FAREWELL = "farewell"
#: Words at a question that turned out to ask for something else.
ASIDE = "aside"
#: Words of their own accord.
TOLD = "anyone"


# Statements are built once: building them anew cost more than running them.
_OF = sa.select(Run).where(Run.person_id == sa.bindparam("person"))
_ALL = _OF.order_by(Run.id)
_IN_HAND = _OF.where(Run.in_hand)
_ONE = _OF.where(Run.id == sa.bindparam("run"))
_UNFINISHED = _OF.where(Run.finished_at.is_(None)).order_by(Run.touched_at.desc(), Run.id.desc()).limit(1)
_UNFINISHED_ONE = _UNFINISHED.where(Run.exercise_box == sa.bindparam("exercise"))
_FINISHED = _OF.where(Run.finished_at.is_not(None), Run.exercise_box.not_in(sa.bindparam("besides", expanding=True)))
_ENDED_LAST = (
    _OF.where(Run.finished_at.is_not(None), Run.exercise_box != sa.bindparam("exercise"))
    .order_by(Run.finished_at.desc(), Run.id.desc())
    .limit(1)
)
_FINISHED_LAST = _FINISHED.order_by(Run.finished_at.desc(), Run.id.desc()).limit(1)
_FINISHED_ONE = _FINISHED.where(Run.exercise_box == sa.bindparam("exercise")).order_by(Run.id.desc()).limit(1)
_NOTES = _OF.where(Run.exercise_box == sa.bindparam("exercise")).order_by(Run.id)
_ANSWERS = sa.select(Answer).where(Answer.run_id == sa.bindparam("run"))
_BY_VERSION = _ANSWERS.order_by(Answer.version)
_AT_STEP = _ANSWERS.where(Answer.step_box == sa.bindparam("step")).order_by(Answer.version.desc()).limit(1)
_STANDING = _AT_STEP.where(Answer.doubt_box.is_(None))
_LAST_WORDS = _ANSWERS.where(Answer.doubt_box.is_(None)).order_by(Answer.id.desc()).limit(1)
_VERSIONS = sa.select(Answer).where(Answer.person_id == sa.bindparam("person")).order_by(Answer.id)


@dataclass(frozen=True)
class Place:
    """A question put to a person: which walk, which step. Written `12.value`."""

    run_id: int
    step: str

    def __str__(self) -> str:
        return f"{self.run_id}.{self.step}"


class Runs:
    """Beginning, leaving and finishing exercises; keeping, mending and reading answers."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._hands: dict[int, Run | None] = {}  # asked for several times a turn

    def look_again(self) -> None:
        """Forget what was read: it may have been rolled back."""
        self._hands.clear()

    # -- walks ---------------------------------------------------------------------------------------------------

    def begin(self, person: Person, exercise: str, role: str, step: str, now: float) -> Run:
        """A new walk through `exercise`, standing before `step`; it becomes the one in hand."""
        run = Run(
            person_id=person.id, exercise=exercise, role=role, step=step, in_hand=True, started_at=now, touched_at=now
        )
        self.put_down(person)
        self._session.add(run)
        self._session.flush()
        self._hands[person.id] = run
        return run

    def take_up(self, person: Person, run: Run, now: float) -> None:
        """Put the question of `run` before the person again."""
        if run.in_hand:
            return
        self.put_down(person)
        run.in_hand, run.touched_at = True, now
        self._session.flush()
        self._hands[person.id] = run

    def put_down(self, person: Person) -> None:
        """No question is before the person any more; every place is kept.

        Writing freely, an evening's question and settling it are over then.
        """
        run = self.in_hand(person)
        if run is not None:
            run.in_hand = False
            if run.exercise in (NOTE, *PASSING):
                run.step, run.finished_at = None, run.touched_at
            self._session.flush()
        self._hands[person.id] = None

    def move(self, run: Run, step: str | None, now: float) -> None:
        """Stand before `step`; with none the walk is finished."""
        run.step, run.touched_at = step, now
        if step is None:
            run.finished_at, run.in_hand = now, False
            self._hands.pop(run.person_id, None)
        self._session.flush()

    def reopen(self, person: Person, run: Run, step: str, now: float) -> None:
        """Put a finished walk before the person again, at `step`."""
        run.step, run.finished_at = step, None
        self.take_up(person, run, now)

    def in_hand(self, person: Person) -> Run | None:
        """The walk whose question is before the person now, if one is."""
        if person.id not in self._hands:
            self._hands[person.id] = self._run(_IN_HAND, person)
        return self._hands[person.id]

    def place(self, person: Person) -> Place | None:
        """The question that is before the person now, if one is."""
        run = self.in_hand(person)
        return Place(run.id, run.step) if run else None

    def unfinished(self, person: Person, exercise: str | None = None) -> Run | None:
        """The walk they left last in the middle (of `exercise`, if named)."""
        if exercise:
            return self._run(_UNFINISHED_ONE, person, exercise=exercise)
        return self._run(_UNFINISHED, person)

    def ended_last(self, person: Person) -> Run | None:
        """The walk that ended last, of whatever kind."""
        return self._run(_ENDED_LAST, person, exercise=NOTE)

    def finished_last(self, person: Person) -> Run | None:
        """The walk with words of theirs that was finished last."""
        return self._run(_FINISHED_LAST, person, **self._besides(person))

    def finished(self, person: Person, exercise: str) -> Run | None:
        """The newest finished walk through `exercise`."""
        return self._run(_FINISHED_ONE, person, exercise, **self._besides(person))

    def all(self, person: Person) -> list[Run]:
        """Every walk of the person, oldest first."""
        return list(self._session.execute(_ALL, {"person": person.id}).scalars())

    def get(self, person: Person, run_id: int) -> Run | None:
        """The person's walk with this number; nobody else's."""
        return self._run(_ONE, person, run=run_id)

    def note(self, person: Person, parts: list[tuple[str, str]], now: float, role: str = TOLD) -> Answer:
        """Keep words that answer no question; as `ASIDE` they are no part of anyone's story."""
        run = Run(
            person_id=person.id,
            exercise=NOTE,
            role=role,
            step=None,
            in_hand=False,
            started_at=now,
            touched_at=now,
            finished_at=now,
        )
        self._session.add(run)
        self._session.flush()
        return self.answer(run, NOTE, parts, now)

    def notes(self, person: Person) -> list[Run]:
        """Where words that answer no question, and tell their story, are kept."""
        here = {"person": person.id, "exercise": findable(Run, "exercise", person.id, NOTE)}
        runs = self._session.execute(_NOTES, here).scalars()
        return [run for run in runs if run.role == TOLD]

    # -- answers -------------------------------------------------------------------------------------------------

    def answer(
        self, run: Run, step: str, parts: list[tuple[str, str]], now: float, *, doubt: str | None = None
    ) -> Answer:
        """Keep an answer at `step` as its newest version. `parts` are (message reference, text), in order."""
        last = self.answer_at(run, step)
        answer = Answer(
            person_id=run.person_id,
            run_id=run.id,
            step=step,
            version=last.version + 1 if last else 1,
            parts=json.dumps(parts, ensure_ascii=False),
            doubt=doubt,
            written_at=now,
        )
        self._session.add(answer)
        self._session.flush()
        return answer

    def add_to(self, run: Run, step: str, parts: list[tuple[str, str]], now: float) -> Answer:
        """Keep further words as part of the answer that stands at `step`."""
        last = self.standing(run, step)
        return self.answer(run, step, (parts_of(last) if last else []) + parts, now)

    def settle(self, answer: Answer) -> None:
        """The words in doubt were an answer after all."""
        answer.doubt = None
        self._session.flush()

    def set_aside(self, answer: Answer) -> None:
        """The words in doubt were no answer; they stay, but count as none."""
        answer.doubt = ASIDE
        self._session.flush()

    def in_doubt(self, run: Run) -> Answer | None:
        """The words at the open question of which Mend asked whether they are an answer."""
        last = self.answer_at(run, run.step) if run.step else None
        return last if last is not None and last.doubt not in (None, ASIDE) else None

    def answer_at(self, run: Run, step: str) -> Answer | None:
        """The newest version of the answer at `step`."""
        return self._session.execute(_AT_STEP, self._at(run, step)).scalar_one_or_none()

    def standing(self, run: Run, step: str) -> Answer | None:
        """The newest version of the answer at `step` that counts: neither in doubt nor set aside."""
        return self._session.execute(_STANDING, self._at(run, step)).scalar_one_or_none()

    def answers(self, run: Run) -> dict[str, Answer]:
        """The newest version of each answer of a walk, by step; words still in doubt are left out."""
        versions = self._session.execute(_BY_VERSION, {"run": run.id}).scalars()
        newest = {answer.step: answer for answer in versions}
        return {step: answer for step, answer in newest.items() if not answer.doubt}

    def versions(self, person: Person) -> list[Answer]:
        """Every version of every answer of the person, oldest first."""
        return list(self._session.execute(_VERSIONS, {"person": person.id}).scalars())

    def references_since(self, person: Person, since: float) -> list[str]:
        """The messages in which the person's words since then came."""
        query = _VERSIONS.where(Answer.written_at >= since)
        versions = self._session.execute(query, {"person": person.id}).scalars()
        return list(dict.fromkeys(reference for one in versions for reference, _ in parts_of(one)))

    def last_words(self, run: Run) -> Answer | None:
        """The answer of this walk that was written last."""
        return self._session.execute(_LAST_WORDS, {"run": run.id}).scalar_one_or_none()

    def correct(self, person: Person, reference: str, text: str, now: float) -> Answer | None:
        """Mend the answer that the message `reference` is part of: a new version with `text` in its place."""
        for answer in reversed(self.versions(person)):
            parts = parts_of(answer)
            if any(ref == reference for ref, _ in parts):
                run = self._session.get(Run, answer.run_id)
                newest = self.answer_at(run, answer.step)
                mended = [(ref, text if ref == reference else said) for ref, said in parts_of(newest)]
                if reference not in {ref for ref, _ in mended}:
                    return None  # a later answer took its place
                return self.answer(run, answer.step, mended, now, doubt=newest.doubt)
        return None

    def erase(self, person: Person, run: Run) -> None:
        """Erase a walk and every word in it. The question of another walk stays before the person."""
        if run.in_hand:
            self.put_down(person)
        for gone in (sa.delete(Answer).where(Answer.run_id == run.id), sa.delete(Run).where(Run.id == run.id)):
            self._session.execute(gone, execution_options={"synchronize_session": False})
        self._session.expire_all()

    @staticmethod
    def _besides(person: Person) -> dict[str, Any]:
        return {"besides": [findable(Run, "exercise", person.id, one) for one in (NOTE, SETTLING, SEARCHING)]}

    @staticmethod
    def _at(run: Run, step: str) -> dict[str, Any]:
        return {"run": run.id, "step": findable(Answer, "step", run.person_id, step)}

    def _run(self, statement: sa.sql.Select, person: Person, exercise: str | None = None, **values: Any) -> Run | None:
        if exercise is not None:
            values["exercise"] = findable(Run, "exercise", person.id, exercise)
        return self._session.execute(statement, {"person": person.id, **values}).scalars().first()


def parts_of(answer: Answer) -> list[tuple[str, str]]:
    """The messages that an answer came in, as (message reference, text)."""
    return [(reference, text) for reference, text in json.loads(answer.parts)]


def text_of(answer: Answer) -> str:
    """The answer's words, whole."""
    return "\n".join(text for _, text in parts_of(answer))
