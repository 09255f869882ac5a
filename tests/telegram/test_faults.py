"""What a person notices when Telegram fails: nothing but a wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from chatting import Someone, at_work, bot_for, eventually, out_of_reach
from standin import Heard, StandIn
from telegram import Bot
from telegram.request import HTTPXRequest

from actions.errors import OperatorError
from actions.store.models import Outgoing
from bot.house import House
from bot.telegram import reaching
from bot.telegram.app import App
from bot.telegram.updates import CHANNEL

pytestmark = pytest.mark.asyncio

WORDS = "It was the winter when we stopped talking and I still don't know why we did."


@pytest.fixture
def first(house: House) -> str:
    """The first question of the exercise that people are at."""
    return house.tools.program.side("root_cause", "hurt").steps[0].ask


@pytest.fixture
def second(house: House) -> str:
    """The question after it."""
    return house.tools.program.side("root_cause", "hurt").steps[1].ask


def welcome_asks(house: House) -> str:
    """The first question that someone new is asked."""
    return house.tools.program.care.screening.side.steps[0].ask


def copies(heard: list[Heard], text: str) -> int:
    return sum(text in message.text for message in heard)


def calls_to(tg: StandIn, chat: int) -> list:
    return [call for call in tg.calls if call.params.get("chat_id") == chat]


@pytest.mark.parametrize(
    ("status", "times", "arrives"),
    [(429, 2, 1), (500, 2, 1), (502, 2, 1), ("drop", 2, 1), ("drop_after", 1, 2), ("slow", 1, 1),
     ("garbled", 1, 2)],
)  # fmt: skip
async def test_a_reply_arrives_however_sending_fails(
    status: int | str, times: int, arrives: int, tg: StandIn, house: House, app: App, sam: Someone, second: str
) -> None:
    await sam.at_question()
    tg.fails("sendMessage", status, chat=sam.chat, times=times)
    heard = await sam.says(WORDS)
    assert copies(heard, second) == arrives
    assert copies(await sam.says("/skip"), second) == 0
    assert list(sam.answers.values()).count(WORDS) == 1 and tg.refused == []


async def test_a_reply_that_is_confirmed_too_late_is_said_again_and_counts_once(
    tg: StandIn, house: House, sam: Someone, second: str
) -> None:
    impatient = Bot(tg.token, base_url=tg.base_url, request=HTTPXRequest(read_timeout=0.5))
    async with at_work(tg, house, bot=impatient):
        await sam.at_question()
        tg.fails("sendMessage", "slow", chat=sam.chat, seconds=3)
        assert copies(await sam.says(WORDS), second) == 2
        await sam.presses(house.tools.sentences.label("skip"))
    assert list(sam.answers.values()).count(WORDS) == 1 and tg.refused == []


async def test_an_order_to_wait_is_obeyed(tg: StandIn, app: App, sam: Someone, second: str) -> None:
    await sam.at_question()
    tg.fails("sendMessage", 429, chat=sam.chat, retry_after=2)
    asked = len(calls_to(tg, sam.chat))
    await sam.says(WORDS)
    sending = [call for call in calls_to(tg, sam.chat)[asked:] if call.method == "sendMessage"]
    told, after = sending[0].at, [call.at for call in calls_to(tg, sam.chat) if call.at > sending[0].at]
    assert after and min(after) >= told + 2
    assert copies([sam.last], second) == 1


async def test_replies_keep_their_order_when_the_first_fails(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    tg.fails("sendMessage", 500, chat=sam.chat, times=2)
    heard = await sam.says("/start")
    assert welcome_asks(house) in heard[-1].text
    assert len(heard) > 1 and copies(heard, heard[-1].text) == 1


async def test_nobody_waits_for_a_chat_that_must_wait(
    tg: StandIn, house: House, app: App, someone: Callable[[], Someone], first: str
) -> None:
    held_up, other = await someone().welcomed(), await someone().welcomed()
    before = held_up.last
    tg.fails("sendMessage", 429, chat=held_up.chat, retry_after=8)
    held_up.write("/menu")
    await eventually(lambda: calls_to(tg, held_up.chat)[-1].method == "sendMessage")
    for text, wanted in (("root cause", first), ("/hint", first), (WORDS, "")):
        assert wanted in (await other.says(text))[-1].text
    assert held_up.last == before
    assert (await held_up.hears())[-1] != before


async def test_a_person_who_blocked_the_bot_loses_no_words_and_hears_again(
    tg: StandIn, house: House, app: App, sam: Someone, second: str
) -> None:
    await sam.at_question()
    tg.blocked.add(sam.chat)
    assert await sam.says(WORDS) == []
    tg.update(membership(sam.chat, "member", "kicked"))
    tg.blocked.discard(sam.chat)
    tg.update(membership(sam.chat, "kicked", "member"))
    assert copies(await sam.says("hello"), second) == 1
    assert list(sam.answers.values()).count(WORDS) == 1
    later = "I would want him to ask how that evening was for me, and to wait for the answer."
    await sam.says(later)
    assert later in sam.answers.values()


async def test_who_comes_back_and_writes_at_once_hears_the_question_they_missed(
    tg: StandIn, house: House, app: App, sam: Someone, second: str
) -> None:
    await sam.at_question()
    tg.blocked.add(sam.chat)
    await sam.says(WORDS)
    tg.blocked.discard(sam.chat)
    tg.update(membership(sam.chat, "kicked", "member"))
    heard = await sam.says("I am here again, and I want to go on with this, slowly, as I can.")
    assert copies(heard, second) == 1


def membership(chat: int, was: str, now: str) -> dict:
    """Telegram's word that someone blocked the bot (`kicked`) or let it back in (`member`)."""
    mend = {"user": {"id": 123456, "is_bot": True, "first_name": "Mend"}, "until_date": 0}
    sender = {"id": chat, "is_bot": False, "first_name": "Sam"}
    change = {"old_chat_member": {**mend, "status": was}, "new_chat_member": {**mend, "status": now}}
    return {"my_chat_member": {"chat": {"id": chat, "type": "private"}, "from": sender, "date": 1, **change}}


@pytest.mark.parametrize("status", [429, 500, 502, "drop", "drop_after", "garbled"])
async def test_updates_are_answered_once_however_fetching_fails(
    status: int | str, tg: StandIn, house: House, sam: Someone
) -> None:
    tg.fails("getUpdates", status, times=2)
    sam.write("/start")
    async with at_work(tg, house):
        heard = await sam.hears()
    assert copies(heard, welcome_asks(house)) == 1


async def test_telegram_may_go_down_in_the_middle(
    tg: StandIn, house: House, app: App, sam: Someone, second: str
) -> None:
    await sam.at_question()
    with out_of_reach(tg):
        sam.write(WORDS)
    assert copies(await sam.hears(), second) == 1


async def test_telegram_may_be_out_of_reach_at_the_start(
    tg: StandIn, house: House, sam: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk() -> list[Heard]:
        async with at_work(tg, house):
            return await sam.says("/start")

    with out_of_reach(tg):
        talking = asyncio.create_task(talk())
        await eventually(lambda: "can't be reached" in caplog.text)
    assert copies(await talking, welcome_asks(house)) == 1
    assert tg.commands


async def test_a_start_survives_every_failure_of_telegrams(
    tg: StandIn, house: House, sam: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "FIRST_WAIT", 0.1)
    for method in ("getMe", "deleteWebhook", "setMyCommands", "setMyDescription", "setMyShortDescription"):
        tg.fails(method, 502)
        tg.fails(method, "garbled")
    async with at_work(tg, house):
        assert await sam.says("/start")
    assert tg.commands


async def test_a_restart_goes_on_where_it_was(tg: StandIn, house: House, sam: Someone, second: str) -> None:
    async with at_work(tg, house):
        await sam.at_question()
    sam.write(WORDS)
    async with at_work(tg, house):
        assert copies(await sam.hears(), second) == 1
    assert list(sam.answers.values()).count(WORDS) == 1


async def test_a_question_that_was_seen_before_the_bot_died_is_what_they_answer(
    tg: StandIn, house: House, sam: Someone
) -> None:
    """It died before it knew that the question had arrived; the person wrote before it was back."""
    steps = house.tools.program.side("root_cause", "hurt").steps
    async with at_work(tg, house):
        await sam.at_question()
        await sam.says("It was the winter when he lost his work and would not tell me about it.")
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, str(sam.chat))
        row = max(kept.session.query(Outgoing).filter_by(chat_id=person.id), key=lambda row: row.id)
        row.state, row.sent_at, row.message = "sending", None, None
    sam.write(WORDS)
    tg.fails("sendMessage", 429, chat=sam.chat)
    async with at_work(tg, house):
        await sam.hears()
    assert steps[2].ask in sam.last.text
    assert sam.answers[steps[1].id] == WORDS


async def test_a_question_whose_arrival_is_confirmed_late_is_what_they_answer(
    tg: StandIn, house: House, app: App, sam: Someone, second: str
) -> None:
    steps = house.tools.program.side("root_cause", "hurt").steps
    await sam.at_question()
    tg.fails("sendMessage", "slow", chat=sam.chat, seconds=2)
    sam.write("It was the winter when he lost his work and would not tell me about it.")
    await tg.wait_for(sam.chat, lambda heard: second in heard[-1].text)
    await sam.says(WORDS)
    assert sam.answers[steps[1].id] == WORDS
    assert steps[2].ask in sam.last.text


async def test_a_token_that_is_taken_back_ends_the_run_with_what_to_do(tg: StandIn, house: House) -> None:
    app = App(bot_for(tg), house, 0)
    await app.start()
    tg.token = "123456:AAanother-token-that-telegram-gave-out"
    with pytest.raises(OperatorError, match="TELEGRAM_BOT_TOKEN"):
        await app.poll()
    await app.stop()


async def test_a_wrong_token_is_told_at_the_start(tg: StandIn, house: House) -> None:
    app = App(bot_for(tg), house, 0)
    tg.token = "123456:AAanother-token-that-telegram-gave-out"
    with pytest.raises(OperatorError, match="TELEGRAM_BOT_TOKEN"):
        await app.start()
    await app.stop()
