"""A passphrase on Telegram: its message goes from the chat, and the person hears of it where that can't be done."""

from __future__ import annotations

import pytest
from chatting import Someone
from standin import StandIn
from talking import Clock

from bot.house import House
from bot.telegram.app import App

pytestmark = pytest.mark.asyncio

PHRASE, WRONG, TEN_MINUTES = "Blue horse 17", "Blue hearse 17", 600


def texts(heard: list) -> list[str]:
    return [message.text for message in heard]


def gone(tg: StandIn, number: int) -> bool:
    """Whether a message is no longer in its chat."""
    return tg.messages[number].deleted


async def test_the_message_with_it_goes_when_it_is_set_and_when_it_opens(
    tg: StandIn, house: House, app: App, sam: Someone, clock: Clock
) -> None:
    say = house.tools.sentences.say
    await sam.at_question()
    question = sam.last.text
    await sam.says("/lock")
    assert texts(await sam.says(PHRASE)) == [say("utter_lock_set"), question] and gone(tg, sam.refs[-1])
    clock.wait(TEN_MINUTES)
    assert texts(await sam.presses("A hint")) == [say("utter_locked")]
    assert texts(await sam.says("/menu")) == [say("utter_locked")]
    assert texts(await sam.says(PHRASE)) == [say("utter_unlocked"), question] and gone(tg, sam.refs[-1])
    assert tg.refused == []


async def test_what_was_typed_before_stays_until_they_have_it_deleted(
    tg: StandIn, house: House, app: App, sam: Someone, clock: Clock
) -> None:
    for text in ("/lock", PHRASE):
        await sam.says(text)
    clock.wait(TEN_MINUTES)
    for text in ("hi", WRONG, "We painted the kitchen last Sunday."):
        await sam.says(text)
    tried = sam.refs[-3:]
    await sam.says(PHRASE)
    assert [gone(tg, number) for number in tried] == [False] * 3
    await sam.presses("Delete those messages")
    assert [gone(tg, number) for number in tried] == [True] * 3
    assert sam.last.text == house.tools.sentences.say("utter_lock_tidied")


async def test_a_slip_that_is_mended_in_its_own_message_opens_and_goes(
    tg: StandIn, house: House, app: App, sam: Someone, clock: Clock
) -> None:
    for text in ("/lock", PHRASE):
        await sam.says(text)
    clock.wait(TEN_MINUTES)
    await sam.says(WRONG)
    slip = sam.refs[-1]
    await sam.says(PHRASE, edited_of=slip)
    assert sam.last.text == house.tools.sentences.say("utter_unlocked_after") and gone(tg, slip)


async def test_where_it_can_not_be_deleted_they_are_asked_to_do_it(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await sam.says("/lock")
    tg.fails("deleteMessages", 400, chat=sam.chat)
    await sam.says(PHRASE)
    assert house.tools.sentences.say("utter_lock_stands") in sam.last.text and not gone(tg, sam.refs[-1])
