"""/vanish: after how long messages go from the chat by themselves. The words in them stay kept."""

from __future__ import annotations

from dataclasses import replace

from actions.moment import Tools
from actions.store import Kept
from actions.store.care import care_of
from actions.store.models import Person
from actions.store.vanishing import HOURS, discretion_of, keep_discretion
from bot.replies import rows
from bot.taken import Taken
from bot.turn import Reply

#: What the buttons under /vanish mean begins with this; behind it stand the hours.
VANISH = "vanish:"
NEVER = "never"
#: Channels on which nothing that was said can be deleted.
LASTING = ("terminal",)


class Discretion:
    """Asks what is to vanish, notes which messages that is, and owns up to those that could not be deleted."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._sentences = tools.sentences

    def ask(self, kept: Kept, person: Person) -> list[tuple[Reply, str | None]]:
        """Whether, and after how long; and how it is at the moment."""
        if person.channel in LASTING:
            return [(Reply(self._sentences.say("utter_vanish_not_here")), None)]
        buttons = self._sentences.buttons("utter_vanish")
        text = self._sentences.say("utter_vanish", now=self._told(discretion_of(person).hours))
        return [(Reply(text, buttons=rows(buttons)), None)]

    def settle(self, kept: Kept, person: Person, choice: str) -> list[tuple[Reply, str | None]]:
        """Keep what they chose: what the button means."""
        said = choice.removeprefix(VANISH)
        hours = int(said) if said.isdigit() and int(said) in HOURS else None
        kept.vanishing.settle(person, hours)
        if hours is None:
            return [(Reply(self._sentences.say("utter_vanish_never")), None)]
        return [(Reply(self._sentences.say("utter_vanish_settled", when=self._told(hours))), None)]

    @staticmethod
    def note(kept: Kept, taken: Taken) -> None:
        """The messages that a person has just sent will go, if they wish that."""
        person = kept.people.find(taken.turn.channel, taken.turn.chat)
        for row, (ref, _) in zip(taken.rows, taken.parts):
            if person is not None and ref.isdigit():
                kept.vanishing.add(person, [int(ref)], row.received_at)

    def owns_up(self, person: Person) -> list[tuple[Reply, str | None]]:
        """How many messages could not be deleted: said once, and not on a day when they told of danger."""
        wish = discretion_of(person)
        if not wish.left or care_of(person).flagged(self._tools.now()):
            return []
        keep_discretion(person, replace(wish, left=0))
        return [(Reply(self._sentences.say("utter_vanish_left", count=str(wish.left))), None)]

    def _told(self, hours: int | None) -> str:
        means = f"{VANISH}{hours or NEVER}"
        buttons = {button["payload"]: button["title"] for button in self._sentences.buttons("utter_vanish")}
        return buttons[means].lower()
