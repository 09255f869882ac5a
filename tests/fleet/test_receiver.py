"""The receiver: what comes with Telegram's secret is kept, once, and locked."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from processes import free_port
from receiving import SECRET, TOKEN, WORDS, counts, kept_of, message, new_chat, sent
from servers import Server

from actions.store import Store, engine
from bot.fleet.receiver import SECRET_HEADER, Receiver
from bot.settings import ROOT

pytestmark = pytest.mark.asyncio


async def test_an_update_is_kept_and_its_chat_woken_before_telegram_hears_of_it(
    client: TestClient, store: Store
) -> None:
    updates, chats, jobs = counts(store)
    came = message()
    assert await sent(client, came) == 200
    assert kept_of(store, came["update_id"]) == [came]
    assert counts(store) == (updates + 1, chats + 1, jobs + 1)


async def test_the_largest_and_the_smallest_numbers_are_kept(client: TestClient, store: Store) -> None:
    for update, chat in ((2**63 - 2, 2**63 - 2), (0, -(2**63) + 2)):
        assert await sent(client, message(chat, update)) == 200
        assert len(kept_of(store, update)) == 1


async def test_the_same_update_is_kept_once_however_often_and_however_close_it_comes(
    client: TestClient, store: Store
) -> None:
    came = message()
    before = counts(store)
    assert await asyncio.gather(*(sent(client, came) for _ in range(5))) == [200] * 5
    assert await sent(client, came) == 200
    assert len(kept_of(store, came["update_id"])) == 1
    assert counts(store) == tuple(number + 1 for number in before)


async def test_many_at_once_are_kept_in_the_order_in_which_each_chat_sent_them(
    client: TestClient, store: Store
) -> None:
    chats = [new_chat() for _ in range(30)]

    async def writes(chat: int) -> list[int]:
        numbers = []
        for number in range(5):
            came = message(chat, text=f"{number}")
            assert await sent(client, came) == 200
            numbers.append(came["update_id"])
        return numbers

    updates, known, jobs = counts(store)
    of_each = await asyncio.gather(*map(writes, chats))
    for numbers in of_each:
        assert [one["message"]["text"] for one in kept_of(store, *numbers)] == list("01234")
    assert counts(store) == (updates + 150, known + 30, jobs + 30)


async def test_two_receivers_that_get_one_update_at_once_keep_it_once(server: Server, store: Store) -> None:
    other = server.store()
    apps = [Receiver(one, SECRET, time.time).app() for one in (store, other)]
    came = [message() for _ in range(20)]
    async with TestClient(TestServer(apps[0])) as one, TestClient(TestServer(apps[1])) as two:
        answers = await asyncio.gather(*(sent(client, update) for client in (one, two) for update in came))
        assert set(answers) <= {200, 500}
        again = [await sent(one, update) for update in came]  # as Telegram does after a 500
        assert again == [200] * len(came)
    other.close()
    kept = kept_of(store, *(update["update_id"] for update in came))
    assert sorted(kept, key=lambda update: update["update_id"]) == came


async def test_while_the_database_is_away_telegram_keeps_the_update_and_sends_it_again(
    client: TestClient,
    server: Server,
    store: Store,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    before, came = counts(store), [message() for _ in range(3)]
    with server.away():
        assert await asyncio.gather(*(sent(client, update) for update in came)) == [500] * 3
        assert (await client.get("/healthz")).status == 200
        ready = await client.get("/readyz")
        assert ready.status == 503 and "can't be reached" in await ready.text()
    assert counts(store) == before
    assert [await sent(client, update) for update in came] == [200] * 3
    assert kept_of(store, *(update["update_id"] for update in came)) == came
    assert (await client.get("/readyz")).status == 200
    told = caplog.text + "".join(capfd.readouterr())
    assert "can't be kept yet" in told
    assert not [one for one in ("canary", SECRET, str(came[0]["message"]["chat"]["id"])) if one in told]


async def test_a_connection_that_was_lost_meanwhile_is_no_trouble(
    client: TestClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await sent(client, message()) == 200
    server.cut_off()
    came = message()
    assert [await sent(client, came) for _ in range(2)] == [500, 200]  # Telegram sends it again
    server.cut_off()
    monkeypatch.setattr(engine, "REST", 0.0)  # after a while a connection is tried first
    assert await sent(client, message()) == 200


async def test_nothing_of_an_update_stands_in_clear_in_the_database(client: TestClient, server: Server) -> None:
    came = message(update=771_188_299_301_507, text=WORDS)
    assert await sent(client, came) == 200
    for secret in (WORDS, "canary", "Canary", "first_name", str(came["message"]["chat"]["id"])):
        assert server.holds(secret) == [], secret
    assert server.holds(str(came["update_id"])) == ["inbox"]  # it would be found if it were there


async def test_it_lives_and_is_ready(client: TestClient) -> None:
    for address in ("/healthz", "/readyz"):
        answer = await client.get(address)
        assert (answer.status, await answer.text()) == (200, "ok\n")
    assert (await client.get("/telegram")).status == 405
    assert (await client.post("/", data=b"{}")).status == 404


#: `mend receive`; at its end it prints which modules it has imported.
TELLS = """
import sys
from bot.__main__ import main
try:
    main(["receive"])
finally:
    print("imported:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


async def test_as_a_process_it_receives_with_few_modules_and_stops_when_told(server: Server, folder: Path) -> None:
    port = free_port()
    told = {"TELEGRAM_BOT_TOKEN": TOKEN, "MEND_LISTEN": f"127.0.0.1:{port}", "MEND_WEBHOOK_URL": "", **server.variables}
    environment = {**os.environ, **told, "MEND_DATA_DIR": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-c", TELLS], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            await asyncio.to_thread(_until_ready, port)
            body = json.dumps(message()).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{port}/telegram", body, {SECRET_HEADER: SECRET})
            assert (await asyncio.to_thread(urllib.request.urlopen, request)).status == 200
            process.send_signal(signal.SIGTERM)
            printed = (await asyncio.to_thread(process.communicate, timeout=20))[0].decode()
        finally:
            process.kill()
    assert process.returncode == 0
    *lines, last = printed.strip().splitlines()
    imported = set(last.removeprefix("imported: ").split())
    assert {"aiohttp", "sqlalchemy", "bot", "actions"} <= imported
    heavy = {"rasa", "rasa_sdk", "onnxruntime", "telegram", "tokenizers", "spacy", "numpy", "matplotlib", "PIL"}
    assert not imported & {*heavy, "procrastinate", "alembic", "tensorflow", "sklearn", "httpx"}
    assert len(lines) == 1 and "Receiving" in lines[0] and TOKEN not in printed and SECRET not in printed


def _until_ready(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError("it is never ready")
