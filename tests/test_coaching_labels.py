"""What the coach calls the things it finds: short reasons, one question each, and no mistake in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from drafts import DATA, MEANT

from actions.coach import labels
from actions.content import ContentError
from actions.encoder.labels import DEFLECTIONS, ELEMENTS


def test_every_label_is_there_in_its_order() -> None:
    assert tuple(MEANT.deflections) == DEFLECTIONS
    assert tuple(MEANT.elements) == ELEMENTS


@pytest.mark.parametrize("name", DEFLECTIONS)
def test_a_reason_is_short_and_the_question_is_one(name: str) -> None:
    meant = MEANT.deflections[name]
    assert len(meant.reason.split()) <= 40
    assert meant.question.count("?") == 1 and meant.question.endswith("?")


def test_putting_it_right_and_owning_it_count_most_and_what_is_never_asked_for_counts_nothing() -> None:
    weights = {name: one.weight for name, one in MEANT.elements.items()}
    assert sorted(weights, key=weights.get)[-2:] == ["repair", "responsibility"]
    assert weights["explanation"] == weights["forgiveness_request"] == 0
    never_asked = {name for name, one in MEANT.elements.items() if one.missing is None}
    assert never_asked == {"explanation", "forgiveness_request"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda all_: all_["deflections"]["vague"].update(hint="x"), r"deflections\.vague: unknown key 'hint'"),
        (lambda all_: all_["deflections"]["vague"].update(severity="mild"), r"vague\.severity: must be one of"),
        (lambda all_: all_["deflections"].pop("vague"), r"deflections: the key 'vague' is missing"),
        (lambda all_: all_["elements"]["repair"].update(weight=2), r"repair\.weight: must be a number from 0 to 1"),
        (lambda all_: all_["elements"]["repair"].pop("missing"), r"repair: the key 'missing' is missing"),
        (lambda all_: all_["elements"]["explanation"].update(missing="x"), r"explanation: unknown key 'missing'"),
        (lambda all_: all_["elements"].pop("regret"), r"elements: the key 'regret' is missing"),
    ],
)
def test_a_mistake_is_refused_with_file_and_key(
    tmp_path: Path, change: Callable[[dict], object], complaint: str
) -> None:
    content = yaml.safe_load((DATA / "labels.yml").read_text("utf-8"))
    change(content)
    (tmp_path / "labels.yml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(ContentError, match=r"labels\.yml: .*" + complaint):
        labels.load(tmp_path / "labels.yml")
