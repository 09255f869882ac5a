"""The stand-in, met by python-telegram-bot itself."""

import asyncio
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from standin import KINDS, StandIn
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="yes"), InlineKeyboardButton("No", url="https://a.org")]]
)


def bot_of(tg, token=None):
    return Bot(token or tg.token, base_url=tg.base_url)


@pytest.fixture
def tg():
    with StandIn.in_thread() as tg:
        yield tg


async def echo(update: Update, _context):
    await update.effective_message.reply_text(update.effective_message.text, reply_markup=YES_NO)


async def welcome(update: Update, _context):
    await update.effective_message.reply_text("<b>Welcome</b>", parse_mode="HTML")


async def pressed(update: Update, _context):
    await update.callback_query.answer()
    await update.callback_query.edit_message_text(f"You chose {update.callback_query.data}")


def echo_bot(tg):
    app = Application.builder().token(tg.token).base_url(tg.base_url).build()
    app.add_handler(CommandHandler("start", welcome))
    app.add_handler(MessageHandler(filters.TEXT, echo))
    app.add_handler(CallbackQueryHandler(pressed))
    return app


@pytest.mark.asyncio
async def test_a_bot_in_the_same_loop_is_talked_to():
    async with StandIn() as tg:
        app = echo_bot(tg)
        async with app:
            await app.start()
            await app.updater.start_polling()
            tg.says(7, "/start")
            assert (await tg.wait_for(7, 1))[0].text == "Welcome"
            tg.says(7, "hello")
            heard = await tg.wait_for(7, lambda heard: heard[-1].text == "hello")
            assert heard[-1].buttons == [["Yes", "No"]] and heard[0].html == "<b>Welcome</b>"
            query = tg.presses(7, "Yes")
            await tg.wait_for(7, lambda heard: heard[-1].edited)
            heard = await tg.quiet(7, 0.2)
            assert heard[-1].text == "You chose yes" and heard[-1].buttons == []
            assert query not in tg.unanswered and tg.refused == []
            await app.updater.stop()
            await app.stop()
        assert tg.unconfirmed == []


BOT_PROCESS = """
import sys
from types import SimpleNamespace
from test_standin import echo_bot
echo_bot(SimpleNamespace(token=sys.argv[1], base_url=sys.argv[2])).run_polling(bootstrap_retries=-1)
"""


def test_a_bot_in_a_process_survives_telegram_going_down(tg):
    process = subprocess.Popen(
        [sys.executable, "-c", BOT_PROCESS, tg.token, tg.base_url],
        cwd=Path(__file__).parent,
        stderr=subprocess.DEVNULL,
    )
    try:
        tg.says(7, "one")
        assert tg.wait_for(7, 1, timeout=30)[0].text == "one"
        port = tg.port
        tg.stop()
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(tg.base_url)
        tg.says(7, "two")
        tg.start()
        assert tg.port == port
        assert tg.wait_for(7, 2, timeout=30)[1].text == "two"
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("query", "body", "content_type"),
    [("?chat_id=7&text=hi", None, ""), ("", b"chat_id=7&text=hi", "application/x-www-form-urlencoded"),
     ("", b'{"chat_id": 7, "text": "hi"}', "application/json")],
)  # fmt: skip
def test_a_request_may_come_any_way_that_telegram_takes(tg, query, body, content_type):
    url = f"{tg.base_url}{tg.token}/sendMessage{query}"
    request = urllib.request.Request(url, body, {"Content-Type": content_type} if body else {})
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["ok"] is True
    assert tg.heard(7)[0].text == "hi" and tg.calls[-1].params == {"chat_id": 7, "text": "hi"}


@pytest.mark.asyncio
async def test_updates_are_kept_until_they_are_confirmed(tg):
    async with bot_of(tg) as bot:
        for text in "abc":
            tg.says(7, text)
        first, *_ = updates = await bot.get_updates()
        assert [update.message.text for update in updates] == ["a", "b", "c"]
        assert len(await bot.get_updates(limit=2)) == 2
        rest = await bot.get_updates(offset=first.update_id + 1)
        assert [update.message.text for update in rest] == ["b", "c"]
        assert [update.message.text for update in await bot.get_updates(offset=-1)] == ["c"]
        await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.get_updates() == ()


@pytest.mark.asyncio
async def test_a_long_poll_ends_with_an_update_or_its_timeout(tg):
    async with bot_of(tg) as bot:
        began = time.monotonic()
        assert await bot.get_updates(timeout=1) == ()
        assert 0.9 < time.monotonic() - began < 2
        threading.Timer(0.2, tg.says, (7, "hello")).start()
        assert (await bot.get_updates(timeout=5))[0].message.text == "hello"
        assert time.monotonic() - began < 3


@pytest.mark.asyncio
async def test_a_second_poll_ends_the_first(tg):
    async with bot_of(tg) as bot, bot_of(tg) as other:
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.sleep(0.2)
        await other.get_updates()
        with pytest.raises(Conflict):
            await first


@pytest.mark.asyncio
async def test_an_update_may_be_repeated(tg):
    async with bot_of(tg) as bot:
        tg.says(7, "hello", update_id=41)
        assert (await bot.get_updates())[0].update_id == 41
        assert await bot.get_updates(offset=42) == ()
        tg.says(7, "hello", update_id=41)
        assert [update.update_id for update in await bot.get_updates(offset=42)] == [41]
        assert await bot.get_updates(offset=42) == ()
        assert tg.update({"message": {}}) == 42


@pytest.mark.asyncio
async def test_updates_are_what_python_telegram_bot_understands(tg):
    async with bot_of(tg) as bot:
        said = tg.says(7, "😀 /start", language="de")
        tg.says(7, "better", edited_of=said)
        tg.says(-5, "all of us", chat_type="supergroup")
        tg.says(-6, "news", chat_type="channel")
        for kind in KINDS:
            tg.sends(7, kind)
        message, edited, group, channel, *sent = await bot.get_updates()
    assert message.message.entities[0].offset == 3 and message.effective_user.language_code == "de"
    assert edited.edited_message.message_id == said and edited.edited_message.edit_date
    assert group.effective_chat.type == "supergroup" and channel.channel_post.text == "news"
    for kind, update in zip(KINDS, sent, strict=True):
        assert getattr(update.message, "forward_origin" if kind == "forward" else kind)


@pytest.mark.asyncio
async def test_a_wrong_token_an_unknown_method_and_a_block(tg):
    with pytest.raises(InvalidToken):
        async with bot_of(tg, "1:wrong"):
            pass
    async with bot_of(tg) as bot:
        tg.blocked.add(7)
        with pytest.raises(Forbidden, match="blocked"):
            await bot.send_message(7, "x")
        with pytest.raises(InvalidToken):  # how python-telegram-bot takes a 404
            await bot.get_my_name()
    assert [refused.description.split(":")[0] for refused in tg.refused] == [
        "Unauthorized",
        "Forbidden",
        "Not Found",
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("status", "error", "heard"),
    [(403, Forbidden, 0), (429, RetryAfter, 0), (500, NetworkError, 0), (502, NetworkError, 0),
     ("drop", NetworkError, 0), ("drop_after", NetworkError, 1)],
)  # fmt: skip
async def test_telegram_fails_as_often_as_asked(tg, status, error, heard):
    async with bot_of(tg) as bot:
        tg.fails("sendMessage", status, chat=7, times=2, retry_after=3)
        await bot.send_message(8, "another chat")
        for attempt in (1, 2):
            with pytest.raises(error, match="in 3 seconds" if status == 429 else None):
                await bot.send_message(7, "x")
            assert len(tg.heard(7)) == heard * attempt
        await bot.send_message(7, "x")
    assert tg.refused == []


@pytest.mark.asyncio
async def test_telegram_is_slow_or_out_for_a_while(tg):
    async with bot_of(tg) as bot:
        tg.fails("sendMessage", "slow", seconds=0.5)
        began = time.monotonic()
        sending = asyncio.create_task(bot.send_message(7, "x"))
        await tg.wait_for(7, 1)
        assert not sending.done()
        await sending
        assert time.monotonic() - began > 0.45
        tg.fails("*", 502, seconds=0.5)
        for _ in range(3):
            with pytest.raises(NetworkError):
                await bot.send_message(7, "x")
        await asyncio.sleep(0.5)
        await bot.send_message(7, "x")


@pytest.mark.asyncio
async def test_nothing_is_printed(tg, capfd, caplog):
    async with bot_of(tg) as bot:
        tg.fails("getMe", "drop")
        with pytest.raises(NetworkError):
            await bot.get_me()
    tg.stop()
    tg.start()
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith("aiohttp")] == []
