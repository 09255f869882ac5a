"""What the bot sends to the stand-in is seen as on Telegram, and refused where Telegram refuses it."""

import pytest
from standin import StandIn
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

PNG = b"\x89PNG\r\n\x1a\n picture"
YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="yes"), InlineKeyboardButton("No", url="https://a.org")]]
)


def bot_of(tg, token=None):
    return Bot(token or tg.token, base_url=tg.base_url)


def with_data(data):
    return InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data=data)]])


@pytest.fixture
def tg():
    with StandIn.in_thread() as tg:
        yield tg


@pytest.mark.asyncio
async def test_what_is_sent_is_seen_as_a_person_sees_it(tg):
    async with bot_of(tg) as bot:
        sent = await bot.send_message(7, " <b>1 &lt; 2</b> &amp; <a href='https://a.org/?b&amp;c'>so on</a>\n", "HTML")
        picture = await bot.send_photo(7, PNG, caption="<i>Us</i>", parse_mode="HTML")
        paper = await bot.send_document(7, b"all of it", filename="all.json")
        plain = await bot.send_message(7, "1 < 2 & <b>")
    assert sent.text == "1 < 2 & so on" and picture.photo and paper.document and plain.text == "1 < 2 & <b>"
    heard = tg.heard(7)
    assert [message.kind for message in heard] == ["text", "photo", "document", "text"]
    assert heard[1].text == "Us" and heard[1].upload.data == PNG
    assert heard[2].upload == ("all.json", b"all of it") and heard[3].html == "1 &lt; 2 &amp; &lt;b&gt;"
    assert tg.heard(7, after=paper.message_id) == heard[3:] and tg.refused == []


@pytest.mark.asyncio
async def test_edits_and_deletions_are_seen(tg):
    async with bot_of(tg) as bot:
        first = await bot.send_message(7, "one", reply_markup=YES_NO)
        await bot.edit_message_reply_markup(7, first.message_id)
        assert tg.heard(7)[0].buttons == [] and not tg.heard(7)[0].edited
        await bot.edit_message_text("two", 7, first.message_id)
        assert (tg.heard(7)[0].text, tg.heard(7)[0].edited) == ("two", True)
        others = [(await bot.send_message(7, text)).message_id for text in "abc"]
        await bot.delete_message(7, others[0])
        await bot.delete_messages(7, [*others[1:], 999])
    assert [message.text for message in tg.heard(7)] == ["two"]
    assert [message.deleted for message in tg.heard(7, deleted=True)] == [False, True, True, True]


@pytest.mark.asyncio
async def test_buttons_are_pressed_by_label_and_old_ones_too(tg):
    async with bot_of(tg) as bot:
        old = await bot.send_message(7, "one", reply_markup=with_data("1"))
        await bot.send_message(7, "two", reply_markup=with_data("2"))
        await bot.edit_message_reply_markup(7, old.message_id)
        tg.presses(7, "Go")
        tg.presses(7, "Go", message_id=old.message_id)
        tg.presses(7, "Go", data="forged")
        await bot.delete_message(7, old.message_id)
        query = tg.presses(7, "Go", message_id=old.message_id)
        updates = await bot.get_updates()
        assert [update.callback_query.data for update in updates] == ["2", "1", "forged", "1"]
        assert updates[0].callback_query.message.text == "two"
        assert not updates[3].callback_query.message.is_accessible
        await bot.answer_callback_query(query)
        assert query not in tg.unanswered and len(tg.unanswered) == 3
        await bot.send_message(7, "keys", reply_markup={"keyboard": [["Ready"]]})
        assert tg.presses(7, "Ready") is None
        assert (await bot.get_updates(offset=-1))[0].message.text == "Ready"
    with pytest.raises(LookupError):
        tg.presses(7, "No such button")


@pytest.mark.asyncio
async def test_a_link_is_not_pressed(tg):
    async with bot_of(tg) as bot:
        await bot.send_message(7, "x", reply_markup=YES_NO)
    with pytest.raises(LookupError):
        tg.presses(7, "No")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "text",
    ["<b>open", "</b>", "<b><i>x</b></i>", "a < b", "a & b", "&nbsp;", "<br>", "<p>x</p>", "<script>x",
     "<a href='?a&b'>x</a>", "<b", "x <3"],
)  # fmt: skip
async def test_html_is_refused_as_telegram_refuses_it(tg, text):
    async with bot_of(tg) as bot:
        with pytest.raises(BadRequest, match="[Cc]an't parse entities"):
            await bot.send_message(7, text, "HTML")
    assert tg.refused[0].method == "sendMessage" and tg.heard(7) == []


@pytest.mark.asyncio
async def test_limits_are_counted_as_telegram_counts_them(tg):
    async with bot_of(tg) as bot:
        await bot.send_message(7, "<b>" + "😀" * 2048 + "</b>", "HTML")
        await bot.send_photo(7, PNG, caption="x" * 1024)
        await bot.send_message(7, "x", reply_markup=with_data("é" * 32))
        assert tg.refused == []
        for refused in (
            bot.send_message(7, "😀" * 2048 + "x"),
            bot.send_message(7, "<b> </b>", "HTML"),
            bot.send_message(7, "*x*", "MarkdownV2"),
            bot.send_photo(7, PNG, caption="x" * 1025),
            bot.send_photo(7, b"not a picture"),
            bot.send_message(7, "x", reply_markup=with_data("é" * 33)),
            bot.send_message(7, "x", reply_markup=with_data("")),
            bot.send_message("@nobody", "x"),
            bot.send_chat_action(7, "dancing"),
            bot.answer_callback_query("unheard-of"),
            bot.leave_chat(7),
            bot.get_file("any"),
            bot.set_my_commands([("Start", "x")]),
            bot.set_my_description("x" * 513),
            bot.edit_message_text("x", 7, 999),
            bot.delete_message(7, 999),
        ):
            with pytest.raises(BadRequest):
                await refused
    assert len(tg.refused) == 16 and len(tg.heard(7)) == 3


@pytest.mark.asyncio
async def test_edits_that_change_nothing_are_refused(tg):
    said = tg.says(7, "mine")
    async with bot_of(tg) as bot:
        sent = await bot.send_message(7, "<b>x</b>", "HTML", reply_markup=YES_NO)
        for text, message_id in [("<b>x</b> ", sent.message_id), ("x", said)]:
            with pytest.raises(BadRequest, match="not modified|can't be edited"):
                await bot.edit_message_text(text, 7, message_id, parse_mode="HTML", reply_markup=YES_NO)
        await bot.edit_message_text("<i>x</i>", 7, sent.message_id, parse_mode="HTML", reply_markup=YES_NO)
        photo = await bot.send_photo(7, PNG)
        with pytest.raises(BadRequest, match="no text"):
            await bot.edit_message_text("x", 7, photo.message_id)


@pytest.mark.asyncio
async def test_what_the_bot_tells_of_itself(tg):
    async with bot_of(tg) as bot:
        await bot.set_my_commands([("start", "Begin")])
        await bot.set_my_commands([("start", "Anfangen")], language_code="de")
        await bot.set_my_description("A companion")
        await bot.set_my_short_description("A companion")
        await bot.send_chat_action(7, "typing")
        await bot.leave_chat(-5)
        assert bot.username == "stand_in_bot"
    assert tg.commands == [{"command": "start", "description": "Begin"}]
    assert [call.method for call in tg.calls][:2] == ["getMe", "setMyCommands"] and tg.refused == []


def test_waiting_says_what_was_heard_instead(tg):
    with pytest.raises(AssertionError, match="not heard"):
        tg.wait_for(7, 1, timeout=0.1)
    assert tg.quiet(7, 0.1) == []
