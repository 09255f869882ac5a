"""A process that reads everything once, and forks a life of the bot from it whenever it is told to: for `kills.py`.

It forks while it has one thread only, holds no connection to the database, and no network; the encoders work on the
thread that asks them. So nothing in a fork waits for a thread that was left behind.
"""

from __future__ import annotations

import functools
import mmap
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from bot import logs
from bot.house import House, build
from bot.settings import ROOT, Settings
from bot.training import train

#: What a life passes in a turn, in this order.
POINTS = (
    "an update has come",
    "it is in the inbox, not committed",
    "it is in the inbox",
    "a turn has begun",
    "the words are kept, the dialogue begins",
    "the turn is done, not committed",
    "the turn is committed",
    "a reply sets out",
    "it has arrived, not noted",
    "it is noted, not committed",
    "it is noted",
)
COME, TAKING, TAKEN, BEGUN, HEARD, DOING, DONE, OUT, ARRIVED, NOTING, NOTED = range(1, len(POINTS) + 1)
#: Bytes that a life and whoever kills it share: the last point passed, the point to stop at, whether it has stopped.
LAST, ARMED, HERE, SIZE = range(4)
#: Seconds that a life stands still at a point: it is dead long before.
STILL = 60.0


class Passing:
    """Notes what a life passes, and stops it where it is to be killed."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), SIZE)
        self._transaction = threading.local()

    def point(self, number: int) -> None:
        """This point is passed."""
        self._shared[LAST] = number
        if self._shared[ARMED] == number:
            self._shared[HERE] = 1
            time.sleep(STILL)

    def within(self, before: int | None, commits: int, committed: int, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, whose commit passes two points of its own."""

        @functools.wraps(work)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if before is not None:
                self.point(before)
            self._transaction.points = commits, committed
            try:
                return work(*args, **kwargs)
            finally:
                self._transaction.points = None

        return wrapped

    def around(self, before: int | None, after: int | None, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, a coroutine function, with a point before and one after it."""

        @functools.wraps(work)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            if before is not None:
                self.point(before)
            done = await work(*args, **kwargs)
            if after is not None:
                self.point(after)
            return done

        return wrapped

    def commit(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """A commit, with the points of the transaction that it belongs to."""

        @functools.wraps(work)
        def wrapped(connection: Any) -> None:
            commits, committed = getattr(self._transaction, "points", None) or (DOING, DONE)
            self.point(commits)
            work(connection)
            self.point(committed)

        return wrapped

    def watch(self, house: House) -> None:
        """Put the points into the bot."""
        from bot.telegram.app import App
        from bot.telegram.sender import Sender

        turns, dialogue, dialect = house.turns, house.dialogue, house.tools.store.engine.dialect
        App._take = self.around(COME, None, App._take)
        turns.take = self.within(None, TAKING, TAKEN, turns.take)
        turns._turn = self.around(BEGUN, None, turns._turn)
        dialogue.turn = self.around(HEARD, None, dialogue.turn)
        dialect.do_commit = self.commit(dialect.do_commit)
        Sender._persist = self.around(OUT, ARRIVED, Sender._persist)
        Sender._next = self.within(None, NOTING, NOTED, Sender._next)


def live(house: House, settings: Settings) -> None:
    """One life, from where a start has read everything."""
    from bot.dialogue import _Loop
    from bot.telegram.serving import serve

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    house.dialogue._thread = _Loop()
    house.tools.store.migrate()
    serve(settings, house, Console(stderr=True))


def main(port: str, token: str, folder: str, shared: str) -> None:
    """Read everything; then do what is told on standard input: begin a life, kill it, or let it finish."""
    logs.configure()
    settings = Settings(_env_file=None, token=token, api_url=f"http://127.0.0.1:{port}", database=None,
                        data_dir=Path(folder), gather_seconds=0)  # fmt: skip
    house = build(settings, train(ROOT, settings.models_dir, Console(stderr=True)))
    Passing(Path(shared)).watch(house)
    house.close()
    threads = psutil.Process().num_threads()
    assert threads == 1, f"{threads} threads: a fork would have only one of them"
    print("ready", flush=True)
    life = 0
    for order in map(str.strip, sys.stdin):
        if order == "begin":
            life = os.fork()
            if life == 0:
                sys.stdin.close()
                live(house, settings)
                os._exit(0)
        else:
            os.kill(life, signal.SIGKILL if order == "kill" else signal.SIGTERM)
            os.waitpid(life, 0)
        print(order, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
