"""Stock Rasa: what `rasa init` makes, with its default pipeline and policies, talked with as its samples do."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import sys
from pathlib import Path

from benchmarks.measure import CROWDS, SPOKEN, STREAM, Speak, Talk, ready_since, run, stream, together

#: The sample bot's three paths, in the words of its own training data.
HAPPY = ("hi", "great", "bye")
SAD_THEN_HELPED = ("hello", "sad", "yes", "goodbye")
SAD_STILL = ("hey", "not good", "not really", "are you a bot?")
MESSAGES = (*HAPPY, *SAD_THEN_HELPED, *SAD_STILL)

WARM_UP = 2 * len(MESSAGES)


def train(folder: Path) -> Path:
    """Make the sample project in `folder`, which trains it at once; returns the model."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-W", "ignore", "-m", "rasa", "init", "--no-prompt", "--init-dir", str(folder)]
    run(command, cwd=folder, RASA_CACHE_DIRECTORY=str(folder / "cache"))
    models = sorted((folder / "models").glob("*.tar.gz"))
    if not models:
        raise SystemExit(f"`rasa init` left no model in {folder / 'models'}")
    return models[-1]


def load(model: Path) -> object:
    """The agent, with everything that a stock installation has by default: trackers in memory, no action server."""
    from rasa.core.agent import Agent
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging.ERROR)
    configure_structlog(logging.ERROR)  # in its favour: by default every message is written to the log as well
    return Agent.load(str(model))


async def talk(agent: object, turns: int, figures: Talk) -> None:
    """One person says the sample messages over and over, `turns` times; somebody else has warmed the bot up before."""
    for text in itertools.islice(itertools.cycle(MESSAGES), WARM_UP):
        await agent.handle_text(text, sender_id="warm-up")
    for text in itertools.islice(itertools.cycle(MESSAGES), turns):
        await figures.turn(text, lambda text=text: agent.handle_text(text, sender_id="one"))
    for people, before in CROWDS:
        speaks = _crowd(agent, people, f"{people}-{before}")
        figures.together.append(await together(people, before, SPOKEN, speaks))
    people, rate, seconds = STREAM
    figures.stream = await stream(people, rate, seconds, _crowd(agent, people, "stream"), random.Random(7))


def _crowd(agent: object, people: int, name: str) -> Speak:
    """So many people who say the sample messages over and over."""
    texts = [itertools.cycle(MESSAGES) for _ in range(people)]

    async def speaks(person: int) -> None:
        await agent.handle_text(next(texts[person]), sender_id=f"{name}-{person}")

    return speaks


def main(model: str, turns: str, out: str, started: str) -> None:
    """Load, talk, and leave the figures in the file `out`."""
    agent = load(Path(model))
    figures = ready_since(float(started))
    asyncio.run(talk(agent, int(turns), figures))
    figures.save(Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
