"""Which of the ten someone means: by its number, by its name, or by describing it in words of their own."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml

from actions.program import Program, load
from actions.reading import Reading
from actions.steps import plain
from actions.strategies import Strategies
from bot.settings import ROOT

#: Written from the ten titles alone, before anyone looked at the examples that the classifier learns from.
DESCRIPTIONS = {
    "root_cause": [
        "looking back at where it all started to slip",
        "the one that looks at how it got this far",
        "can we dig into what was behind the affair",
        "figuring out the cause of all this",
    ],
    "apology": [
        "the one where I say sorry properly",
        "I need to own up to what I did",
        "how do I tell her that I regret it",
        "saying sorry without excuses",
    ],
    "communication": [
        "we need to learn to talk to each other",
        "listening better",
        "how to have a conversation without it turning into a fight",
        "the thing about talking openly",
    ],
    "consistency": [
        "keeping my word day after day",
        "being reliable again",
        "doing what I say every single time",
        "showing up on time and keeping promises",
    ],
    "vulnerability": [
        "opening up about feelings",
        "getting emotionally close again",
        "letting him see how scared I am",
        "the intimacy one",
    ],
    "rituals": [
        "doing nice things together",
        "date nights and the like",
        "something about sharing a hobby or habit as a couple",
        "spending time together every week",
    ],
    "professional_help": [
        "finding a counsellor for the two of us",
        "someone trained who can sit with both of us",
        "do we need a therapist",
        "getting help from a professional",
    ],
    "reaffirm": [
        "telling each other that we are still in this",
        "renewing our promise",
        "saying regularly that I choose him",
        "the one on commitment",
    ],
    "time_and_space": [
        "I need some room to breathe",
        "giving her time to heal",
        "not rushing it",
        "having a break from each other for a while",
    ],
    "forgiveness": [
        "letting go of the anger",
        "how to forgive him",
        "putting it behind us",
        "moving on from what happened",
    ],
}


@pytest.fixture(scope="module")
def program() -> Program:
    return load(ROOT / "data")


@pytest.fixture(scope="module")
def strategies(program: Program) -> Strategies:
    return Strategies(ROOT / "data" / "strategy_examples.yml", program)


def verdict(reading: Reading, meant: str) -> str:
    if reading == Reading("choose_strategy", meant):
        return "right"
    asked = reading.intent == "which_strategy" and meant in reading.value.split(":")
    return "rightly asked about" if asked else "wrong"


def test_a_description_finds_the_strategy_or_asks_between_two(strategies: Strategies) -> None:
    verdicts = {
        said: verdict(strategies.read(said), meant) for meant, all_said in DESCRIPTIONS.items() for said in all_said
    }
    counts, missed = Counter(verdicts.values()), [said for said, how in verdicts.items() if how == "wrong"]
    # Measured: 36 right, 3 rightly asked about, 1 wrong.
    assert len(missed) <= 4, missed
    assert counts["right"] >= 33, counts


def test_the_descriptions_are_none_that_the_classifier_has_seen(program: Program) -> None:
    examples = yaml.safe_load((ROOT / "data" / "strategy_examples.yml").read_text("utf-8"))["strategies"]
    seen = {plain(said) for all_said in examples.values() for said in all_said}
    seen |= {plain(name) for one in program.exercises for name in (one.title, one.short, *one.names)}
    assert not seen & {plain(said) for all_said in DESCRIPTIONS.values() for said in all_said}


@pytest.mark.parametrize(
    "asked", ["{}", "number {}", "strategy {} please", "#{}", "no. {}", "let's do {}", "{}.", "number {} pls"]
)
@pytest.mark.parametrize("number", range(1, 11))
def test_a_number_finds_its_strategy(strategies: Strategies, program: Program, asked: str, number: int) -> None:
    assert strategies.read(asked.format(number)) == Reading("choose_strategy", program.exercises[number - 1].id)


@pytest.mark.parametrize(
    "said, number",
    [("the first one", 1), ("number two", 2), ("the third one", 3), ("exercise five", 5), ("strategy ten", 10)],
)
def test_a_number_in_words_finds_its_strategy(strategies: Strategies, program: Program, said: str, number: int) -> None:
    assert strategies.read(said) == Reading("choose_strategy", program.exercises[number - 1].id)


def test_every_name_of_a_strategy_finds_it(strategies: Strategies, program: Program) -> None:
    for exercise in program.exercises:
        for name in (exercise.title, exercise.short, *exercise.names):
            assert strategies.read(f"I'd like {name.upper()}").value.split(":")[0] == exercise.id, name


@pytest.mark.parametrize("said", ["number 11", "strategy 12 please", "do 99"])
def test_a_number_that_no_strategy_has_opens_none(strategies: Strategies, said: str) -> None:
    assert strategies.read(said).intent != "choose_strategy"


@pytest.mark.parametrize("said", ["we had 2 fights about talking", "talking to each other after 7 years of silence"])
def test_a_count_in_a_sentence_is_not_a_strategy_number(strategies: Strategies, said: str) -> None:
    assert verdict(strategies.read(said), "communication") != "wrong"


@pytest.mark.parametrize("said", ["asdfgh", "🙂"])
def test_what_describes_none_of_the_ten_opens_none(strategies: Strategies, said: str) -> None:
    assert strategies.read(said).intent != "choose_strategy"


def test_a_choice_between_two_names_two_different_ones(strategies: Strategies, program: Program) -> None:
    reading = strategies.read("how do I tell her that I regret it")
    assert reading.intent == "which_strategy"
    first, second = reading.value.split(":")
    assert first != second and program.exercise(first) and program.exercise(second)
