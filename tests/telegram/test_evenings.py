"""Evening questions on Telegram: each is sent once at most, whatever Telegram does; replies don't wait for them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from chatting import Someone, eventually, out_of_reach
from standin import StandIn

from actions.evening.schedule import Habit
from actions.store.models import Evening, Outgoing
from bot.house import House
from bot.telegram.app import App
from bot.telegram.updates import CHANNEL

pytestmark = pytest.mark.asyncio

FAR = 10**9


def due_now(house: House, someone: Someone, *, seen_ago: float = 3600) -> None:
    """Let this person's evening be due at this moment of the bot's clock."""
    now = house.tools.now()
    moment = time.gmtime(now)
    with house.tools.store.begin() as kept:
        person = kept.people.meet(CHANNEL, str(someone.chat), now)
        person.role, person.seen_at = "hurt", now - seen_ago
        habit = Habit("+00:00", moment.tm_hour * 60 + moment.tm_min, look_back=None)
        kept.evenings.settle(person, habit, now - 60)
        schedule = kept.evenings.schedule(person)
        schedule.next_date, schedule.next_due = time.strftime("%Y-%m-%d", moment), now


def evening(house: House, someone: Someone) -> tuple[str, str | None, str | None]:
    """What became of the newest evening: its state, why it was left out, and what became of its message."""
    with house.tools.store.begin() as kept:
        person = kept.people.find(CHANNEL, str(someone.chat))
        found = kept.evenings.last(person)
        row = kept.session.get(Outgoing, found.reply_id) if found is not None and found.reply_id else None
        return (found.state, found.reason, row.state if row else None) if found else ("none", None, None)


def questions(tg: StandIn, house: House, someone: Someone) -> int:
    """How many evening questions reached them."""
    asks = {one.ask for all_ in house.tools.program.reflections.questions.values() for one in all_}
    return sum(message.text in asks for message in tg.heard(someone.chat))


async def asked(app: App) -> None:
    """Let the evenings go out for a moment."""
    going = asyncio.create_task(app.ask_in_the_evenings())
    await asyncio.sleep(2.5)  # two looks at who is due
    going.cancel()


async def test_the_question_comes_once(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    due_now(house, sam)
    await asked(app)
    await eventually(lambda: questions(tg, house, sam) == 1)
    await asked(app)
    assert questions(tg, house, sam) == 1
    assert evening(house, sam) == ("asked", None, "sent")


@pytest.mark.parametrize("status", [500, 502, "drop", "drop_after", "garbled"])
async def test_what_may_have_arrived_is_not_sent_again_and_the_record_says_so(
    status: int | str, tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    due_now(house, sam)
    tg.fails("sendMessage", status, chat=sam.chat, times=1)
    await asked(app)
    await eventually(lambda: evening(house, sam)[2] == "unknown")
    await asked(app)
    assert questions(tg, house, sam) <= 1
    assert evening(house, sam) == ("asked", None, "unknown")


async def test_what_surely_did_not_arrive_is_sent_again(tg: StandIn, house: House, app: App, sam: Someone) -> None:
    due_now(house, sam)
    tg.fails("sendMessage", 429, chat=sam.chat, times=2)
    await asked(app)
    await eventually(lambda: evening(house, sam)[2] == "sent")
    assert questions(tg, house, sam) == 1


async def test_someone_who_blocked_the_bot_hears_nothing_until_they_are_back(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    due_now(house, sam)
    tg.fails("sendMessage", 403, chat=sam.chat, times=1)
    await asked(app)
    await eventually(lambda: not reachable(house, sam))
    with house.tools.store.begin() as kept:
        assert kept.evenings.next(kept.people.find(CHANNEL, str(sam.chat))) is None
    await sam.says("/help")
    with house.tools.store.begin() as kept:
        assert kept.evenings.next(kept.people.find(CHANNEL, str(sam.chat))) is not None


def reachable(house: House, someone: Someone) -> bool:
    with house.tools.store.begin() as kept:
        return kept.people.find(CHANNEL, str(someone.chat)).reachable


async def test_while_telegram_cannot_be_reached_nothing_is_lost(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    due_now(house, sam)
    with out_of_reach(tg):
        await asked(app)
    await eventually(lambda: evening(house, sam)[2] in ("sent", "unknown"))
    assert questions(tg, house, sam) <= 1


async def test_a_question_that_was_in_flight_when_mend_died_is_not_sent_again(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    due_now(house, sam)
    await asked(app)
    await eventually(lambda: evening(house, sam)[2] == "sent")
    with house.tools.store.begin() as kept:
        found = kept.evenings.last(kept.people.find(CHANNEL, str(sam.chat)))
        kept.outbox.sending(found.reply_id)
        kept.outbox.may_have_arrived(CHANNEL)
        assert kept.outbox.waiting(CHANNEL, str(sam.chat)) is None
    assert evening(house, sam)[2] == "unknown"


async def test_a_question_that_could_not_be_sent_in_time_is_left_out(
    tg: StandIn, house: House, app: App, sam: Someone
) -> None:
    due_now(house, sam)
    tg.fails("sendMessage", 429, chat=sam.chat, times=1)
    house.tools.now.wait(0)
    going = asyncio.create_task(app.ask_in_the_evenings())
    await eventually(lambda: evening(house, sam)[0] == "asked")
    house.tools.now.wait(2 * 3600)
    await eventually(lambda: evening(house, sam)[0] == "left_out")
    going.cancel()
    assert evening(house, sam)[1] == "not sent"
    assert questions(tg, house, sam) == 0


async def test_many_evenings_do_not_hold_up_a_reply(
    tg: StandIn, house: House, app: App, someone: Callable[[], Someone]
) -> None:
    for one in [someone() for _ in range(60)]:
        due_now(house, one)
    kim = someone()
    going = asyncio.create_task(app.ask_in_the_evenings())
    heard = await kim.says("/help")
    with house.tools.store.begin() as kept:
        left = kept.session.query(Evening).filter(Evening.state == "claimed").count()
        still_due = len(kept.evenings.due(CHANNEL, house.tools.now(), FAR))
    going.cancel()
    assert heard and left + still_due > 0  # the reply came before the last of them
