"""What was said can be deleted from the chat: after danger, and with everything. A refusal costs no sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from chatting import Someone, eventually
from standin import StandIn
from telegram.error import BadRequest

from actions.store.models import Chat, Incoming, Outgoing, Vanishing
from actions.store.vanishing import DELETABLE
from bot.house import House
from bot.telegram.app import App
from bot.telegram.calls import calls_for, deletions
from bot.telegram.deleting import MOST_DELETED, delete
from bot.telegram.updates import CHANNEL

DANGER = "I want to kill myself."
DELETE = "Delete this exchange"


def numbers(tg: StandIn, chat: int) -> list[list[int]]:
    """The messages that Telegram was asked to delete in a chat, request by request."""
    return [
        call.params["message_ids"]
        for call in tg.calls
        if call.method == "deleteMessages" and call.params["chat_id"] == chat
    ]


async def told(sam: Someone, house: House) -> None:
    """Someone has told of danger, and answered the question."""
    await sam.says(DANGER)
    await sam.presses(house.tools.sentences.label("safe_yes"))


@pytest.mark.asyncio
async def test_everything_since_they_told_of_danger_goes_and_nothing_before(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    before = {message.message_id for message in await sam.says("hi")} | {sam.refs[-1]}
    await told(sam, house)
    since = {message.message_id for message in tg.heard(sam.chat)} - before
    heard = await sam.presses(DELETE)
    [asked] = numbers(tg, sam.chat)
    assert set(asked) == since | {sam.refs[-1]} and sam.refs[-1] not in before
    assert all(tg.messages[number].deleted for number in asked)
    assert not any(tg.messages[number].deleted for number in before)
    assert [one.text for one in heard] == [house.tools.sentences.say("utter_exchange_erased")]
    assert [one.text for one in tg.heard(sam.chat)][-1:] == [heard[-1].text]
    assert tg.refused == []


@pytest.mark.asyncio
@pytest.mark.parametrize("status, times, tries", [(400, 1, 3), (500, 2, 3), (429, 1, 2), ("drop_after", 1, 2)])
async def test_a_refusal_or_a_failure_does_not_stop_the_sentence(
    status: int | str, times: int, tries: int, tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await told(sam, house)
    tg.fails("deleteMessages", status, chat=sam.chat, times=times)
    heard = await sam.presses(DELETE)
    assert [one.text for one in heard] == [house.tools.sentences.say("utter_exchange_erased")]
    assert len(numbers(tg, sam.chat)) == tries
    assert tg.messages[sam.refs[-1]].deleted, "what may be done is done when it is asked again"
    assert await sam.says("/helpnow"), "and the conversation goes on"


@pytest.mark.asyncio
async def test_a_message_that_they_deleted_themselves_is_no_hindrance(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await sam.says(DANGER)
    message = sam.last
    tg._keep(replace(message, deleted=True))
    await sam.presses(house.tools.sentences.label("safe_yes"), message)
    await sam.presses(DELETE)
    [asked] = numbers(tg, sam.chat)
    assert asked and min(asked) > 0, "zero is no message's number"


@pytest.mark.asyncio
async def test_many_messages_are_deleted_in_portions() -> None:
    every, portions = list(range(1, 2 * MOST_DELETED + 8)), []

    async def ask(portion: list[int]) -> None:
        portions.append(portion)

    assert await delete(deletions({"deletes": ",".join(map(str, every))}), ask) == []
    assert max(map(len, portions)) <= 100 and [number for portion in portions for number in portion] == every


@pytest.mark.asyncio
@pytest.mark.parametrize("refused", [set(), {1}, {100}, {3, 57}, {101, 102, 150}, set(range(1, 151))])
async def test_what_is_refused_keeps_nothing_else_from_being_deleted(refused: set[int]) -> None:
    gone: list[int] = []

    async def ask(portion: list[int]) -> None:
        if refused & set(portion):
            raise BadRequest("message can't be deleted for everyone")
        gone.extend(portion)

    assert await delete(range(1, 151), ask) == sorted(refused)
    assert gone == sorted(set(range(1, 151)) - refused)


def test_where_there_is_nothing_to_delete_only_the_sentence_is_said() -> None:
    for reply in ({"text": "Done."}, {"text": "Done.", "deletes": ""}):
        assert deletions(reply) == [] and [call.method for call in calls_for(reply)] == ["send_message"]


# -- when everything is erased ---------------------------------------------------------------------------------------

ALL, WORDS = "Erase all, and the messages here", "It was the winter when we stopped talking, and I don't know why."


def in_chat(tg: StandIn, sam: Someone) -> list[str]:
    """What is still in the chat, of both sides."""
    return [one.text for one in tg.messages.values() if one.chat == sam.chat and not one.deleted]


def too_old(tg: StandIn, number: int) -> None:
    """Let a message be older than Telegram deletes."""
    message = tg.messages[number]
    tg._keep(replace(message, at=message.at - DELETABLE - 1))


def is_known(house: House, owner: int) -> bool:
    """Whether anything of a chat is kept."""
    with house.tools.store.begin() as kept:
        rows = [kept.session.query(table).filter_by(chat_id=owner).count() for table in (Outgoing, Incoming, Vanishing)]
        return any(rows) or kept.session.get(Chat, owner) is not None


def log_of(house: House) -> bytes:
    """What stands in the write-ahead log, where the database has one."""
    path = house.tools.store.path
    return path.with_name(f"{path.name}-wal").read_bytes() if path is not None else b""


async def asked_to_erase(sam: Someone, house: House) -> int:
    """Someone who wrote something is asked whether to erase everything; the number under which they are kept."""
    await sam.at_question()
    for text in (WORDS, "/back", "/delete"):
        await sam.says(text)
    with house.tools.store.begin() as kept:
        return kept.people.find(CHANNEL, str(sam.chat)).id


async def says_goodbye(tg: StandIn, sam: Someone, button: str) -> None:
    """They press a button, and hear the last words; until then they may look like someone of whom nothing is known."""
    await sam.presses(button)
    await eventually(lambda: any("Everything is erased" in text for text in in_chat(tg, sam)))
    await sam.hears()


@pytest.mark.asyncio
async def test_erased_with_the_messages_only_the_goodbye_is_left_in_the_chat_and_nothing_in_the_database(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    owner = await asked_to_erase(sam, house)
    await says_goodbye(tg, sam, ALL)
    assert in_chat(tg, sam) == [house.tools.sentences.say("utter_deleted_here")]
    assert not is_known(house, owner) and tg.refused == []
    assert log_of(house) == b"", "and none in what it last wrote"
    with house.tools.store.begin() as kept:
        assert kept.people.find(CHANNEL, str(sam.chat)) is None
        assert kept.inbox.waiting(CHANNEL, str(sam.chat)) == []


@pytest.mark.asyncio
async def test_erased_without_the_messages_they_stay_and_the_goodbye_says_so(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await asked_to_erase(sam, house)
    before = in_chat(tg, sam)
    await says_goodbye(tg, sam, "Erase everything")
    assert in_chat(tg, sam) == [*before, house.tools.sentences.say("utter_deleted")]


@pytest.mark.asyncio
async def test_where_telegram_deletes_not_all_the_goodbye_asks_them_to(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    owner = await asked_to_erase(sam, house)
    too_old(tg, sam.refs[-2])
    await says_goodbye(tg, sam, ALL)
    assert in_chat(tg, sam) == ["/back", house.tools.sentences.say("utter_not_all_deleted")]
    assert not is_known(house, owner)


@pytest.mark.asyncio
async def test_messages_of_more_than_two_days_ago_are_not_even_tried(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await sam.at_question()
    await sam.says(WORDS)
    old = in_chat(tg, sam)
    house.tools.now.wait(DELETABLE)
    await sam.says("/delete")
    await says_goodbye(tg, sam, ALL)
    assert in_chat(tg, sam) == [*old, house.tools.sentences.say("utter_deleted_here")]


@pytest.mark.asyncio
@pytest.mark.parametrize("method", ["deleteMessages", "sendMessage"])
async def test_who_blocks_the_bot_at_that_moment_leaves_nothing_behind(
    method: str, tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    owner = await asked_to_erase(sam, house)
    tg.fails(method, 403, chat=sam.chat)
    await sam.presses(ALL)
    await eventually(lambda: not is_known(house, owner))
    assert not any("Everything is erased" in text for text in in_chat(tg, sam))


@pytest.mark.asyncio
@pytest.mark.parametrize("status, times", [(429, 1), (500, 2), ("drop", 1), ("drop_after", 1)])
async def test_a_failure_keeps_no_message_in_the_chat(
    status: int | str, times: int, tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await asked_to_erase(sam, house)
    tg.fails("deleteMessages", status, chat=sam.chat, times=times)
    await says_goodbye(tg, sam, ALL)
    assert in_chat(tg, sam) == [house.tools.sentences.say("utter_deleted_here")]


@pytest.mark.asyncio
async def test_what_of_an_exchange_could_not_be_deleted_is_said(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await told(sam, house)
    too_old(tg, sam.refs[-1])
    [heard] = await sam.presses(DELETE)
    assert heard.text == house.tools.sentences.say("utter_exchange_left")
