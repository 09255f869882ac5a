"""The bot as a process that is killed, stopped, or given a wrong token: no word is lost and none is told."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from chatting import PATIENCE, SAFE, TOKEN, out_of_reach
from databases import Databases
from running import Running
from standin import Heard, StandIn

from actions.program import Program
from actions.store.answers import text_of
from actions.store.models import Outgoing
from bot.house import read_content

CHAT = 77
KILLS = 9


@pytest.fixture(scope="module")
def content():
    """What Mend says."""
    return read_content().tools(None, time.time)


@pytest.fixture
def running(tg: StandIn, model: Path, databases: Databases, tmp_path: Path) -> Iterator[Running]:
    """The bot, just started."""
    with Running(tg, tmp_path, gather=0.2, variables=databases.variables(tmp_path)) as running:
        yield running


@dataclass(frozen=True)
class Line:
    """One thing that the person does, and what they hear then; `step` is the question that it answers."""

    says: str = ""
    presses: str = ""
    hears: str = ""
    step: str | None = None


def script(content) -> list[Line]:
    """From the first hello through the private questions, the intake and two exercises."""
    program: Program = content.program
    private, intake = program.care.screening.side.steps, program.intake.side.steps
    label = content.sentences.label
    exercises = [program.exercise(name) for name in program.order[:2]]
    begins = [label("begin", short=exercise.short) for exercise in exercises]
    lines = [
        Line(says="/start", hears=private[0].ask),
        *(Line(presses=answer, hears=step.ask) for answer, step in zip(SAFE, (*private[1:], intake[0]))),
        Line(presses=program.intake.labels["hurt"], hears=intake[1].ask),
        Line(says=words(0), hears=exercises[0].title, step=intake[1].id),
    ]
    for exercise, begin in zip(exercises, begins):
        steps = exercise.sides["hurt"].steps
        lines.append(Line(presses=begin, hears=steps[0].ask))
        ends = [step.ask for step in steps[1:]] + [label("read_again")]
        lines += [Line(says=words(len(lines) + n), hears=end, step=step.id) for n, (step, end) in
                  enumerate(zip(steps, ends))]  # fmt: skip
    return lines


def words(number: int) -> str:
    return f"canary{number} came with the post on Tuesday, and we put it on the table by the window"


def is_heard(text: str, heard: list[Heard]) -> bool:
    return any(text in f"{message.text} {message.buttons}" for message in heard)


def play(tg: StandIn, running: Running, line: Line) -> int:
    """Do what the line says; everything that is heard of it comes after the message that is returned."""
    after = max(tg.messages, default=0)
    if line.says:
        tg.says(CHAT, line.says)
    else:
        tg.presses(CHAT, line.presses)
    return after


def sent(tg: StandIn) -> list[tuple[float, str]]:
    """Every message that was sent to the person, with its instant; buttons tell equal sentences apart."""
    calls = [call for call in tg.calls if call.method.startswith("send") and call.method != "sendChatAction"]
    return [(call.at, f"{call.params.get('text')} {call.params.get('reply_markup')}") for call in calls]


def test_killed_at_any_instant_it_loses_nothing_and_doubles_only_what_was_in_flight(
    tg: StandIn, running: Running, databases: Databases, content
) -> None:
    chance, kills, lines = random.Random(4), [], script(content)
    to_kill = set(chance.sample(range(len(lines)), KILLS))
    for number, line in enumerate(lines):
        if number in to_kill:
            running.until_it_polls()
            tg.fails("sendMessage", "slow", chat=CHAT, times=2, seconds=0.1)
        after = play(tg, running, line)
        if number in to_kill:
            time.sleep(chance.uniform(0, 0.3 if line.presses else 0.6))
            kills.append(running.kill())
            running.start()
        tg.wait_for(CHAT, partial(is_heard, line.hears), timeout=2 * PATIENCE, after=after)
    assert running.until_it_polls().told_to_stop() == 0

    messages = sent(tg)
    for text in {text for _, text in messages}:
        instants = [at for at, other in messages if other == text]
        for first, again in pairwise(instants):
            between = [kill for kill in kills if first < kill < again]
            assert between, f"said twice without a kill: {text}"
            assert max(at for at, _ in messages if at < between[0]) == first, f"said twice, but not in flight: {text}"
    store = databases.store(running.folder)
    with store.begin() as kept:
        person = kept.people.find("telegram", str(CHAT))
        answers = [(one.step, text_of(one)) for one in kept.runs.versions(person)]
        states = Counter(row.state for row in kept.session.query(Outgoing))
        waiting = kept.inbox.waiting("telegram", str(CHAT))
    store.close()
    wanted = [(line.step, line.says) for line in lines if line.step]
    assert [answer for answer in answers if "canary" in answer[1]] == wanted
    assert set(states) == {"sent"} and not waiting
    assert tg.refused == [] and secrets_in(running.printed) == []


def secrets_in(printed: str) -> list[str]:
    return [secret for secret in ("canary", TOKEN.partition(":")[2]) if secret in printed]


def test_told_to_stop_it_finishes_what_is_in_hand(tg: StandIn, running: Running, databases: Databases, content) -> None:
    running.until_it_polls()
    tg.fails("sendMessage", "slow", chat=CHAT, seconds=1)
    tg.says(CHAT, "/start")
    tg.wait_for(CHAT, 1)
    other = 78
    tg.says(other, "hello")
    running.until(lambda: any(call.params.get("chat_id") == other for call in tg.calls))
    assert running.told_to_stop() == 0
    for chat in (CHAT, other):
        assert content.program.care.screening.side.steps[0].ask in tg.heard(chat)[-1].text
    assert len(tg.heard(CHAT)) == len({message.text for message in tg.heard(CHAT)})
    store = databases.store(running.folder)
    with store.begin() as kept:
        assert kept.outbox.chats_waiting("telegram") == kept.inbox.chats_waiting("telegram") == []
    store.close()


def test_told_to_stop_while_telegram_is_out_of_reach_it_stops(tg: StandIn, running: Running) -> None:
    with out_of_reach(tg):
        running.until(lambda: "can't be reached" in running.printed)
        assert running.told_to_stop() == 0


def test_a_wrong_token_is_told_in_one_line(tg: StandIn, model: Path, tmp_path: Path) -> None:
    wrong = "123456:AAwrong-canary-token-of-the-right-shape"
    with Running(tg, tmp_path, token=wrong) as running:
        assert running.ended() == 1
    lines = running.printed.strip().splitlines()
    assert len(lines) == 1 and "TELEGRAM_BOT_TOKEN" in lines[0]
    assert secrets_in(running.printed) == [] and wrong not in running.printed


def test_nothing_private_is_printed_when_things_go_wrong(tg: StandIn, running: Running) -> None:
    running.until_it_polls()
    for status in (500, "drop", 429):
        tg.fails("sendMessage", status, chat=CHAT)
    tg.says(CHAT, "/start")
    tg.wait_for(CHAT, 2, timeout=PATIENCE)
    tg.says(CHAT, "canary, I was told a lie and I can't get it out of my head at night")
    tg.says(CHAT, "canary <b>&", edited_of=tg.sends(CHAT, "voice"))
    tg.presses(CHAT, "canary", data="canary")
    tg.fails("getUpdates", 502)
    tg.blocked.add(79)
    tg.says(79, "canary from someone who is gone")
    with out_of_reach(tg):
        running.until(lambda: "can't be reached" in running.printed)
    tg.says(80, "canary again")
    tg.wait_for(80, 1, timeout=PATIENCE)
    assert running.told_to_stop() == 0
    assert secrets_in(running.printed) == []


def test_an_update_that_cannot_be_read_stops_nobody_and_is_not_printed(tg: StandIn, running: Running) -> None:
    tg.update({"message": {"canary": "a kind of message that nobody has thought of"}})
    tg.says(CHAT, "canary, hello")
    running.until(lambda: len(tg.heard(CHAT)) >= 1)
    assert running.told_to_stop() == 0
    assert secrets_in(running.printed) == []
