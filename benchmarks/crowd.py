"""People for a fleet, and the stand-in for Telegram that they talk on.

`python -m benchmarks.crowd HOOK PEOPLE HURRIED` is a process of its own. Most people walk through the programme: they
answer a question, wait for the next, think, go on. Some are in a hurry: they send three commands at once, and expect as
many replies, in that order. It is told what to do a line at a time on standard input (begin, count, finish), and prints
JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections import defaultdict, deque
from concurrent.futures import Future, wait
from dataclasses import asdict, dataclass, field
from itertools import count, cycle, islice
from typing import Any

import aiohttp

from benchmarks.aftermath import Result, look
from benchmarks.chats import Chats
from benchmarks.machines import SECRET, TOKEN
from benchmarks.walking import Walker
from bot.fleet.receiver import SECRET_HEADER
from bot.fleet.serving import CONNECTIONS
from bot.house import read_content
from bot.settings import read_settings

#: Seconds that people think: who does more than thirty things a minute is asked to slow down.
THINKS = 2.1
#: Commands with one reply each, that say the same to someone who has not begun each time.
COMMANDS = ("/privacy", "/help", "/menu", "/drafts")
TOGETHER = 3
#: Seconds between tries to hand over an update, and after which someone who still waits at the end was left alone.
AGAIN, ALONE = 0.5, 90.0


@dataclass
class Hooked(Chats):
    """Telegram, which hands updates over to a receiver: those of one chat one after the other."""

    hook: str = ""

    def __post_init__(self) -> None:
        self._lines: dict[int, deque[dict[str, Any]]] = defaultdict(deque)
        self._client: aiohttp.ClientSession | None = None
        self._pushing: set[asyncio.Task[None]] = set()

    def _update(self, what: dict[str, Any]) -> None:
        inside = what.get("message") or what["callback_query"]["message"]
        line = self._lines[inside["chat"]["id"]]
        line.append({"update_id": next(self._numbers), **what})
        if len(line) == 1:
            task = asyncio.create_task(self._push(line))
            self._pushing.add(task)
            task.add_done_callback(self._pushing.discard)

    async def _push(self, line: deque[dict[str, Any]]) -> None:
        if self._client is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self._client = aiohttp.ClientSession(connector=connector, headers={SECRET_HEADER: SECRET})
        while line:
            try:
                async with self._client.post(self.hook, json=line[0]) as answer:
                    confirmed = answer.status == 200
            except aiohttp.ClientError:
                confirmed = False
            if confirmed:
                line.popleft()
            else:
                await asyncio.sleep(AGAIN)


@dataclass
class Hurried:
    """Someone who sends several commands at once."""

    tg: Hooked
    chat: int
    heads: dict[str, str] = field(default_factory=dict)  #: how the reply to each command begins
    sent: list[str] = field(default_factory=list)

    async def talks(self, goes_on: Any) -> None:
        """Learn what each command says; then send several at once, and wait for the replies."""
        for command in COMMANDS:
            before = len(self.tg.said[self.chat])
            self.tg.says(self.chat, command)
            heard = await self.tg.until(self.chat, lambda heard: heard, before)
            self.heads[heard[0].text[:20]] = command
            self.sent.append(command)
            await asyncio.sleep(THINKS)
        commands = cycle(COMMANDS)
        while goes_on():
            self.sent += (these := list(islice(commands, TOGETHER)))
            for command in these:
                self.tg.says(self.chat, command)
            await self.tg.until(self.chat, lambda _: len(self.once()) >= len(self.sent), 0)
            await asyncio.sleep(TOGETHER * THINKS + 1)

    def heard(self) -> list[tuple[str, float]]:
        """Which command each reply belongs to, and when it came."""
        return [(self.heads.get(one.text[:20], one.text), one.at) for one in self.tg.said[self.chat]]

    def once(self) -> list[str]:
        """The same, less what was said again at once."""
        commands = [command for command, _ in self.heard()]
        return [one for one, before in zip(commands, [None, *commands]) if one != before]

    def look(self, result: Result, kills: list[float]) -> bool:
        """Count what was said twice; whether the rest is exactly what they sent, in that order."""
        heard = self.heard()
        for (command, first), (again, at) in zip(heard, heard[1:]):
            if command == again:
                killed = any(first < kill < at for kill in kills)
                result.doubled += killed
                result.doubled_else += not killed
        return self.once() == self.sent


class Crowd:
    """Everyone."""

    def __init__(self, hook: str, people: int, hurried: int) -> None:
        self._tg = Hooked(TOKEN, hook=hook).start()
        self._tools = read_content().tools(None, time.time)
        self._people, self._in_a_hurry = people, hurried
        self._chats, self._chance = count(1000), random.Random(7)
        self._walkers: list[Walker] = []
        self._hurried: list[Hurried] = []
        self._talking: list[Future[None]] = []
        self._stopped = False

    def tell(self, order: str, about: Any) -> dict[str, Any]:
        """Do what is told; the answer."""
        if order == "begin":
            self._began = time.monotonic()
            self._talking = [self._tg.play(self._walks()) for _ in range(self._people)]
            self._talking += [self._tg.play(self._hurries()) for _ in range(self._in_a_hurry)]
        elif order == "finish":
            return self._finish(about)
        return {"port": self._tg.port, "turns": self._turns()}

    async def _walks(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, THINKS))
        while not self._stopped:
            walker = Walker(self._tg, self._tools, next(self._chats), lambda: asyncio.sleep(THINKS))
            self._walkers.append(walker)
            await walker.walks(lambda: not self._stopped)

    async def _hurries(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, THINKS))
        self._hurried.append(Hurried(self._tg, next(self._chats)))
        await self._hurried[-1].talks(lambda: not self._stopped)

    def _turns(self) -> int:
        return sum(len(one.waits) for one in self._walkers) + sum(len(one.once()) for one in self._hurried)

    def _finish(self, kills: list[float]) -> dict[str, Any]:
        seconds, turns = time.monotonic() - self._began, self._turns()
        self._stopped = True
        done, alone = wait(self._talking, timeout=ALONE)
        for one in done:
            one.result()  # raises what went wrong in the benchmark itself
        settings = read_settings()
        time.sleep(1)  # what was said last is noted
        result = Result(len(kills), {}, 0, left_alone=len(alone), seconds=seconds)
        from actions.store import Store

        store = Store(settings.database_url, settings.master())
        look(result, store, self._walkers, [self._tg.said[one.chat] for one in self._walkers], kills)
        store.close()
        wrong = sum(not one.look(result, kills) for one in self._hurried)
        waits = sorted(took for one in self._walkers for _, took in one.waits)
        parts = statistics.quantiles(waits, n=100)
        return {
            "turns": turns,
            "seconds": seconds,
            "p50": parts[49],
            "p95": parts[94],
            "p99": parts[98],
            "slowest": waits[-1],
            "out_of_order": wrong,
            "hurried": len(self._hurried),
            "commands": sum(len(one.sent) for one in self._hurried),
            **asdict(result),
            "broken": result.broken + wrong,
        }


def main(hook: str, people: str, hurried: str) -> None:
    """Do what is told on standard input."""
    crowd = Crowd(hook, int(people), int(hurried))
    print(json.dumps({**crowd.tell("count", None), "pid": os.getpid()}), flush=True)
    for line in sys.stdin:
        order, _, about = line.strip().partition(" ")
        print(json.dumps(crowd.tell(order, json.loads(about or "null"))), flush=True)
        if order == "finish":
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
