"""What must work in any state, even when the dialogue can't be reached: help, privacy, export, erasing, old buttons."""

from __future__ import annotations

import base64
import json

from actions.diary import diary
from actions.lifelines import emergency, people
from actions.moment import Tools
from actions.safety.content import QUESTIONS
from actions.store import Kept
from actions.store.care import care_of
from actions.store.models import Person
from bot.replies import rows
from bot.taken import Taken
from bot.turn import Kind, Reply, Turn

Replies = "list[tuple[Reply, str | None]]"


#: What stands under /helpnow.
HELPFUL = (("people", "helplines"), ("plan", "safety_plan"), ("ground", "ground"))

#: What can still come from someone who was erased, without their having written again.
ECHOES = (Kind.CHOICE, Kind.EDIT, Kind.LEFT)


class Direct:
    """Answers that pass the dialogue by."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._sentences = tools.sentences

    def replies(self, kept: Kept, person: Person, turn: Turn) -> Replies | None:
        """The replies to a turn that needs no dialogue; nothing when the dialogue must answer."""
        if turn.kind is Kind.COMMAND:
            answer = {
                "helpnow": self._help_now,
                "privacy": self._privacy,
                "export": self._export,
                "delete": self._ask_delete,
            }.get(turn.text)
            return answer(kept, person) if answer else None
        if turn.kind is Kind.CHOICE:
            button = kept.outbox.button(turn.channel, turn.chat, turn.text)
            if button is None:
                return [(Reply(self._sentences.say("utter_unknown_button")), None)]
            if not kept.outbox.press(button, self._tools.now()):
                return []  # pressed twice
            if button.choice == "delete_no":
                return [(Reply(self._sentences.say("utter_not_deleted")), None)]
        return None

    def erases(self, kept: Kept, taken: Taken) -> bool:
        """Erase the person if that is what they confirmed. Nothing of theirs is left but the goodbye on its way."""
        turn = taken.turn
        person = kept.people.find(turn.channel, turn.chat)
        if person is None and turn.kind in ECHOES:  # of someone who has been erased: nothing is made known again
            kept.inbox.erase(taken.rows)
            return True
        if person is None or turn.kind is not Kind.CHOICE:
            return False
        button = kept.outbox.button(turn.channel, turn.chat, turn.text)
        if button is None or button.choice != "delete_yes":
            return False
        kept.people.forget(person, self._tools.now())
        goodbye = Reply(self._sentences.say("utter_deleted"))
        kept.outbox.add(turn.channel, turn.chat, goodbye.as_dict(), self._tools.now(), token=str)
        return True

    def chosen(self, kept: Kept, turn: Turn) -> Reply | None:
        """If a button was pressed: its message, with the choice in place of the buttons."""
        button = kept.outbox.button(turn.channel, turn.chat, turn.text) if turn.kind is Kind.CHOICE else None
        if button is None:
            return None
        row = kept.outbox.get(button.reply_id)
        was = json.loads(row.reply)
        private = (button.place or "").partition(".")[2] in QUESTIONS  # what they answered there is not kept
        chosen = "" if private else self._sentences.chosen(button.label)
        return Reply(text=f"{was.get('text', '')}\n\n{chosen}".strip(), edits=row.id, private=was.get("private", False))

    def where_people_are(self) -> Reply:
        """One line for a hint of danger, and the way to people."""
        buttons = rows([{"title": self._sentences.label("people"), "payload": "helplines"}])
        return Reply(self._sentences.say("utter_gently"), buttons=buttons)

    def _help_now(self, kept: Kept, person: Person) -> Replies:
        kept.runs.put_down(person)
        country = care_of(person).country
        shown = {
            "emergency": emergency(self._tools, country),
            "list": people(self._tools, country, ("suicide", "abuse")),
        }
        buttons = rows([{"title": self._sentences.label(one), "payload": means} for one, means in HELPFUL])
        return [(Reply(self._sentences.say("utter_help_now", **shown), buttons=buttons), None)]

    def _privacy(self, kept: Kept, person: Person) -> Replies:
        return [(Reply(self._sentences.say("utter_privacy")), None)]

    def _export(self, kept: Kept, person: Person) -> Replies:
        text = diary(kept, person, self._tools.program)
        if text is None:
            return [(Reply(self._sentences.say("utter_export_empty")), None)]
        document = base64.b64encode(text.encode()).decode()
        ready = self._sentences.say("utter_export_ready")
        return [(Reply(ready, document=document, filename="mend-diary.md", private=True), None)]

    def _ask_delete(self, kept: Kept, person: Person) -> Replies:
        buttons = rows(self._sentences.buttons("utter_ask_delete"))
        return [(Reply(self._sentences.say("utter_ask_delete"), buttons=buttons), None)]
