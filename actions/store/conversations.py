"""Where Rasa's dialogue stands with each person."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from actions.store.models import Conversation


class Conversations:
    """One small document a person; it never grows, however long they talk."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def load(self, person_id: int) -> dict[str, Any] | None:
        """The document kept last, or nothing for someone new."""
        row = self._session.get(Conversation, person_id)
        return json.loads(row.state) if row else None

    def save(self, person_id: int, state: dict[str, Any]) -> None:
        """Keep the document in place of the last one."""
        text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        row = self._session.get(Conversation, person_id)
        if row is None and state:
            self._session.add(Conversation(person_id=person_id, state=text))
        elif row is not None and row.state != text:
            row.state = text
