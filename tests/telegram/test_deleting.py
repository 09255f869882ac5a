"""What was said in danger can be deleted from the chat: the right messages, and a refusal costs no sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from chatting import Someone
from standin import StandIn

from bot.house import House
from bot.telegram.app import App
from bot.telegram.calls import MOST_DELETED, calls_for

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
@pytest.mark.parametrize("status, times, tries", [(400, 1, 1), (500, 2, 3), (429, 1, 2), ("drop_after", 1, 2)])
async def test_a_refusal_or_a_failure_does_not_stop_the_sentence(
    status: int | str, times: int, tries: int, tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await told(sam, house)
    tg.fails("deleteMessages", status, chat=sam.chat, times=times)
    heard = await sam.presses(DELETE)
    assert [one.text for one in heard] == [house.tools.sentences.say("utter_exchange_erased")]
    assert len(numbers(tg, sam.chat)) == tries
    gone = tg.messages[sam.refs[-1]].deleted
    assert gone == (status != 400), "what may be done is done when it is asked again"
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


def test_many_messages_are_deleted_in_portions_before_the_sentence_is_said() -> None:
    every = list(range(1, 2 * MOST_DELETED + 8))
    *deleting, saying = calls_for({"text": "Done.", "deletes": ",".join(map(str, every))})
    assert {call.method for call in deleting} == {"delete_messages"}
    portions = [call.arguments["message_ids"] for call in deleting]
    assert max(map(len, portions)) <= 100 and [number for portion in portions for number in portion] == every
    assert (saying.method, saying.arguments["text"]) == ("send_message", "Done.")


def test_where_there_is_nothing_to_delete_only_the_sentence_is_said() -> None:
    for reply in ({"text": "Done."}, {"text": "Done.", "deletes": ""}):
        assert [call.method for call in calls_for(reply)] == ["send_message"]
