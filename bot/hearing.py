"""What Mend makes of words: what they mean, whether they answer a question, whether they tell of danger."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from actions.encoder.labels import INTENTS
from actions.program import Program
from actions.reading import ANSWER, DOUBT, Phrases, read_answer, read_open
from actions.safety.recognise import Danger, Recogniser
from actions.steps import Step, plain
from actions.strategies import Strategies
from actions.understanding import Understanding

if TYPE_CHECKING:
    from bot.dialogue import Dialogue

#: Wishes that are no intents of the classifier's, and the intent that comes nearest.
NEAREST = {
    "show_menu": "choose_strategy",
    "hint": "help",
    "show_drafts": "practise_apology",
    "write_for_me": "practise_apology",
    "set_role": "help",
}


@dataclass(frozen=True)
class Hearing:
    """Everyone who reads words, without anyone to talk with."""

    dialogue: Dialogue
    phrases: Phrases
    program: Program
    strategies: Strategies
    recogniser: Recogniser
    understanding: Understanding

    def understand(self, text: str, question: str | None = None) -> dict[str, Any]:
        """What a text means; with a question, whether it answers it."""
        return self._outside(text) if question is None else self._at(text, question)

    def danger(self, text: str) -> dict[str, str]:
        """The risk and the severity that a text tells of."""
        found = self.recogniser.read(text)
        if found is None or found.faint:
            return {"risk": "none", "severity": "none"}
        return {"risk": found.risk, "severity": found.severity}

    def _outside(self, text: str) -> dict[str, Any]:
        opened = read_open(text, self.phrases, self.program)
        if opened is not None and opened.intent in (*INTENTS, *NEAREST):
            intent, sure, value = NEAREST.get(opened.intent, opened.intent), 1.0, opened.value
        else:
            guess = asyncio.run(self._guess(text))
            intent, sure, value = guess.intent, guess.confidence, None
            danger = self.recogniser.read(text)
            if danger is not None and not danger.faint:
                intent = _as_intent(danger)
        answer: dict[str, Any] = {"intent": intent, "confidence": round(sure, 3)}
        if intent == "choose_strategy":
            exercise = self.program.exercise(value or (self.strategies.read(text).value or "").partition(":")[0])
            answer |= {"strategy": exercise.number} if exercise else {}
        return answer

    async def _guess(self, text: str) -> Any:
        return await self.dialogue.run(self.dialogue.guess(text))

    def _at(self, text: str, question: str) -> dict[str, Any]:
        danger = self.recogniser.read(text, question)
        if danger is not None and not danger.faint:
            return {"taken_as": "interrupt", "wants": _as_intent(danger)}
        step = self._step(question)
        wish = self.understanding.wish(text, question)
        reading = read_answer(text, self.phrases, step, wish, in_doubt=False)
        if reading.intent == ANSWER:
            return {"taken_as": "answer", "wants": None}
        if reading.intent == DOUBT:
            evening = wish is not None and reading.value == "evening_settings"
            return {"taken_as": "ask", "wants": wish.wants if evening else reading.value}
        return {"taken_as": "interrupt", "wants": reading.intent}

    def _step(self, question: str) -> Step:
        """The step that asks this, for its buttons; one without buttons if none does."""
        sides = (side for exercise in self.program.exercises for side in exercise.sides.values())
        steps = (step for side in sides for step in side.steps if plain(step.ask) == plain(question))
        return next(steps, Step("question", question, "", "", ""))


def _as_intent(danger: Danger) -> str:
    return "crisis" if danger.risk == "self_harm" else "abuse"


def listen() -> Hearing:
    """Everyone who reads words, loaded; raises `ContentError`, `EncoderError` or `DialogueError`."""
    from rich.console import Console

    from actions.encoder.cascade import careful
    from bot.dialogue import Dialogue
    from bot.house import read_content, recogniser
    from bot.settings import ROOT, read_settings
    from bot.training import train

    settings, content = read_settings(), read_content()
    model = train(ROOT, settings.models_dir, Console(stderr=True))
    tools = content.tools(None, time.time)
    dialogue = Dialogue(model, tools)
    reading = Understanding(careful("wish"))
    return Hearing(dialogue, content.phrases, tools.program, content.strategies, recogniser(), reading)
