"""What the channels and the dialogue hand each other: a `Turn` in, `Reply`s out. Neither knows any channel."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from actions.store.outbox import NewButton
from actions.store.runs import FAREWELL

#: Letters of one message that are kept at most: eight times what Telegram takes, since drafts are pasted in terminals.
LONGEST = 32_768
#: Seconds from which on someone who had to wait is told that Mend knows.
LATE = 180.0


class Kind(str, Enum):
    """What a person did."""

    TEXT = "text"  #: wrote something
    COMMAND = "command"  #: gave a command, such as /menu; `text` is its name, without the slash
    CHOICE = "choice"  #: pressed a button; `text` is the button's token
    EDIT = "edit"  #: changed a message they had sent; `ref` names it, `text` is what it says now
    OTHER = "other"  #: sent something that is not text; `text` says what: voice, photo, sticker, …
    PLACE = "place"  #: shared where they are; `text` is the zone of that place, and nothing else of it is kept
    EVENING = "evening"  #: nothing: their evening has come; `text` is its date
    RETURNED = "returned"  #: unblocked the bot
    LEFT = "left"  #: blocked the bot


@dataclass(frozen=True)
class Turn:
    """One thing that a person did in one chat."""

    channel: str
    chat: str
    kind: Kind
    text: str = ""
    ref: str = ""  #: the channel's name for the message, so that an edit of it can be matched
    language: str = ""  #: the language of their app, where the channel tells it
    late: bool = False  #: whether it had to wait for long before Mend could take it in

    def as_dict(self) -> dict[str, Any]:
        """As kept in the inbox."""
        about = {"ref": self.ref, "language": self.language, "late": self.late}
        return {"kind": self.kind.value, "text": self.text, **about}

    @classmethod
    def from_dict(cls, channel: str, chat: str, kept: dict[str, Any]) -> Turn:
        """As read from the inbox."""
        about = kept["ref"], kept.get("language", ""), kept.get("late", False)
        return cls(channel, chat, Kind(kept["kind"]), kept["text"], *about)


@dataclass(frozen=True)
class Choice:
    """A button: its label, and what it means to the dialogue (`intent`, `intent:value`)."""

    label: str
    means: str

    def kept(self, place: str | None) -> NewButton:
        """As kept under a reply that asks the question at `place`; what follows a farewell can always be chosen."""
        open_question = place is not None and not place.endswith(FAREWELL)
        return NewButton(self.label, self.means, place if open_question else None)


@dataclass(frozen=True)
class Reply:
    """One message to the person.

    `text` may hold <b>, <i>, <u> and <blockquote>; everything else in it is escaped. With `picture` or
    `document` (bytes are kept base64 by the outbox) the text is the caption. `edits` names an earlier reply that this
    one takes the place of: a pressed button's message with the choice written under it.
    """

    text: str = ""
    buttons: list[list[Choice]] = field(default_factory=list)
    picture: str | None = None  #: a PNG, base64
    document: str | None = None  #: a file, base64
    filename: str | None = None
    edits: int | None = None  #: the outbox number of the reply to change
    deletes: str | None = None  #: numbers of the channel's messages that are to go from the chat, with commas
    text_if_not: str | None = None  #: what is said instead when some of them could not be deleted
    once: bool = False  #: rather not said than said twice
    silent: bool = False  #: makes no sound where it arrives
    private: bool = False  #: quotes the person: not to be forwarded or saved where the channel can prevent it

    def as_dict(self) -> dict[str, Any]:
        """As kept in the outbox; the buttons are kept beside it."""
        kept = asdict(self)
        del kept["buttons"]
        return {key: value for key, value in kept.items() if value not in (None, False, "")}
