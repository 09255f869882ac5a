"""What Mend tells of its own work: one line an event, and in none of them anyone's words, chats, or the token.

Only what Mend itself logs is shown, and its messages are fixed texts; what other programs log is told by its place in
their code. An error is told by its kind and its places, since its text may quote whatever it was about.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from actions.errors import OperatorError

#: The rooms whose messages are shown.
OURS = ("bot", "actions")
#: What a line may name beside its message: numbers that tell nobody whose they are.
NUMBERS = ("update", "reply", "person")
#: The folders whose places are told of an error, beside the one where it was raised; and how many at most.
ROOMS = [Path(__file__).resolve().parents[1] / room for room in OURS]
PLACES = 6

logger = logging.getLogger("bot")


def configure(form: str = "text", stream: TextIO | None = None) -> None:
    """Have everything that is logged, or raised to the top, written to standard error or to `stream`; no warnings.

    `form` is "text", or "json" for one JSON document a line.
    """
    logging.raiseExceptions = False  # else a line that can't be written is printed with what it was about
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMS[form]())
    handler.addFilter(_worth_telling)
    root = logging.getLogger()
    for other in [one for one in root.handlers if type(one) is logging.StreamHandler]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    warnings.showwarning = lambda *_, **__: None  # Rasa's warnings quote what people write
    sys.excepthook = lambda _, error, __: logger.critical("Mend ended: %s", where(error))
    sys.unraisablehook = lambda left: logger.error("an error came too late: %s", where(left.exc_value))
    threading.excepthook = lambda left: logger.error("a thread ended: %s", where(left.exc_value))


def where(error: BaseException | None) -> str:
    """Kind and places of an error and of its causes. Its text is told only where it was written for operators."""
    return ", after ".join(_told(one) for one in _causes(error)) or "an unknown error"


def _told(error: BaseException) -> str:
    raised, *around = [(Path(frame.f_code.co_filename), line) for frame, line in _frames(error)] or [(None, 0)]
    told = [raised, *((file, line) for file, line in around if any(room in file.parents for room in ROOMS))]
    places = " < ".join(f"{file.name}:{line}" for file, line in told[:PLACES] if file)
    said = f" ({' / '.join(str(error).splitlines())})" if isinstance(error, OperatorError) else ""
    return f"{type(error).__name__}{said} at {places or 'an unknown place'}"


def _frames(error: BaseException) -> list[tuple[FrameType, int]]:
    return list(traceback.walk_tb(error.__traceback__))[::-1]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _message(record: logging.LogRecord) -> str:
    """The message; an error that was put into it is told as errors are."""
    if not _ours(record):
        return f"said something at {record.filename}:{record.lineno}"
    told = [where(one) if isinstance(one, BaseException) else one for one in record.args or ()]
    return record.msg % tuple(told) if told else record.msg


def _ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _worth_telling(record: logging.LogRecord) -> bool:
    return record.levelno >= (logging.INFO if _ours(record) else logging.ERROR)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """Everything that is told of an event."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    fields = {
        "time": f"{moment}.{record.msecs:03.0f}Z",
        "level": record.levelname.lower(),
        "name": record.name,
        "message": _message(record),
    }
    fields |= {name: getattr(record, name) for name in NUMBERS if isinstance(getattr(record, name, None), int)}
    error = record.exc_info[1] if record.exc_info else None
    return fields | ({"error": where(error)} if error is not None else {})


class Text(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = _fields(record)
        head = [fields.pop(name) for name in ("time", "level", "name")]
        message = " ".join(fields.pop("message").splitlines())
        return " ".join([*head[:2], f"{head[2]}:", message, *(f"{name}={value}" for name, value in fields.items())])


class Json(logging.Formatter):
    """A line for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(_fields(record), ensure_ascii=False)


FORMS: dict[str, type[logging.Formatter]] = {"text": Text, "json": Json}


class Lines(io.TextIOBase):
    """A file to print to whose lines become events, for where standard error is to hold nothing else."""

    def __init__(self) -> None:
        self._logger = logging.getLogger("bot.console")
        self._logger.setLevel(logging.INFO)

    def write(self, text: str) -> int:
        """Make an event of each line; a print ends with its line."""
        for line in filter(None, map(str.strip, text.splitlines())):
            self._logger.info("%s", line)
        return len(text)
