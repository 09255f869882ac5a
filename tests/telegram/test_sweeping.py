"""Messages go from the chat when their time has come, whatever Telegram does; what can't go is told once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from chatting import Someone, at_work, eventually, first_steps, out_of_reach
from databases import Databases
from running import Running
from standin import Call, Heard, StandIn

from actions.store.models import Outgoing, Vanishing
from actions.store.vanishing import DELETABLE, HOUR
from bot.house import House
from bot.telegram.app import App
from bot.telegram.deleting import MOST_DELETED
from bot.telegram.updates import CHANNEL
from bot.telegram.vanishing import LONGEST_PAUSE, TICK

pytestmark = pytest.mark.asyncio

WORDS = "It was the winter when we stopped talking and I still don't know why we did."
AFTER = "After 1 hour"


async def vanishing(sam: Someone, after: str = AFTER) -> Someone:
    """Someone at a question who has chosen after how long messages go."""
    await sam.at_question()
    await sam.says("/vanish")
    await sam.presses(after)
    return sam


async def quoted(sam: Someone) -> list[int]:
    """They write something, and it is quoted back; the messages that are to go for that."""
    written = [sam.refs[-1] for text in (WORDS, "/back") if await sam.says(text)]
    return [*written, sam.last.message_id]


async def swept(app: App) -> None:
    """One look at what is due, and everything that is done then."""
    await app._sweeper.sweep()


def there(tg: StandIn, numbers: list[int]) -> list[int]:
    """Those of these messages that are still in the chat."""
    return [number for number in numbers if not tg.messages[number].deleted]


def deletions(tg: StandIn, chat: int) -> list[Call]:
    """What Telegram was asked to delete in a chat, request by request."""
    return [call for call in tg.calls if call.method == "deleteMessages" and call.params["chat_id"] == chat]


def asked(tg: StandIn, chat: int) -> list[list[int]]:
    """The same, as the numbers of messages."""
    return [call.params["message_ids"] for call in deletions(tg, chat)]


def waiting(house: House, sam: Someone) -> list[int]:
    """The messages that still wait to be deleted."""
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, str(sam.chat))
        return kept.vanishing.waiting(person) if person else []


def too_old(tg: StandIn, number: int) -> None:
    """Let a message be older than Telegram deletes."""
    message = tg.messages[number]
    tg._keep(replace(message, at=message.at - DELETABLE))


@asynccontextmanager
async def sweeping(app: App) -> Iterator[None]:
    """Meanwhile what is due is deleted, as it is beside a conversation."""
    going = asyncio.create_task(app.let_vanish())
    try:
        yield
    finally:
        going.cancel()


# -- what goes -------------------------------------------------------------------------------------------------------


async def test_their_messages_and_what_quotes_them_go_when_it_is_time_and_nothing_else(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await vanishing(sam)
    before = list(tg.messages)
    numbers = await quoted(sam)
    assert WORDS in tg.messages[numbers[-1]].text
    async with sweeping(app):
        await asyncio.sleep(TICK / 2)
        assert there(tg, numbers) == numbers, "not before their time"
        house.tools.now.wait(HOUR)
        await eventually(lambda: there(tg, numbers) == [])
    asks = [number for number in tg.messages if number not in numbers]
    assert set(before) < set(asks) and there(tg, asks) == asks
    assert WORDS in sam.answers.values(), "the words stay kept"
    assert tg.refused == [] and asked(tg, sam.chat) == [sorted(numbers)]


async def test_everything_that_a_long_reply_takes_goes(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    await vanishing(sam)
    longest = ("We said we'd talk, and we didn't. " * 200)[:4095] + "!"
    for _ in first_steps(house):
        await sam.says(longest)
    heard = await sam.presses(house.tools.sentences.label("read_again"))
    read = [message.message_id for message in heard if "we didn't" in message.text]
    assert len(read) > len(first_steps(house)), "it took several"
    house.tools.now.wait(HOUR)
    await swept(app)
    assert there(tg, read) == []


async def test_the_file_with_all_their_words_goes_too(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    await quoted(await vanishing(sam))
    [file] = [message.message_id for message in await sam.says("/export") if message.upload]
    house.tools.now.wait(HOUR)
    await swept(app)
    assert there(tg, [file]) == []


async def test_the_conversation_goes_on_after_the_question_itself_has_gone(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await quoted(await vanishing(sam))
    house.tools.now.wait(HOUR)
    await swept(app)
    heard = await sam.says("Only this one thing, and I write it down as well as I can.")
    assert first_steps(house)[1].ask in heard[-1].text and tg.refused == []


async def test_many_messages_go_in_batches(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    await vanishing(sam)
    many = [tg._keep(Heard(sam.chat, next(tg._ids), "text", time.monotonic()))["message_id"] for _ in range(230)]
    with house.tools.store.begin() as kept:
        kept.vanishing.add(kept.people.find(CHANNEL, str(sam.chat)), many, house.tools.now())
    house.tools.now.wait(HOUR)
    await swept(app)
    assert there(tg, many) == []
    assert [len(batch) for batch in asked(tg, sam.chat)] == [MOST_DELETED, MOST_DELETED, 30]


# -- when it fails ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, "drop", "drop_after", 403])
async def test_what_failed_is_tried_again_after_a_while(
    status: int | str, tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    numbers = await quoted(await vanishing(sam))
    house.tools.now.wait(HOUR)
    tg.fails("deleteMessages", status, chat=sam.chat, times=2)
    await swept(app)
    await swept(app)
    assert len(asked(tg, sam.chat)) == 1, "it is left alone for a while"
    for _ in range(2):
        house.tools.now.wait(LONGEST_PAUSE)
        await swept(app)
    assert there(tg, numbers) == [] and waiting(house, sam) == []
    house.tools.now.wait(DELETABLE)
    await swept(app)
    assert "could not be deleted" not in (await sam.says("/hint"))[0].text


async def test_an_order_to_wait_is_obeyed(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    numbers = await quoted(await vanishing(sam))
    house.tools.now.wait(HOUR)
    tg.fails("deleteMessages", 429, chat=sam.chat, retry_after=2)
    await swept(app)
    first, second = [call.at for call in deletions(tg, sam.chat)]
    assert second >= first + 2 and there(tg, numbers) == []


async def test_nobody_waits_for_a_chat_that_fails(
    tg: StandIn, house: House, app: App, someone: Callable[[], Someone]
) -> None:
    sam, kim = someone(), someone()
    numbers = {one.chat: await quoted(await vanishing(one)) for one in (sam, kim)}
    house.tools.now.wait(HOUR)
    tg.fails("deleteMessages", 500, chat=sam.chat)
    await swept(app)
    assert there(tg, numbers[sam.chat]) == numbers[sam.chat] and there(tg, numbers[kim.chat]) == []


async def test_while_telegram_cannot_be_reached_nothing_is_lost(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    numbers = await quoted(await vanishing(sam))
    house.tools.now.wait(HOUR)
    with out_of_reach(tg):
        await swept(app)
    assert waiting(house, sam) == sorted(numbers)
    house.tools.now.wait(LONGEST_PAUSE)
    await swept(app)
    assert there(tg, numbers) == []


async def test_one_that_telegram_deletes_no_more_keeps_nothing_else_back_and_is_told_once(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    first, *others = await quoted(await vanishing(sam))
    too_old(tg, first)
    house.tools.now.wait(HOUR)
    await swept(app)
    assert there(tg, [first, *others]) == [first] and waiting(house, sam) == [first]
    house.tools.now.wait(DELETABLE)
    await swept(app)
    assert waiting(house, sam) == []
    told = house.tools.sentences.say("utter_vanish_left", count="1")
    assert (await sam.says("/hint"))[0].text == told
    assert told not in [message.text for message in await sam.says("/hint")]


async def test_what_they_deleted_themselves_is_no_hindrance(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    first, *_ = await quoted(await vanishing(sam))
    tg._keep(replace(tg.messages[first], deleted=True))
    house.tools.now.wait(HOUR)
    await swept(app)
    assert waiting(house, sam) == [] and tg.refused == []


async def test_a_database_that_is_locked_for_a_moment_ends_nothing(
    tg: StandIn, house: House, app: App, sam: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = await quoted(await vanishing(sam))
    house.tools.now.wait(HOUR)
    due, tries = app._sweeper._due, []

    def locked_at_first() -> list:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("locked")
        return due()

    monkeypatch.setattr(app._sweeper, "_due", locked_at_first)
    async with sweeping(app):
        await eventually(lambda: there(tg, numbers) == [])


# -- restarts, and the end -------------------------------------------------------------------------------------------


async def test_what_waits_survives_a_restart(tg: StandIn, house: House, sam: Someone) -> None:
    async with at_work(tg, house):
        numbers = await quoted(await vanishing(sam))
    house.tools.now.wait(HOUR)
    async with at_work(tg, house) as app:
        await swept(app)
    assert there(tg, numbers) == []


async def test_with_never_nothing_more_goes(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    numbers = await quoted(await vanishing(sam))
    await sam.says("/vanish")
    await sam.presses("Never")
    house.tools.now.wait(DELETABLE)
    await swept(app)
    assert there(tg, numbers) == numbers


async def test_after_erasing_nothing_waits_and_what_was_to_go_is_gone(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    numbers = await quoted(await vanishing(sam))
    with house.tools.store.begin() as kept:
        owner = kept.people.find(CHANNEL, str(sam.chat)).id
    await sam.says("/delete")
    await sam.presses("Erase everything")
    await eventually(lambda: there(tg, numbers) == [])
    await sam.hears()
    house.tools.now.wait(HOUR)
    await swept(app)
    with house.tools.store.begin() as kept:
        left = [kept.session.query(table).filter_by(chat_id=owner).count() for table in (Vanishing, Outgoing)]
    assert left == [0, 0]


def test_the_program_itself_sweeps(tg: StandIn, model: Path, databases: Databases, tmp_path: Path) -> None:
    chat, variables = 78, databases.variables(tmp_path)
    with Running(tg, tmp_path, variables=variables) as running:
        running.until_it_polls()
        tg.says(chat, "/vanish")
        running.until(lambda: tg.heard(chat))
        tg.presses(chat, AFTER)
        running.until(lambda: len(tg.heard(chat)) > 1)
        number = tg.says(chat, "hello")
        running.until(lambda: len(tg.heard(chat)) > 2)
        running.told_to_stop()
    with Running(tg, tmp_path, variables={**variables, "MEND_CLOCK_OFFSET": str(HOUR)}) as running:
        running.until(lambda: tg.messages[number].deleted)
