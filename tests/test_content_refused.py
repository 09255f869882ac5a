"""A mistake in a content file is refused at start, in one line that names the file and the key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.content import ContentError
from bot.house import read_content
from bot.settings import ROOT, Settings

ROOT_CAUSE = "data/exercises/01_root_cause.yml"
DROP = object()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of all content."""
    shutil.copy(ROOT / "domain.yml", tmp_path)
    others = shutil.ignore_patterns("apology", "nlu", "encoder", "conversation", "understanding", "corpus", "test")
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=others)
    return tmp_path


def refusal(root: Path) -> str:
    with pytest.raises(ContentError) as refused:
        read_content(root)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def change(path: Path, *keys: str | int, to: Any) -> None:
    """Put `to` in the place that `keys` lead to, or take away what is there."""
    whole = yaml.safe_load(path.read_text("utf-8"))
    place = whole
    for key in keys[:-1]:
        place = place[key]
    if to is DROP:
        del place[keys[-1]]
    else:
        place[keys[-1]] = to
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")


def test_the_content_as_it_is_can_be_read(root: Path) -> None:
    assert read_content(root)


@pytest.mark.parametrize(
    "file, keys, to, named",
    [
        # an unknown key
        (ROOT_CAUSE, ("titel",), "x", "titel"),
        (ROOT_CAUSE, ("evidence", "level"), "A", "evidence: unknown key 'level'"),
        (ROOT_CAUSE, ("roles", "both"), {}, "roles: unknown key 'both'"),
        (ROOT_CAUSE, ("roles", "hurt", "close"), "x", "roles.hurt: unknown key 'close'"),
        (ROOT_CAUSE, ("roles", "hurt", "steps", 1, "tip"), "x", "roles.hurt.steps[2]: unknown key 'tip'"),
        ("data/intake.yml", ("closing",), "x", "closing"),
        ("data/intake.yml", ("roles", "hurt", "lable"), "x", "roles.hurt: unknown key 'lable'"),
        ("data/phrases.yml", ("anywhere",), {}, "anywhere"),
        ("data/phrases.yml", ("everywhere", "pauze"), ["stop now"], "pauze"),
        ("data/labels.yml", ("buttons",), {}, "buttons"),
        ("data/labels.yml", ("profile", "long"), "x", "profile: unknown key 'long'"),
        ("data/program.yml", ("order",), [], "order"),
        ("data/strategy_examples.yml", ("strategies", "trust"), ["x"], "trust"),
        ("data/practice.yml", ("names",), ["x"], "unknown key 'names'"),
        ("data/practice.yml", ("roles", "hurt", "act"), "x", "roles.hurt: unknown key 'act'"),
        ("data/mirror.yml", ("owns", "love"), "x", "owns: unknown key 'love'"),
        ("data/phrases.yml", ("may_interrupt",), {}, "unknown key 'may_interrupt'"),
        ("data/safety/screening.yml", ("steps", 1, "hint"), "x", "steps[2]: unknown key 'hint'"),
        ("data/safety/plan.yml", ("kinds", "others"), {}, "kinds: unknown key 'others'"),
        ("data/safety/care.yml", ("together",), ["apology"], "unknown key 'together'"),
        ("data/helplines.yml", ("helplines", 0, "fax"), "1", "helplines[1]: unknown key 'fax'"),
        # a missing one
        ("data/phrases.yml", ("asked_safe", "safe_yes"), DROP, "asked_safe: the key 'safe_yes' is missing"),
        ("data/safety/screening.yml", ("said", "No"), DROP, "said: the key 'No' is missing"),
        ("data/safety/screening.yml", ("steps", 0, "risk"), DROP, "steps[1]: the key 'risk' is missing"),
        ("data/safety/plan.yml", ("kinds", "abuse", "takeaway"), DROP, "kinds.abuse: the key 'takeaway' is missing"),
        ("data/helplines.yml", ("directories",), DROP, "'directories' is missing"),
        ("data/practice.yml", ("roles", "broke_trust", "opening"), DROP, "roles.broke_trust: the key 'opening'"),
        ("data/mirror.yml", ("dodges", "vague"), DROP, "dodges: the key 'vague' is missing"),
        ("data/mirror.yml", ("harsh", "unless"), DROP, "harsh: the key 'unless' is missing"),
        ("data/phrases.yml", ("practising", "draft"), DROP, "practising: the key 'draft' is missing"),
        (ROOT_CAUSE, ("why",), DROP, "'why' is missing"),
        (ROOT_CAUSE, ("evidence", "says"), DROP, "evidence: the key 'says' is missing"),
        (ROOT_CAUSE, ("roles", "hurt"), DROP, "roles: the key 'hurt' is missing"),
        (ROOT_CAUSE, ("roles", "hurt", "steps", 0, "hint"), DROP, "roles.hurt.steps[1]: the key 'hint' is missing"),
        (ROOT_CAUSE, ("roles", "hurt", "takeaway", 0, "says"), DROP, "roles.hurt.takeaway[1]: the key 'says'"),
        ("data/intake.yml", ("roles", "both"), DROP, "roles: the key 'both' is missing"),
        ("data/phrases.yml", ("while_in_doubt",), DROP, "while_in_doubt"),
        ("data/labels.yml", ("labels", "hint"), DROP, "hint"),
        ("data/labels.yml", ("offers", "pause"), DROP, "pause"),
        ("data/labels.yml", ("sides", "both"), DROP, "both"),
        ("data/labels.yml", ("marks", "begun"), DROP, "begun"),
        ("data/labels.yml", ("profile", "short"), DROP, "short"),
        ("data/strategy_examples.yml", ("strategies", "apology"), DROP, "apology"),
        ("domain.yml", ("responses",), DROP, "responses"),
        # another kind of thing than is needed
        ("data/practice.yml", ("roles", "hurt", "steps", 0, "id"), "words", "the last steps must be draft and review"),
        ("data/practice.yml", ("roles", "hurt", "steps", 0, "id"), "a.b", "without a full stop"),
        ("data/practice.yml", ("roles", "broke_trust", "steps", 1, "known_from"), "apology.love", "no apology.love"),
        ("data/practice.yml", ("roles", "hurt", "remember", 0, "step"), "value", "there is no step 'value'"),
        ("data/mirror.yml", ("violent", "phrases"), [], "violent.phrases: must be a list"),
        ("data/safety/screening.yml", ("steps", 1, "risk"), "yes", "steps[2].risk: must be one of the choices"),
        ("data/safety/screening.yml", ("steps", 0, "id"), "age", "the steps must be adult, afraid"),
        ("data/safety/plan.yml", ("kinds", "abuse", "takeaway", 0, "step"), "x", "there is no step 'x'"),
        ("data/safety/care.yml", ("alone",), ["patience"], "alone: there is no exercise patience"),
        (ROOT_CAUSE, ("title",), 7, "title: must be a text"),
        (ROOT_CAUSE, ("title",), "  ", "title: must be a text"),
        (ROOT_CAUSE, ("title",), "x" * 49, "title: is 49 characters long; at most 48"),
        (ROOT_CAUSE, ("number",), "one", "number: must be a number"),
        (ROOT_CAUSE, ("number",), 11, "id: number and id must make the file's name"),
        (ROOT_CAUSE, ("names",), "why", "names: must be a list"),
        (ROOT_CAUSE, ("names",), [True], "names[1]: must be a text"),
        (ROOT_CAUSE, ("sources",), [], "sources: must be a list"),
        (ROOT_CAUSE, ("evidence", "grade"), "E", "evidence.grade: must be A, B, C or D"),
        (ROOT_CAUSE, ("evidence", "grade"), "AB", "evidence.grade: must be A, B, C or D"),
        (ROOT_CAUSE, ("evidence",), "much", "evidence: must hold the keys grade, says"),
        (ROOT_CAUSE, ("roles", "hurt"), None, "roles.hurt: must hold the keys"),
        (ROOT_CAUSE, ("roles", "hurt", "steps"), {}, "roles.hurt.steps: must be a list"),
        (ROOT_CAUSE, ("roles", "hurt", "steps", 0, "choices"), ["x" * 29], "steps[1].choices[1]: is 29 characters"),
        (ROOT_CAUSE, ("roles", "hurt", "steps", 0, "id"), "question", "3 to 6 steps are needed, each with an id"),
        (ROOT_CAUSE, ("roles", "hurt", "takeaway", 0, "step"), "nowhere", "there is no step 'nowhere'"),
        ("data/intake.yml", ("steps", 0, "id"), "side", "steps: the steps must be role and story"),
        ("data/intake.yml", ("roles", "hurt", "names"), "me", "roles.hurt.names: must be a list"),
        ("data/phrases.yml", ("everywhere",), ["stop"], "everywhere"),
        ("data/phrases.yml", ("everywhere", "skip"), [True], "everywhere.skip[1]: must be a text"),
        ("data/phrases.yml", ("everywhere", "skip"), ["stop"], "asks for two things"),
        ("data/phrases.yml", ("asked_safe",), "yes", "asked_safe: must hold the keys"),
        ("data/phrases.yml", ("asked_safe", "safe_no"), ["yes"], "asks for two things"),
        ("data/labels.yml", ("labels",), ["hint"], "labels"),
        ("data/labels.yml", ("labels", "hint"), "x" * 41, "labels.hint: is 41 characters long"),
        ("data/labels.yml", ("offers", "pause"), ["Shall I pause"], "offers.pause"),
        ("data/labels.yml", ("marks", "done"), "done", "marks.done: is 4 characters long"),
        ("data/program.yml", ("suggested_order",), "apology", "suggested_order: must be a list"),
        ("data/program.yml", ("suggested_order",), ["apology"], "suggested_order must name each of the ten"),
        ("data/program.yml", ("suggested_order", 0), "apology", "suggested_order must name each of the ten"),
        ("data/strategy_examples.yml", ("strategies", "apology"), [], "strategies.apology: must be a list"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_file(root: Path, file: str, keys: tuple, to: object, named: str) -> None:
    change(root / file, *keys, to=to)
    said = refusal(root)
    assert str(root / file) in said
    assert named in said


def broken_yaml(path: Path) -> None:
    path.write_text("title: 'no end\n", encoding="utf-8")


def empty(path: Path) -> None:
    path.write_text("")


def not_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00title")


@pytest.mark.parametrize("damage", [broken_yaml, empty, not_text, Path.unlink])
@pytest.mark.parametrize(
    "file",
    [
        ROOT_CAUSE,
        "data/intake.yml",
        "data/phrases.yml",
        "data/labels.yml",
        "data/practice.yml",
        "data/mirror.yml",
        "data/program.yml",
        "data/strategy_examples.yml",
        "data/safety/screening.yml",
        "data/safety/plan.yml",
        "data/safety/care.yml",
        "data/helplines.yml",
        "domain.yml",
    ],
)
def test_a_file_that_cannot_be_read_is_named(root: Path, file: str, damage: Callable[[Path], None]) -> None:
    damage(root / file)
    said = refusal(root)
    assert str(root / file) in said or (file, damage) == (ROOT_CAUSE, Path.unlink) and "ten files" in said


def test_two_strategies_cannot_answer_to_one_name(root: Path) -> None:
    change(root / ROOT_CAUSE, "names", to=["Saying SORRY!"])
    said = refusal(root)
    assert "root_cause" in said and "apology" in said and "saying sorry" in said


def test_the_operators_own_helplines_take_the_place_of_the_others_and_are_read_as_strictly(root: Path) -> None:
    own = root / "own.yml"
    shutil.copy(root / "data" / "helplines.yml", own)
    (root / "data" / "helplines.yml").unlink()
    assert read_content(root, Settings(_env_file=None, helplines=own))
    change(own, "helplines", 0, "phone", to="call me")
    with pytest.raises(ContentError, match=r"own\.yml: helplines\[1\]\.phone"):
        read_content(root, Settings(_env_file=None, helplines=own))


def test_an_eleventh_exercise_is_refused(root: Path) -> None:
    source = root / ROOT_CAUSE
    other = source.with_name("11_more.yml")
    shutil.copy(source, other)
    change(other, "id", to="more")
    change(other, "number", to=11)
    assert "11_more.yml" in refusal(root)
