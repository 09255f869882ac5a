"""People who are handed straight to the bot's turns, in this process: no Telegram, no network, no waiting."""

from __future__ import annotations

import html
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from benchmarks.chats import Said
from bot.commands import typed
from bot.house import House
from bot.turn import Kind, Turn

CHANNEL = "bench"
_TAG = re.compile(r"</?[a-z]+>")


class Straight:
    """Takes the place of `Chats` for a `Walker`; each turn is answered, its replies kept, and marked as sent."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._doing: Turn | None = None
        self.said: dict[int, list[Said]] = defaultdict(list)
        self.took: list[float] = []  #: milliseconds of each turn

    def says(self, chat: int, text: str) -> None:
        """Someone writes."""
        self._doing = typed(CHANNEL, str(chat), text, str(len(self.took)))

    def presses(self, chat: int, label: str) -> None:
        """Someone presses the newest button with this label."""
        on = next(one for one in reversed(self.said[chat]) if label in one.buttons)
        self._doing = Turn(CHANNEL, str(chat), Kind.CHOICE, on.buttons[label])

    async def until(self, chat: int, met: Callable[[list[Said]], Any], after: int) -> list[Said]:
        """Do the turn; what was said. Raises `AssertionError` when that is not what they waited for."""
        began = time.perf_counter()
        self._house.turns.take(self._doing)
        while await self._house.turns.answer(CHANNEL, str(chat)):
            pass
        self._deliver(chat)
        self.took.append((time.perf_counter() - began) * 1000)
        heard = self.said[chat][after:]
        assert met(heard), f"turn {len(self.took)}: not what was waited for, but {[one.text for one in heard]}"
        return heard

    def _deliver(self, chat: int) -> None:
        sent, now = None, self._house.tools.now
        while True:
            with self._house.tools.store.begin() as kept:
                if sent is not None:
                    kept.outbox.sent(sent, sent, now())
                row = kept.outbox.waiting(CHANNEL, str(chat))
                if row is None:
                    return
                sent, reply = row.id, json.loads(row.reply)
            if "edits" not in reply:
                buttons = {button["label"]: button["token"] for line in reply["rows"] for button in line}
                text = html.unescape(_TAG.sub("", reply.get("text", "")))
                self.said[chat].append(Said(sent, time.monotonic(), text, buttons))
