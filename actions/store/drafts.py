"""Drafts of apologies, with every version, and what a person said that they did not mean."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.models import Dismissal, Draft, DraftVersion, Person, Run

_OF_RUN = sa.select(Draft).where(Draft.run_id == sa.bindparam("run"))
_OF_PERSON = sa.select(Draft).where(Draft.person_id == sa.bindparam("person"))
_ALL = _OF_PERSON.order_by(Draft.touched_at.desc(), Draft.id.desc())
_ONE = _OF_PERSON.where(Draft.id == sa.bindparam("draft"))
_VERSIONS = sa.select(DraftVersion).where(DraftVersion.draft_id == sa.bindparam("draft")).order_by(DraftVersion.number)
_DISMISSED = sa.select(Dismissal).where(Dismissal.draft_id == sa.bindparam("draft")).order_by(Dismissal.id)
_PLAIN = {"synchronize_session": False}


class Drafts:
    """Keeping drafts, their versions and what is not to be marked in them again."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, run: Run) -> Draft | None:
        """The draft that was written on this walk."""
        return self._session.execute(_OF_RUN, {"run": run.id}).scalar_one_or_none()

    def begin(self, run: Run, now: float) -> Draft:
        """The draft of this walk; a new one if there is none yet."""
        draft = self.of(run)
        if draft is None:
            draft = Draft(person_id=run.person_id, run_id=run.id, created_at=now, touched_at=now)
            self._session.add(draft)
        draft.touched_at = now
        self._session.flush()
        return draft

    def all(self, person: Person) -> list[Draft]:
        """The person's drafts, the one they touched last first."""
        return list(self._session.execute(_ALL, {"person": person.id}).scalars())

    def get(self, person: Person, draft_id: int) -> Draft | None:
        """The person's draft with this number; nobody else's."""
        return self._session.execute(_ONE, {"person": person.id, "draft": draft_id}).scalar_one_or_none()

    def keep(self, draft: Draft, text: str, now: float) -> bool:
        """Keep a version. False when its words are those of the last one."""
        versions = self.versions(draft)
        draft.touched_at = now
        if versions and versions[-1].text == text:
            return False
        number = len(versions) + 1
        here = {"person_id": draft.person_id, "draft_id": draft.id}
        self._session.add(DraftVersion(**here, number=number, text=text, written_at=now))
        self._session.flush()
        return True

    def versions(self, draft: Draft) -> list[DraftVersion]:
        """Every version, oldest first."""
        return list(self._session.execute(_VERSIONS, {"draft": draft.id}).scalars())

    def dismiss(self, draft: Draft, label: str, phrase: str) -> None:
        """A phrase is not to be marked with this label again."""
        here = {"person_id": draft.person_id, "draft_id": draft.id}
        self._session.add(Dismissal(**here, label=label, phrase=phrase))
        self._session.flush()

    def dismissed(self, draft: Draft) -> Iterable[tuple[str, str]]:
        """What is not to be marked again: labels and phrases."""
        rows = self._session.execute(_DISMISSED, {"draft": draft.id}).scalars()
        return [(row.label, row.phrase) for row in rows]

    def erase(self, draft: Draft) -> None:
        """Erase a draft and its versions."""
        for table in (Dismissal, DraftVersion):
            self._session.execute(sa.delete(table).where(table.draft_id == draft.id), execution_options=_PLAIN)
        self._session.execute(sa.delete(Draft).where(Draft.id == draft.id), execution_options=_PLAIN)
        self._session.expire_all()
