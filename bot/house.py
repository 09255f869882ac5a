"""Puts the rooms together: settings in, a bot that can take turns out."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from actions.mirror import read_mirror
from actions.moment import Tools
from actions.program import load
from actions.reading import Phrases
from actions.safety.helplines import read_helplines
from actions.sentences import Sentences
from actions.store import Store
from actions.strategies import Strategies
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from actions.coach.conversation import ConversationCoach
    from actions.coach.pipeline import Coach
    from actions.safety.recognise import Recogniser
    from bot.dialogue import Dialogue
    from bot.turns import Turns


@dataclass(frozen=True)
class Content:
    """Everything that is read from `domain.yml` and `data/`, checked."""

    tools: Callable[..., Tools]  #: from a store, a clock, and the coach if it is not the usual one
    phrases: Phrases
    strategies: Strategies


@cache
def coach() -> Coach:
    """The apology coach, loaded once, when someone first needs it; raises `CoachError` or `ContentError`."""
    from actions.coach import loading

    return loading.whole(ROOT / "data" / "apology")


@cache
def conversation() -> ConversationCoach:
    """The coach for hard conversations, loaded once, when someone first needs it; raises `ContentError`."""
    from actions.coach.conversation import ConversationCoach

    return ConversationCoach.load()


@cache
def recogniser() -> Recogniser:
    """Who sees danger in texts, loaded once; raises `EncoderError` or `ContentError`."""
    from actions.encoder.cascade import careful
    from actions.safety.recognise import Recogniser

    return Recogniser.load(careful("risks"))


def read_content(root: Path = ROOT, settings: Settings | None = None) -> Content:
    """Read and check the content files, and the operator's own helplines; raises `ContentError` naming file and key."""
    program = load(root / "data")
    sentences = Sentences(root / "domain.yml", root / "data" / "labels.yml")
    phrases = Phrases(root / "data" / "phrases.yml")
    strategies = Strategies(root / "data" / "strategy_examples.yml", program)
    mirror = read_mirror(root / "data" / "mirror.yml")
    settings = settings or Settings(_env_file=None)
    lines = read_helplines(settings.helplines or root / "data" / "helplines.yml")
    told = {"operator": settings.operator, "where": settings.place}
    operator = {name: said or sentences.unknown[name] for name, said in told.items()}

    def tools(store: Store, now: Callable[[], float], coach: Callable[[], Coach] = coach) -> Tools:
        return Tools(store, program, sentences, now, mirror, lines, operator, conversation, coach)

    return Content(tools, phrases, strategies)


def open_store(settings: Settings) -> Store:
    """The database, with its tables up to date; raises `StoreError` with what to do."""
    store = Store(settings.database_url, settings.master())
    store.migrate()
    return store


@dataclass(frozen=True)
class House:
    """A bot that can take turns."""

    tools: Tools
    dialogue: Dialogue
    turns: Turns

    def close(self) -> None:
        """Stop the dialogue's thread and let go of the database."""
        self.dialogue.close()
        self.tools.store.close()


def build(
    settings: Settings,
    model: Path,
    now: Callable[[], float] | None = None,
    coach: Callable[[], Coach] = coach,
) -> House:
    """A bot that can take turns; raises `ContentError`, `StoreError` or `DialogueError`."""
    now = now or settings.now
    content = read_content(settings=settings)
    store = open_store(settings)
    from actions.encoder.cascade import careful
    from actions.understanding import Understanding
    from bot.dialogue import Dialogue  # Rasa takes seconds to import: only once everything else is right
    from bot.listening import Listener
    from bot.turns import Turns

    tools = content.tools(store, now, coach)
    encoder = careful("wish")  # what is wrong with its weights is no fault of the model's
    dialogue = Dialogue(model, tools)
    reading = Understanding(encoder)
    hears = Listener(tools, dialogue, content.phrases, content.strategies, recogniser(), reading)
    house = House(tools, dialogue, Turns(tools, dialogue, content.phrases, hears))
    # Rasa leaves a million objects behind that never go away; looking through them again took 350 ms at a time.
    gc.collect()
    gc.freeze()
    return house
