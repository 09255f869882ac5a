"""Once a day: what is no longer needed is erased, and people who have been away for long are told that they will be.

>>> chats = retention.look("telegram", most=24)     # chats whose outbox has something for them now
"""

from __future__ import annotations

import secrets

from actions.moment import Tools
from actions.store.outbox import DROPPED, SENDING, WAITING
from actions.store.retention import became, clear_inbox, clear_outbox, over, untold
from bot.replies import rows
from bot.turn import Reply

DAY = 24 * 3600.0
#: How long updates that were answered are kept, and replies that were sent.
UPDATES, REPLIES = 2 * DAY, 90 * DAY
#: Someone who has been away for so long is told that they will be erased, and is erased after so long, if so much has
#: gone by since they were told.
TOLD_AFTER, ERASED_AFTER, TIME_TO_ANSWER = 335 * DAY, 365 * DAY, 30 * DAY
#: How often it is tried to tell someone.
TRIES = 3
#: Seconds after the start until the first look: what was written while Mend was away comes in before. And seconds to
#: the next look while there is more to do.
SETTLED, SOON = 3600.0, 10.0

#: Where the line is said, and what its button means.
STAY = "stay"


class Retention:
    """Looks after what has been kept for long enough."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._next = tools.now() + SETTLED

    def look(self, channel: str, most: int) -> list[str]:
        """Tell up to so many people that they will be erased; their chats. Once nobody is left, do the day's rest."""
        now = self._tools.now()
        if now < self._next:
            return []
        self._next = now + SOON
        chats = self._tell(channel, now, most)
        if len(chats) < most:
            self._forget(channel, now)
            clear_inbox(self._tools.store, channel, now - UPDATES)
            clear_outbox(self._tools.store, channel, now - REPLIES)
            self._tools.store.scrub()
            self._next = now + DAY
        return chats

    def _tell(self, channel: str, now: float, most: int) -> list[str]:
        sentences = self._tools.sentences
        buttons = rows(sentences.buttons("utter_stay"))
        line = Reply(sentences.say("utter_stay"), once=True, silent=True).as_dict()
        kept_buttons = [[choice.kept(None) for choice in row] for row in buttons]
        with self._tools.store.begin() as kept:
            people = untold(kept, channel, now - TOLD_AFTER, most)
            for person in people:
                person.asked_to_stay_at = now
                about = {"buttons": kept_buttons, "place": STAY, "once": True, "token": _token}
                kept.outbox.add(channel, person.chat, line, now, **about)
            return [person.chat for person in people]

    def _forget(self, channel: str, now: float) -> None:
        """Erase who stayed away, one by one, so that nobody has to wait for long."""
        while True:
            with self._tools.store.begin() as kept:
                person = over(kept, channel, now - ERASED_AFTER, now - TIME_TO_ANSWER)
                if person is None:
                    return
                said = became(kept, person, STAY) if person.reachable else []
                if said and said[-1] in (WAITING, SENDING):
                    person.asked_to_stay_at = now  # it is on its way still
                elif said and said[-1] == DROPPED and len(said) < TRIES:
                    person.asked_to_stay_at = None  # it never reached them: they are told anew
                else:
                    kept.people.forget(person, now)


def _token() -> str:
    return secrets.token_urlsafe(8)
