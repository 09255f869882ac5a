"""Where the master key comes from: a file, the environment, or a command of the operator's password store."""

from __future__ import annotations

import base64
import binascii
import os
import shlex
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from actions.errors import OperatorError
from actions.store.files import private, remembered
from actions.store.keys import MASTER

#: The name of the key's file, and how that of a key is called that is about to take its place.
FILE, COMING = "master.key", ".new"
#: Seconds that a command may take: someone may have to touch a token or type a passphrase.
PATIENCE = 120


class MasterError(OperatorError):
    """The master key is missing, unreadable or no key; the message says where it was looked for, and what to do."""


class Source(Protocol):
    """Where a master key comes from."""

    def read(self) -> bytes | None:
        """The key, or nothing when there is none yet; raises `MasterError` for one that can't be read."""

    def make(self) -> bytes:
        """A new key, kept; raises `MasterError` where keys are not made."""

    def replace(self, secret: bytes) -> None:
        """Keep this key from now on, where that is not the operator's to do."""


def written(secret: bytes) -> str:
    """A key as text."""
    return base64.urlsafe_b64encode(secret).decode()


def read(text: str, where: str) -> bytes:
    """The key that a text is; raises `MasterError`, which never quotes it."""
    try:
        secret = base64.urlsafe_b64decode(text.strip().encode())
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != MASTER:
        raise MasterError(f"{where} holds no master key (44 signs, as `mend new-key` prints them)")
    return secret


@dataclass
class KeyFile:
    """A file that only the operator can read; made at the first start."""

    path: Path

    def read(self) -> bytes | None:
        """See `Source`. A change of keys that was cut short between database and file is known by the second file."""
        try:
            rights = stat.S_IMODE(self.path.stat().st_mode)
            if rights & 0o077:
                raise MasterError(f"others can read the master key {self.path}: run `chmod 600 {self.path}`")
            return read(self.path.read_text("utf-8"), str(self.path))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise MasterError(f"the master key {self.path} can't be read ({type(error).__name__})") from None

    def make(self) -> bytes:
        """See `Source`."""
        secret = os.urandom(MASTER)
        self._write(self.path, secret)
        return secret

    def coming(self) -> bytes | None:
        """The key that was about to take this one's place when Mend was stopped."""
        return KeyFile(self._next).read()

    def prepare(self, secret: bytes) -> None:
        """Keep a key beside the one that still counts."""
        self._write(self._next, secret)

    def replace(self, secret: bytes) -> None:
        """See `Source`."""
        if self.coming() != secret:
            self.prepare(secret)
        with suppress(FileNotFoundError):  # a bot that saw the change first has put it in place itself
            self._next.replace(self.path)
        remembered(self.path.parent)

    @property
    def _next(self) -> Path:
        return self.path.with_name(self.path.name + COMING)

    @staticmethod
    def _write(path: Path, secret: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.unlink(missing_ok=True)
            with private(path) as file:
                file.write(f"{written(secret)}\n".encode())
            remembered(path.parent)
        except OSError as error:
            raise MasterError(f"the master key can't be written to {path} ({error.strerror})") from None


@dataclass
class KeyGiven:
    """A key from the environment (`MEND_MASTER_KEY`), or one in memory for trying things out."""

    secret: bytes

    def read(self) -> bytes | None:
        """See `Source`."""
        return self.secret

    def make(self) -> bytes:
        """See `Source`."""
        return self.secret

    def replace(self, secret: bytes) -> None:
        """See `Source`."""
        self.secret = secret


@dataclass
class KeyCommand:
    """A key that a command prints, such as `pass show mend` or `age -d -i key.txt master.age`."""

    command: str

    def read(self) -> bytes | None:
        """See `Source`."""
        name = "MEND_MASTER_KEY_COMMAND"
        try:
            done = subprocess.run(shlex.split(self.command), capture_output=True, timeout=PATIENCE, check=True)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise MasterError(f"{name} failed ({type(error).__name__}): run it by hand to see why") from None
        return read(done.stdout.decode("utf-8", "replace"), f"what {name} prints")

    def make(self) -> bytes:
        """See `Source`."""
        return self.read()

    def replace(self, secret: bytes) -> None:
        """See `Source`: to put the new key where the command looks is the operator's to do."""
