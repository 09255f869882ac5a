"""After how long what a dead worker had in hand is another's."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa

from benchmarks.machines import Machines
from bot.fleet.jobs import HEARTBEAT


@dataclass
class Kill:
    """A worker is killed."""

    at: float  #: monotonic
    wall: float
    in_hand: dict[int, int]  #: jobs in hand, of all workers, and whose
    taken_over: float | None = None  #: after how many seconds none of the dead one's was left
    jobs: int = 0  #: how many it had

    @property
    def is_over(self) -> bool:
        """Whether nothing is left of what the dead one had in hand."""
        return self.taken_over is not None


def in_hand(machines: Machines) -> dict[int, int | None]:
    """The jobs that are in hand, and which worker's each is; nobody's, once that one is known to be dead."""
    with machines.store.begin() as kept:
        query = "SELECT id, worker_id FROM procrastinate_jobs WHERE status = 'doing'"
        return dict(kept.session.execute(sa.text(query)).all())


def watch(machines: Machines, kills: list[Kill]) -> None:
    """See whether what dead workers had in hand is somebody else's by now. The dead are those without signs of life."""
    ripe = [one for one in kills if time.monotonic() - one.at > HEARTBEAT + 1]
    if not ripe:
        return
    with machines.store.begin() as kept:
        query = "SELECT id, extract(epoch FROM last_heartbeat) FROM procrastinate_workers"
        beats = dict(kept.session.execute(sa.text(query)).all())
    now = in_hand(machines)
    for kill in ripe:
        dead = {owner for owner in kill.in_hand.values() if float(beats.get(owner, 0)) < kill.wall}
        left = [job for job, owner in kill.in_hand.items() if owner in dead]
        kill.jobs = max(kill.jobs, len(left))
        if not any(job in now and now[job] in (*dead, None) for job in left):
            kill.taken_over = time.monotonic() - kill.at
