"""Where Mend only talks, what Rasa needs for training and for other messengers is not loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.settings import ROOT

HEAVY = ("tensorflow", "keras", "jax", "slack_sdk", "aiogram", "twilio", "webexteamssdk")


def run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_who_talks_with_people_loads_neither_tensorflow_nor_other_messengers() -> None:
    done = run(f"import sys, bot.dialogue; print([name for name in {HEAVY} if name in sys.modules])")
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "module, name",
    [
        ("rasa.utils.train_utils", "create_data_generators"),
        ("rasa.graph_components.validators.default_recipe_validator", "DefaultV1RecipeValidator"),
    ],
)
def test_whoever_asks_for_what_is_not_loaded_is_told_so(module: str, name: str) -> None:
    done = run(f"import bot.dialogue; from {module} import {name}; {name}()")
    assert f"{module}.{name} is for training" in done.stderr.splitlines()[-1]


def test_who_trains_loads_everything() -> None:
    done = run("import bot.nlu, rasa.__main__, rasa.utils.train_utils, sys; print('tensorflow' in sys.modules)")
    assert done.stdout.strip() == "True", done.stderr
