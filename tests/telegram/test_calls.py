"""How a reply becomes calls that Telegram takes."""

from __future__ import annotations

import base64
import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from standin_rules import parse_html, utf16

from bot.telegram.calls import Call, beginning, calls_for, split, without_markup

LIMIT, CAPTION = 4096, 1024
TAG = re.compile(r"</?[a-z]+>")
BUTTONS = [[{"label": "Yes", "token": "t1"}, {"label": "No", "token": "t2"}], [{"label": "Pause", "token": "t3"}]]
PICTURE = base64.b64encode(b"\x89PNG picture").decode()


def seen(text: str) -> str:
    """A text as a person sees it, without the spaces at which it may be cut."""
    return "".join(html.unescape(TAG.sub("", text)).split())


def keyboard(call: Call) -> list[list[tuple[str, str]]]:
    rows = call.arguments["reply_markup"].inline_keyboard
    return [[(button.text, button.callback_data) for button in row] for row in rows]


def test_a_short_reply_is_one_message_with_its_buttons() -> None:
    (call,) = calls_for({"text": "<b>1 of 5.</b> Why?", "rows": BUTTONS})
    assert (call.method, call.arguments["text"], call.arguments["parse_mode"]) == (
        "send_message",
        "<b>1 of 5.</b> Why?",
        "HTML",
    )
    assert keyboard(call) == [[("Yes", "t1"), ("No", "t2")], [("Pause", "t3")]]


def test_a_long_reply_has_its_buttons_under_the_last_message() -> None:
    calls = calls_for({"text": "All of it. " * 1000, "rows": BUTTONS})
    assert len(calls) == 3 and keyboard(calls[-1])
    assert all("reply_markup" not in call.arguments for call in calls[:-1])


def test_a_line_is_put_before_a_text_once_and_only_where_there_is_room() -> None:
    (call,) = calls_for({"text": "Why?", "rows": BUTTONS})
    longer = beginning(call, "Sorry.")
    assert longer.arguments == {**call.arguments, "text": "Sorry.\n\nWhy?"}
    assert beginning(longer, "Sorry.") == longer
    for reply in ({"text": "x" * (LIMIT - 7)}, {"text": "x", "picture": PICTURE}):
        (call,) = calls_for(reply)
        assert beginning(call, "Sorry.") == call


@pytest.mark.parametrize("reply", [{"text": "x" * 9000}, {"text": "x", "picture": PICTURE}, {"text": "x"}])
def test_what_is_private_cannot_be_forwarded(reply: dict) -> None:
    assert all(call.arguments["protect_content"] for call in calls_for({**reply, "private": True}))
    assert not any("protect_content" in call.arguments for call in calls_for(reply))


@pytest.mark.parametrize("sign", ["x", "é", "😀", "&amp;", "&lt;"])
def test_length_is_counted_as_telegram_counts_it(sign: str) -> None:
    most = LIMIT // utf16(html.unescape(sign))
    assert split(sign * most, LIMIT) == [sign * most]
    assert len(split(sign * (most + 1), LIMIT)) > 1


def test_markup_does_not_count() -> None:
    text = "<blockquote>" + "x" * LIMIT + "</blockquote>"
    assert split(text, LIMIT) == [text]


def test_it_is_cut_between_sentences() -> None:
    sentences = [f"Sentence {number} says that we talked until the morning." for number in range(200)]
    pieces = split(" ".join(sentences), LIMIT)
    assert len(pieces) == 3
    assert all(piece.startswith("Sentence") and piece.endswith("morning.") for piece in pieces)


def test_it_is_cut_between_paragraphs_where_they_fit() -> None:
    paragraphs = [f"{number}: " + "We talked. Then we didn't. " * 50 for number in range(8)]
    pieces = split("\n\n".join(paragraphs), LIMIT)
    assert [piece[0] for piece in pieces] == ["0", "2", "4", "6"] or all(piece[1] == ":" for piece in pieces)


def test_tags_are_closed_and_opened_again() -> None:
    text = "<b>You wrote:</b>\n<blockquote>" + "We talked, and it <i>helped a little</i>. " * 300 + "</blockquote>"
    pieces = split(text, LIMIT)
    assert len(pieces) > 2
    assert pieces[0].startswith("<b>You wrote:</b>") and pieces[0].endswith("</blockquote>")
    assert all(piece.startswith("<blockquote>") and piece.endswith("</blockquote>") for piece in pieces[1:])


WORDS = st.sampled_from(
    [
        "We talked. ",
        "Why? ",
        "No! ",
        "and ",
        "x" * 70,
        "😀",
        "&amp;",
        "&lt;b&gt; ",
        "\n",
        "\n\n",
        "שלום ",
        "e\u0301",
        "… ",
    ]
)
TEXTS = st.recursive(
    st.lists(WORDS, max_size=60).map("".join),
    lambda inner: st.lists(
        inner | st.tuples(st.sampled_from(["b", "i", "blockquote"]), inner).map("<{0[0]}>{0[1]}</{0[0]}>".format),
        max_size=6,
    ).map("".join),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None, derandomize=True)
@given(TEXTS)
@example("<b>" + "x" * 500 + ".</b> " + "Then <i>" + "y " * 300 + "</i>")
@example("a" + "\n" * 700 + "b")
@example("We talked. " * 26 + "&amp; then we did not. " * 8)
def test_no_word_is_lost_and_telegram_takes_every_piece(text: str) -> None:
    limit = 300
    pieces = split(text, limit)
    assert "".join(map(seen, pieces)) == seen(text)
    for piece in pieces:
        visible, _ = parse_html(piece)
        assert utf16(visible) <= limit
        assert visible or not seen(text)


def test_a_picture_has_its_text_and_buttons_under_it() -> None:
    (call,) = calls_for({"text": "<b>3</b> done.", "picture": PICTURE, "rows": BUTTONS})
    assert call.method == "send_photo" and call.arguments["photo"] == b"\x89PNG picture"
    assert call.arguments["caption"] == "<b>3</b> done." and keyboard(call)


def test_a_document_keeps_its_name() -> None:
    diary = base64.b64encode("Alles über uns".encode()).decode()
    (call,) = calls_for({"text": "Here.", "document": diary, "filename": "diary.md"})
    assert call.method == "send_document" and call.arguments["filename"] == "diary.md"
    assert call.arguments["document"].decode() == "Alles über uns" and call.arguments["caption"] == "Here."


@pytest.mark.parametrize("kind", ["picture", "document"])
def test_a_caption_too_long_for_telegram_is_said_all_the_same(kind: str) -> None:
    text = "That is how far we are. " * 100
    calls = calls_for({"text": text, kind: PICTURE, "filename": "x.md", "rows": BUTTONS})
    assert all(utf16(call.arguments.get("caption") or "") <= CAPTION for call in calls)
    said = "".join(call.arguments.get("caption") or call.arguments.get("text") or "" for call in calls)
    assert seen(said) == seen(text) and keyboard(calls[-1])


def test_a_pressed_message_becomes_the_choice_without_buttons() -> None:
    (call,) = calls_for({"text": "Why?\n\n<i>You chose: Skip</i>", "edits": 4, "rows": []}, edited_message=99)
    assert call.method == "edit_message_text" and call.arguments["message_id"] == 99
    assert call.arguments["text"] == "Why?\n\n<i>You chose: Skip</i>"
    assert call.arguments.get("reply_markup") is None


def test_a_pressed_message_that_has_no_room_for_the_choice_only_loses_its_buttons() -> None:
    (call,) = calls_for({"text": "x" * 4090 + "\n\n<i>You chose: Skip</i>", "edits": 4, "rows": []}, edited_message=99)
    assert call.method == "edit_message_reply_markup" and call.arguments["reply_markup"] is None


def test_a_message_that_never_arrived_is_not_edited() -> None:
    assert calls_for({"text": "Why?", "edits": 4, "rows": []}, edited_message=None) == []


@pytest.mark.parametrize(("field", "method"), [("text", "send_message"), ("caption", "send_photo")])
def test_as_plain_text_the_words_are_the_same(field: str, method: str) -> None:
    call = Call(method, {field: "<b>1 &lt; 2</b> &amp;amp; so on", "parse_mode": "HTML", "protect_content": True})
    plain = without_markup(call)
    assert plain == Call(method, {field: "1 < 2 &amp; so on", "protect_content": True})
    assert call.arguments["parse_mode"] == "HTML"
