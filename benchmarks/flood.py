"""Updates for a receiver, as fast as it confirms them: `python -m benchmarks.flood URL SECRET SECONDS`.

A process of its own, so that what it costs is not the receiver's. It opens as many connections as Telegram does, and
prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

import aiohttp

from bot.fleet.receiver import SECRET_HEADER
from bot.fleet.serving import CONNECTIONS

#: How many people write; each first update of one makes a chat known.
CHATS = 2_000


@dataclass
class Flood:
    """What a receiver did with them."""

    confirmed: int = 0
    refused: int = 0  #: answered with anything but 200
    seconds: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    waits: list[float] = field(default_factory=list, repr=False)


def update(number: int) -> dict[str, Any]:
    """An update of an ordinary size: a text of twenty words."""
    person = {"id": 10_000 + number % CHATS, "is_bot": False, "first_name": "Sam", "language_code": "en"}
    chat = {"id": person["id"], "first_name": "Sam", "type": "private"}
    text = "It came with the post on a Tuesday, and we put it on the table by the window, and nobody opened it."
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text},
    }


async def flood(url: str, secret: str, seconds: float) -> Flood:
    """Send updates for so long."""
    seen, numbers, began = Flood(), count(1), time.monotonic()
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, headers={SECRET_HEADER: secret}) as client:

        async def sends() -> None:
            while time.monotonic() - began < seconds:
                at = time.monotonic()
                async with client.post(url, json=update(next(numbers))) as answer:
                    seen.confirmed += answer.status == 200
                    seen.refused += answer.status != 200
                seen.waits.append(1000 * (time.monotonic() - at))

        await asyncio.gather(*(sends() for _ in range(CONNECTIONS)))
    seen.seconds = time.monotonic() - began
    parts = statistics.quantiles(seen.waits, n=20)
    seen.p50_ms, seen.p95_ms = parts[9], parts[18]
    return seen


def main(url: str, secret: str, seconds: str) -> None:
    """Send, and print what was seen."""
    told = asdict(asyncio.run(flood(url, secret, float(seconds))))
    del told["waits"]
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
