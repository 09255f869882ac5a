"""What comes to the receiver without Telegram's secret, or is nothing of Telegram's, harms nothing."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from receiving import SECRET, counts, kept_of, message, sent

from actions.store import Store
from bot.fleet.receiver import LARGEST, SECRET_HEADER

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("secret", [None, "", SECRET[:-1], SECRET + "0", SECRET.upper(), "0" * len(SECRET), "\u00fc"])
async def test_without_the_secret_nothing_is_kept_and_the_comparison_tells_nothing_by_its_time(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch, secret: str | None
) -> None:
    compared = []
    compare = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda *two: compared.append(two) or compare(*two))
    before = counts(store)
    assert await sent(client, message(), secret) == 403
    assert await sent(client, b"no JSON", secret) == 403  # nobody learns what is right about a body either
    assert compared == [((secret or "").encode(), SECRET.encode())] * 2
    assert counts(store) == before


async def test_a_secret_that_is_no_text_is_a_wrong_one(client: TestClient) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(
        b"POST /telegram HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n"
        + f"{SECRET_HEADER}: ".encode()
        + b"\xff\xfe\r\n\r\n{}"
    )
    assert (await reader.readline()).split()[1] == b"403"
    writer.close()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"None", b'{"update_id": 1' + b"0" * 5000 + b"}", b"[" * 200_000]
)
async def test_what_is_no_json_is_refused(client: TestClient, store: Store, body: bytes) -> None:
    before = counts(store)
    assert await sent(client, body) == 400
    assert counts(store) == before
    assert await sent(client, message()) == 200  # and nothing has come to harm


@pytest.mark.parametrize(
    "body",
    [
        None,
        7,
        "canary",
        [],
        [message()],
        {},
        {"update_id": 5_000_000},
        {"update_id": 5_000_000, "message": None},
        {"update_id": 5_000_000, "message": {"chat": 7}},
        {"update_id": 5_000_000, "message": {"chat": {}}},
        {"update_id": 5_000_000, "callback_query": {"data": "x"}},
        {"update_id": 5_000_000, "channel_post": message()["message"]},
        *(message(update=number) for number in (-1, 2**63 - 1, 10**400, 1.5, True, "7", [])),
        *(message(chat=number) for number in (2**63 - 1, -(2**63), 10**400, 1e300, False, "7", {})),
    ],
)
async def test_what_is_not_from_a_chat_or_has_absurd_numbers_is_passed_over(
    client: TestClient, store: Store, body: Any
) -> None:
    before = counts(store)
    assert await sent(client, body) == 200  # anything else would have it come again, for ever
    assert counts(store) == before


async def test_a_huge_body_is_refused_and_a_large_one_is_kept_whole(client: TestClient, store: Store) -> None:
    before = counts(store)
    assert await sent(client, message(text="ü" * LARGEST)) == 413
    assert counts(store) == before
    large = message(text="ü\u0000\U0001f494" * 40_000, nested=[[[[{"a": None}]]]])
    assert await sent(client, large) == 200
    assert kept_of(store, large["update_id"]) == [large]
