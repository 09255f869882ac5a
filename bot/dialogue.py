"""The Rasa agent in this process: one turn in, what to say out. The only module that imports rasa."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bot.light import without_training

without_training()

import dask.core
import rasa.utils.log_utils

# Until this is called Rasa prints every message to standard output.
rasa.utils.log_utils.configure_structlog(logging.ERROR)

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner import dask as graph_runner
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

import actions.every  # noqa: F401 - importing registers the actions
from actions.errors import OperatorError
from actions.moment import ACTIONS, FORM, Tools, run_action
from actions.reading import Guess, Reading
from actions.store import Store
from bot.logs import where

T = TypeVar("T")


class DialogueError(OperatorError):
    """The dialogue could not finish a turn. Holds no words of the person's."""


@dataclass(frozen=True)
class Said:
    """One thing that the dialogue wants said: HTML text, Rasa buttons, and the marks set by the action."""

    text: str
    buttons: list[dict[str, str]]
    more: bool = False
    private: bool = False
    place: str | None = None
    picture: str | None = None
    deletes: str | None = None  #: numbers of messages that are to go from the chat, with commas
    text_if_not: str | None = None  #: what to say instead when some of them could not be deleted
    once: bool = False


class Dialogue:
    """The trained agent on a thread and a loop of its own, so that no chat's turn holds up the network."""

    def __init__(self, model: Path, tools: Tools) -> None:
        """Load the model file; raises `DialogueError` with what to do when it can't be loaded."""
        self._thread = _Loop()
        self._actions = _InProcessActions(tools)
        tracker_store = _Trackers(tools.store)
        try:
            self._agent = Agent.load(
                model,
                tracker_store=tracker_store,
                lock_store=_Locks(),
                action_endpoint=self._actions,
            )
        except Exception as error:
            raise DialogueError(
                f"the model {model} can't be loaded ({type(error).__name__}): run `mend train --force` to make it anew"
            ) from error
        # Rasa wraps the store in one that answers a failing database with a new, empty conversation.
        self._agent.tracker_store = self._agent.processor.tracker_store = tracker_store

    def run(self, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run `work` on the dialogue's thread; await the result from any loop."""
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._thread.loop))

    async def guess(self, text: str) -> Guess:
        """What the classifier makes of a message. Call on the dialogue's thread."""
        parsed = await self._agent.processor.parse_message(UserMessage(_plain(text)))
        nobody = {"name": "out_of_scope", "confidence": 0.0}
        first, second = (*parsed.get("intent_ranking", ()), nobody, nobody)[:2]
        return Guess(first["name"], float(first["confidence"]), second["name"], float(second["confidence"]))

    async def turn(self, person_id: int, text: str, reading: Reading) -> list[Said]:
        """One turn of a person's, already read. Call on the dialogue's thread, inside a transaction.

        Raises `DialogueError` when an action raised: Rasa itself would say nothing and go on.
        """
        said = _Collector()
        self._actions.error = None
        entities = [{"entity": "value", "value": reading.value}] if reading.value else []
        parsed = {"text": text, "intent": {"name": reading.intent, "confidence": 1.0}, "entities": entities}
        message = UserMessage(text, said, str(person_id), parse_data=parsed, input_channel=said.name())
        try:
            await self._agent.handle_message(message)
        except Exception as error:
            raise DialogueError(f"the dialogue failed ({where(error)})") from None
        if self._actions.error is not None:
            raise DialogueError(f"the dialogue failed at {self._actions.error}")
        return said.said

    def close(self) -> None:
        """Stop the dialogue's thread."""
        self._thread.stop()


def _plain(text: str) -> str:
    # Text that begins with "/" is a command to Rasa ("/restart", "/inform{…}"); a word joiner makes it words again.
    return f"\u2060{text}" if text.lstrip().startswith("/") else text


class _Loop:
    """An event loop on a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="dialogue", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=10)


class _InProcessActions(EndpointConfig):
    """Rasa's action endpoint without a server: the same request, answered by the functions in `actions/`."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(url="inprocess://actions", enable_selective_domain=True)
        self.error: str | None = None
        self._executor = ActionExecutor()
        for name in ACTIONS:
            self._executor.register_function(name, run_action(tools, name))

    async def request(self, method: str = "post", *_: Any, **call: Any) -> Any:
        name = call["json"]["next_action"]
        try:
            return await self._executor.run(call["json"])
        except ActionExecutionRejection as error:
            raise ClientResponseError(
                400, "rejected", json.dumps({"action_name": name, "error": error.message})
            ) from None
        except ActionNotFoundException:
            self.error = f"{name}: there is no such action"
            raise DialogueError(self.error) from None
        except Exception as error:
            self.error = f"{name}: {type(error).__name__}"
            logging.getLogger(__name__).error("action %s raised %s", name, where(error))
            raise DialogueError(self.error) from None  # Rasa logs it whole: it must not quote anyone


# rasa_sdk has checked the events by then; checking the answer against its JSON schema again took four fifths of a turn.
RemoteAction._validate_action_result = lambda self, result: True
# Rasa's graph has a handful of nodes and runs on one thread; dask's scheduler for many threads took a tenth of a turn.
graph_runner.dask = SimpleNamespace(get=dask.core.get)


class _Trackers(TrackerStore):
    """Rasa's memory of a conversation, made anew for each turn from what the store knows.

    A turn costs the same after a thousand turns as after ten: what has been said is in the store, not in the tracker,
    and whether a question is open is asked of the store, so that the two can never disagree.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(domain=None)
        self._store = store

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:
        kept = self._store.kept
        person = kept.people.get(int(sender_id))
        slots = kept.conversations.load(person.id)
        events = [SessionStarted(), *(SlotSet(name, value) for name, value in slots.items() if name in self._names)]
        if kept.runs.in_hand(person) is not None:
            events += [ActiveLoop(FORM), SlotSet(REQUESTED_SLOT, "answer")]
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}
        lasting = {name: value for name, value in slots.items() if name in self._names}
        self._store.kept.conversations.save(int(tracker.sender_id), lasting)

    @property
    def _names(self) -> set[str]:
        """Slots that last from one turn to the next."""
        return {slot.name for slot in self.domain.slots} - {REQUESTED_SLOT, "answer", "session_started_metadata"}


class _Locks(LockStore):
    """One turn at a time in a conversation. Rasa's own lock polls once a second, and drops who waits for a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncIterator[asyncio.Lock]:
        lock = self._locks[conversation_id]
        async with lock:
            yield lock
        if not lock.locked():
            self._locks.pop(conversation_id, None)


#: The marks that an action can set on what it says.
MARKS = ("more", "private", "place", "picture", "deletes", "text_if_not", "once")


class _Collector(OutputChannel):
    """Collects what Rasa says in a turn."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    @classmethod
    def name(cls) -> str:
        return "mend"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        marks = {**message, **(message.get("metadata") or {})}
        known = {key: marks[key] for key in MARKS if marks.get(key)}
        self.said.append(Said(text=message.get("text") or "", buttons=message.get("buttons") or [], **known))
