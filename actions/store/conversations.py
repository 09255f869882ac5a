"""Where Rasa's dialogue stands with each person."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from actions.store.models import Conversation

EMPTY = "{}"


class Conversations:
    """One small document a person; it never grows, however long they talk."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, str] = {}  #: what was read in this transaction

    def load(self, person_id: int) -> dict[str, Any]:
        """The document kept last; empty for someone new."""
        row = self._session.get(Conversation, person_id)
        self._known[person_id] = row.state if row else EMPTY
        return json.loads(self._known[person_id])

    def save(self, person_id: int, state: dict[str, Any]) -> None:
        """Keep the document in place of the last one, if it has changed."""
        text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        if text == self._known.get(person_id):
            return
        row = self._session.get(Conversation, person_id)
        if row is None:
            self._session.add(Conversation(person_id=person_id, state=text))
        else:
            row.state = text
        self._known[person_id] = text
