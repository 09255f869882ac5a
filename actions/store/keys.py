"""Keys, and what is locked with them. Only `cryptography`'s own constructions: AES-GCM, AES-SIV, HKDF and HMAC.

Whatever is locked says where it belongs (`people.role`): a box that is moved elsewhere does not open there.
"""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Bytes of a master key, of a person's key (one half for boxes, one for names), and of a box's nonce.
MASTER, PERSONAL, NONCE = 32, 32 + 64, 12
#: The first byte of every box: how it was made, so that a later Mend can make them otherwise.
MADE = b"\x01"


class WrongKey(Exception):
    """A box does not open: another key closed it, or it was changed since."""


class Key:
    """One person's key. Everything that is kept of them opens with it, and with nothing else."""

    def __init__(self, secret: bytes) -> None:
        """`secret` are `PERSONAL` random bytes."""
        self.secret = secret
        self._boxes = AESGCM(secret[:32])
        self._names = AESSIV(secret[32:])

    @classmethod
    def new(cls) -> Key:
        """A key that nobody had before."""
        return cls(os.urandom(PERSONAL))

    def seal(self, text: str, where: str) -> bytes:
        """`text` as a box; the same text never makes the same box twice."""
        return _seal(self._boxes, text.encode(), where)

    def open(self, box: bytes, where: str) -> str:
        """The text in a box; raises `WrongKey`."""
        return _open(self._boxes, box, where).decode()

    def name(self, text: str, where: str) -> bytes:
        """`text` as a box that is the same each time, so that it can be found again: for words from a short list."""
        return MADE + self._names.encrypt(text.encode(), [where.encode()])

    def named(self, box: bytes, where: str) -> str:
        """The text in such a box; raises `WrongKey`."""
        try:
            return self._names.decrypt(box[1:], [where.encode()]).decode()
        except InvalidTag:
            raise WrongKey(where) from None


class Master:
    """The key that locks all other keys. It is never in the database."""

    def __init__(self, secret: bytes) -> None:
        """`secret` are `MASTER` random bytes."""
        self._secret = secret
        self._boxes = AESGCM(self.derive("keys of people"))

    def derive(self, purpose: str, salt: bytes | None = None) -> bytes:
        """Another key, for one purpose only; it tells nothing of this one, or of those for other purposes."""
        return HKDF(SHA256(), MASTER, salt=salt, info=f"mend: {purpose}".encode()).derive(self._secret)

    def wrap(self, secret: bytes, where: str) -> bytes:
        """A key as it may stand in the database."""
        return _seal(self._boxes, secret, where)

    def unwrap(self, box: bytes, where: str) -> bytes:
        """The key in a box; raises `WrongKey`."""
        return _open(self._boxes, box, where)


def pseudonym(pepper: bytes, channel: str, chat: str) -> bytes:
    """How the database calls a chat: nobody without the pepper can tell which chat that is, or try all numbers."""
    return hmac.digest(pepper, f"{channel}:{chat}".encode(), "sha256")


def _seal(cipher: AESGCM, content: bytes, where: str) -> bytes:
    nonce = os.urandom(NONCE)
    return MADE + nonce + cipher.encrypt(nonce, content, where.encode())


def _open(cipher: AESGCM, box: bytes, where: str) -> bytes:
    try:
        return cipher.decrypt(box[1 : 1 + NONCE], box[1 + NONCE :], where.encode())
    except InvalidTag:
        raise WrongKey(where) from None
