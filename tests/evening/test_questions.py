"""The evening questions: enough of them, short and harmless on a locked screen, none twice in a month."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.content import ContentError
from actions.evening.questions import (
    BOTH,
    BROKE_TRUST,
    HURT,
    KEPT,
    NOT_AGAIN,
    SLIPPED,
    TOLD,
    Fits,
    Question,
    Reflections,
    read_reflections,
)
from actions.program import load
from bot.settings import ROOT

FILE = ROOT / "data" / "reflections.yml"
PROGRAM = load(ROOT / "data")
CONTENT = PROGRAM.reflections
SUNDAY = date(2026, 5, 10)
#: What must not be read over a shoulder.
GIVEN_AWAY = re.compile(r"affair|cheat|\blie[sd]?\b|\blying\b|betray|abus|therap|apolog|forgiv|partner", re.IGNORECASE)

ALL = [one for asked in CONTENT.questions.values() for one in asked]
PROMISES = [CONTENT.question(f"promise_{number}") for number in range(1, len(CONTENT.promise_asks) + 1)]


@pytest.mark.parametrize("role", [BROKE_TRUST, HURT])
def test_each_side_has_questions_enough_for_two_months(role: str) -> None:
    assert len(CONTENT.questions[role]) >= 60
    assert {one.strategy for one in CONTENT.questions[role]} == {*PROGRAM.order, "any"}


@pytest.mark.parametrize("question", ALL + PROMISES, ids=lambda one: one.id)
def test_a_question_is_one_short_question_that_gives_nothing_away(question: Question) -> None:
    assert len(question.ask.split()) <= 40
    assert question.ask.count("?") == 1
    assert GIVEN_AWAY.search(question.ask) is None


def test_no_wording_stands_twice() -> None:
    asks = [re.sub(r"\W+", " ", one.ask.casefold()).strip() for one in ALL + PROMISES]
    assert len(set(asks)) == len(asks)


@pytest.mark.parametrize("number, there", [("1", True), ("0", False), ("99", False), ("x", False), ("", False)])
def test_only_the_wordings_of_the_promise_that_there_are_can_be_found(number: str, there: bool) -> None:
    assert (CONTENT.question(f"promise_{number}") is not None) == there


def test_a_question_is_found_again_by_its_id_with_its_wording() -> None:
    for one in ALL:
        assert CONTENT.question(one.id) == one and CONTENT.side.step(one.id).ask == one.ask
    assert CONTENT.question("nothing_like_it") is None


def a_year(fits: Fits) -> list[Question | None]:
    """What someone is asked on each of 365 evenings."""
    asked: list[Question | None] = []
    for number in range(365):
        recent = frozenset(one.id for one in asked[-NOT_AGAIN + 1 :] if one is not None)
        evening = SUNDAY + timedelta(days=number)
        asked.append(CONTENT.choose(replace(fits, evening=evening, recent=recent)))
    return asked


@pytest.mark.parametrize("seed", ["1", "42"])
@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("role", [BROKE_TRUST, HURT, BOTH])
def test_every_evening_of_a_year_has_a_question_and_none_comes_again_within_a_month(
    role: str, alone: bool, seed: str
) -> None:
    asked, last = a_year(Fits(role, SUNDAY, alone=alone, seed=seed)), {}
    assert sum(one is None for one in asked) == 0
    for number, one in enumerate(asked):
        assert number - last.get(one.id, -NOT_AGAIN) >= NOT_AGAIN
        last[one.id] = number
    for number, one in enumerate(asked):
        assert not one.days or (SUNDAY + timedelta(days=number)).weekday() in one.days
        assert one.alone or not alone
        assert one.after is None


def test_someone_who_keeps_at_one_strategy_has_a_question_each_evening_and_most_of_its_own() -> None:
    asked = a_year(Fits(BROKE_TRUST, SUNDAY, strategy="apology", has=frozenset({"promise", "ritual"}), seed="1"))
    assert None not in asked
    own = [one for one in asked if one.strategy == "apology"]
    assert len(own) >= 365 // NOT_AGAIN * 7
    assert {one.after for one in asked} >= {"promise", "ritual"}


def test_a_hard_date_gets_only_soft_questions() -> None:
    for role in (BROKE_TRUST, HURT, BOTH):
        for number in range(60):
            fits = Fits(role, SUNDAY + timedelta(days=number), gentle=True, seed="7")
            assert CONTENT.choose(fits).gentle
            assert CONTENT.choose(replace(fits, alone=True)).alone and CONTENT.choose(replace(fits, alone=True)).gentle


def test_a_question_for_a_weekday_comes_on_that_day_and_on_no_other() -> None:
    days = defaultdict(set)
    for number in range(14):
        one = CONTENT.choose(Fits(HURT, SUNDAY + timedelta(days=number), seed="7"))
        days[bool(one.days)].add((SUNDAY + timedelta(days=number)).weekday())
    assert days[True] and days[True] == {day for one in CONTENT.questions[HURT] for day in one.days}


@pytest.mark.parametrize("role", [BROKE_TRUST, HURT])
def test_each_side_is_asked_its_own_questions_and_both_are_asked_either(role: str) -> None:
    own, both = {one.id for one in CONTENT.questions[role]}, a_year(Fits(BOTH, SUNDAY, seed="7"))
    assert {one.id for one in a_year(Fits(role, SUNDAY, seed="7"))} <= own
    assert own & {one.id for one in both}


def test_two_people_are_not_asked_the_same_all_along_but_one_is_on_a_second_look() -> None:
    first, second = (a_year(Fits(HURT, SUNDAY, seed=seed))[:30] for seed in ("1", "2"))
    assert first != second and first == a_year(Fits(HURT, SUNDAY, seed="1"))[:30]


def test_when_all_that_fit_came_lately_there_is_none() -> None:
    recent = frozenset(one.id for one in ALL)
    assert CONTENT.choose(Fits(HURT, SUNDAY, recent=recent)) is None


def test_the_promise_is_asked_about_in_other_words_each_evening() -> None:
    asked = [CONTENT.promise_question("7", SUNDAY + timedelta(days=number)).id for number in range(12)]
    assert all(one != next_one for one, next_one in zip(asked, asked[1:])) and len(set(asked)) == len(PROMISES)


@pytest.mark.parametrize(
    "said, outcome",
    [
        ("Kept", KEPT),
        ("yes!", KEPT),
        ("It slipped", SLIPPED),
        ("It slipped, I told", TOLD),
        ("told her", TOLD),
        ("it rained", None),
    ],
)
def test_what_became_of_the_promise_may_be_typed(said: str, outcome: str | None) -> None:
    assert CONTENT.outcome(said) == outcome


def test_no_word_means_two_outcomes() -> None:
    names = [name for one in CONTENT.outcomes.values() for name in one.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("role", [BROKE_TRUST, HURT])
def test_nothing_is_answered_as_nothing_and_words_as_words(role: str) -> None:
    seeds = [str(number) for number in range(60)]
    assert {CONTENT.warm_line(role, "IDK", seed) for seed in seeds} == set(CONTENT.nothing[role])
    assert {CONTENT.warm_line(role, "we had soup", seed) for seed in seeds} == set(CONTENT.warm[role])


def changed(tmp_path: Path, change: Callable[[Any], None]) -> Reflections:
    whole = yaml.safe_load(FILE.read_text("utf-8"))
    change(whole)
    path = tmp_path / "reflections.yml"
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    return read_reflections(path, PROGRAM.order)


def first(whole: dict, **to: object) -> None:
    whole["hurt"]["questions"][0].update(to)


@pytest.mark.parametrize(
    "change, named",
    [
        (lambda whole: whole.update(extra=1), "unknown key 'extra'"),
        (lambda whole: whole.pop("hint"), "the key 'hint' is missing"),
        (lambda whole: whole["hurt"].update(cold=[]), "hurt: unknown key 'cold'"),
        (lambda whole: first(whole, weight=2), "hurt.questions[1]: unknown key 'weight'"),
        (lambda whole: first(whole, days=["sonntag"]), "hurt.questions[1].days: 'sonntag'"),
        (lambda whole: first(whole, strategy="magic"), "hurt.questions[1].strategy: 'magic'"),
        (lambda whole: first(whole, after="lunch"), "hurt.questions[1].after"),
        (lambda whole: first(whole, scale="joy"), "hurt.questions[1].scale"),
        (lambda whole: first(whole, gentle="yes"), "hurt.questions[1].gentle"),
        (lambda whole: first(whole, id="promise_1"), "hurt.questions[1].id"),
        (lambda whole: first(whole, id="a.b"), "hurt.questions[1].id"),
        (lambda whole: first(whole, ask="so many words " * 14 + "?"), "hurt.questions[1].ask: has 43 words"),
        (lambda whole: whole["hurt"].update(questions=[]), "hurt.questions"),
        (lambda whole: whole["scales"].update(joy={}), "scales: unknown key 'joy'"),
        (lambda whole: whole["promise"]["kept"].update(colour="red"), "promise.kept: unknown key 'colour'"),
        (lambda whole: first(whole, id=whole["broke_trust"]["questions"][3]["id"]), "'b_root_cause_04'"),
    ],
)
def test_a_mistake_in_the_file_is_refused_in_one_line_with_file_and_key(
    tmp_path: Path, change: Callable[[Any], None], named: str
) -> None:
    with pytest.raises(ContentError) as refused:
        changed(tmp_path, change)
    assert "reflections.yml" in str(refused.value) and named in str(refused.value) and "\n" not in str(refused.value)


def test_the_file_as_it_is_can_be_read_again(tmp_path: Path) -> None:
    assert changed(tmp_path, lambda whole: None).questions == CONTENT.questions
