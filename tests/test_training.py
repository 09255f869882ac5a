"""When the model must be trained anew, and what an operator is told when that fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rich.console import Console

from bot import nlu
from bot.nlu import EncoderFeaturizer
from bot.settings import ROOT
from bot.training import TrainingError, fingerprint, model_path, train

EXAMPLES = sorted((ROOT / "data" / "nlu").iterdir())
CARD = "data/encoder/listener/card.json"
INPUTS = ["config.yml", "domain.yml", "data/rules.yml", *(f"data/nlu/{path.name}" for path in EXAMPLES), CARD]
OTHERS = [
    "data/exercises/01_root_cause.yml",
    "data/intake.yml",
    "data/labels.yml",
    "data/phrases.yml",
    "data/program.yml",
    "data/strategy_examples.yml",
    "data/helplines.yml",
    "data/safety/rules.yml",
    "data/safety/thresholds.yml",
    "data/spellings.yml",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of everything that could go into a model."""
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    others = shutil.ignore_patterns("apology", "conversation", "understanding", "corpus", "test", "*.onnx")
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=others)
    return tmp_path


@pytest.fixture
def console() -> Iterator[Console]:
    with Path("/dev/null").open("w") as nowhere:
        yield Console(file=nowhere)


def change(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + "\n# changed\n", encoding="utf-8")


def test_what_older_weights_saw_of_the_examples_is_not_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rasa keeps what each component made, and makes it anew only when the component's fingerprint changes."""
    before = calculate_fingerprint_key(EncoderFeaturizer, {}, {})
    assert calculate_fingerprint_key(EncoderFeaturizer, {}, {}) == before
    (tmp_path / "card.json").write_text('{"sha256": "of other weights"}')
    monkeypatch.setattr(nlu, "LISTENER", tmp_path)
    assert calculate_fingerprint_key(EncoderFeaturizer, {}, {}) != before


def test_a_copy_elsewhere_needs_no_new_model(root: Path) -> None:
    assert fingerprint(root) == fingerprint(ROOT)


@pytest.mark.parametrize("name", INPUTS)
def test_a_change_of_any_input_needs_a_new_model(root: Path, name: str) -> None:
    change(root / name)
    assert fingerprint(root) != fingerprint(ROOT)


@pytest.mark.parametrize("name", OTHERS)
def test_a_change_of_other_content_does_not(root: Path, name: str) -> None:
    change(root / name)
    assert fingerprint(root) == fingerprint(ROOT)


def test_a_new_file_of_examples_needs_a_new_model_and_so_does_one_taken_away(root: Path) -> None:
    seen = {fingerprint(root)}
    new = root / "data" / "nlu" / "more" / "new.yml"
    new.parent.mkdir()
    new.write_text("nlu: []\n")
    seen.add(fingerprint(root))
    new.unlink()
    (root / "data" / "nlu" / "small_talk.yml").unlink()
    seen.add(fingerprint(root))
    assert len(seen) == 3


def test_a_change_that_is_taken_back_finds_the_old_model_again(root: Path) -> None:
    before = (root / "domain.yml").read_bytes()
    change(root / "domain.yml")
    (root / "domain.yml").write_bytes(before)
    assert model_path(root, root / "models") == root / "models" / f"mend-{fingerprint(ROOT)}.tar.gz"


def test_nothing_is_trained_when_the_model_is_there(root: Path, console: Console) -> None:
    (root / "config.yml").write_text("this could never be trained")
    path = model_path(root, root / "models")
    path.parent.mkdir()
    path.write_bytes(b"a model")
    assert train(root, root / "models", console) == path
    assert path.read_bytes() == b"a model"


def test_a_training_that_fails_says_why_and_leaves_the_models_as_they_were(root: Path, console: Console) -> None:
    old = root / "models" / "mend-of-yesterday.tar.gz"
    old.parent.mkdir()
    old.write_bytes(b"a model")
    (root / "config.yml").write_text("recipe: default.v1\nlanguage: en\npipeline:\n  - name: NoSuchThing\n")
    with pytest.raises(TrainingError, match="NoSuchThing"):
        train(root, root / "models", console)
    assert list(old.parent.iterdir()) == [old]


#: The smallest project that Rasa trains: it knows one rule and no words.
SMALLEST = {
    "config.yml": (
        "recipe: default.v1\nassistant_id: small\nlanguage: en\n"
        "pipeline: [{name: WhitespaceTokenizer}]\npolicies: [{name: RulePolicy}]\n"
    ),
    "domain.yml": "version: '3.1'\nintents: [hi]\nresponses: {utter_hi: [{text: hi}]}\n",
    CARD: "{}",
    "data/rules.yml": "version: '3.1'\nrules: [{rule: hi, steps: [{intent: hi}, {action: utter_hi}]}]\n",
}


def test_a_new_model_takes_the_place_of_the_old_ones_and_changes_no_input(tmp_path: Path, console: Console) -> None:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    for name, text in SMALLEST.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    models = tmp_path / "models"
    models.mkdir()
    (models / "mend-of-yesterday.tar.gz").write_bytes(b"a model")
    path = train(tmp_path, models, console)
    assert path == model_path(tmp_path, models)
    assert list(models.iterdir()) == [path]
    assert path.stat().st_size > 1000
