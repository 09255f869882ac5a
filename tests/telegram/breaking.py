"""Mend, but that one word breaks an action, and everything around it talks of it: `python -m breaking telegram`."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import warnings
from typing import Any

from actions import exercise
from bot.__main__ import main
from bot.telegram import rush

#: Whoever writes this word meets broken code.
BREAKING = "halibutwort"
LOUD = ("httpx", "httpcore", "telegram", "rasa", "rasa_sdk", "apscheduler", "sqlalchemy")


def raises(words: str) -> None:
    raise ValueError(f"can't go on with {words}")


async def raises_in_a_task(words: str) -> None:
    raises(words)


def talked_of(words: str) -> None:
    """What libraries do when something breaks: quote it."""
    for name in LOUD:
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        for level in (logging.DEBUG, logging.WARNING, logging.ERROR):
            logger.log(level, "%s with %s", words, os.environ["TELEGRAM_BOT_TOKEN"])
    warnings.warn(words, stacklevel=1)
    thread = threading.Thread(target=raises, args=(words,))
    thread.start()
    thread.join()
    asyncio.get_running_loop().create_task(raises_in_a_task(words))


def broken(move_on: Any) -> Any:
    def maybe(m: Any, *rest: Any) -> Any:
        if BREAKING in m.words:
            talked_of(m.words)
            raises(m.words)
        return move_on(m, *rest)

    return maybe


if __name__ == "__main__":
    rush.MOST = 10**6  # a test writes faster than a person
    exercise._move_on = broken(exercise._move_on)
    main()
