"""What a Rasa action of Mend's sees of the turn that it acts in, and how it speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.mirror import Mirror
from actions.program import Program
from actions.safety.helplines import Helplines
from actions.sentences import Sentences, escaped
from actions.steps import Exercise, Side, Step
from actions.store import Kept, Store
from actions.store.models import Answer, Person, Run
from actions.store.runs import Place
from actions.walks import DRAFT, INTAKE, NOTE, PASSING, PRACTICE, REVIEW, SCREENING

if TYPE_CHECKING:
    from actions.coach.conversation import ConversationCoach
    from actions.coach.pipeline import Coach

FORM = "exercise_form"
#: No question is open any more.
CLOSED = [ActiveLoop(None), SlotSet("requested_slot", None)]

Act = Callable[["Moment"], "list[EventType]"]

#: Every action by its name in domain.yml.
ACTIONS: dict[str, Act] = {}


def action(name: str) -> Callable[[Act], Act]:
    """Make a function the Rasa action `name`."""

    def register(act: Act) -> Act:
        ACTIONS[name] = act
        return act

    return register


@dataclass(frozen=True)
class Tools:
    """What the actions work with; handed in once, so that tests can hand in their own."""

    store: Store
    program: Program
    sentences: Sentences
    now: Callable[[], float]
    mirror: Mirror
    helplines: Helplines
    operator: dict[str, str]  #: who runs this bot, and where what is written is kept, as people are told
    conversation: Callable[[], ConversationCoach]  #: loads it when it is first needed
    coach: Callable[[], Coach]  #: loads it when it is first needed: that takes seconds, and not everyone practises


@dataclass
class Moment:
    """One action's view of one turn."""

    tools: Tools
    dispatcher: CollectingDispatcher
    tracker: Tracker
    kept: Kept = field(init=False)
    person: Person = field(init=False)

    def __post_init__(self) -> None:
        self.kept = self.tools.store.kept
        self.person = self.kept.people.get(int(self.tracker.sender_id))

    # -- what is known -------------------------------------------------------------------------------------------

    @property
    def program(self) -> Program:
        """The ten exercises."""
        return self.tools.program

    @property
    def now(self) -> float:
        """The time of this turn, in seconds since the epoch."""
        return self.tools.now()

    @property
    def run(self) -> Run | None:
        """The walk whose question is before the person."""
        return self.kept.runs.in_hand(self.person)

    @property
    def value(self) -> str | None:
        """What the person's wish is about: the exercise they named, the side they chose."""
        return next(self.tracker.get_latest_entity_values("value"), None)

    @property
    def intent(self) -> str:
        """What the person wants, by name."""
        return self.tracker.latest_message["intent"]["name"]

    @property
    def words(self) -> str:
        """What the person wrote in this turn."""
        return self.tracker.latest_message.get("text") or ""

    def side_of(self, run: Run) -> Side:
        """The exercise of a walk as its role meets it."""
        return self.program.side(run.exercise, run.role)

    def step_of(self, run: Run) -> Step:
        """The step that a walk stands before. Content may have changed since: then the first step that is left."""
        side = self.side_of(run)
        return side.step(run.step) or side.steps[0]

    def exercise_of(self, run: Run) -> Exercise | None:
        """The exercise of a walk; nothing for a walk that is none."""
        return None if run.exercise in (INTAKE, NOTE, SCREENING, *PASSING) else self.program.exercise(run.exercise)

    def at(self, run: Run) -> str:
        """The place of a walk, as replies and buttons name it."""
        return str(Place(run.id, run.step))

    def drafting(self, run: Run | None) -> bool:
        """Whether a walk stands at a draft of an apology, or at what the coach said of it."""
        return run is not None and run.exercise == PRACTICE and self.step_of(run).id in (DRAFT, REVIEW)

    def known(self, step: Step) -> Answer | None:
        """What they answered before to the question that makes `step` needless."""
        exercise, _, name = step.known_from.partition(".")
        walks = [run for run in self.kept.runs.all(self.person) if run.exercise == exercise] if name else []
        return next((found for run in reversed(walks) if (found := self.kept.runs.standing(run, name))), None)

    def open_steps(self, run: Run) -> list[Step]:
        """The steps of a walk that have no answer yet, and are not known from before."""
        answered = self.kept.runs.answers(run)
        return [step for step in self.side_of(run).steps if self._is_open(step, answered)]

    def _is_open(self, step: Step, answered: dict[str, Answer]) -> bool:
        return step.several or (step.id not in answered and not self.known(step))

    # -- speaking ------------------------------------------------------------------------------------------------

    def say(
        self,
        response: str,
        *,
        buttons: list[dict[str, str]] = (),
        more: bool = False,
        private: bool = False,
        place: str | None = None,
        once: bool = False,
        **words: Any,
    ) -> None:
        """Say a response of domain.yml with `words` put in, escaped.

        With `more`, what is said next continues the same message. `private` marks the person's own words; `place`
        names the question that this asks; what is said `once` is rather not said than said twice.
        """
        marks = {"more": more or None, "private": private or None, "place": place, "once": once or None}
        marks = {key: mark for key, mark in marks.items() if mark is not None}
        self.dispatcher.utter_message(response=response, buttons=list(buttons), **marks, **escaped(words))

    def button(self, label: str, means: str, **words: str) -> dict[str, str]:
        """A button with a label of data/labels.yml."""
        return {"title": self.tools.sentences.label(label, **words), "payload": means, "group": "ways"}

    def ask(self) -> list[EventType]:
        """Put the open question before the person."""
        return [FollowupAction(FORM)]


def run_action(tools: Tools, name: str) -> Callable[..., list[EventType]]:
    """The action `name` in the shape that rasa_sdk calls."""
    act = ACTIONS[name]

    def run(dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        return act(Moment(tools, dispatcher, tracker))

    return run
