"""Nights on which everything goes wrong: no word is lost or put to another question, and nothing is said twice.

Whatever breaks, a person notices a wait, and one kind line if it was long.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from chatting import Someone, at_work, eventually, out_of_reach
from nights import FULL, LATER, READ_ONLY, WORDS, Coaching, goes_on, kept, spoilt, times, waited
from standin import StandIn
from talking import Clock
from test_evenings import asked, due_now, questions

from actions.encoder import cascade
from actions.encoder.model import LISTENER, WEIGHTS, Encoder, EncoderError
from actions.steps import Step
from bot.dialogue import DialogueError
from bot.house import House, build
from bot.settings import Settings

pytestmark = pytest.mark.asyncio

AND_THEN = "On Tuesday he put the shopping on the table by the window and went out."
HOUR = 3600
_updates = itertools.count(1, 1_000)


@pytest.fixture(scope="module")
def clock() -> Clock:
    """A clock of these nights' own: it is set back and forth."""
    return Clock()


@pytest.fixture(scope="module")
def coaching() -> Coaching:
    return Coaching()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(_env_file=None, token=None, database=None, data_dir=tmp_path_factory.mktemp("nights"))


@pytest.fixture(scope="module")
def house(model: Path, clock: Clock, coaching: Coaching, settings: Settings) -> Iterator[House]:
    """A bot with a SQLite file of its own, which these nights spoil."""
    house = build(settings, model, clock, coaching)
    yield house
    house.close()


@pytest.fixture
def tg(tg: StandIn) -> StandIn:
    tg._next_update = next(_updates)
    return tg


@pytest.fixture
def steps(house: House) -> tuple[Step, ...]:
    """The questions that people are at."""
    return house.tools.program.side("root_cause", "hurt").steps


# -- the database ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [FULL, READ_ONLY], ids=["full", "read-only"])
async def test_what_cannot_be_kept_stays_with_telegram_and_is_answered_once_it_can(
    fault: tuple[str, str],
    tg: StandIn,
    house: House,
    clock: Clock,
    sam: Someone,
    steps: tuple[Step, ...],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
        with spoilt(house, fault):
            sam.write(WORDS)
            await eventually(lambda: "an update can't be kept yet" in caplog.text)
            clock.wait(HOUR)
            assert len(tg.unconfirmed) == 1, "nobody has told Telegram that these words are safe"
        heard = await sam.hears()
        assert times(heard, steps[1].ask) == times(heard, waited(house)) == 1
        await goes_on(house, sam, steps)


@pytest.mark.parametrize("fault", [FULL, READ_ONLY], ids=["full", "read-only"])
async def test_words_that_are_kept_and_cannot_be_answered_are_answered_once_they_can(
    fault: tuple[str, str],
    tg: StandIn,
    house: House,
    clock: Clock,
    sam: Someone,
    steps: tuple[Step, ...],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
        take, night = house.turns.take, ExitStack()

        def takes(*update: Any) -> bool:
            new = take(*update)
            night.enter_context(spoilt(house, fault))
            return new

        with night:
            monkeypatch.setattr(house.turns, "take", takes)
            sam.write(WORDS)
            await eventually(lambda: "a lane failed" in caplog.text)
            monkeypatch.undo()
            clock.wait(HOUR)
        heard = await sam.hears()
        assert times(heard, steps[1].ask) == times(heard, waited(house)) == 1
        await goes_on(house, sam, steps)


async def test_a_reply_that_arrived_and_could_not_be_noted_is_not_said_again(
    tg: StandIn, house: House, sam: Someone, steps: tuple[Step, ...], caplog: pytest.LogCaptureFixture
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
        tg.fails("sendMessage", "slow", chat=sam.chat, seconds=1)
        sam.write(WORDS)
        await tg.wait_for(sam.chat, lambda heard: times(heard, steps[1].ask))
        with spoilt(house, READ_ONLY):
            await eventually(lambda: "can't be noted yet" in caplog.text)
        assert times(await sam.hears(), steps[1].ask) == 1
        await goes_on(house, sam, steps)


# -- the clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jumps", [(-2 * HOUR, 0), (2 * HOUR, -2 * HOUR), (-HOUR, 3 * HOUR), (-2 * HOUR, -2 * HOUR)])
async def test_a_clock_that_jumps_puts_no_answer_to_another_question(
    jumps: tuple[int, int], tg: StandIn, house: House, clock: Clock, sam: Someone, steps: tuple[Step, ...]
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
        for step, words, jump in zip(steps, (WORDS, LATER), jumps):
            clock.wait(jump)
            heard = await sam.says(words)
            assert times(heard, steps[steps.index(step) + 1].ask) == 1
        await sam.says(AND_THEN)
    wanted = list(zip([step.id for step in steps], (WORDS, LATER, AND_THEN)))
    assert kept(house, sam) == wanted


@pytest.mark.parametrize("jump", [-2 * HOUR, -25 * HOUR, HOUR])
async def test_a_clock_that_jumps_asks_no_evening_question_twice(
    jump: int, tg: StandIn, house: House, clock: Clock, sam: Someone
) -> None:
    async with at_work(tg, house) as app:
        due_now(house, sam)
        await asked(app)
        await eventually(lambda: questions(tg, house, sam) == 1)
        clock.wait(jump)
        await asked(app)
        clock.wait(-jump)
        await asked(app)
        assert questions(tg, house, sam) == 1


# -- Telegram --------------------------------------------------------------------------------------------------------


async def test_after_an_hour_without_telegram_everything_is_answered_once_with_one_kind_line(
    tg: StandIn, house: House, clock: Clock, sam: Someone, steps: tuple[Step, ...]
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
        with out_of_reach(tg):
            sam.write(WORDS, date=int(clock()))
            sam.write("/hint", date=int(clock()))
            clock.wait(HOUR)
        heard = await sam.hears()
        assert times(heard, steps[1].hint) == times(heard, waited(house)) == 1
        await goes_on(house, sam, steps)


async def test_a_reply_that_set_out_an_hour_ago_begins_with_a_kind_line(
    tg: StandIn, house: House, clock: Clock, sam: Someone, steps: tuple[Step, ...]
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
        with tg._changed:
            before = len(tg.calls)
        tg.fails("sendMessage", 502, chat=sam.chat, times=10**6)
        sam.write(WORDS)
        await eventually(lambda: sum(call.method == "sendMessage" for call in tg.calls[before:]) > 1)
        clock.wait(HOUR)
        tg._faults.clear()
        heard = await sam.hears()
        [reply] = [message for message in heard if steps[1].ask in message.text]
        assert reply.text.startswith(waited(house)) and times(heard, waited(house)) == 1
        await goes_on(house, sam, steps)


async def test_what_was_written_while_mend_was_away_gets_a_kind_line_and_what_comes_in_time_none(
    tg: StandIn, house: House, clock: Clock, sam: Someone, someone: Callable[[], Someone], steps: tuple[Step, ...]
) -> None:
    kim = someone()
    async with at_work(tg, house):
        await sam.at_question()
        await kim.at_question()
    sam.write(WORDS, date=int(clock()))
    clock.wait(HOUR)
    kim.write(WORDS, date=int(clock()))
    async with at_work(tg, house):
        assert times(await sam.hears(), waited(house)) == 1
        assert times(await kim.hears(), waited(house)) == 0
        await goes_on(house, sam, steps)


async def test_a_host_whose_clock_is_wrong_says_no_kind_line_to_people_who_did_not_wait(
    tg: StandIn, house: House, clock: Clock, sam: Someone, steps: tuple[Step, ...]
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
        heard = await sam.says(WORDS, date=int(clock() - HOUR))
        assert times(heard, steps[1].ask) == 1 and times(heard, waited(house)) == 0


@pytest.mark.parametrize("waits", [False, True])
async def test_with_a_shifted_clock_only_who_did_wait_hears_a_kind_line(
    tg: StandIn, house: House, clock: Clock, sam: Someone, waits: bool
) -> None:
    shift = 100 * HOUR
    async with at_work(tg, house):
        await sam.at_question()
    clock.wait(shift)
    sam.write(WORDS, date=int(clock() - shift))
    clock.wait(HOUR if waits else 0)
    async with at_work(tg, house, ahead=shift):
        assert times(await sam.hears(), waited(house)) == waits


# -- Mend itself -----------------------------------------------------------------------------------------------------


async def test_an_action_that_raises_is_told_kindly_and_the_words_stay_where_they_were_written(
    tg: StandIn, house: House, sam: Someone, steps: tuple[Step, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError(WORDS)

    async with at_work(tg, house):
        await sam.at_question()
        monkeypatch.setattr("actions.exercise._move_on", broken)
        [heard] = await sam.says(WORDS)
        assert heard.text == house.tools.sentences.say("utter_trouble")
        monkeypatch.undo()
        assert kept(house, sam) == [(steps[0].id, WORDS)]
        heard = await sam.says(AND_THEN)
        assert times(heard, steps[1].ask) == 1, "the first question was still the open one"
        assert kept(house, sam) == [(steps[0].id, WORDS), (steps[0].id, AND_THEN)]
        await sam.says(LATER)
        assert kept(house, sam)[2:] == [(steps[1].id, LATER)]


async def test_with_a_model_that_was_cut_short_mend_does_not_begin_and_what_waits_is_answered_later(
    tg: StandIn,
    house: House,
    settings: Settings,
    model: Path,
    clock: Clock,
    sam: Someone,
    steps: tuple[Step, ...],
    tmp_path: Path,
) -> None:
    async with at_work(tg, house):
        await sam.at_question()
    sam.write(WORDS, date=int(clock()))
    (cut := tmp_path / model.name).write_bytes(model.read_bytes()[:-2000])
    with pytest.raises(DialogueError, match="mend train --force"):
        await asyncio.to_thread(build, settings, cut, clock)
    async with at_work(tg, house):
        assert times(await sam.hears(), steps[1].ask) == 1
        await goes_on(house, sam, steps)


@pytest.fixture
def cut_short(tmp_path: Path) -> Path:
    """A folder with an encoder whose weights end too soon."""
    folder = Path(shutil.copytree(LISTENER, tmp_path / "encoder"))
    weights = folder / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1000])
    return folder


async def test_with_a_listener_that_was_cut_short_mend_does_not_begin(
    settings: Settings, model: Path, clock: Clock, cut_short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cascade, "listener", lambda: Encoder.load(cut_short))
    monkeypatch.setattr(cascade, "careful", cascade.careful.__wrapped__)
    with pytest.raises(EncoderError, match="get both anew"):
        build(settings, model, clock)


async def test_with_a_coach_that_was_cut_short_the_draft_is_kept_and_looked_at_later(
    tg: StandIn, house: House, coaching: Coaching, sam: Someone, cut_short: Path
) -> None:
    draft = "I took our savings, and it was my choice. I am sorry that I lied to you about it."
    async with at_work(tg, house):
        await sam.screened()
        await sam.presses(house.tools.program.intake.labels["broke_trust"])
        await sam.says("/skip")
        await sam.says("/apology")
        for _ in house.tools.program.practice.sides["broke_trust"].steps[:-2]:
            await sam.says("/skip")
        coaching.weights = cut_short
        heard = await sam.says(draft)
        if times(heard, house.tools.sentences.say("utter_trouble")) == 0:
            heard = await sam.presses(house.tools.sentences.label("draft_done"))
        assert times(heard, house.tools.sentences.say("utter_trouble")) == 1
        assert [words for _, words in kept(house, sam) if words == draft] == [draft]
        coaching.weights = None
        heard = await sam.says("done")
        assert times(heard, "it was my choice") == 1
        assert [words for _, words in kept(house, sam) if draft in words] == [draft]
