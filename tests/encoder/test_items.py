"""What the encoder learns from: nothing is concluded where nobody knows."""

from __future__ import annotations

import json
import random
from pathlib import Path

import yaml

from actions.encoder.items import dangers, disturbed, utterances

DATA = Path(__file__).resolve().parents[2] / "data"
UNCLEAR = frozenset(yaml.safe_load((DATA / "safety" / "unclear.yml").read_text("utf-8"))["unclear"])
READ = utterances(DATA / "nlu", DATA / "strategy_examples.yml", DATA / "safety" / "unclear.yml")


def test_of_what_may_be_danger_nothing_is_learned_about_danger() -> None:
    told = {item.text: item.parts[0].labels for item in READ}
    assert not UNCLEAR - told.keys()
    assert not [text for text in UNCLEAR if "risks" in told[text]]


def test_of_every_other_example_it_is_known_whether_there_is_danger() -> None:
    assert not [item.text for item in READ if "risks" not in item.parts[0].labels and item.text not in UNCLEAR]


def test_a_line_that_answers_a_question_is_read_after_it_too(tmp_path: Path) -> None:
    line = {"question": "Where are you calm?", "text": "the weir, at night", "risk": "none", "severity": "none"}
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps(line), "utf-8")
    (item,) = dangers(path)
    chance = random.Random(1)
    read = {disturbed(item, ["What now?"], chance).text.lower() for _ in range(60)}
    assert {"the weir, at night", "where are you calm?\nthe weir, at night"} <= read
    assert not [text for text in read if text.startswith("what now?")]
