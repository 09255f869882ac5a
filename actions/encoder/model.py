"""The sentence encoder at work: it reads a text once, and says of any span of it how likely each label is.

The network is all-MiniLM-L6-v2, fine-tuned twice, its weights in eight bits: one reads drafts of apologies, sentence by
sentence; one listens to everything that people type, and tells danger, wishes and intents in one pass.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from actions.encoder.labels import ONE_OF, columns
from actions.errors import OperatorError

#: The folders with the weights.
DATA = Path(__file__).resolve().parents[2] / "data" / "encoder"
COACH, LISTENER, SECOND = DATA / "coach", DATA / "listener", DATA / "second"
WEIGHTS, TOKENIZER, CARD = "encoder.onnx", "tokenizer.json", "card.json"
#: Most word pieces that are read at once; more of a single span are left out.
MOST_PIECES = 192
#: How many word pieces of what stands beside a read piece of text are read with it.
BESIDE = 40
#: As many characters hold at least that many pieces, or are all there is.
NEAR = 400

Span = tuple[int, int]


class EncoderError(OperatorError):
    """The encoder can't be loaded; the message says what is missing, and what to do."""


@dataclass(frozen=True)
class Look:
    """What the encoder sees in one span of a text."""

    likely: dict[str, np.ndarray]  #: for each task, the probability of each of its labels
    words: np.ndarray  #: (pieces, deflections): how likely each piece is part of each dodge
    offsets: np.ndarray  #: (pieces, 2): the characters of each piece in the whole text
    meaning: np.ndarray  #: the mean of the pieces: what the span is about, as 384 numbers


@dataclass(frozen=True)
class Chunk:
    """Pieces that are read together, and which of them belong to which span."""

    ids: list[int]
    offsets: list[Span]
    spans: list[slice]


class Reader(Protocol):
    """Whoever says what is seen in texts: an encoder, or several."""

    def look(self, text: str) -> Look:
        """What is seen in a text as a whole."""
        ...

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        """What is seen in each of `spans` (in order, without overlaps)."""
        ...


class Encoder:
    """The exported network. A sentence takes about two milliseconds on one core. Safe to share between threads."""

    def __init__(
        self, weights: Path, tokenizer: Tokenizer, tasks: Iterable[str], thresholds: Mapping[str, float] | None = None
    ) -> None:
        """Load the weights of a network for `tasks`; from its threshold on, a label counts as there."""
        self.tasks = tuple(tasks)
        self.thresholds = dict(thresholds or {})
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._seen = lru_cache(maxsize=2)(self._see)  # a turn asks more than once: for danger, for wishes, for intents

    @classmethod
    def load(cls, folder: Path) -> Encoder:
        """The encoder in `folder`; raises `EncoderError` when a file is missing or not the one the card tells of."""
        for path in (folder / CARD, folder / WEIGHTS, DATA / TOKENIZER):
            if not path.is_file():
                raise EncoderError(f"{path} is missing: get it with the program (it is in its repository)")
        try:
            card = json.loads((folder / CARD).read_text("utf-8"))
            found = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
            if found != card["sha256"]:
                raise EncoderError(f"{folder / WEIGHTS} is not the file that {CARD} tells of: get both anew")
            tokenizer = Tokenizer.from_file(str(DATA / TOKENIZER))
            return cls(folder / WEIGHTS, tokenizer, card["tasks"], card["thresholds"])
        except OperatorError:
            raise
        except Exception as error:  # the libraries for weights raise whatever they like
            reason = f"can't be read ({type(error).__name__}): get it anew with the program"
            raise EncoderError(f"the encoder in {folder} {reason}") from None

    def look(self, text: str) -> Look:
        """What is seen in a text as a whole."""
        return self.looks(text, [(0, len(text))])[0]

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        """What is seen in each of `spans` (in order, without overlaps), each read with what stands around it."""
        return list(self._seen(text, tuple(spans)))

    def _see(self, text: str, spans: tuple[Span, ...]) -> list[Look]:
        return [look for chunk in chunks(self._tokenizer, text, list(spans)) for look in self._read(chunk)]

    def _read(self, chunk: Chunk) -> list[Look]:
        ids = np.array(chunk.ids, dtype=np.int64)[None]
        names = ["tags", "matters", "speaks", "states"]
        tags, matters, speaks, states = (
            one[0] for one in self._session.run(names, {"ids": ids, "mask": np.ones_like(ids)})
        )
        offsets = np.array(chunk.offsets)
        looks = []
        for span in chunk.spans:
            weights = _softmax(matters[span], axis=0)
            scores = (weights * speaks[span]).sum(axis=0)
            looks.append(Look(self._likely(scores), _sigmoid(tags[span]), offsets[span], states[span].mean(axis=0)))
        return looks

    def _likely(self, scores: np.ndarray) -> dict[str, np.ndarray]:
        likely = {}
        for task in self.tasks:
            here = scores[columns(task, self.tasks)]
            likely[task] = _softmax(here, axis=0) if task in ONE_OF else _sigmoid(here)
        return likely


def chunks(tokenizer: Tokenizer, text: str, spans: list[Span], most: int = MOST_PIECES) -> list[Chunk]:
    """The pieces of a text in portions that the encoder reads at once: whole spans, with what stands beside them."""
    read = [_pieces(tokenizer, text, span, most) for span in spans]
    groups: list[list[int]] = []
    size = 0
    for place, (ids, _) in enumerate(read):
        if not groups or size + len(ids) > most:
            groups.append([])
            size = 0
        groups[-1].append(place)
        size += len(ids)
    return [_chunk(tokenizer, text, spans, read, group) for group in groups]


def _chunk(tokenizer: Tokenizer, text: str, spans: list[Span], read: list, group: list[int]) -> Chunk:
    start, end = spans[group[0]][0], spans[group[-1]][1]
    before, _ = _pieces(tokenizer, text, (max(0, start - NEAR), start), None)
    after, _ = _pieces(tokenizer, text, (end, end + NEAR), None)
    ids = [tokenizer.token_to_id("[CLS]"), *before[-BESIDE:]]
    offsets: list[Span] = [(0, 0)] * len(ids)
    where = []
    for place in group:
        where.append(slice(len(ids), len(ids) + len(read[place][0])))
        ids += read[place][0]
        offsets += read[place][1]
    tail = [*after[:BESIDE], tokenizer.token_to_id("[SEP]")]
    return Chunk(ids + tail, offsets + [(0, 0)] * len(tail), where)


def _pieces(tokenizer: Tokenizer, text: str, span: Span, most: int | None) -> tuple[list[int], list[Span]]:
    start, end = span
    read = tokenizer.encode(text[start:end], add_special_tokens=False)
    if most is not None and not read.ids:  # nothing that the encoder knows: one piece stands for it
        return [tokenizer.token_to_id("[UNK]")], [(start, end)]
    return read.ids[:most], [(start + first, start + last) for first, last in read.offsets[:most]]


def _softmax(scores: np.ndarray, axis: int) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def _sigmoid(scores: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-scores))


@cache
def listener() -> Encoder:
    """The encoder that listens to what people type, loaded once a process; raises `EncoderError`."""
    return Encoder.load(LISTENER)
