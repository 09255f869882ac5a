"""Someone who walks through the whole programme on the stand-in, and knows what they answered to which question."""

from __future__ import annotations

import html
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from actions.moment import Tools
from actions.program import BROKE_TRUST, HURT
from actions.steps import Step
from benchmarks.chats import Chats, Said

if TYPE_CHECKING:
    from benchmarks.straight import Straight

#: The answers to the five private questions after which everything is open.
SAFE = ("Yes", "No", "No", "No", "Yes")


@dataclass(frozen=True)
class Answered:
    """What someone wrote while this question was the last that they had been asked."""

    exercise: str
    step: str
    words: str


@dataclass
class Walker:
    """One person. `think` passes before everything that they do."""

    tg: Chats | Straight
    tools: Tools
    chat: int
    think: Callable[[], Awaitable[None]]
    answered: list[Answered] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)  #: when they did something, and how long they waited

    @property
    def role(self) -> str:
        """The side they are on: every other person is on the other one."""
        return HURT if self.chat % 2 else BROKE_TRUST

    async def walks(self, goes_on: Callable[[], bool] = lambda: True) -> None:
        """From hello through every exercise; or until nothing more is to be begun."""
        private, intake = self.tools.program.care.screening.side.steps, self.tools.program.intake.side.steps
        await self._says("/start", _asking(private[0]))
        for answer, then in zip(SAFE, (*private[1:], intake[0])):
            await self._presses(answer, _asking(then))
        await self._presses(self.tools.program.intake.labels[self.role], _asking(intake[1]))
        await self._answers("intake", intake[1], lambda message: bool(message.buttons))
        for exercise in self.tools.program.exercises:
            if not goes_on():
                return
            steps = {step.id: step for step in exercise.sides[self.role].steps}
            await self._through(exercise.id, exercise.title, steps, goes_on)

    async def _through(self, exercise: str, title: str, steps: dict[str, Step], goes_on: Callable[[], bool]) -> None:
        label = self.tools.sentences.label
        heard = await self._says(title, lambda message: any(_asking(step)(message) for step in steps.values()))
        while goes_on() and (step := _last_asked(heard, steps)) is not None:
            del steps[step.id]
            others = [_asking(other) for other in steps.values()]

            def ends(message: Said, others: list = others) -> bool:
                return any(asks(message) for asks in others) or label("read_again") in message.buttons

            heard = await self._answers(exercise, step, ends)

    async def _answers(self, exercise: str, step: Step, then: Callable[[Said], bool]) -> list[Said]:
        words = f"letter{len(self.answered)} came with the post on Tuesday, and we put it on the table by the window"
        self.answered.append(Answered(exercise, step.id, words))
        return await self._says(words, then)

    async def _says(self, text: str, then: Callable[[Said], bool]) -> list[Said]:
        return await self._does(lambda: self.tg.says(self.chat, text), then)

    async def _presses(self, label: str, then: Callable[[Said], bool]) -> list[Said]:
        return await self._does(lambda: self.tg.presses(self.chat, label), then)

    async def _does(self, act: Callable[[], None], then: Callable[[Said], bool]) -> list[Said]:
        """Do something, and wait for what comes then; what is said twice tells nothing new."""
        await self.think()
        before, began = self.tg.said[self.chat][:], time.monotonic()
        known = {message.whole for message in before}

        def new(heard: list[Said]) -> list[Said]:
            return [message for message in heard if message.whole not in known]

        act()
        heard = new(await self.tg.until(self.chat, lambda heard: any(map(then, new(heard))), len(before)))
        self.waits.append((began, heard[0].at - began))
        return heard


def _asking(step: Step) -> Callable[[Said], bool]:
    return lambda message: html.unescape(step.ask) in message.text


def _last_asked(heard: list[Said], steps: dict[str, Step]) -> Step | None:
    return next((step for message in reversed(heard) for step in steps.values() if _asking(step)(message)), None)
