"""What must work in any state, even when the dialogue can't be reached: help, privacy, export, erasing, old buttons."""

from __future__ import annotations

import base64
import json

from actions.export.archive import archive
from actions.lifelines import emergency, people
from actions.moment import Tools
from actions.safety.content import QUESTIONS
from actions.store import Kept
from actions.store.care import care_of
from actions.store.models import Person
from actions.store.vanishing import DELETABLE
from bot.discretion import LASTING, VANISH, Discretion
from bot.replies import rows
from bot.retention import STAY
from bot.taken import Taken
from bot.turn import Kind, Reply, Turn

Replies = "list[tuple[Reply, str | None]]"


#: What stands under /helpnow.
HELPFUL = (("people", "helplines"), ("plan", "safety_plan"), ("ground", "ground"))

#: What the buttons under /delete mean; the second has the messages deleted, too.
DELETE, DELETE_CHAT, KEEP = "delete_yes", "delete_chat", "delete_no"

#: What can still come from someone who was erased, without their having written again.
ECHOES = (Kind.CHOICE, Kind.EDIT, Kind.LEFT)


class Direct:
    """Answers that pass the dialogue by."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._sentences = tools.sentences
        self._discretion = Discretion(tools)

    def replies(self, kept: Kept, person: Person, turn: Turn) -> Replies | None:
        """The replies to a turn that needs no dialogue; nothing when the dialogue must answer."""
        if turn.kind is Kind.COMMAND:
            answer = {
                "helpnow": self._help_now,
                "privacy": self._privacy,
                "export": self._export,
                "vanish": self._discretion.ask,
                "delete": self._ask_delete,
            }.get(turn.text)
            return answer(kept, person) if answer else None
        if turn.kind is Kind.CHOICE:
            button = kept.outbox.button(turn.channel, turn.chat, turn.text)
            if button is None:
                return [(Reply(self._sentences.say("utter_unknown_button")), None)]
            if not kept.outbox.press(button, self._tools.now()):
                return []  # pressed twice
            if button.choice == KEEP:
                return [(Reply(self._sentences.say("utter_not_deleted")), None)]
            if button.choice == STAY:
                return [(Reply(self._sentences.say("utter_stays")), None)]
            if button.choice.startswith(VANISH):
                return self._discretion.settle(kept, person, button.choice)
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
        if button is None or button.choice not in (DELETE, DELETE_CHAT):
            return False
        goodbye = self._goodbye(kept, person, here_too=button.choice == DELETE_CHAT)
        kept.people.forget(person, self._tools.now())
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

    def in_a_moment(self, person: Person | None) -> Reply:
        """One line for someone who sends more than can be answered at once."""
        number = emergency(self._tools, care_of(person).country if person is not None else None)
        return Reply(self._sentences.say("utter_reads_on", emergency=number))

    def help_now(self, kept: Kept, person: Person, *, ways: bool = True) -> Reply:
        """People who can help now; with `ways`, what else there is for them. The open question is put down."""
        kept.runs.put_down(person)
        country = care_of(person).country
        shown = {
            "emergency": emergency(self._tools, country),
            "list": people(self._tools, country, ("suicide", "abuse")),
        }
        buttons = rows([{"title": self._sentences.label(one), "payload": means} for one, means in HELPFUL])
        return Reply(self._sentences.say("utter_help_now", **shown), buttons=buttons if ways else [])

    def _help_now(self, kept: Kept, person: Person) -> Replies:
        return [(self.help_now(kept, person), None)]

    def _privacy(self, kept: Kept, person: Person) -> Replies:
        return [(Reply(self._sentences.say("utter_privacy", **self._tools.operator)), None)]

    def _export(self, kept: Kept, person: Person) -> Replies:
        packed = archive(self._tools, kept, person)
        if packed is None:
            return [(Reply(self._sentences.say("utter_export_empty")), None)]
        document = base64.b64encode(packed).decode()
        ready = self._sentences.say("utter_export_ready")
        return [(Reply(ready, document=document, filename="mend-diary.zip", private=True), None)]

    def _ask_delete(self, kept: Kept, person: Person) -> Replies:
        buttons = self._sentences.buttons("utter_ask_delete")
        if person.channel in LASTING:
            buttons = [button for button in buttons if button["payload"] != DELETE_CHAT]
        return [(Reply(self._sentences.say("utter_ask_delete"), buttons=rows(buttons)), None)]

    def _goodbye(self, kept: Kept, person: Person, *, here_too: bool) -> Reply:
        """The last words, and the messages that go with them. What was to vanish later goes now in any case."""
        since = self._tools.now() - DELETABLE
        gone = {*kept.vanishing.waiting(person), *(kept.messages_since(person, since) if here_too else ())}
        return Reply(
            self._sentences.say("utter_deleted_here" if here_too else "utter_deleted"),
            deletes=",".join(map(str, sorted(gone))),
            text_if_not=self._sentences.say("utter_not_all_deleted"),
        )
