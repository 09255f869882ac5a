"""The answers given on walks: keeping, mending and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Answer, Person, Run
from actions.store.sealed import findable

#: Words at a question that turned out to ask for something else.
ASIDE = "aside"

# Statements are built once: building them anew cost more than running them.
_IN_DOUBT = Answer.doubt_box.is_not(None)
_LAST = sa.select(sa.func.max(Answer.id)).where(Answer.run_id == sa.bindparam("run"))
_NEWEST = sa.select(Answer).where(Answer.id.in_(_LAST.group_by(Answer.step_box, _IN_DOUBT))).order_by(Answer.id)
_VERSIONS = sa.select(Answer).where(Answer.person_id == sa.bindparam("person")).order_by(Answer.id)


class Answers:
    """Keeping, mending and reading answers. The newest version of a step is the one that counts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._newest: dict[int, list[Answer]] = {}  #: of each walk: asked for half a dozen times in a turn

    def look_again(self) -> None:
        """Forget what was read: it may have been rolled back."""
        self._newest.clear()

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
        self._of(run).append(answer)
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
        return next(self._at(run, step), None)

    def standing(self, run: Run, step: str) -> Answer | None:
        """The newest version of the answer at `step` that counts: neither in doubt nor set aside."""
        return next((one for one in self._at(run, step) if not one.doubt), None)

    def answers(self, run: Run) -> dict[str, Answer]:
        """The newest version of each answer of a walk, by step; words still in doubt are left out."""
        newest = {answer.step: answer for answer in self._of(run)}
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
        return next((one for one in reversed(self._of(run)) if not one.doubt), None)

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

    def _at(self, run: Run, step: str) -> Iterator[Answer]:
        """The versions at `step` that may count, newest first."""
        box = findable(Answer, "step", run.person_id, step)
        return (one for one in reversed(self._of(run)) if one.step_box == box)

    def _of(self, run: Run) -> list[Answer]:
        """The newest version of each step of a walk, oldest first, and the newest that counts where that is another."""
        if run.id not in self._newest:
            self._newest[run.id] = list(self._session.execute(_NEWEST, {"run": run.id}).scalars())
        return self._newest[run.id]


def parts_of(answer: Answer) -> list[tuple[str, str]]:
    """The messages that an answer came in, as (message reference, text)."""
    return [(reference, text) for reference, text in json.loads(answer.parts)]


def text_of(answer: Answer) -> str:
    """The answer's words, whole."""
    return "\n".join(text for _, text in parts_of(answer))
