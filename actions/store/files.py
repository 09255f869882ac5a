"""Files that only their owner can read, and that are there after a power cut; and holding one, so that nobody else can.

>>> with held(folder / "mend.lock", "another Mend is running"):
...     ...                                   # whoever else tries meanwhile is refused with these words
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from actions.errors import OperatorError


class Held(OperatorError):
    """Another process holds the file."""


@contextmanager
def private(path: Path) -> Iterator[BinaryIO]:
    """A new file to write to, on the disk once this ends; raises `OSError`, also where there is such a file."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def remembered(folder: Path) -> None:
    """Have the disk remember which files are in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def held(path: Path, refusal: str) -> Iterator[None]:
    """Hold a folder, or a file (made if need be), for as long as this runs; raises `Held` with `refusal`, or `OSError`.

    The system lets go of it however the process ends, so nothing has to be tidied up after a crash.
    """
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, refusal)
        yield
    finally:
        os.close(handle)


def _take(handle: int, refusal: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Held(refusal) from None
    except OSError as error:
        if error.errno != errno.EBADF:  # a folder on a network disk can't be held, and works all the same
            raise
