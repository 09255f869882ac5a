"""The keys of one transaction: which chat is whose, and what opens their boxes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.keys import Key
from actions.store.models import Chat
from actions.store.vault import Vault

_KNOWN = sa.select(Chat).where(Chat.channel == sa.bindparam("channel"), Chat.pseudonym == sa.bindparam("pseudonym"))
_ADDRESS = f"{Chat.__tablename__}.address"


class Ring:
    """Finds chats, and holds the keys that were needed so far."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._vault = vault
        self._chats: dict[tuple[str, str], int] = {}
        self._keys: dict[int, Key] = {}

    def find(self, channel: str, chat: str) -> int | None:
        """The number of a chat, if Mend knows it."""
        if (channel, chat) not in self._chats:
            where = {"channel": channel, "pseudonym": self._vault.pseudonym(channel, chat)}
            row = self._session.execute(_KNOWN, where).scalar_one_or_none()
            if row is None:
                return None
            self._chats[channel, chat] = row.id
        return self._chats[channel, chat]

    def look_up(self, channel: str, chats: Iterable[str]) -> None:
        """Find many chats at once; `find` and `key` know them from then on."""
        names = {self._vault.pseudonym(channel, chat): chat for chat in chats}
        query = sa.select(Chat).where(Chat.channel == channel, Chat.pseudonym.in_(list(names)))
        for row in self._session.execute(query).scalars():
            self._chats[channel, names[bytes(row.pseudonym)]] = row.id

    def meet(self, channel: str, chat: str) -> int:
        """The number of a chat; a new one gets its own key."""
        known = self.find(channel, chat)
        if known is not None:
            return known
        key = Key.new()
        self._vault.renew(self._session.connection())
        row = Chat(
            id=secrets.randbits(62),
            channel=channel,
            pseudonym=self._vault.pseudonym(channel, chat),
            key=self._vault.wrap(key),
            address=key.seal(chat, _ADDRESS),
        )
        self._session.add(row)
        self._session.flush()
        self._chats[channel, chat], self._keys[row.id] = row.id, key
        return row.id

    def key(self, owner: int) -> Key:
        """The key of the person or chat with this number."""
        if owner not in self._keys:
            row = self._session.get(Chat, owner)
            self._keys[owner] = self._vault.key(row.key, self._session.connection())
        return self._keys[owner]

    def address(self, owner: int) -> str:
        """The channel's own name of a chat."""
        return self.key(owner).open(self._session.get(Chat, owner).address, _ADDRESS)

    def knows(self, owner: int) -> bool:
        """Whether there is a chat with this number; whoever was erased has none."""
        return self._session.get(Chat, owner) is not None

    def forget(self, owner: int) -> None:
        """Throw the key away. Whatever copy of its boxes exists somewhere opens no more."""
        self._session.execute(sa.delete(Chat).where(Chat.id == owner), execution_options=_PLAIN)
        self.look_again()

    def look_again(self) -> None:
        """Forget what was read: it may have been rolled back."""
        self._chats.clear()
        self._keys.clear()


_PLAIN = {"synchronize_session": False}
