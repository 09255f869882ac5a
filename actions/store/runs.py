"""Walks through exercises, and the answers given on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.answers import Answers
from actions.store.models import Answer, Person, Run
from actions.store.sealed import findable
from actions.walks import NOTE, PASSING, SEARCHING, SETTLING

#: What stands in place of a step once the last words of a walk have been said.
FAREWELL = "farewell"
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


@dataclass(frozen=True)
class Place:
    """A question put to a person: which walk, which step. Written `12.value`."""

    run_id: int
    step: str

    def __str__(self) -> str:
        return f"{self.run_id}.{self.step}"


class Runs(Answers):
    """Beginning, leaving and finishing exercises; and the answers given there."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._hands: dict[int, Run | None] = {}  # asked for several times a turn

    def look_again(self) -> None:
        """Forget what was read: it may have been rolled back."""
        super().look_again()
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

    def erase(self, person: Person, run: Run) -> None:
        """Erase a walk and every word in it. The question of another walk stays before the person."""
        if run.in_hand:
            self.put_down(person)
        for gone in (sa.delete(Answer).where(Answer.run_id == run.id), sa.delete(Run).where(Run.id == run.id)):
            self._session.execute(gone, execution_options={"synchronize_session": False})
        self._newest.pop(run.id, None)
        self._session.expire_all()

    @staticmethod
    def _besides(person: Person) -> dict[str, Any]:
        return {"besides": [findable(Run, "exercise", person.id, one) for one in (NOTE, SETTLING, SEARCHING)]}

    def _run(self, statement: sa.sql.Select, person: Person, exercise: str | None = None, **values: Any) -> Run | None:
        if exercise is not None:
            values["exercise"] = findable(Run, "exercise", person.id, exercise)
        return self._session.execute(statement, {"person": person.id, **values}).scalars().first()
