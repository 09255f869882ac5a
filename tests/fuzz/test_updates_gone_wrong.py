"""Whatever Telegram hands over and whatever anyone types: it is read, or it is left out, and nothing breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from absurd import spoken, texts, values
from entries import is_read_or_refused, is_received_alike, is_typed, is_understood_or_not
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.error import InvalidToken
from updates_gone_wrong import broken, message, updates

from actions.errors import OperatorError
from bot.fleet.receiver import received
from bot.telegram import app as at_work
from bot.telegram.app import App
from bot.turn import Kind

FIXED = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
MANY, SOME = settings(FIXED, max_examples=250), settings(FIXED, max_examples=100)


@MANY
@given(updates, values)
def test_an_update_is_read_or_left_out_whatever_of_it_is_missing_or_absurd(update: dict, value: Any) -> None:
    for raw in broken(update, value):
        is_read_or_refused(raw)


@SOME
@given(updates, values)
def test_who_receives_for_others_finds_the_same_chat_in_an_update_as_who_reads_it(update: dict, value: Any) -> None:
    for raw in broken(update, value):
        is_received_alike(raw)


@pytest.mark.parametrize("raw", ["", "{", "nul", "[" * 100_000, '{"a":' * 100_000, "\ud83d", '{"update_id": 1e999}'])
def test_what_is_no_json_or_no_update_is_told_apart_from_one(raw: str) -> None:
    with suppress(ValueError, RecursionError):  # the sender is told so
        assert received(raw) is None


@MANY
@given(values)
def test_what_is_no_update_is_left_out(value: Any) -> None:
    assert is_read_or_refused(value) is None


@MANY
@given(texts, st.sampled_from(["", "en", "pt-br", "\ud83d", "x" * 99, 5, None, ["en"], {}]))
def test_a_language_that_is_none_costs_nobody_their_words(text: str, language: Any) -> None:
    sender = {"id": 7, "is_bot": False, "first_name": "Sam", "language_code": language}
    turn = is_read_or_refused({"update_id": 1, "message": message({"text": text, "from": sender})})
    assert turn is not None and turn.kind in (Kind.TEXT, Kind.COMMAND)


@MANY
@given(texts)
def test_what_is_typed_is_words_unless_it_is_a_command_that_mend_knows(text: str) -> None:
    is_typed(text)


@SOME
@given(spoken)
def test_any_words_are_read_for_an_hour_a_place_and_a_day(text: str) -> None:
    is_understood_or_not(text)


# -- the bot that polls --------------------------------------------------------------------------------------------


class HandsOver:
    """Telegram, which hands over batches and then takes the token back."""

    def __init__(self, batches: list[Any]) -> None:
        self._batches = iter(batches)
        self.asked: list[int] = []

    async def do_api_request(self, _: str, api_kwargs: dict[str, Any]) -> Any:
        self.asked.append(api_kwargs["offset"])
        batch = next(self._batches, InvalidToken())
        if isinstance(batch, Exception):
            raise batch
        return batch

    async def does(self, *_: Any, **__: Any) -> None:
        """Anything else."""

    answer_callback_query = send_chat_action = send_message = leave_chat = does


def polls(batches: list[Any]) -> tuple[list[int], list[int]]:
    """What a bot that gets these batches keeps, by their numbers, and the offsets it asked with."""
    kept: list[int] = []

    async def answer(*_: str) -> bool:
        return False

    turns = SimpleNamespace(take=lambda _, number: kept.append(number) or False, answer=answer)
    tools = SimpleNamespace(now=lambda: 1.0, sentences=SimpleNamespace(say=lambda _: ""))
    app = App(telegram := HandsOver(batches), SimpleNamespace(tools=tools, turns=turns), 0)
    with pytest.raises(OperatorError):
        asyncio.run(app.poll())
    return kept, telegram.asked


@pytest.fixture(autouse=True, scope="module")
def at_once() -> Iterator[None]:
    """Nobody waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(at_work, "STUCK", 0)
        patch.setattr("bot.telegram.reaching.FIRST_WAIT", 0)
        yield


def words(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": message({"text": "hello"})}


@SOME
@given(st.lists(st.one_of(values, updates.flatmap(lambda one: st.sampled_from(list(broken(one, None))))), max_size=4))
def test_whatever_lies_between_the_words_of_people_they_are_kept(between: list) -> None:
    number = 2**50
    kept, asked = polls([[words(number), *between, words(number + 1)], [*between, words(number + 2)]])
    assert [one for one in kept if one >= number] == [number, number + 1, number + 2]
    assert asked[1] == number + 2 and asked[-1] == number + 3


@SOME
@given(st.lists(values, max_size=3))
def test_an_answer_that_is_none_of_telegrams_ends_nothing(answers: list) -> None:
    kept, asked = polls([*answers, [words(7)]])
    assert kept[-1] == 7 and asked[-1] == 8


@pytest.mark.parametrize("error", [KeyError("result"), RecursionError(), TypeError(), ValueError("half a document")])
def test_an_answer_that_cannot_even_be_parsed_ends_nothing(error: Exception) -> None:
    assert polls([error, [words(7)]]) == ([7], [0, 0, 8])


@pytest.mark.parametrize(
    "without", [{}, {"update_id": None}, {"update_id": "9"}, {"update_id": -1}, {"update_id": 2**70}]
)
def test_an_update_without_a_number_is_left_out_and_the_next_one_is_kept(without: dict) -> None:
    unnumbered = {key: value for key, value in words(1).items() if key != "update_id"} | without
    assert polls([[unnumbered, words(7)], [unnumbered], [words(8)]]) == ([7, 8], [0, 8, 8, 9])
