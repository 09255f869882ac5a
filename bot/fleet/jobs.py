"""The queue of a fleet: in which chats something waits. Procrastinate keeps it, in the database of the store.

A job names a chat by its random number, and holds no word of anybody's: what waits is in the inbox. Jobs of one chat
have one lock, so that its turns are answered strictly in order, by whichever worker is free. A chat has one waiting job
at most: whoever takes it up finds everything that has come until then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.utils import utcnow

from actions.store.engine import server_address

logger = logging.getLogger(__name__)

#: The queues: what people wrote, and evenings. And what is done with a job of either.
TURNS, EVENINGS, ANSWER = "turns", "evenings", "answer"
#: Seconds between signs of life of a worker, after which its jobs are another's, and between looks for such jobs.
HEARTBEAT, DEAD_AFTER, LOOK = 3.0, 12.0, 3.0
#: Seconds after which a job is found that nobody was told of.
POLL = 1.0

Answer = Callable[[int], Awaitable[None]]


class Queue:
    """Puts chats into the queue, and takes them out. Use as `async with`."""

    def __init__(self, url: str, connections: int = 4) -> None:
        """The queue in the database at `url` (SQLAlchemy's form); raises `StoreError` for one that is no PostgreSQL."""
        connector = PsycopgConnector(conninfo=server_address(url), min_size=1, max_size=connections)
        self._app = App(connector=connector)

    async def __aenter__(self) -> Queue:
        await self._app.open_async()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._app.close_async()

    async def prepare(self) -> None:
        """Make procrastinate's tables, if there are none yet."""
        connector = self._app.connector
        found = await connector.execute_query_one_async("SELECT to_regclass('procrastinate_jobs') AS name")
        if found["name"] is None:
            await self._app.schema_manager.apply_schema_async()

    async def wake(self, chats: Iterable[int], queue: str = TURNS) -> None:
        """Something waits in these chats."""
        await asyncio.gather(*(self._wake(chat, queue) for chat in dict.fromkeys(chats)))

    async def _wake(self, chat: int, queue: str) -> None:
        # An evening may not be taken for a message that waits, nor the other way round: another process sends it.
        name = f"{queue}:{chat}"
        job = self._app.configure_task(ANSWER, queue=queue, lock=str(chat), queueing_lock=name)
        with suppress(AlreadyEnqueued):
            await job.defer_async(chat=chat)

    async def work(self, answer: Answer, queues: Iterable[str], at_once: int, grace: float) -> None:
        """Have `answer(chat)` called for each job of these queues until told to stop, so many at once.

        What is in hand is finished within `grace` seconds; what is not is another worker's after a while.
        """

        @self._app.task(name=ANSWER, pass_context=True, retry=True)
        async def _answer(_context: JobContext, chat: int) -> None:
            await answer(chat)

        rescuing = asyncio.create_task(self._rescue())
        try:
            await self._app.run_worker_async(
                queues=list(queues),
                concurrency=at_once,
                fetch_job_polling_interval=POLL,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=DEAD_AFTER,
                delete_jobs=DeleteJobCondition.ALWAYS,
                shutdown_graceful_timeout=grace,
            )
        finally:
            rescuing.cancel()

    async def waiting(self) -> int:
        """How many jobs wait to be taken up."""
        queues = await self._app.job_manager.list_queues_async()
        return sum(one["todo"] for one in queues)

    async def _rescue(self) -> None:
        """Give the jobs of workers that died to those that live."""
        manager = self._app.job_manager
        while True:
            await asyncio.sleep(LOOK)
            try:
                for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                    try:
                        await manager.retry_job(job, retry_at=utcnow())
                    except UniqueViolation:  # more has come in that chat: that job does this one's work
                        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
            except ProcrastinateException as error:
                logger.error("the jobs of dead workers can't be looked for (%s)", type(error).__name__)
