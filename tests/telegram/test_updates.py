"""What Telegram tells of, and what Mend takes it for."""

from __future__ import annotations

import pytest
from standin import KINDS
from telegram import Update

from bot.telegram.updates import group_of, turn_of, written_at
from bot.turn import Kind

SAM = {"id": 7, "is_bot": False, "first_name": "Sam"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Sam"}
MEND = {"id": 123456, "is_bot": True, "first_name": "Mend"}


def message(chat: dict | None = None, *, post: str = "message", **fields) -> Update:
    whole = {"message_id": 5, "date": 1, "chat": chat or PRIVATE, "from": SAM, **fields}
    return Update.de_json({"update_id": 1, post: whole}, None)


def pressed(data: str, **about) -> Update:
    on = {"message_id": 4, "date": 1, "chat": PRIVATE, "from": MEND, "text": "?"}
    query = {"id": "q", "from": SAM, "chat_instance": "7", "message": on, "data": data, **about}
    return Update.de_json({"update_id": 1, "callback_query": query}, None)


def membership(now: str, chat: dict | None = None) -> Update:
    change = {"old_chat_member": {"user": MEND, "status": "left"}, "new_chat_member": {"user": MEND, "status": now, **(
        {"until_date": 0} if now == "kicked" else {})}}  # fmt: skip
    return Update.de_json(
        {"update_id": 1, "my_chat_member": {"chat": chat or PRIVATE, "from": SAM, "date": 1, **change}}, None
    )


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("It was in May.", Kind.TEXT, "It was in May."),
        ("  two  spaces\nand a line ", Kind.TEXT, "  two  spaces\nand a line "),
        ("/skip", Kind.COMMAND, "skip"),
        ("/SKIP", Kind.COMMAND, "skip"),
        ("/skip@mend_bot", Kind.COMMAND, "skip"),
        ("/start from-a-link", Kind.COMMAND, "start"),
        ("/skip that question for me", Kind.TEXT, "/skip that question for me"),
        ("/unheard_of", Kind.TEXT, "/unheard_of"),
        ("/ I don't know", Kind.TEXT, "/ I don't know"),
        ("not a /skip", Kind.TEXT, "not a /skip"),
        ("a\x00b\x1bc", Kind.TEXT, "abc"),
        ("half a \ud83d sign", Kind.TEXT, "half a \ufffd sign"),
        ("שלום 😀 مرحبا", Kind.TEXT, "שלום 😀 مرحبا"),
    ],
)
def test_what_is_typed_is_a_command_or_words(text: str, kind: Kind, kept: str) -> None:
    turn = turn_of(message(text=text))
    assert (turn.kind, turn.text, turn.chat, turn.ref) == (kind, kept, "7", "5")


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"location"}))
def test_what_is_not_text_is_known_by_its_kind(kind: str) -> None:
    turn = turn_of(message(**KINDS[kind]))
    assert (turn.kind, turn.text) == (Kind.OTHER, kind)


def test_of_a_shared_place_nothing_is_kept_but_its_time_zone() -> None:
    turn = turn_of(message(**KINDS["location"]))
    assert (turn.kind, turn.text) == (Kind.PLACE, "Europe/London")
    place = KINDS["location"]["location"]
    assert not [value for value in place.values() if str(value) in str(turn.as_dict())]


def test_the_language_of_their_app_is_known() -> None:
    turn = turn_of(message(text="hello", **{"from": {**SAM, "language_code": "pt-br"}}))
    assert turn.language == "pt-br"


@pytest.mark.parametrize("kind", ["animation", "document", "photo", "video", "voice"])
def test_words_under_a_picture_or_a_file_are_words(kind: str) -> None:
    turn = turn_of(message(**KINDS[kind], caption="This is the house."))
    assert (turn.kind, turn.text) == (Kind.TEXT, "This is the house.")


def test_a_forward_is_never_taken_for_their_own_words() -> None:
    for fields in ({}, {"photo": KINDS["photo"]["photo"], "text": None, "caption": "ours"}):
        assert turn_of(message(**{**KINDS["forward"], **fields})).text == "forward"


def test_what_telegram_invents_next_still_gets_an_answer() -> None:
    assert turn_of(message(hologram={"file_id": "x"})).kind is Kind.OTHER


@pytest.mark.parametrize(
    "fields",
    [
        {"pinned_message": {"message_id": 3, "date": 1, "chat": PRIVATE}},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
        {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🌙"}}},
        {"write_access_allowed": {"from_request": True}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_telegram_says_itself_is_not_answered(fields: dict) -> None:
    assert turn_of(message(**fields)) is None


def test_an_edit_names_the_message_and_what_it_says_now() -> None:
    turn = turn_of(message(post="edited_message", text="better", edit_date=2))
    assert (turn.kind, turn.text, turn.ref) == (Kind.EDIT, "better", "5")
    assert turn_of(message(post="edited_message", caption="better", **KINDS["photo"])).text == "better"


def test_when_something_was_written_is_known_but_not_when_a_button_was_pressed() -> None:
    assert written_at(message(text="hello")) == 1.0
    assert written_at(message(post="edited_message", text="better", edit_date=2)) == 2.0
    assert written_at(pressed("token")) is written_at(membership("member")) is None


def test_an_edit_without_words_is_not_answered() -> None:
    assert turn_of(message(post="edited_message", edit_date=2, **KINDS["location"])) is None


def test_a_pressed_button_is_its_token() -> None:
    turn = turn_of(pressed("token"))
    assert (turn.kind, turn.text, turn.chat) == (Kind.CHOICE, "token", "7")


def test_a_press_under_a_message_too_old_to_be_told_still_counts() -> None:
    gone = {"message_id": 4, "date": 0, "chat": PRIVATE}
    assert turn_of(pressed("token", message=gone)).text == "token"


def test_a_forged_press_is_cut_to_size() -> None:
    assert turn_of(pressed("x\x00" * 200)).text == "x" * 64


def test_blocking_and_coming_back_are_told_apart() -> None:
    assert turn_of(membership("kicked")).kind is Kind.LEFT
    assert turn_of(membership("member")).kind is Kind.RETURNED


GROUP = {"id": -5, "type": "group", "title": "Us"}


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_a_group_is_known_and_is_nobody_to_talk_with(kind: str) -> None:
    for update in (message({**GROUP, "type": kind}, text="hi"), membership("member", {**GROUP, "type": kind})):
        assert group_of(update) == -5 and turn_of(update) is None


@pytest.mark.parametrize("status", ["left", "kicked"])
def test_a_group_that_is_left_is_left_alone(status: str) -> None:
    assert group_of(membership(status, GROUP)) is None


def test_a_channel_is_neither() -> None:
    post = {"message_id": 5, "date": 1, "chat": {"id": -6, "type": "channel", "title": "News"}, "text": "hi"}
    update = Update.de_json({"update_id": 1, "channel_post": post}, None)
    assert turn_of(update) is None and group_of(update) is None


def test_a_private_chat_is_no_group() -> None:
    assert group_of(message(text="hi")) is None and group_of(membership("member")) is None


def test_an_update_of_no_chat_is_nobodys() -> None:
    query = {"id": "q", "from": SAM, "query": "mend", "offset": ""}
    update = Update.de_json({"update_id": 1, "inline_query": query}, None)
    assert turn_of(update) is None and group_of(update) is None
