"""Whatever Telegram hands over and whatever anyone types: it is read, or it is left out, and nothing breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from absurd import short_texts, texts, values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.error import InvalidToken
from updates_gone_wrong import broken, is_read_or_refused, is_sound, message, updates

from actions.errors import OperatorError
from actions.evening.schedule import zone_of
from actions.evening.settling import _day_of_year
from actions.evening.when import read_pause, read_when
from bot.commands import DIRECT, WISHES, typed
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
    turn = typed("telegram", "7", text, "5")
    is_sound(turn)
    assert turn.kind is Kind.TEXT or turn.text in (*WISHES, *DIRECT)


@SOME
@given(st.lists(st.one_of(short_texts, st.sampled_from(["at 9", "half past", "in Paris", "12/13", "feb 30"]))))
def test_any_words_are_read_for_an_hour_a_place_and_a_day(words: list[str]) -> None:
    text = " ".join(words).encode("utf-8", "replace").decode()
    when = read_when(text)
    assert when.zone is None or zone_of(when.zone) is not None
    assert when.hour is None or (0 <= int(when.hour[:2]) < 24 and 0 <= int(when.hour[3:]) < 60)
    read_pause(text)
    _day_of_year(text)
    zone_of(text)


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
