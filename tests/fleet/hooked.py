"""The stand-in for Telegram with a webhook: what people do is pushed to the receiver, in order in each chat."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from aiohttp import web
from standin import StandIn
from standin_messages import Params

from bot.fleet.receiver import KINDS, SECRET_HEADER

#: Seconds before Telegram tries again what was not answered with 200.
AGAIN = 0.2


class Hooked(StandIn):
    """Telegram, which pushes updates to the address that it is told of."""

    def __init__(self, token: str) -> None:
        super().__init__(token)
        self.hook: Params | None = None
        self.refusals: list[int] = []  # how the receiver answered when that was not 200

    def stop(self) -> None:
        """Go down: nothing is pushed any more."""
        if self.hook is not None:
            self._loop.call_soon_threadsafe(self._pushing.cancel)
        super().stop()

    async def _act(self, request: web.Request, method: str, params: Params) -> Any:
        if method == "setWebhook" and request.match_info["token"] == self.token:
            first, self.hook = self.hook is None, params
            if first:
                self._pushing = asyncio.create_task(self._push())
            return True
        return await super()._act(request, method, params)

    async def _push(self) -> None:
        in_hand: set[int] = set()
        async with aiohttp.ClientSession() as client:
            while True:
                with self._changed:
                    updates = [one for one in self.unconfirmed if set(one) & set(KINDS)]
                for update in updates:
                    chat = _chat(update)
                    if chat not in in_hand:  # one after the other in each chat
                        in_hand.add(chat)
                        task = asyncio.create_task(self._deliver(client, update))
                        task.add_done_callback(lambda _, chat=chat: in_hand.discard(chat))
                await asyncio.sleep(0.005)

    async def _deliver(self, client: aiohttp.ClientSession, update: Params) -> None:
        headers = {SECRET_HEADER: self.hook["secret_token"]}
        try:
            async with client.post(self.hook["url"], json=update, headers=headers) as answer:
                status = answer.status
        except aiohttp.ClientError:
            status = 0
        if status != 200:
            self.refusals.append(status)
            await asyncio.sleep(AGAIN)
            return
        with self._changed:
            self.unconfirmed = [one for one in self.unconfirmed if one is not update]


def _chat(update: Params) -> int:
    inside = next(update[kind] for kind in KINDS if kind in update)
    return inside.get("message", inside)["chat"]["id"]
