"""What hard nights need: a database that takes nothing for a while, a coach that can't be loaded, and what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from chatting import Someone, seen
from seeing import coach
from standin import Heard

from actions.encoder.model import Encoder
from actions.steps import Step
from actions.store.answers import text_of
from bot.house import House
from bot.telegram.updates import CHANNEL

#: Too long for the room that is left on a page of the database.
WORDS = " ".join(["It was the winter when we stopped talking and I still don't know why we did."] * 50)
LATER = "We sat in the car by the lake for an hour and neither of us turned the key."
#: The questions about who they are.
INTAKE = ("role", "story")
#: What lets a database be read and nothing be written, as on a disk that is full or was mounted so; and its end.
FULL = "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823"
READ_ONLY = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"


class Coaching:
    """Loads the coach when it is needed; from weights that were cut short, while a test says so."""

    def __init__(self) -> None:
        self.weights: Path | None = None

    def __call__(self) -> Any:
        if self.weights is not None:
            Encoder.load(self.weights)
        return coach()


@contextmanager
def spoilt(house: House, fault: tuple[str, str]) -> Iterator[None]:
    """For a while the database takes nothing."""
    engine, (spoil, mend) = house.tools.store.engine, fault

    def on_use(statement: str) -> Callable[..., None]:
        return lambda connection, *_: connection.execute(statement)

    spoiling, mending = on_use(spoil), on_use(mend)
    with closing(engine.raw_connection()) as connection:
        connection.execute("VACUUM")  # no room is left in the file
    sa.event.listen(engine, "checkout", spoiling)
    try:
        yield
    finally:
        sa.event.remove(engine, "checkout", spoiling)
        sa.event.listen(engine, "checkout", mending)  # every connection, whenever it is used next


def waited(house: House) -> str:
    """What is said to someone who had to wait for long."""
    return seen(house.tools.sentences.say("utter_waited"))


def times(heard: list[Heard], text: str) -> int:
    return sum(text in message.text for message in heard)


def kept(house: House, someone: Someone) -> list[tuple[str, str]]:
    """Every version of every answer of theirs, each with the question that it stands under."""
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, str(someone.chat))
        answers = [(answer.step, text_of(answer)) for answer in kept.runs.versions(person)]
        return [answer for answer in answers if answer[0] not in INTAKE]


async def goes_on(house: House, sam: Someone, steps: tuple[Step, ...]) -> None:
    """What they write next answers the question that they were asked last, and that is all there is."""
    heard = await sam.says(LATER)
    assert times(heard, steps[2].ask) == 1 and times(heard, waited(house)) == 0
    assert kept(house, sam) == [(steps[0].id, WORDS), (steps[1].id, LATER)]
    assert sam.tg.refused == [] and not sam.tg.unconfirmed
