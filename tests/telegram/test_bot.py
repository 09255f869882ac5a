"""A conversation on Telegram, over HTTP from end to end, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from answering import answers
from chatting import SAFE, Someone, eventually, first_steps, private_questions, seen
from standin import StandIn

from bot.house import House
from bot.replies import MOST

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("app")]


async def test_start_leads_to_the_first_private_question(tg: StandIn, house: House, sam: Someone) -> None:
    adult = private_questions(house)[0]
    heard = await sam.says("/start")
    assert seen(house.tools.sentences.say("utter_welcome")) == heard[0].text
    assert adult.ask in heard[-1].text
    assert sum(heard[-1].buttons, []) == [*adult.choices, house.tools.sentences.label("pause")]
    assert tg.refused == []


async def test_after_the_private_questions_they_are_asked_for_their_side(
    tg: StandIn, house: House, sam: Someone
) -> None:
    intake = house.tools.program.intake
    await sam.screened()
    assert intake.side.steps[0].ask in sam.last.text
    assert sorted(sum(sam.last.buttons, [])) == sorted(intake.labels.values())
    assert sam.answers == {}, "the answers to the private questions are not kept"
    assert tg.refused == []


async def test_telegram_is_told_the_commands_and_what_mend_is(tg: StandIn, house: House) -> None:
    sentences = house.tools.sentences
    assert {one["command"]: one["description"] for one in tg.commands} == sentences.commands
    told = {call.method: call.params for call in tg.calls}
    assert told["setMyDescription"]["description"] == sentences.description
    assert told["setMyShortDescription"]["short_description"] == sentences.short_description


async def test_a_pressed_button_becomes_the_chosen_text(tg: StandIn, house: House, sam: Someone) -> None:
    asked = (await sam.screened()).last
    label = house.tools.program.intake.labels["hurt"]
    heard = await sam.presses(label)
    pressed = next(message for message in tg.heard(sam.chat) if message.message_id == asked.message_id)
    assert pressed.buttons == []
    assert pressed.text.startswith(asked.text) and pressed.text.endswith(seen(house.tools.sentences.chosen(label)))
    assert house.tools.program.intake.side.steps[1].ask in heard[-1].text
    await eventually(lambda: not tg.unanswered)
    assert tg.refused == []


async def test_a_button_pressed_twice_counts_once(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    label = house.tools.sentences.label("skip")
    tg.presses(sam.chat, label)
    heard = await sam.presses(label)
    assert len(heard) == 1 and first_steps(house)[1].ask in heard[0].text
    await eventually(lambda: not tg.unanswered)
    assert tg.refused == []


async def test_an_old_button_shows_where_they_are_now(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    old = sam.last
    await sam.says("It was the summer when he lost his work and stopped talking to me at all.")
    heard = await sam.presses(house.tools.sentences.label("skip"), message=old)
    assert seen(house.tools.sentences.say("utter_stale")) in heard[-1].text
    assert first_steps(house)[1].ask in heard[-1].text
    await eventually(lambda: not tg.unanswered)
    assert tg.refused == []


async def test_a_forged_button_is_answered_kindly(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    tg.presses(sam.chat, "Anything", data="choose_strategy:apology")
    await sam.hears()
    assert sam.last.text == house.tools.sentences.say("utter_unknown_button")


async def test_the_bot_is_seen_typing(tg: StandIn, sam: Someone) -> None:
    await sam.says("hi")
    typing = {"chat_id": sam.chat, "action": "typing"}
    await eventually(lambda: any(one.method == "sendChatAction" and one.params == typing for one in tg.calls))


async def test_messages_of_a_chat_are_answered_in_order(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    sam.write("It was a long winter, and neither of us said what was going on with us.")
    sam.write("/hint")
    sam.write("/skip")
    heard = await sam.says("/back")
    asked = [message.text for message in heard]
    first, second, third = first_steps(house)[:3]
    wanted = [second.ask, second.hint, second.ask, third.ask, second.ask]
    places = iter(asked)
    assert all(any(ask in text for text in places) for ask in wanted), asked
    assert sam.answers[first.id].startswith("It was a long winter")


async def test_the_same_update_twice_acts_once(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    number = tg.update({}) + 1
    words = "It was the lie about the money, more than the money, that I can't forget."
    await sam.says(words, update_id=number)
    assert await sam.says(words, update_id=number) == []
    assert list(sam.answers.values()).count(words) == 1 and first_steps(house)[1].ask in sam.last.text


async def test_never_more_than_three_messages_in_a_row(tg: StandIn, house: House, sam: Someone) -> None:
    turns = [await sam.says("hi")]
    for answer in (*SAFE, house.tools.program.intake.labels["hurt"]):
        turns.append(await sam.presses(answer))
    for text in ("/skip", "/menu", "/next", "/hint", "/why", "/progress", "/pause", "hello", "/role", "/help"):
        turns.append(await sam.says(text))
    await sam.says("/next")
    exercise = house.tools.program.exercise(house.tools.program.order[0])
    for words in answers(exercise.sides["hurt"]).values():
        turns.append(await sam.says(words))
    assert house.tools.sentences.label("read_again") in sum(sam.last.buttons, [])
    turns.append(await sam.says("/export"))
    assert all(1 <= len(turn) <= MOST for turn in turns)
    await eventually(lambda: not tg.unanswered)
    assert tg.refused == []


async def test_a_group_is_told_once_and_left(tg: StandIn, house: House, someone: Callable[[], Someone]) -> None:
    group = -someone().chat
    added = {"status": "member", "user": {"id": 123456, "is_bot": True, "first_name": "Mend"}}
    about = {"chat": {"id": group, "type": "group", "title": "Us"}, "date": 1, "from": {"id": 7, "is_bot": False,
             "first_name": "Sam"}}  # fmt: skip
    tg.update({"my_chat_member": {**about, "old_chat_member": {**added, "status": "left"}, "new_chat_member": added}})
    tg.says(group, "hi all, meet this one", chat_type="group")
    await eventually(lambda: any(call.method == "leaveChat" for call in tg.calls))
    left = {**added, "status": "left"}
    tg.update({"my_chat_member": {**about, "old_chat_member": added, "new_chat_member": left}})
    await someone().says("hi")
    assert [message.text for message in tg.heard(group)] == [house.tools.sentences.say("utter_private_only")]
    assert [call.params["chat_id"] for call in tg.calls if call.method == "leaveChat"] == [group]


async def test_a_group_that_lets_nobody_speak_is_left_too(tg: StandIn, someone: Callable[[], Someone]) -> None:
    group = -someone().chat
    tg.fails("sendMessage", 403, chat=group)
    tg.says(group, "hi all", chat_type="supergroup")
    await eventually(lambda: any(call.method == "leaveChat" for call in tg.calls))
