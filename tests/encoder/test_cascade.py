"""Two networks that listen: the small one reads everything, the large one what the small one is unsure of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from actions.content import ContentError
from actions.encoder.cascade import Cascade, Doubt, careful, read_doubts
from actions.encoder.labels import LISTENER, RISKS, TASKS
from actions.encoder.model import DATA, Look, Span

DOUBT = Doubt("risks", ("self_harm", "abuse"), low=0.1, high=0.9, share=0.5)
RISKY = {"labels": ["self_harm"], "low": 0.1, "high": 0.9, "share": 0.5}


class Sees:
    """A network that finds self-harm, and the first of every one of several, as likely as it is told."""

    tasks = LISTENER

    def __init__(self, likely: dict[str, float]) -> None:
        self._likely = likely
        self.read: list[list[str]] = []

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        self.read.append([text[start:end] for start, end in spans])
        return [self._look(self._likely[text[start:end]]) for start, end in spans]

    def _look(self, likely: float) -> Look:
        found = {task: np.full(len(TASKS[task]), 0.01) for task in LISTENER}
        for task in ("intents", "strategies"):
            found[task][:] = (1 - likely) / (len(found[task]) - 1)
            found[task][0] = likely
        found["risks"][RISKS.index("self_harm")] = likely
        return Look(found, np.zeros((1, 1)), np.zeros((1, 2)), np.zeros(3))


def seen(look: Look) -> float:
    """How likely self-harm is."""
    return float(look.likely["risks"][RISKS.index("self_harm")])


@pytest.mark.parametrize("sure", [0.05, 0.95])
def test_where_the_first_is_sure_the_second_is_not_asked(sure: float) -> None:
    first, second = Sees({"a": sure}), Sees({})
    assert seen(Cascade(first, second, DOUBT).look("a")) == sure
    assert second.read == []


@pytest.mark.parametrize(
    ("one", "two", "both"), [(0.5, 0.5, 0.5), (0.2, 0.8, 0.5), (0.5, 0.99, 0.909), (0.5, 0, 0.001)]
)
def test_in_doubt_they_meet_halfway_and_who_is_sure_counts_for_more(one: float, two: float, both: float) -> None:
    look = Cascade(Sees({"a": one}), Sees({"a": two}), DOUBT).look("a")
    assert seen(look) == pytest.approx(both, abs=0.001)


def test_of_several_that_exclude_each_other_all_are_one_together() -> None:
    doubt = Doubt("intents", ("greet",), 0.1, 0.9, 0.5)
    likely = Cascade(Sees({"a": 0.5}), Sees({"a": 0.9}), doubt).look("a").likely["intents"]
    assert likely.sum() == pytest.approx(1)
    assert 0.5 < likely[0] < 0.9


def test_only_the_task_that_is_in_doubt_is_read_anew() -> None:
    look = Cascade(Sees({"a": 0.5}), Sees({"a": 0.9}), DOUBT).look("a")
    assert look.likely["risks"][0] > 0.5 and look.likely["intents"][0] == 0.5


@pytest.mark.parametrize(("share", "both"), [(0.0, 0.2), (1.0, 0.8)])
def test_the_second_counts_for_its_share(share: float, both: float) -> None:
    doubt = Doubt("risks", ("self_harm",), 0.1, 0.9, share)
    assert seen(Cascade(Sees({"a": 0.2}), Sees({"a": 0.8}), doubt).look("a")) == pytest.approx(both)


def test_only_the_doubtful_parts_are_read_again_and_each_stays_in_its_place() -> None:
    first, second = Sees({"a": 0.02, "b": 0.5, "c": 0.97, "d": 0.3}), Sees({"b": 0.5, "d": 0.3})
    looks = Cascade(first, second, DOUBT).looks("abcd", [(0, 1), (1, 2), (2, 3), (3, 4)])
    assert [round(seen(look), 2) for look in looks] == [0.02, 0.5, 0.97, 0.3]
    assert second.read == [["b", "d"]]


def test_doubt_about_another_label_or_task_is_none() -> None:
    assert not Doubt("risks", ("abuse",), 0.1, 0.9, 0.5).holds(Sees({"a": 0.5}).looks("a", [(0, 1)])[0])
    assert not Doubt("wish", ("wish",), 0.1, 0.9, 0.5).holds(Sees({"a": 0.5}).looks("a", [(0, 1)])[0])


@pytest.mark.parametrize(
    ("found", "named"),
    [
        ({"risks": RISKY | {"hight": 0.9}}, "risks: unknown key 'hight'"),
        ({"risks": RISKY | {"share": 1.5}}, "risks.share: must be a number from 0 to 1"),
        ({"risks": RISKY | {"labels": ["anger"]}}, "risks: no such task, or no such label"),
        ({"moods": RISKY}, "moods: no such task, or no such label"),
        ({"risks": {"labels": ["abuse"]}}, "risks: the key 'low' is missing"),
    ],
)
def test_a_wrong_file_is_refused_by_its_key(tmp_path: Path, found: dict, named: str) -> None:
    path = tmp_path / "cascade.yml"
    path.write_text(yaml.safe_dump(found))
    with pytest.raises(ContentError, match=f"cascade.yml: {named}"):
        read_doubts(path)


def test_what_ships_is_read() -> None:
    assert set(read_doubts(DATA / "cascade.yml")) == {"risks", "wish"}


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("he holds the bank cards and gives me an allowance if i behave", "abuse"),
        ("i keep thinking everyone would breathe easier without me here", "self_harm"),
        ("i shoved u that night and i hate myself for it but u kept pushing my buttons", "abuse"),
        ("I'm sorry I held your wrists on the landing. I only wanted you to listen.", "abuse"),
        ("by the time you find this draft i won't be anyone's problem. i'm sorry for all of it, love", "self_harm"),
    ],
)
def test_the_two_that_ship_see_danger_together(said: str, label: str) -> None:
    assert careful("risks").look(said).likely["risks"][RISKS.index(label)] > 0.5


@pytest.mark.parametrize(
    "said",
    [
        "I want him to stop lying",
        "my boss is killing me with this rota",
        "we had pasta",
        "I pushed you away for months and I know it hurt.",
        "I shoved it all under the carpet and let you find it.",
    ],
)
def test_and_none_where_there_is_none(said: str) -> None:
    assert careful("risks").look(said).likely["risks"][:2].max() < 0.5
