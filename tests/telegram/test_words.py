"""What people write and send on Telegram: kept whole, quoted as it is, changed; and what is not text."""

from __future__ import annotations

import asyncio

import pytest
from chatting import Someone, first_steps, private_questions, seen
from standin import KINDS, StandIn

from bot.house import House

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
    for _ in first_steps(house):
        await sam.says(longest)
    assert [sam.answers[step.id] for step in first_steps(house)] == [longest] * len(first_steps(house))
    heard = await sam.presses(house.tools.sentences.label("read_again"))
    read = " ".join(message.text for message in heard)
    assert read.count("We said we'd talk, and we didn't.") == len(first_steps(house)) * longest.count("didn't.")
    assert tg.refused == []


async def test_an_edited_answer_is_changed(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    await sam.says("It began in the summer when he stopped coming home for dinner.")
    better = "It began in the autumn when he stopped coming home for dinner."
    heard = await sam.says(better, edited_of=sam.refs[-1])
    assert heard[0].text.startswith(seen(house.tools.sentences.say("utter_edited")))
    assert first_steps(house)[1].ask in heard[-1].text
    assert sam.answers[first_steps(house)[0].id] == better


async def test_an_edit_of_something_else_changes_nothing(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.says("hello there")
    heard = await sam.says("hello", edited_of=sam.refs[-1])
    assert heard[0].text.startswith(house.tools.sentences.say("utter_edited_other"))
    assert private_questions(house)[0].ask in heard[-1].text


async def test_every_kind_of_message_is_thought_of() -> None:
    assert set(NOT_TEXT) == set(KINDS)


@pytest.mark.parametrize("kind", NOT_TEXT)
async def test_what_is_not_text_gets_a_fitting_line_and_the_question_again(
    kind: str, tg: StandIn, house: House, sam: Someone
) -> None:
    await sam.at_question()
    heard = await sam.sends(kind)
    assert house.tools.sentences.say(NOT_TEXT[kind]) in heard[0].text
    assert first_steps(house)[0].ask in heard[-1].text
    assert sam.answers.get(first_steps(house)[0].id) is None and tg.refused == []


async def test_fragments_become_one_answer(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    fragments = ["i dont know how to say it", "he was", "never home", "and then i found the letters"]
    for text in fragments[:-1]:
        sam.write(text)
    heard = await sam.says(fragments[-1])
    assert len(heard) == 1 and first_steps(house)[1].ask in heard[0].text
    assert sam.answers[first_steps(house)[0].id] == "\n".join(fragments)


async def test_someone_who_never_stops_writing_is_answered_in_the_end(tg: StandIn, house: House, sam: Someone) -> None:
    await sam.at_question()
    before = len(tg.heard(sam.chat))
    for _ in range(400):
        if len(tg.heard(sam.chat)) > before:
            break
        sam.write("and another thing")
        await asyncio.sleep(0.03)  # no silence ever, and too few for a rush, whose end would be waited for
    assert (await sam.hears())[before:]
