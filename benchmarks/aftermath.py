"""What is left after a night of kills: whose words are where, and what was said to whom how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from actions.store import Kept, Store
from actions.store.answers import text_of
from actions.store.models import Incoming, Outgoing
from benchmarks.chats import Said
from benchmarks.lives import POINTS
from benchmarks.walking import Walker


@dataclass
class Result:
    """What became of everyone."""

    kills: int
    passed: dict[str, int]  #: kills by the last point that was passed before
    at_points: int  #: of them, kills that struck exactly there
    people: int = 0
    answers: int = 0
    lost: int = 0
    twice: int = 0
    elsewhere: int = 0  #: stored at another question than the one that they were asked last
    left_alone: int = 0  #: people who were not asked what comes next
    waiting: int = 0  #: updates that nobody has answered in the end, or that failed
    unsent: int = 0  #: replies that are not sent in the end
    doubled: int = 0  #: messages said twice that were in flight at a kill
    doubled_else: int = 0  #: messages said twice without that
    seconds: float = 0.0

    @property
    def broken(self) -> int:
        """How many promises were broken."""
        kept = self.lost + self.twice + self.elsewhere
        return kept + self.left_alone + self.waiting + self.unsent + self.doubled_else


def look(result: Result, store: Store, walkers: list[Walker], said: list[list[Said]], kills: Sequence[float]) -> None:
    """Compare what people did, and what was said to them, with what is kept."""
    result.people, result.answers = len(walkers), sum(len(one.answered) for one in walkers)
    with store.begin() as kept:
        for walker in walkers:
            _look_for_words(result, kept, walker)
        waits = sa.select(sa.func.count()).select_from(Incoming).where(Incoming.state != "done")
        unsent = sa.select(sa.func.count()).select_from(Outgoing).where(Outgoing.state != "sent")
        result.waiting, result.unsent = (kept.session.execute(query).scalar_one() for query in (waits, unsent))
    for messages in said:
        _look_for_doubles(result, messages, kills)


def _look_for_words(result: Result, kept: Kept, walker: Walker) -> None:
    person = kept.people.find("telegram", str(walker.chat))
    runs = {run.id: run.exercise for run in kept.runs.all(person)} if person else {}
    versions = kept.runs.versions(person) if person else []
    for answer in walker.answered:
        places = [(runs[one.run_id], one.step) for one in versions if answer.words in text_of(one)]
        result.lost += not places
        result.twice += len(places) > 1
        result.elsewhere += bool(places) and (answer.exercise, answer.step) not in places


def _look_for_doubles(result: Result, said: list[Said], kills: Sequence[float]) -> None:
    """A message may be said twice if it was the last that arrived in its chat before a kill."""
    for whole in {message.whole for message in said}:
        for first, again in pairwise(message.at for message in said if message.whole == whole):
            killed = next((kill for kill in kills if first < kill < again), None)
            newest = killed and max(message.at for message in said if message.at < killed)
            result.doubled += newest == first
            result.doubled_else += newest != first


def show(result: Result, console: Console) -> None:
    """Print what became of everyone."""
    table = Table(title=f"{result.kills} kills, by what had just happened", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("passed last")
    table.add_column("kills", justify="right")
    for point in ("nothing yet", *POINTS):
        table.add_row(point, str(result.passed.get(point, 0)))
    console.print(table)
    table = Table(title="What became of it", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    for name, value in {
        "people": result.people,
        "answers": result.answers,
        "… lost": result.lost,
        "… stored twice": result.twice,
        "… stored at another question": result.elsewhere,
        "people who were not asked what comes next": result.left_alone,
        "updates not answered in the end": result.waiting,
        "replies not sent in the end": result.unsent,
        "messages said twice, in flight at a kill": result.doubled,
        "messages said twice else": result.doubled_else,
        "kills exactly at a point": result.at_points,
        "seconds": f"{result.seconds:.0f}",
    }.items():
        table.add_row(name, str(value))
    console.print(table)
