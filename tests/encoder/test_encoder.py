"""The encoder reads long texts in portions, answers for each span in its place, and refuses weights not its own."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from actions.encoder import labels, model
from actions.encoder.labels import TASKS, columns, width
from actions.encoder.model import (
    BESIDE,
    CARD,
    LISTENER,
    MOST_PIECES,
    WEIGHTS,
    Encoder,
    EncoderError,
    Look,
    Span,
    chunks,
)
from actions.errors import OperatorError

SENTENCES = [
    "I found the second phone in the garage, behind the paint.",
    "He said nothing for a week!",
    "😔💔",
    "Then my sister came; we talked until four.",
    "é̂ שלום 死",
]
LONG = "We went to the shops and talked about the roof until it was dark and the children came home. "


@cache
def encoder(folder: Path = LISTENER) -> Encoder:
    """The encoder that ships."""
    return Encoder.load(folder)


@cache
def tokenizer() -> Tokenizer:
    """What cuts texts into pieces."""
    tokenizer = Tokenizer.from_file(str(model.DATA / model.TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def joined(parts: list[str]) -> tuple[str, list[Span]]:
    """The parts as one text, and where each is in it."""
    text, spans = "", []
    for part in parts:
        spans.append((len(text), len(text) + len(part)))
        text += part + " "
    return text, spans


def ascii_of(text: str) -> str:
    return ascii(text[:4])


def inside(look: Look, span: Span) -> bool:
    return all(span[0] <= start <= end <= span[1] for start, end in look.offsets)


# -- portions --------------------------------------------------------------------------------------------------------


def test_every_span_is_in_one_portion_in_order_and_no_portion_is_long() -> None:
    text, spans = joined([LONG] * 60)
    portions = chunks(tokenizer(), text, spans)
    assert len(portions) > 3 and sum(len(portion.spans) for portion in portions) == len(spans)
    assert all(len(portion.ids) <= MOST_PIECES + 2 * BESIDE + 2 for portion in portions)
    places = [portion.offsets[span.start] for portion in portions for span in portion.spans]
    assert places == sorted(places) and len(set(places)) == len(places)


def test_what_stands_beside_a_portion_is_read_with_it() -> None:
    text, spans = joined([LONG] * 60)
    first, second, *_, last = chunks(tokenizer(), text, spans)
    assert (first.spans[0].start, second.spans[0].start) == (1, 1 + BESIDE)
    assert len(second.ids) - second.spans[-1].stop == BESIDE + 1
    assert len(last.ids) == last.spans[-1].stop + 1, "nothing comes after the end but the end"
    beside = tokenizer().decode(second.ids[1 : 1 + BESIDE])
    assert beside.endswith("and the children came home.")


def test_a_single_span_that_is_too_long_is_read_as_far_as_it_fits() -> None:
    text = "word " * 5_000
    [portion] = chunks(tokenizer(), text, [(0, len(text))])
    assert portion.spans == [slice(1, 1 + MOST_PIECES)]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=60), min_size=1, max_size=12))
def test_pieces_stay_in_their_span_whatever_is_written(parts: list[str]) -> None:
    text, spans = joined(parts)
    portions = chunks(tokenizer(), text, spans)
    found = [portion.offsets[place] for portion in portions for place in portion.spans]
    assert len(found) == len(spans)
    for span, pieces in zip(spans, found):
        assert pieces, "a span of which the encoder knows nothing has a piece that stands for it"
        assert all(span[0] <= start <= end <= span[1] for start, end in pieces)


# -- looks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [model.COACH, LISTENER], ids=lambda folder: folder.name)
def test_each_span_gets_its_look_in_order_with_offsets_inside_of_it(folder: Path) -> None:
    text, spans = joined(SENTENCES)
    looks = encoder(folder).looks(text, spans)
    assert len(looks) == len(spans)
    for look, span in zip(looks, spans):
        assert inside(look, span) and len(look.offsets) == len(look.words) >= 1
        assert look.meaning.shape == (384,)


@pytest.mark.parametrize("folder", [model.COACH, LISTENER], ids=lambda folder: folder.name)
def test_every_label_of_its_tasks_gets_a_probability(folder: Path) -> None:
    look = encoder(folder).look(SENTENCES[0])
    assert set(look.likely) == set(labels.COACH if folder == model.COACH else labels.LISTENER)
    for task, likely in look.likely.items():
        assert likely.shape == (len(TASKS[task]),) and ((likely >= 0) & (likely <= 1)).all(), task
        if task in labels.ONE_OF:
            assert likely.sum() == pytest.approx(1, abs=1e-4)
    cut = {label for task in look.likely if task not in labels.ONE_OF for label in TASKS[task]}
    assert cut <= set(encoder(folder).thresholds)


def test_a_span_is_read_with_what_stands_around_it() -> None:
    text, spans = joined(["It was the worst night.", "He hit me.", "I forgive him everything and I love him."])
    alone = encoder().look("He hit me.")
    among = encoder().looks(text, spans)[1]
    assert len(alone.offsets) == len(among.offsets)
    assert not np.allclose(alone.meaning, among.meaning)


def test_a_long_text_is_looked_at_to_its_end() -> None:
    text, spans = joined([LONG] * 220)
    assert len(text) > 20_000
    looks = encoder().looks(text, spans)
    assert all(inside(look, span) for look, span in zip(looks, spans)) and len(looks) == 220
    assert [look.offsets[-1][1] for look in looks] == [end - 1 for _, end in spans], "the last word of each was read"


@pytest.mark.parametrize("text", ["", " ", "😔", "\u2028", "x" * 20_000, "word " * 5_000], ids=ascii_of)
def test_a_text_of_any_kind_is_looked_at(text: str) -> None:
    look = encoder().look(text)
    assert np.isfinite(look.meaning).all() and inside(look, (0, len(text)))


def test_the_same_text_is_always_seen_alike() -> None:
    first, second = (encoder().look(LONG).likely["intents"] for _ in range(2))
    assert (first == second).all()


def test_the_columns_of_all_tasks_stand_side_by_side() -> None:
    for tasks in (labels.COACH, labels.LISTENER):
        places = [place for task in tasks for place in range(width(tasks))[columns(task, tasks)]]
        assert places == list(range(width(tasks)))


# -- weights ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an encoder in it whose card tells of its weights; they are no network."""
    monkeypatch.setattr(model, "DATA", tmp_path)
    (tmp_path / model.TOKENIZER).write_text(tokenizer().to_str(), encoding="utf-8")
    folder = tmp_path / "listener"
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(b"weights")
    card = {"tasks": labels.LISTENER, "thresholds": {}, "sha256": hashlib.sha256(b"weights").hexdigest()}
    (folder / CARD).write_text(json.dumps(card))
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(EncoderError) as refused:
        Encoder.load(folder)
    assert isinstance(refused.value, OperatorError) and "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("name", [CARD, WEIGHTS, f"../{model.TOKENIZER}"])
def test_a_missing_file_is_named_with_the_cure(folder: Path, name: str) -> None:
    (folder / name).unlink()
    said = refusal(folder)
    assert Path(name).name in said and "is missing: get it with the program" in said


def test_weights_that_were_changed_are_refused(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"weighty")
    said = refusal(folder)
    assert str(folder / WEIGHTS) in said and CARD in said and "get both anew" in said


@pytest.mark.parametrize("card", ["", "{", "[]", "{}", '{"sha256": 1}', b"\xff\xfe"])
def test_a_card_that_tells_nothing_is_refused(folder: Path, card: str | bytes) -> None:
    (folder / CARD).write_bytes(card if isinstance(card, bytes) else card.encode())
    said = refusal(folder)
    assert str(folder) in said and "anew" in said


def test_weights_that_are_no_network_are_refused(folder: Path) -> None:
    said = refusal(folder)
    assert str(folder) in said and "get it anew with the program" in said


def test_a_broken_tokenizer_is_refused(folder: Path) -> None:
    (folder / ".." / model.TOKENIZER).write_text("{}")
    assert "get it anew with the program" in refusal(folder)
