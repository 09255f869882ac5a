"""Mend: one person walks through the exercises, with everything a turn does but the network."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rich.console import Console

from actions.steps import Step
from benchmarks.measure import CROWDS, SPOKEN, STREAM, Talk, ready_since, stream, together
from benchmarks.walking import SAFE
from bot import training
from bot.commands import typed
from bot.house import House, build
from bot.settings import ROOT, Settings
from bot.turn import Kind, Turn

CHANNEL = "bench"
WARM_UP = 40

#: Answers of a few words: Mend asks the classifier about these, so that no wish is taken for an answer.
SHORT = (
    "I don't know",
    "that he lied to my face",
    "everything",
    "Not yet. Maybe one day.",
    "trust me again",
    "the money, mostly",
    "I was scared of losing her",
    "sundays, when the kids are asleep",
    "I keep asking myself that",
)
#: What makes an answer long: people go on.
GOING_ON = (
    "I have tried to write this down three times now and each time it comes out as an excuse, so here it is plainly.",
    "We talked about it on Sunday and it went quiet, and then he said he didn't know what else I wanted to hear.",
    "some days its fine, i make dinner and we laugh, and then a phone buzzes and im right back in that night",
    "My sister says I should give it time. I don't think it is only time. I think it is whether anything changes.",
)


def train(folder: Path) -> Path:
    """Train Mend's model from nothing into `folder`. (The caller gives Rasa's cache a folder of its own.)"""
    return training.train(ROOT, folder, Console(stderr=True), force=True)


def answers(step: Step, chance: random.Random) -> str:
    """Something that a person may type at `step`: a few words, a sentence or two, or a paragraph."""
    length = chance.choices(("short", "usual", "long"), weights=(3, 5, 2))[0]
    if length == "short":
        return chance.choice(SHORT)
    if length == "usual":
        return step.example
    return "\n".join([step.example, *chance.sample(GOING_ON, k=chance.randint(1, len(GOING_ON)))])


class Walker:
    """A person who walks through exercise after exercise, and does them again when all are done."""

    def __init__(self, house: House, chat: str) -> None:
        self._house = house
        self._chat = chat
        self._exercises = itertools.cycle(house.tools.program.exercises)
        self._buttons: dict[str, str] = {}
        self.turns = 0

    async def does(self, turn: Turn) -> list[dict]:
        """Take a turn, answer it, and mark the replies as sent, as the terminal does. Returns the replies."""
        self.turns += 1
        self._house.turns.take(turn)
        while await self._house.turns.answer(CHANNEL, self._chat):
            pass
        return list(self._deliver())

    def _deliver(self) -> Iterator[dict]:
        said = None
        while True:
            with self._house.tools.store.begin() as kept:
                if said is not None:
                    kept.outbox.sent(said, None, self._house.tools.now())
                row = kept.outbox.waiting(CHANNEL, self._chat)
                if row is None:
                    return
                said, reply = row.id, json.loads(row.reply)
            if not reply.get("edits"):
                self._buttons = {button["label"]: button["token"] for line in reply["rows"] for button in line}
                yield reply

    async def arrives(self) -> None:
        """Say hello, answer the private questions so that everything is open, and the two of the intake."""
        await self.says("/start")
        for answer in SAFE:
            await self.presses(answer)
        await self.presses(self._house.tools.program.intake.labels["hurt"])
        await self.says("he told me himself, in april")

    async def says(self, text: str) -> list[dict]:
        """Type something."""
        return await self.does(typed(CHANNEL, self._chat, text))

    async def presses(self, label: str) -> list[dict]:
        """Press a button of the newest reply."""
        return await self.does(Turn(CHANNEL, self._chat, Kind.CHOICE, self._buttons[label]))

    async def question(self) -> Step:
        """The question that is open, after beginning the next exercise if none is."""
        while (step := self._open()) is None or self._asks_back:
            await self._opens()
        return step

    async def goes_on(self, chance: random.Random) -> None:
        """Take one turn: answer the open question, or get one."""
        step = self._open()
        if step is None or self._asks_back:
            await self._opens()
        else:
            await self.says(answers(step, chance))

    @property
    def _asks_back(self) -> bool:
        """Whether Mend has asked if a short answer was one."""
        return self._house.tools.sentences.label("keep_answer") in self._buttons

    async def _opens(self) -> None:
        label = self._house.tools.sentences.label
        if self._asks_back:
            await self.presses(label("keep_answer"))
        elif label("redo") in self._buttons:
            await self.presses(label("redo"))
        else:
            await self.says(next(self._exercises).title)

    def _open(self) -> Step | None:
        tools = self._house.tools
        with tools.store.begin() as kept:
            run = kept.runs.in_hand(kept.people.find(CHANNEL, self._chat))
            return tools.program.side(run.exercise, run.role).step(run.step) if run else None


async def talk(house: House, turns: int, figures: Talk) -> None:
    """One person answers `turns` questions; somebody else has warmed the bot up before."""
    chance = random.Random(7)
    for chat, count, measured in (("warm-up", WARM_UP, None), ("one", turns, figures)):
        person = Walker(house, chat)
        await person.arrives()
        for _ in range(count):
            text = answers(await person.question(), chance)
            if measured is None:
                await person.says(text)
            else:
                await measured.turn(text, lambda text=text, person=person: person.says(text))
    for people, before in CROWDS:
        crowd = await _crowd(house, people, f"{people}-{before}")
        figures.together.append(await together(people, before, SPOKEN, partial(_goes_on, crowd, chance)))
    people, rate, seconds = STREAM
    crowd = await _crowd(house, people, "stream")
    figures.stream = await stream(people, rate, seconds, partial(_goes_on, crowd, chance), chance)


async def _goes_on(crowd: list[Walker], chance: random.Random, number: int) -> None:
    await crowd[number].goes_on(chance)


async def _crowd(house: House, people: int, name: str) -> list[Walker]:
    """So many people who have a question before them."""
    crowd = [Walker(house, f"{name}-{number}") for number in range(people)]
    for person in crowd:
        await person.arrives()
        await person.question()
    return crowd


def main(model: str, turns: str, out: str, started: str) -> None:
    """Load, talk, and leave the figures in the file `out`."""
    with tempfile.TemporaryDirectory() as folder:
        # Every setting is given, so that neither the environment nor `.env` leads to somebody's real data.
        house = build(Settings(_env_file=None, token=None, database=None, data_dir=Path(folder)), Path(model))
        figures = ready_since(float(started))
        asyncio.run(talk(house, int(turns), figures))
        house.close()
    figures.save(Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
