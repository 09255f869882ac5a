"""Nobody reaches what another person wrote, whatever they send: each chat has its own, and there is no way across."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from opening import opened, rows_with
from talking import CHANNEL, Clock, Heard, Person
from telegram import Update
from telling import AT_DRAFT, goes

from actions.store.outbox import NewButton
from bot.commands import DIRECT, WISHES
from bot.house import House
from bot.settings import ROOT
from bot.telegram.updates import group_of, turn_of
from bot.turn import Kind, Turn

#: A word that only Ann writes.
SECRET = "albatross"
_numbers = itertools.count(1)
INTENTS = [
    one if isinstance(one, str) else next(iter(one))
    for one in yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"]
]
#: What a button may mean with the number of something behind it.
NUMBERED = ("open_draft:{}", "erase_draft:{}", "erase_draft:{}:yes", "open_entry:{}", "erase_entry:{}",
            "erase_entry:{}.yes", "open_evening:{}", "not_tonight:{}", "look_back:{}", "journal:{}", "dismiss_flag:{}",
            "rate:trust.{}", "read_again:{}", "redo:{}", "choose_strategy:{}", "answer:{}", "lock_tidy:{}")  # fmt: skip


@dataclass
class Ann:
    """Someone who has put her secret everywhere that words can stand, and every number under which it is kept."""

    person: Person
    tokens: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def rows(self) -> dict[str, list[Any]]:
        """Everything that is kept of her."""
        with self.person.house.tools.store.begin() as kept:
            owner = kept.people.find(CHANNEL, self.person.chat).id
            return {name: [row for row in rows if row["owner"] == owner] for name, rows in opened(kept).items()}


@pytest.fixture(scope="module")
def ann(house: House, clock: Clock) -> Iterator[Ann]:
    """Ann, who has been everywhere."""
    person = goes(Person(house, clock, "ann"), [*AT_DRAFT, f"I took the {SECRET}, and it was my choice.", "[Done]"])
    for said in ("1", f"It began with the {SECRET}.", "pause", f"and then the {SECRET} sang to me all night long"):
        person.says(said, ref=f"ann-{next(_numbers)}")
    _evening(person, f"the {SECRET} was quiet tonight")
    person.says("3")
    ann = Ann(person, [token for one in person.heard for token in one.buttons.values()])
    rows = ann.rows()
    ann.numbers = [row["id"] for name in ("drafts", "evenings", "people", "runs", "outbox") for row in rows[name][-3:]]
    assert {"answers", "draft_versions", "outbox"} <= {table for table, _ in _with_secret(house)}
    assert rows["evenings"] and rows["drafts"] and len(ann.tokens) > 20
    yield ann
    with house.tools.store.begin() as kept:
        kept.evenings.stop(kept.people.find(CHANNEL, "ann"))


def _evening(person: Person, words: str) -> None:
    """An evening comes to someone, and they answer it; nobody else's comes."""
    for said in ("menu", "remind me every evening at 9pm in Lagos"):
        person.says(said)
    store = person.house.tools.store
    with store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        person.clock.wait(kept.evenings.next(known)[1] - person.clock() + 1)
        now = person.clock()
        evening = Turn(CHANNEL, person.chat, Kind.EVENING, kept.evenings.claim(known, now).date)
        kept.inbox.add(CHANNEL, kept.inbox.next_own_number(CHANNEL), person.chat, evening.as_dict(), now)
    assert person.does(), "the evening was asked"
    person.says(words)


def _with_secret(house: House) -> list[tuple[str, dict[str, Any]]]:
    with house.tools.store.begin() as kept:
        return rows_with(kept, SECRET)


@pytest.fixture
def bob(house: House, clock: Clock, ann: Ann) -> Iterator[Person]:
    """Someone else, who tries; and afterwards nothing of Ann's has been seen, changed, pressed or erased."""
    before, mine = ann.rows(), len(_with_secret(house))
    bob = Person(house, clock, f"bob-{next(_numbers)}").welcomed()
    yield bob
    assert not [one for one in bob.heard if SECRET in json.dumps(one.reply)], "Bob saw what Ann wrote"
    assert SECRET not in bob.diary()
    assert ann.rows() == before, "something of Ann's has changed"
    assert len(_with_secret(house)) == mine, "Ann's words stand in more places than before"


def sends(person: Person, kind: Kind, text: str, ref: str = "") -> list[Heard]:
    return person.does(Turn(CHANNEL, person.chat, kind, text, ref))


def means(person: Person, choice: str) -> list[Heard]:
    """They press a button of their own chat that means whatever they like. No way to have one is known."""
    with person.house.tools.store.begin() as kept:
        buttons, token = [[NewButton("Forged", choice)]], secrets.token_hex(8)
        kept.outbox.add(CHANNEL, person.chat, {"text": "…"}, person.clock(), buttons=buttons, token=lambda: token)
    person.does()
    return sends(person, Kind.CHOICE, token)


# -- what is typed or pressed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*WISHES, *DIRECT])
def test_no_command_shows_anything_of_another_person(bob: Person, name: str) -> None:
    assert sends(bob, Kind.COMMAND, name)


def test_no_button_of_another_person_does_anything(bob: Person, ann: Ann) -> None:
    unknown = bob.house.tools.sentences.say("utter_unknown_button")
    for token in ann.tokens:
        assert [one.text for one in sends(bob, Kind.CHOICE, token)] == [unknown]


def test_no_data_of_a_button_is_taken_for_what_it_means(bob: Person, ann: Ann) -> None:
    unknown = bob.house.tools.sentences.say("utter_unknown_button")
    numbered = [meant.format(number) for meant in NUMBERED for number in ann.numbers[:4]]
    for data in [*INTENTS, *numbered, "delete_yes", "delete_chat", "stay", "ann", *map(str, ann.numbers[:4])]:
        assert [one.text for one in sends(bob, Kind.CHOICE, data[:64])] == [unknown]


@pytest.mark.parametrize("meant", NUMBERED)
def test_even_a_button_with_the_number_of_something_of_anothers_does_not_reach_it(
    bob: Person, ann: Ann, meant: str
) -> None:
    for number in ann.numbers:
        means(bob, meant.format(number))


@pytest.mark.parametrize("meant", ["delete_yes", "delete_chat", "erase_exchange"])
def test_erasing_everything_erases_nobody_else(bob: Person, ann: Ann, meant: str) -> None:
    assert means(bob, meant)


def test_what_is_written_like_a_payload_is_words(bob: Person, ann: Ann) -> None:
    for number in ann.numbers[:6]:
        for text in (
            f"/open_draft{{\"value\": \"{number}\"}}", f"open_entry:{number}", f"/export {number}", "/export ann",
            f"EXTERNAL: open_entry {{\"value\": {number}}}", f"/restart {number}", "show me what ann wrote",
            f"/delete {number}", f"/journal@mend_bot {number}", "'; select * from answers; --",
        ):  # fmt: skip
            bob.says(text)


def test_a_deep_link_opens_nothing(bob: Person, ann: Ann) -> None:
    for behind in ("ann", *ann.tokens[-5:], *map(str, ann.numbers[:6]), f"open_draft:{ann.numbers[0]}", "delete_yes"):
        assert [one.text for one in bob.says(f"/start {behind}")] == [one.text for one in bob.says("/start")]


def test_an_edit_that_names_a_message_of_anothers_changes_nothing_of_theirs(bob: Person, ann: Ann) -> None:
    with bob.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, ann.person.chat)
        refs = {ref for one in kept.runs.versions(known) for ref, _ in json.loads(one.parts) if ref}
    assert refs
    for ref in refs:
        heard = sends(bob, Kind.EDIT, "something else entirely", ref)
        assert heard[-1].text == bob.house.tools.sentences.say("utter_edited_other")


# -- what comes by Telegram ----------------------------------------------------------------------------------------

ANN, BOB = ({"id": number, "is_bot": False, "first_name": name} for number, name in ((1, "Ann"), (2, "Bob")))
WITH_BOB = {"id": 2, "type": "private", "first_name": "Bob"}
US = {"id": -9, "type": "supergroup", "title": "Us"}
NEWS = {"id": -8, "type": "channel", "title": "News"}
HERS = {"message_id": 3, "date": 1, "chat": {"id": 1, "type": "private"}, "from": ANN, "text": f"the {SECRET}"}


def turned(post: str = "message", **fields: Any) -> Turn | None:
    whole = {"message_id": 5, "date": 1, "chat": WITH_BOB, "from": BOB, **fields}
    return turn_of(Update.de_json({"update_id": 1, post: whole}, None))


@pytest.mark.parametrize(
    "origin",
    [
        {"type": "user", "sender_user": ANN, "date": 1},
        {"type": "hidden_user", "sender_user_name": "Ann", "date": 1},
        {"type": "chat", "sender_chat": US, "date": 1},
        {"type": "channel", "chat": NEWS, "message_id": 1, "date": 1},
    ],
    ids=lambda origin: origin["type"],
)
def test_of_a_forwarded_message_nothing_is_kept_and_it_acts_as_nobody(origin: dict) -> None:
    for text in (f"the {SECRET}", "/export", "/delete"):
        turn = turned(text=text, forward_origin=origin)
        assert (turn.chat, turn.kind, turn.text) == ("2", Kind.OTHER, "forward")


def test_a_reply_to_a_message_brings_nothing_of_that_message_along() -> None:
    quoting = {"reply_to_message": HERS, "quote": {"text": SECRET, "position": 0}}
    elsewhere = {"external_reply": {"origin": {"type": "user", "sender_user": ANN, "date": 1}, "chat": US}}
    for about in (quoting, elsewhere, {"via_bot": {**ANN, "is_bot": True}}, {"pinned": True}):
        turn = turned(text="/export", **about)
        assert (turn.chat, turn.kind, turn.text) == ("2", Kind.COMMAND, "export")
        assert SECRET not in str(turned(text="what of this?", **about))


def test_a_contact_that_is_shared_is_nobody_to_speak_for() -> None:
    turn = turned(contact={"phone_number": "+1", "first_name": "Ann", "user_id": 1})
    assert (turn.chat, turn.kind, turn.text) == ("2", Kind.OTHER, "contact")


@pytest.mark.parametrize("text", ["/start", "/export", "/delete", "hello"])
@pytest.mark.parametrize("chat", [US, NEWS], ids=["group", "channel"])
def test_in_a_group_or_a_channel_nobody_gets_anything(chat: dict, text: str) -> None:
    posts = ["message", "edited_message", "channel_post", "edited_channel_post"]
    assert [turned(post, chat=chat, text=text, sender_chat=chat) for post in posts] == [None] * 4


def test_a_button_pressed_in_a_group_or_under_an_inline_message_is_nobodys(ann: Ann) -> None:
    for on in ({"message": {**HERS, "chat": US}}, {"message": {**HERS, "chat": NEWS}}, {"inline_message_id": "i"}):
        query = {"id": "q", "from": ANN, "chat_instance": "1", "data": ann.tokens[-1], **on}
        update = Update.de_json({"update_id": 1, "callback_query": query}, None)
        assert turn_of(update) is None


@pytest.mark.parametrize(
    "asked",
    [
        {"inline_query": {"id": "i", "from": ANN, "query": "export", "offset": ""}},
        {"chosen_inline_result": {"result_id": "1", "from": ANN, "query": "export"}},
        {"shipping_query": {"id": "s", "from": ANN, "invoice_payload": "export", "shipping_address": {
            "country_code": "GB", "state": "", "city": "", "street_line1": "", "street_line2": "", "post_code": ""}}},
        {"chat_join_request": {"chat": US, "from": ANN, "user_chat_id": 1, "date": 1}},
    ],
    ids=lambda asked: next(iter(asked)),
)  # fmt: skip
def test_what_is_asked_outside_of_any_chat_is_answered_to_nobody(asked: dict) -> None:
    assert turn_of(Update.de_json({"update_id": 1, **asked}, None)) is None


def test_who_is_answered_is_told_by_the_chat_alone() -> None:
    update = Update.de_json({"update_id": 1, "message": {**HERS, "chat": WITH_BOB, "text": "/export"}}, None)
    assert turn_of(update).chat == "2" and group_of(update) is None
