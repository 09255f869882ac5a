"""The workers' side of a fleet's queue: jobs are taken up, one chat's strictly in order, and none is ever lost.

Procrastinate does this, in the database of the store, which keeps the jobs (`actions/store/jobs.py`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.schema import SchemaManager
from procrastinate.worker import Worker

from actions.store import Store
from actions.store.engine import server_address
from actions.store.jobs import ANSWER
from bot.logs import where

logger = logging.getLogger(__name__)

#: Seconds between signs of life of a worker, after which its jobs are another's, and between looks for such jobs.
HEARTBEAT, DEAD_AFTER, LOOK = 3.0, 12.0, 3.0
#: Seconds after which a job is found that nobody was told of.
POLL = 1.0
#: Connections to the database: they are needed for a moment only, when a job is taken up or done.
CONNECTIONS = 4
#: Seconds before a chat that can't be answered is tried again, and before work is taken up again that broke off.
PAUSE = 1.0

_THERE = "SELECT to_regclass('{}')"
# Procrastinate looks for other jobs of a chat whenever it takes one up: without this, the more wait, the longer.
_BY_CHAT = "CREATE INDEX mend_jobs_of_a_chat ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing')"
# One job of a worker that shows no sign of life: it waits again, unless more has come in that chat. Then the job that
# waits does this one's work. Where several look at once, each job is one's only.
_RESCUE = """
    WITH lost AS (
        SELECT job.id, job.queueing_lock FROM procrastinate_jobs AS job
        LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
        WHERE job.status = 'doing'
        AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %(seconds)s))
        ORDER BY job.id LIMIT 1 FOR UPDATE OF job SKIP LOCKED
    ), replaced AS (
        SELECT procrastinate_finish_job_v1(lost.id, 'failed', true) FROM lost WHERE EXISTS (
            SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = lost.queueing_lock)
    ), again AS (
        SELECT procrastinate_retry_job_v2(lost.id, NULL, NULL, NULL, NULL) FROM lost WHERE NOT EXISTS (
            SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = lost.queueing_lock)
    )
    SELECT (SELECT count(*) FROM replaced) + (SELECT count(*) FROM again) AS rescued
"""

Answer = Callable[[int], Awaitable[None]]


def prepare(store: Store) -> None:
    """Make procrastinate's tables in the store's database, if there are none yet."""
    with store.rebuilding() as connection:
        if connection.exec_driver_sql(_THERE.format("procrastinate_jobs")).scalar_one() is None:
            connection.connection.cursor().execute(SchemaManager.get_schema())
        if connection.exec_driver_sql(_THERE.format("mend_jobs_of_a_chat")).scalar_one() is None:
            connection.exec_driver_sql(_BY_CHAT)


class _Watched(Worker):
    """Procrastinate's worker, which ends when a sign of life fails, or the ear that it has on the database."""

    async def _periodic_deferrer(self) -> None:
        # They are watched only up to the end of this, which without periodic tasks is at once. A worker would go on
        # that others take for dead.
        await asyncio.Event().wait()


class Queue:
    """Takes chats up in which something waits. Use as `async with`."""

    def __init__(self, url: str) -> None:
        """The queue in the database at `url` (SQLAlchemy's form); raises `StoreError` for one that is no PostgreSQL."""
        self._app = App(connector=PsycopgConnector(conninfo=server_address(url), min_size=1, max_size=CONNECTIONS))

    async def __aenter__(self) -> Queue:
        await self._app.open_async()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._app.close_async()

    async def work(
        self, answer: Answer, queues: Iterable[str], at_once: int, grace: float, stopped: asyncio.Event
    ) -> None:
        """Have `answer(chat)` called for each job of these queues until it is `stopped`, so many at once.

        What is in hand is finished within `grace` seconds; what is not is another worker's after a while. While the
        database is out of reach, it is tried again.
        """

        @self._app.task(name=ANSWER, pass_context=True, retry=True)
        async def _answer(_context: JobContext, chat: int) -> None:
            await _persist(answer, chat)

        rescuing, stopping = asyncio.create_task(self._rescue()), asyncio.create_task(stopped.wait())
        while not stopped.is_set():
            working = asyncio.create_task(self._work(list(queues), at_once, grace))
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            working.cancel()  # it stops in peace
            await asyncio.wait({working})
            if not stopped.is_set():
                why = None if working.cancelled() else working.exception()
                logger.error("no jobs can be taken up (%s); trying again", where(why))
                await asyncio.wait({stopping}, timeout=PAUSE)
        rescuing.cancel()

    async def _work(self, queues: list[str], at_once: int, grace: float) -> None:
        await _Watched(
            self._app,
            queues=queues,
            concurrency=at_once,
            install_signal_handlers=False,
            fetch_job_polling_interval=POLL,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD_AFTER,
            delete_jobs=DeleteJobCondition.ALWAYS,
            shutdown_graceful_timeout=grace,
        ).run()

    async def _rescue(self) -> None:
        """Give the jobs of workers that died to those that live."""
        while True:
            try:
                while (await self._app.connector.execute_query_one_async(_RESCUE, seconds=DEAD_AFTER))["rescued"]:
                    logger.warning("a chat was taken over from a worker that shows no sign of life")
            except ProcrastinateException as error:  # a message that came at this very moment, or the database is away
                logger.warning("the jobs of dead workers can't be looked for yet (%s)", where(error))
            await asyncio.sleep(LOOK)


async def _persist(answer: Answer, chat: int) -> None:
    """Answer, again and again until that succeeds: a job that failed would wait for its worker's end."""
    while True:
        try:
            await answer(chat)
            return
        except Exception as error:  # one chat's trouble must not end the worker: what waits there is kept
            logger.error("a chat can't be answered (%s); trying again", where(error))
            await asyncio.sleep(PAUSE)
