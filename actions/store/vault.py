"""The master key at work: it opens the keys of people, and knows chats by their pseudonyms.

The database holds one secret of its own, the pepper of the pseudonyms, locked with the master key: whether that opens
tells whether the key is the right one.
"""

from __future__ import annotations

import os

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions.store.keys import Key, Master, WrongKey, pseudonym
from actions.store.master import KeyFile, MasterError, Source
from actions.store.models import Chat, Secret

PEPPER = "pepper"
_READ = sa.select(Secret.box).where(Secret.name == PEPPER)


class Vault:
    """Opens and makes the keys of people. Safe to use from several threads."""

    def __init__(self, source: Source) -> None:
        """Nothing is read yet."""
        self.source = source
        self._master: Master | None = None
        self._pepper = b""
        self._box = b""  #: the pepper's box, as it was read last: a change of the master key makes another one

    def ensure_open(self, connection: Connection) -> None:
        """Open it if it is not open yet; raises `MasterError`."""
        if self._master is None:
            self.open(connection)

    def open(self, connection: Connection) -> None:
        """Read the master key and try it on this database; make one for a database that never had any.

        Raises `MasterError` when it is missing, or is another database's.
        """
        box = connection.execute(_READ).scalar_one_or_none()
        secret = self.source.read()
        if box is None:
            self._master, self._pepper = Master(secret or self.source.make()), os.urandom(32)
            self._box = self._master.wrap(self._pepper, PEPPER)
            connection.execute(sa.insert(Secret).values(name=PEPPER, box=self._box))
            return
        self._accept(box, secret)

    def _accept(self, box: bytes, secret: bytes | None) -> None:
        coming = self.source.coming() if isinstance(self.source, KeyFile) else None
        for candidate in (secret, coming):
            if candidate is None:
                continue
            try:
                pepper = Master(candidate).unwrap(box, PEPPER)
            except WrongKey:
                continue
            if candidate is not secret:  # a change of keys was cut short after the database had taken it
                self.source.replace(candidate)
            self._master, self._pepper, self._box = Master(candidate), pepper, box
            return
        where = _named(self.source)
        if secret is None:
            raise MasterError(
                f"this database is locked with a master key, and {where} is missing: bring it back from your copy "
                "(a new one would not open it), or set MEND_DATA_DIR to another folder to begin anew"
            )
        raise MasterError(
            f"{where} does not open this database: bring back the key that belongs to it, or set MEND_DATA_DIR to "
            "another folder to begin anew"
        )

    def pseudonym(self, channel: str, chat: str) -> bytes:
        """How the database calls a chat."""
        return pseudonym(self._pepper, channel, chat)

    def key(self, box: bytes, connection: Connection) -> Key:
        """A person's key; the master key is read anew if it was changed meanwhile. Raises `MasterError`."""
        try:
            return Key(self._master.unwrap(box, Chat.__tablename__))
        except WrongKey:
            self.open(connection)
            return Key(self._master.unwrap(box, Chat.__tablename__))

    def renew(self, connection: Connection) -> None:
        """Read the master key anew if it was changed meanwhile: what is new must not be locked with the old one."""
        if connection.execute(_READ.with_for_update(read=True)).scalar_one() != self._box:
            self.open(connection)

    @property
    def master(self) -> Master:
        """The master key that opened this database."""
        return self._master

    def wrap(self, key: Key) -> bytes:
        """A person's key as it stands in the database."""
        return self._master.wrap(key.secret, Chat.__tablename__)

    def change(self, connection: Connection, secret: bytes) -> int:
        """Lock every key with another master key; how many. The caller commits, then has the source replaced."""
        connection.execute(_READ.with_for_update())  # whoever is new meanwhile waits, and gets the new one
        self.renew(connection)
        new, chats = Master(secret), Chat.__table__
        boxes = connection.execute(sa.select(chats.c.id, chats.c.key)).all()
        for number, box in boxes:
            inside = self._master.unwrap(box, Chat.__tablename__)
            locked = new.wrap(inside, Chat.__tablename__)
            connection.execute(sa.update(chats).where(chats.c.id == number).values(key=locked))
        self._master, self._box = new, new.wrap(self._pepper, PEPPER)
        connection.execute(sa.update(Secret).where(Secret.name == PEPPER).values(box=self._box))
        return len(boxes)


def _named(source: Source) -> str:
    return f"the master key {source.path}" if isinstance(source, KeyFile) else "the master key"
