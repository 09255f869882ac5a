"""What is asked and said for a person's safety: short, plain, never loud, and refused with file and key when wrong."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.content import ContentError
from actions.lifelines import directory
from actions.program import load
from actions.safety.content import PLANS, QUESTIONS, read_care
from actions.store.care import KINDS
from bot.house import read_content
from bot.settings import ROOT

FOLDER = ROOT / "data" / "safety"
FILES = ("screening.yml", "plan.yml", "care.yml")
DROP = object()
CARE = read_care(FOLDER)
STEPS = [*CARE.screening.side.steps, *(step for side in CARE.plan.sides.values() for step in side.steps)]
DANGERS = [f"utter_danger_{kind}" for kind in (*KINDS, "again")]


def texts(node: Any) -> list[str]:
    """Every text in a piece of YAML."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in texts(value)]
    return [node] if isinstance(node, str) else []


def refusal(folder: Path) -> str:
    with pytest.raises(ContentError) as refused:
        read_care(folder)
    return str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the folder."""
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path)
    return tmp_path


def test_the_content_as_it_is_can_be_read() -> None:
    assert [step.id for step in CARE.screening.side.steps] == list(QUESTIONS)
    assert set(CARE.plan.sides) == set(PLANS)
    assert all(step.hint and step.example and step.why for side in CARE.plan.sides.values() for step in side.steps)


def test_what_is_closed_to_someone_in_danger_is_what_needs_two() -> None:
    alone = {exercise.id for exercise in load(ROOT / "data").exercises} & CARE.alone
    assert alone and not alone & {"apology", "forgiveness", "vulnerability"}


@pytest.mark.parametrize(
    "file, keys, to, named",
    [
        ("screening.yml", ("closing",), "x", "screening.yml: the file: unknown key 'closing'"),
        ("screening.yml", ("said", "Maybe"), ["hm"], "said: unknown key 'Maybe'"),
        ("screening.yml", ("steps", 1, "hint"), "x", "steps[2]: unknown key 'hint'"),
        ("screening.yml", ("steps", 2, "risk"), DROP, "steps[3]: the key 'risk' is missing"),
        ("screening.yml", ("steps", 0, "id"), "age", "steps: the steps must be adult"),
        ("screening.yml", ("opening_again",), DROP, "the key 'opening_again' is missing"),
        ("plan.yml", ("names",), ["x"], "plan.yml: the file: unknown key 'names'"),
        ("plan.yml", ("kinds", "debts"), {}, "kinds: unknown key 'debts'"),
        ("plan.yml", ("kinds", "abuse"), DROP, "kinds: the key 'abuse' is missing"),
        ("plan.yml", ("kinds", "abuse", "act"), "x", "kinds.abuse: unknown key 'act'"),
        ("plan.yml", ("kinds", "self_harm", "steps", 0, "tip"), "x", "kinds.self_harm.steps[1]: unknown key 'tip'"),
        ("plan.yml", ("kinds", "self_harm", "takeaway", 0, "step"), "x", "there is no step 'x'"),
        ("care.yml", ("together",), ["x"], "care.yml: the file: unknown key 'together'"),
        ("care.yml", ("alone",), [], "care.yml: alone: must be a list"),
    ],
)
def test_a_mistake_is_refused_with_file_and_key(folder: Path, file: str, keys: tuple, to: Any, named: str) -> None:
    whole = yaml.safe_load((folder / file).read_text("utf-8"))
    place = whole
    for key in keys[:-1]:
        place = place[key]
    if to is DROP:
        del place[keys[-1]]
    else:
        place[keys[-1]] = to
    (folder / file).write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    said = refusal(folder)
    assert str(folder / file) in said and named in said


def test_an_exercise_that_is_not_there_can_not_stay_open(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("encoder", "corpus", "test", "apology"))
    (data / "safety" / "care.yml").write_text("alone: [time_and_space, long_walks]\n")
    with pytest.raises(ContentError, match=r"care\.yml: alone: there is no exercise long_walks"):
        load(data)


# -- how it speaks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_a_question_is_one_question_of_at_most_forty_five_words(step: Any) -> None:
    assert len(step.ask.split()) <= 45
    assert step.ask.count("?") <= 1 and step.ask[-1] in "?."


def test_every_question_before_the_programme_can_be_left_unsaid_but_the_age() -> None:
    age, *others = CARE.screening.side.steps
    assert age.choices == ("Yes", "No")
    assert all(step.choices == ("Yes", "No", "I'd rather not say") for step in others)


@pytest.mark.parametrize(
    "step, said, answer",
    [
        ("adult", "yes", "Yes"),
        ("adult", "yh im 41", "Yes"),
        ("adult", "41", "Yes"),
        ("adult", "I'm 18.", "Yes"),
        ("adult", "62 years young", "Yes"),
        ("adult", "yes of course", "Yes"),
        ("afraid", "Yeah.", "Yes"),
        ("afraid", "nah", "No"),
        ("afraid", "no hes soft as butter", "No"),
        ("afraid", "yeah when he's been drinking", "Yes"),
        ("afraid", "yes but only sometimes", "Yes"),
        ("hurt", "NO", "No"),
        ("hurt", "not really", "No"),
        ("hurt", "no, she'd have my hide", "No"),
        ("controlled", "never in my life", "No"),
        ("controlled", "rather not say", "I'd rather not say"),
        ("free", "yeah my own", "Yes"),
        ("free", "no", "No"),
    ],
)
def test_what_people_type_is_one_of_the_answers(step: str, said: str, answer: str) -> None:
    assert CARE.screening.answer(step, said) == answer


@pytest.mark.parametrize(
    "step, said",
    [
        *((step, said) for step in ("adult", "afraid", "free") for said in ("", "my mum", "yes and no", "he would")),
        ("adult", "17"),
        ("adult", "4"),
        ("adult", "100%"),
        ("adult", "almost 18"),
        ("adult", "sometimes albatross"),
        ("adult", "18 in march"),
        ("adult", "im 41 shes 39"),
        ("adult", "yes i think so"),
        ("afraid", "17"),
        ("afraid", "y do you ask"),
        ("afraid", "ya what"),
        ("afraid", "i am not"),
        ("afraid", "no but he shouts"),
        ("afraid", "not really just when he drinks"),
        ("hurt", "no only the once"),
        ("hurt", "no he hasn't"),
        ("hurt", "no she is a lovely woman and would do anything for me and the kids"),
        ("controlled", "yes no idea"),
        ("free", "no one makes me"),
        ("free", "no pressure its mine"),
        ("free", "yes i suppose"),
    ],
)
def test_what_may_mean_another_answer_is_none(step: str, said: str) -> None:
    assert CARE.screening.answer(step, said) is None


def test_nothing_about_safety_is_loud() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["responses"]
    gentle = ("danger", "safe", "people", "line", "ground", "plan", "alone", "closed", "under_age", "screen", "help")
    said = {
        name: texts(value) for name, value in domain.items() if name.startswith(tuple(f"utter_{one}" for one in gentle))
    }
    said |= {name: texts(yaml.safe_load((FOLDER / name).read_text("utf-8"))) for name in FILES}
    assert len(said) > 20
    assert [name for name, all_said in said.items() if any("!" in text for text in all_said)] == []


@pytest.mark.parametrize("response", DANGERS)
def test_what_is_said_first_is_short_and_ends_in_its_only_question(response: str) -> None:
    tools = read_content().tools(None, float)
    number, address = tools.sentences.label("emergency"), directory(tools, "abuse")
    said = tools.sentences.say(response, emergency=number, people=address)
    assert number in said and address in said, "help is in the message itself"
    assert len(said.split()) <= 60
    assert said.count("?") == 1 and said.rstrip().endswith("?")
