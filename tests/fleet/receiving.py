"""What Telegram sends to a receiver, and what is kept of it."""

from __future__ import annotations

import itertools
import json
from typing import Any

from aiohttp.test_utils import TestClient

from actions.store import Store
from actions.store.inbox import RAW
from actions.store.jobs import TURNS
from actions.store.models import Chat, Incoming
from bot.fleet.receiver import SECRET_HEADER, secret_of

TOKEN = "123456:AAcanary-token-that-nobody-may-see-0"
SECRET = secret_of(TOKEN)
WORDS = "canary, I read what was on his phone"
_chats = itertools.count(8_675_309_000_001)
_updates = itertools.count(4_000)


def new_chat() -> int:
    """The number of a chat that nobody has heard of."""
    return next(_chats)


def message(chat: Any = None, update: Any = None, text: str = WORDS, **others: Any) -> dict[str, Any]:
    """An update as Telegram sends it."""
    chat = next(_chats) if chat is None else chat
    update = next(_updates) if update is None else update
    person = {"id": chat, "is_bot": False, "first_name": "Canary"}
    inside = {"message_id": 7, "date": 1, "chat": {"id": chat, "type": "private"}, "from": person, "text": text}
    return {"update_id": update, "message": inside, **others}


async def sent(client: TestClient, body: Any, secret: str | None = SECRET) -> int:
    """What the receiver answers."""
    shown = {} if secret is None else {SECRET_HEADER: secret}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await client.post("/telegram", data=data, headers=shown)
    return answer.status


def kept_of(store: Store, *updates: int) -> list[dict[str, Any]]:
    """What is kept under these numbers, as it came."""
    with store.begin() as kept:
        rows = kept.session.query(Incoming).filter(Incoming.update.in_(updates)).order_by(Incoming.id).all()
        assert all(row.state == RAW for row in rows)
        return [json.loads(row.turn) for row in rows]


def counts(store: Store) -> tuple[int, int, int]:
    """How many updates, chats and jobs there are."""
    with store.begin() as kept:
        return kept.session.query(Incoming).count(), kept.session.query(Chat).count(), kept.jobs.waiting(TURNS)
