"""A whole fleet in processes of its own, on a stand-in for Telegram: a receiver, two workers, the evening lane."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from chatting import TOKEN, eventually, first_steps
from fleets import GATHER, Fleet, Writer, at_work, due_now, kept_chats, questions, texts
from servers import Server

from actions.store.models import Erasure, Incoming, Outgoing
from bot.fleet.receiver import secret_of
from bot.telegram.fleet import LANE, LOOK
from bot.telegram.rush import MOST
from bot.telegram.updates import CHANNEL

pytestmark = pytest.mark.asyncio

ASKING = "Asking in the evenings"


@pytest.fixture(scope="module")
def fleet(server: Server, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet at work."""
    with at_work(server, tmp_path_factory.mktemp("printed")) as fleet:
        yield fleet


def words(number: int, chat: int) -> str:
    return f"canary{number} of {chat} came with the post on Tuesday, and we put it on the table by the window"


async def test_the_webhook_has_the_secret_and_wants_what_a_receiver_takes(fleet: Fleet) -> None:
    assert fleet.tg.hook["secret_token"] == secret_of(TOKEN)
    assert fleet.tg.hook["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_many_talk_at_once_each_turn_is_answered_once_and_in_order_by_either_worker(fleet: Fleet) -> None:
    people = [fleet.someone() for _ in range(6)]
    before = [worker.number("mend_turns_total") for worker in fleet.workers]
    steps = first_steps(fleet.house)

    async def talks(person: Writer) -> None:
        await person.at_question()
        for number, step in enumerate(steps):
            assert step.ask in person.last.text
            await person.says(words(number, person.chat))

    await asyncio.gather(*map(talks, people))
    for person in people:
        assert list(person.answers.values())[-len(steps) :] == [
            words(number, person.chat) for number in range(len(steps))
        ]
        said = texts(person)
        asked = [text for text in said if any(step.ask in text for step in steps)]
        assert len(asked) == len(steps) and len(said) == len(set(said))
    done = [worker.number("mend_turns_total") for worker in fleet.workers]
    assert all(after > earlier for after, earlier in zip(done, before))
    assert fleet.tg.refused == [] and fleet.tg.refusals == []
    assert not fleet.tg.unanswered


async def test_what_someone_writes_while_they_are_answered_is_answered_afterwards(fleet: Fleet) -> None:
    sam = await fleet.someone().at_question()
    fleet.tg.fails("sendMessage", "slow", chat=sam.chat, seconds=1)
    before = len(texts(sam))
    sam.write("/hint")
    await asyncio.to_thread(fleet.tg.wait_for, sam.chat, before + 1, 30)
    sam.write("/why")
    sam.write("/repeat")
    await sam.hears()
    step = first_steps(fleet.house)[0]
    wanted = [step.hint, step.ask, step.why, step.ask, step.ask]
    assert [part in text for part, text in zip(wanted, texts(sam)[before:])] == [True] * 5
    assert len(texts(sam)) == before + 5


async def test_fragments_within_the_usual_silence_become_one_thought(fleet: Fleet) -> None:
    sam = await fleet.someone().at_question()
    before = len(texts(sam))
    for words in ("he said he was", "at the office", "and he was not"):
        sam.write(words)
        await asyncio.sleep(GATHER / 2)
    await sam.hears()
    assert sam.answers[first_steps(fleet.house)[0].id] == "he said he was\nat the office\nand he was not"
    heard = texts(sam)[before:]
    assert sum(first_steps(fleet.house)[1].ask in text for text in heard) == 1


async def test_whoever_sends_very_much_at_once_is_told_so_once_and_keeps_no_worker_busy(fleet: Fleet) -> None:
    sam = await fleet.someone().at_question()
    before = len(texts(sam))
    for number in range(2 * MOST + 1):
        sam.write(words(number, sam.chat))
    await asyncio.to_thread(fleet.tg.wait_for, sam.chat, before + 1, 30)
    await eventually(lambda: not fleet.tg.unconfirmed and jobs(fleet) == {"later": 1})
    assert len(texts(sam)) == before + 1
    assert await fleet.someone().says("/help")


def jobs(fleet: Fleet) -> dict[str, int]:
    """How many jobs there are: in hand, to be taken up now, and later."""
    query = """SELECT CASE WHEN status = 'todo' AND scheduled_at > now() THEN 'later' ELSE status::text END, count(*)
        FROM procrastinate_jobs GROUP BY 1"""
    with fleet.store.begin() as kept:
        return dict(kept.session.execute(sa.text(query)).all())


async def test_a_changed_message_changes_the_answer(fleet: Fleet) -> None:
    sam = await fleet.someone().at_question()
    await sam.says("for about a month")
    await sam.says("for about a year", edited_of=sam.refs[-1])
    assert sam.answers[first_steps(fleet.house)[0].id] == "for about a year"


async def test_a_group_is_left_once_and_nothing_of_it_is_kept(fleet: Fleet) -> None:
    before = kept_chats(fleet)
    group = -1_000_000_077
    fleet.tg.says(group, "hello bot", chat_type="supergroup")
    await eventually(lambda: [call for call in fleet.tg.calls if call.method == "leaveChat"])
    await eventually(lambda: not fleet.tg.unconfirmed and kept_chats(fleet) == before)
    assert [call.params["chat_id"] for call in fleet.tg.calls if call.method == "leaveChat"] == [group]
    assert len(fleet.tg.heard(group)) == 1


async def test_whoever_erases_everything_is_gone_from_every_table(fleet: Fleet, server: Server) -> None:
    before = kept_chats(fleet)
    sam = await fleet.someone().at_question()
    await sam.says("canary, the thing with the car")
    with fleet.store.begin() as kept:
        number = kept.chats.find(CHANNEL, str(sam.chat))
    await sam.says("/delete")
    fleet.tg.presses(sam.chat, "Erase all, and the messages here")
    await eventually(lambda: kept_chats(fleet) == before)
    await asyncio.sleep(0.3)
    with fleet.store.begin() as kept:
        assert kept.session.get(Erasure, number) is not None
        for table in (Incoming, Outgoing):
            assert not kept.session.query(table).filter(table.chat_id == number).count()
    await eventually(lambda: server.holds(str(number)) == ["erasures"])  # its job is done, too
    greeting = texts(sam)[0]
    assert (await sam.says("/start"))[0].text == greeting  # as someone new


# -- the evening -----------------------------------------------------------------------------------------------------


async def test_a_second_evening_lane_waits_until_the_first_is_gone(fleet: Fleet) -> None:
    assert fleet.lane.lives and ASKING not in fleet.lane.printed
    fleet.first_lane.close()
    began = time.monotonic()
    await asyncio.to_thread(fleet.lane.until_it_says, ASKING)
    assert time.monotonic() - began < LOOK + 2
    with fleet.store.lane(LANE) as is_ours:
        assert not is_ours()


async def test_an_evening_question_comes_once(fleet: Fleet) -> None:
    people = [fleet.someone() for _ in range(8)]
    for one in people:
        due_now(fleet, one)
    await eventually(lambda: all(questions(fleet, one) for one in people))
    await asyncio.sleep(1.5)  # another look at who is due
    assert [questions(fleet, one) for one in people] == [1] * len(people)
    heard = await people[0].says("it was quiet, and that was all right")
    assert len(heard) == 1  # a worker answers what was asked by the lane


# -- the end ---------------------------------------------------------------------------------------------------------


async def test_while_the_database_is_away_nothing_is_lost_and_everything_goes_on_afterwards(
    fleet: Fleet, server: Server
) -> None:
    sam = await fleet.someone().at_question()
    with server.away():
        sam.write("for about a year, I think")
        await asyncio.sleep(1.5)
    fleet.store.close()  # this process connects anew, as the others do by themselves
    await sam.hears()
    assert sam.answers[first_steps(fleet.house)[0].id] == "for about a year, I think"
    kim = fleet.someone()
    due_now(fleet, kim)
    await eventually(lambda: questions(fleet, kim))
    assert questions(fleet, kim) == 1
    assert all(process.lives for process in fleet.processes)


async def test_told_to_stop_everyone_finishes_what_is_in_hand_and_ends_well(fleet: Fleet) -> None:
    people = [await fleet.someone().at_question() for _ in range(2)]
    for one in people:
        fleet.tg.fails("sendMessage", "slow", chat=one.chat, seconds=1.5)
        one.write("/hint")
    hint = first_steps(fleet.house)[0].hint
    for one in people:
        await eventually(lambda one=one: hint in texts(one)[-1])  # it has arrived, and is not confirmed yet
    for process in fleet.processes:
        process.is_told_to_stop()
    assert [process.ended() for process in fleet.processes] == [0] * 4
    with fleet.store.begin() as kept:
        assert not kept.session.query(Outgoing).filter(Outgoing.state.in_(("waiting", "sending"))).count()
    assert not {*jobs(fleet)} - {"later"}
    assert [sum(hint in text for text in texts(one)) for one in people] == [1, 1]
    for process in fleet.processes:
        assert not [one for one in ("canary", TOKEN, str(people[0].chat)) if one in process.printed]
