"""The line to someone who has been away for long, on Telegram: once, without a sound, and answered with one tap."""

from __future__ import annotations

import asyncio

import pytest
from chatting import Someone, eventually
from standin import Heard, StandIn

from actions.store.models import Outgoing
from bot.house import House
from bot.retention import DAY, SETTLED
from bot.telegram.app import App
from bot.telegram.updates import CHANNEL

pytestmark = pytest.mark.asyncio


async def away(house: House, someone: Someone, days: float) -> None:
    """Someone who has been welcomed, and then was away for so many days."""
    await someone.welcomed()
    with house.tools.store.begin() as kept:
        kept.people.find(CHANNEL, str(someone.chat)).seen_at -= days * DAY


async def looked(house: House, app: App) -> None:
    """The day's look, an hour after the start."""
    house.tools.now.wait(SETTLED)
    going = asyncio.create_task(app.clear_out())
    await asyncio.sleep(2.5)
    going.cancel()


def lines(tg: StandIn, house: House, someone: Someone) -> list[Heard]:
    """The lines that reached them."""
    said = house.tools.sentences.say("utter_stay")
    return [message for message in tg.heard(someone.chat) if message.text == said]


async def test_the_line_comes_once_and_without_a_sound_and_one_tap_is_enough(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await away(house, sam, 336)
    await looked(house, app)
    await eventually(lambda: lines(tg, house, sam))
    await looked(house, app)
    [line] = lines(tg, house, sam)
    [call] = [call for call in tg.calls if call.params.get("text") == line.text]
    assert call.params["disable_notification"] in (True, "true", "True")
    heard = await sam.presses("Keep it")
    assert house.tools.sentences.say("utter_stays") in [message.text for message in heard]
    with house.tools.store.begin() as kept:
        assert kept.people.find(CHANNEL, str(sam.chat)).asked_to_stay_at is None


async def test_what_may_have_arrived_is_not_said_again(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    await away(house, sam, 336)
    tg.fails("sendMessage", "drop_after", chat=sam.chat, times=1)
    await looked(house, app)
    await eventually(lambda: state(house, sam) == "unknown")
    await looked(house, app)
    assert len(lines(tg, house, sam)) <= 1


async def test_whoever_blocked_the_bot_unseen_cannot_be_reached_from_then_on(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    await away(house, sam, 336)
    tg.fails("sendMessage", 403, chat=sam.chat, times=1)
    await looked(house, app)
    await eventually(lambda: state(house, sam) == "dropped")
    with house.tools.store.begin() as kept:
        kept.people.find(CHANNEL, str(sam.chat)).seen_at -= 30 * DAY
    house.tools.now.wait(DAY)
    await looked(house, app)
    with house.tools.store.begin() as kept:
        assert kept.people.find(CHANNEL, str(sam.chat)) is None


def state(house: House, someone: Someone) -> str | None:
    """What became of the newest reply to them."""
    with house.tools.store.begin() as kept:
        number = kept.people.find(CHANNEL, str(someone.chat)).id
        rows = kept.session.query(Outgoing).filter(Outgoing.chat_id == number)
        newest = rows.order_by(Outgoing.id.desc()).first()
        return newest.state if newest is not None else None
