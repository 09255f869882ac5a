"""A conversation on Telegram, over HTTP from end to end, as a person sees it."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from chatting import Someone, eventually
from standin import KINDS, StandIn

from bot.house import House
from bot.replies import MOST

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("app")]

NOT_TEXT = {
    "animation": "utter_sticker",
    "audio": "utter_voice",
    "contact": "utter_other_media",
    "document": "utter_other_media",
    "forward": "utter_forward",
    "location": "utter_other_media",
    "photo": "utter_picture",
    "sticker": "utter_sticker",
    "video": "utter_picture",
    "video_note": "utter_voice",
    "voice": "utter_voice",
}


def seen(text: str) -> str:
    """A sentence of Mend's as it looks without its markup."""
    for tag in ("b", "i", "blockquote"):
        text = text.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    return html.unescape(text)


def steps(house: House, exercise: str = "root_cause") -> list:
    return list(house.tools.program.side(exercise, "hurt").steps)


async def test_start_leads_to_the_first_question(tg: StandIn, house: House, sam: Someone) -> None:
    intake = house.tools.program.intake
    heard = await sam.says("/start")
    assert seen(house.tools.sentences.say("utter_welcome")) == heard[0].text
    assert intake.side.steps[0].ask in heard[-1].text
    assert sorted(sum(heard[-1].buttons, [])) == sorted(intake.labels.values())
    assert tg.refused == []


async def test_telegram_is_told_the_commands_and_what_mend_is(tg: StandIn, house: House) -> None:
    sentences = house.tools.sentences
    assert {one["command"]: one["description"] for one in tg.commands} == sentences.commands
    told = {call.method: call.params for call in tg.calls}
    assert told["setMyDescription"]["description"] == sentences.description
    assert told["setMyShortDescription"]["short_description"] == sentences.short_description


async def test_a_pressed_button_becomes_the_chosen_text(tg: StandIn, house: House, sam: Someone) -> None:
    asked = (await sam.says("/start"))[-1]
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
    assert len(heard) == 1 and steps(house)[1].ask in heard[0].text
    await eventually(lambda: not tg.unanswered)
    assert tg.refused == []


async def test_an_old_button_shows_where_they_are_now(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    old = sam.last
    await sam.says("It was the summer when he lost his work and stopped talking to me at all.")
    heard = await sam.presses(house.tools.sentences.label("skip"), message=old)
    assert seen(house.tools.sentences.say("utter_stale")) in heard[-1].text
    assert steps(house)[1].ask in heard[-1].text
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


async def test_their_words_are_quoted_letter_by_letter(tg: StandIn, house: House, sam: Someone) -> None:
    words = "<b>He & I</b> were </i> never < 3 &amp; never > 4, and that was how it went for years"
    await sam.at_question()
    await sam.says(words)
    heard = await sam.says("/back")
    assert words in heard[-1].text
    assert tg.refused == []


async def test_their_own_words_cannot_be_forwarded(tg: StandIn, sam: Someone) -> None:
    words = "He had another phone in the garage and I found it on a Tuesday in March."
    await sam.at_question()
    await sam.says(words)
    await sam.says("/back")
    calls = [call.params for call in tg.calls if words in str(call.params.get("text"))]
    assert calls and all(str(params.get("protect_content")).lower() == "true" for params in calls)


async def test_the_longest_message_is_kept_whole_and_read_back_whole(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    longest = ("We said we'd talk, and we didn't. " * 200)[:4095] + "!"
    for _ in steps(house):
        await sam.says(longest)
    assert [sam.answers[step.id] for step in steps(house)] == [longest] * len(steps(house))
    heard = await sam.presses(house.tools.sentences.label("read_again"))
    read = " ".join(message.text for message in heard)
    assert read.count("We said we'd talk, and we didn't.") == len(steps(house)) * longest.count("didn't.")
    assert tg.refused == []


async def test_an_edited_answer_is_changed(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    await sam.says("It began in the summer when he stopped coming home for dinner.")
    better = "It began in the autumn when he stopped coming home for dinner."
    heard = await sam.says(better, edited_of=sam.refs[-1])
    assert heard[0].text.startswith(seen(house.tools.sentences.say("utter_edited")))
    assert steps(house)[1].ask in heard[-1].text
    assert sam.answers[steps(house)[0].id] == better


async def test_an_edit_of_something_else_changes_nothing(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.says("hello there")
    heard = await sam.says("hello", edited_of=sam.refs[-1])
    assert heard[0].text.startswith(house.tools.sentences.say("utter_edited_other"))
    assert house.tools.program.intake.side.steps[0].ask in heard[-1].text


async def test_every_kind_of_message_is_thought_of() -> None:
    assert set(NOT_TEXT) == set(KINDS)


@pytest.mark.parametrize("kind", NOT_TEXT)
async def test_what_is_not_text_gets_a_fitting_line_and_the_question_again(
    kind: str, tg: StandIn, house: House, sam: Someone
) -> None:
    await sam.at_question()
    heard = await sam.sends(kind)
    assert house.tools.sentences.say(NOT_TEXT[kind]) in heard[0].text
    assert steps(house)[0].ask in heard[-1].text
    assert sam.answers.get(steps(house)[0].id) is None and tg.refused == []


async def test_fragments_become_one_answer(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    fragments = ["i dont know how to say it", "he was", "never home", "and then i found the letters"]
    for text in fragments[:-1]:
        sam.write(text)
    heard = await sam.says(fragments[-1])
    assert len(heard) == 1 and steps(house)[1].ask in heard[0].text
    assert sam.answers[steps(house)[0].id] == "\n".join(fragments)


async def test_someone_who_never_stops_writing_is_answered_in_the_end(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    before = len(tg.heard(sam.chat))
    await eventually(lambda: sam.write("and another thing") and len(tg.heard(sam.chat)) > before)
    assert (await sam.hears())[before:]


async def test_messages_of_a_chat_are_answered_in_order(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    sam.write("It was a long winter, and neither of us said what was going on with us.")
    sam.write("/hint")
    sam.write("/skip")
    heard = await sam.says("/back")
    asked = [message.text for message in heard]
    first, second, third = steps(house)[:3]
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
    assert list(sam.answers.values()).count(words) == 1 and steps(house)[1].ask in sam.last.text


async def test_never_more_than_three_messages_in_a_row(tg: StandIn, house: House, sam: Someone) -> None:
    turns = [await sam.says("hi"), await sam.presses(house.tools.program.intake.labels["hurt"])]
    for text in ("/skip", "/menu", "/next", "/hint", "/why", "/progress", "/pause", "hello", "/role", "/help"):
        turns.append(await sam.says(text))
    await sam.says("/next")
    while house.tools.sentences.label("read_again") not in sum(sam.last.buttons, []):
        turns.append(await sam.says("I have thought about this one a lot, mostly at night, and it is not simple."))
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
