"""A file under lock, in chunks, so that it may be larger than memory: the construction STREAM, as age uses it.

    what it is | salt | length of the content | mark | chunk | chunk | …

Each file has a key of its own, from the master key and the salt. A chunk's nonce is its place, and whether it is the
last: cut short, put in another order, or put together from two files, it does not open. The mark tells whether it is
this master key that opens it, and that the length can be believed.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from actions.errors import OperatorError
from actions.store.keys import Master

#: What a file begins with, and the lengths of what follows.
MAGIC, SALT, LENGTH, MARK = b"mend backup, first form\n", 32, 8, 32
HEAD = len(MAGIC) + SALT + LENGTH
#: Bytes of content in a chunk, and how much longer it is under lock.
CHUNK, TAG = 1 << 20, 16


class Refused(OperatorError):
    """A file does not open; the message says why."""


def is_sealed(path: Path) -> bool:
    """Whether a file says of itself that it is one of these."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def seal(content: Path, out: BinaryIO, master: Master) -> None:
    """Write the content of a file to `out`, under lock."""
    length, salt = content.stat().st_size, os.urandom(SALT)
    head = MAGIC + salt + length.to_bytes(LENGTH, "big")
    cipher = _cipher(master, salt)
    out.write(head + _mark(master, head))
    with content.open("rb") as file:
        for nonce in _nonces(length):
            out.write(cipher.encrypt(nonce, file.read(CHUNK), head))


def unseal(path: Path, out: BinaryIO, master: Master) -> None:
    """Write what is in a file of this kind to `out`; raises `Refused`. Then what was written is not whole."""
    with path.open("rb") as file:
        head, mark = file.read(HEAD), file.read(MARK)
        if not head.startswith(MAGIC):
            raise Refused(f"{path} is no backup of Mend's")
        if len(head + mark) < HEAD + MARK:
            raise Refused(f"{path} was cut short: take another copy of it")
        if not hmac.compare_digest(mark, _mark(master, head)):
            raise Refused(
                f"{path} does not open with this master key: set MEND_MASTER_KEY_FILE to the key that was in use when "
                "it was made (or its first bytes were changed)"
            )
        length = int.from_bytes(head[-LENGTH:], "big")
        nonces = list(_nonces(length))
        beyond = path.stat().st_size - (HEAD + MARK + length + TAG * len(nonces))
        if beyond < 0:
            raise Refused(f"{path} was cut short: {-beyond} bytes are missing; take another copy of it")
        changed = Refused(f"{path} was changed since it was made: take another copy of it")
        if beyond > 0:
            raise changed
        cipher = _cipher(master, head[len(MAGIC) : -LENGTH])
        try:
            for nonce in nonces:
                out.write(cipher.decrypt(nonce, file.read(CHUNK + TAG), head))
        except InvalidTag:
            raise changed from None


def _nonces(length: int) -> Iterator[bytes]:
    """A nonce for each chunk of a content of this length; there is always one chunk at least."""
    count = max(1, -(-length // CHUNK))
    for place in range(count):
        yield place.to_bytes(11, "big") + bytes([place == count - 1])


def _cipher(master: Master, salt: bytes) -> AESGCM:
    return AESGCM(master.derive("content of a backup", salt))


def _mark(master: Master, head: bytes) -> bytes:
    return hmac.digest(master.derive("mark of a backup", head[len(MAGIC) : -LENGTH]), head, "sha256")
