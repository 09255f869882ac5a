"""The keys of one transaction: which chat is whose, and what opens their boxes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.store.adding import add_if_new
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
        self._rows: dict[int, Chat] = {}
        self._keys: dict[int, Key] = {}

    def find(self, channel: str, chat: str) -> int | None:
        """The number of a chat, if Mend knows it."""
        if (channel, chat) not in self._chats:
            where = {"channel": channel, "pseudonym": self._vault.pseudonym(channel, chat)}
            row = self._session.execute(_KNOWN, where).scalar_one_or_none()
            if row is None:
                return None
            self._chats[channel, chat], self._rows[row.id] = row.id, row
        return self._chats[channel, chat]

    def meet(self, channel: str, chat: str) -> int:
        """The number of a chat; a new one gets its own key."""
        known = self.find(channel, chat)
        return self._add(channel, [chat])[chat] if known is None else known

    def meet_all(self, channel: str, chats: Iterable[str]) -> dict[str, int]:
        """The numbers of many chats, found, or made known, at once."""
        names = {self._vault.pseudonym(channel, chat): chat for chat in chats}
        query = sa.select(Chat).where(Chat.channel == channel, Chat.pseudonym.in_(list(names)))
        known = {names[bytes(row.pseudonym)]: row for row in self._session.execute(query).scalars()}
        for chat, row in known.items():
            self._chats[channel, chat], self._rows[row.id] = row.id, row
        new = [chat for chat in names.values() if chat not in known]
        return {chat: row.id for chat, row in known.items()} | (self._add(channel, new) if new else {})

    def _add(self, channel: str, chats: list[str]) -> dict[str, int]:
        self._vault.renew(self._session.connection())
        for chat in chats:
            key = Key.new()
            row = {
                "id": secrets.randbits(62),
                "channel": channel,
                "pseudonym": self._vault.pseudonym(channel, chat),
                "key": self._vault.wrap(key),
                "address": key.seal(chat, _ADDRESS),
            }
            add_if_new(self._session, Chat, row)
        return {chat: self._found(channel, chat) for chat in chats}

    def _found(self, channel: str, chat: str) -> int:
        number = self.find(channel, chat)
        assert number is not None
        return number

    def key(self, owner: int) -> Key:
        """The key of the person or chat with this number."""
        if owner not in self._keys:
            self._keys[owner] = self._vault.key(self._row(owner).key, self._session.connection())
        return self._keys[owner]

    def address(self, owner: int) -> str:
        """The channel's own name of a chat."""
        return self.key(owner).open(self._row(owner).address, _ADDRESS)

    def knows(self, owner: int) -> bool:
        """Whether there is a chat with this number; whoever was erased has none."""
        return self._row(owner) is not None

    def forget(self, owner: int) -> None:
        """Throw the key away. Whatever copy of its boxes exists somewhere opens no more."""
        self._session.execute(sa.delete(Chat).where(Chat.id == owner), execution_options=_PLAIN)
        self.look_again()

    def look_again(self) -> None:
        """Forget what was read: it may have been rolled back."""
        self._chats.clear()
        self._rows.clear()
        self._keys.clear()

    def _row(self, owner: int) -> Chat | None:
        """The row of a chat. It is asked for often, and the session would forget it at once."""
        row = self._rows.get(owner) or self._session.get(Chat, owner)
        if row is not None:
            self._rows[owner] = row
        return row


_PLAIN = {"synchronize_session": False}
