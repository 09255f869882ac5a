"""The passphrase that someone may put before their chat: whether it is locked, and when a try is taken.

One small document a person. It keeps out who has the phone in hand; who has the database is kept out by the keys.
"""

from __future__ import annotations

import json
import math
import unicodedata
from dataclasses import asdict, dataclass, replace

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from actions.store.models import Person

#: A chat is locked after so many seconds of silence, and so long what was asked waits for its answer.
SILENCE = 600.0
#: How many characters a passphrase has.
FEWEST, MOST = 4, 200
#: After so many wrong tries nothing is tried for so many seconds: longer after each round, up to the last.
TRIES, PAUSES = 3, (300.0, 600.0, 1200.0, 2400.0, 3600.0)
#: What OWASP advises for Argon2id: 19 MiB, two passes, one lane.
ADVISED = {"memory_cost": 19 * 1024, "iterations": 2, "lanes": 1, "length": 32}
#: Bytes of salt.
SALT = 16
#: What may be asked: for a new passphrase, or what to do with the one that there is.
NEW, WHAT = "new", "what"
#: How many messages that were typed while it was locked are remembered.
REMEMBERED = 100


@dataclass(frozen=True)
class Lock:
    """The lock of one chat, and what was tried. As it is made, there is none."""

    phrase: str | None = None  #: the passphrase as Argon2id's hash, which holds its salt and its costs
    active: float | None = None  #: when they did something last with the chat open; nothing once they locked it
    asks: str | None = None  #: what was asked last, and is not answered yet: `NEW` or `WHAT`
    asked_at: float = 0.0
    wrong: int = 0  #: wrong tries since it was open last
    pause_ends: float = 0.0
    typed: tuple[str, ...] = ()  #: the messages that were typed since it was open last

    def locked(self, at: float) -> bool:
        """Whether nothing may be shown."""
        return self.phrase is not None and (self.active is None or at - self.active >= SILENCE)

    def waits_for(self, what: str, at: float) -> bool:
        """Whether `what` was asked just now, and the chat is open."""
        return self.asks == what and at - self.asked_at < SILENCE and not self.locked(at)

    def listens(self, at: float) -> bool:
        """Whether what is typed now may be a passphrase."""
        return self.locked(at) or self.waits_for(NEW, at)

    def minutes_left(self, at: float) -> int:
        """For how long nothing is tried."""
        return max(0, math.ceil((self.pause_ends - at) / 60))

    def opens_with(self, text: str) -> bool:
        """Whether this is the passphrase. Takes tens of milliseconds."""
        try:
            Argon2id.verify_phc_encoded(_spelt(text), self.phrase)
        except InvalidKey:
            return False
        return True

    def set_to(self, text: str, salt: bytes, at: float) -> Lock:
        """As it is with this passphrase, and open. Takes tens of milliseconds."""
        return Lock(Argon2id(salt=salt, **ADVISED).derive_phc_encoded(_spelt(text)), active=at)

    def asking(self, what: str, at: float) -> Lock:
        """As it is once `what` was asked."""
        return replace(self, asks=what, asked_at=at)

    def used(self, at: float) -> Lock:
        """As it is once they did something with the chat open; nothing that was asked waits any longer."""
        return Lock(self.phrase, active=at) if self.phrase is not None else Lock()

    def closed(self) -> Lock:
        """Locked, whatever they did last."""
        return Lock(self.phrase)

    def heard(self, message: str) -> Lock:
        """As it is once a message was typed while it was locked."""
        known = (*self.typed, message) if message and message not in self.typed else self.typed
        return replace(self, typed=known[-REMEMBERED:])

    def missed(self, at: float) -> Lock:
        """As it is after a wrong try."""
        wrong, ends = self.wrong + 1, self.pause_ends
        if wrong % TRIES == 0:
            ends = at + PAUSES[min(wrong // TRIES, len(PAUSES)) - 1]
        return replace(self, wrong=wrong, pause_ends=ends)


def may_be_passphrase(text: str) -> bool:
    """Whether a text is neither too short nor too long for a passphrase."""
    return FEWEST <= len(text.strip()) <= MOST


def _spelt(text: str) -> bytes:
    """A passphrase as it is compared: phones begin with a capital, add spaces, and put accents together differently."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).encode()


def lock_of(person: Person) -> Lock:
    """The lock of a person's chat."""
    told = json.loads(person.lock) if person.lock else {}
    return Lock(**{**told, "typed": tuple(told.get("typed", ()))})


def keep_lock(person: Person, lock: Lock) -> None:
    """Keep it in place of what was."""
    told = {name: value for name, value in asdict(lock).items() if value != getattr(Lock(), name)}
    person.lock = json.dumps(told) if told else None
