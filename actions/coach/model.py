"""The coach's model at work: a text and its neighbours in, how likely each label is, and at which words, out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from actions.coach.corpus import DEFLECTIONS, ELEMENTS

LABELS = DEFLECTIONS + ELEMENTS
#: Most word pieces of a text, and of each neighbour, that are looked at. Training uses the same.
LENGTH, NEIGHBOUR = 160, 40


@dataclass(frozen=True)
class Pieces:
    """A text as the encoder reads it."""

    ids: np.ndarray
    kinds: np.ndarray  #: 1 for pieces of a neighbour
    offsets: np.ndarray  #: characters of each piece in the text; (0, 0) for neighbours and marks


@dataclass(frozen=True)
class Look:
    """What the model sees in one text."""

    whole: np.ndarray  #: for each of `LABELS`, how likely it is
    words: np.ndarray  #: (pieces, deflections): how likely each piece is part of each dodge
    weights: np.ndarray  #: (pieces, labels): how much each piece mattered
    offsets: np.ndarray


def pieces_of(tokenizer: Tokenizer, text: str, before: str = "", after: str = "") -> Pieces:
    """The ids, kinds and offsets of a text between its neighbours."""
    ids, kinds, offsets = [tokenizer.token_to_id("[CLS]")], [0], [(0, 0)]
    for part, kind, keep in (
        (before, 1, slice(-NEIGHBOUR, None)),
        (text, 0, slice(0, LENGTH)),
        (after, 1, slice(0, NEIGHBOUR)),
    ):
        if not part.strip():
            continue
        pieces = tokenizer.encode(part, add_special_tokens=False)
        taken = pieces.ids[keep]
        ids += taken
        kinds += [kind] * len(taken)
        offsets += [(0, 0)] * len(taken) if kind else pieces.offsets[keep]
    ids.append(tokenizer.token_to_id("[SEP]"))
    return Pieces(np.array(ids), np.array([*kinds, 0]), np.array([*offsets, (0, 0)]))


class Model:
    """The exported network. One text takes about two milliseconds on one core."""

    def __init__(self, weights: Path, tokenizer: Tokenizer) -> None:
        """Load the weights; `tokenizer` is the encoder's own."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def look(self, text: str, before: str = "", after: str = "") -> Look:
        """What the model sees in `text`, read between its neighbours."""
        pieces = pieces_of(self._tokenizer, text, before, after)
        ids = pieces.ids[None].astype(np.int64)
        feeds = {"ids": ids, "mask": np.ones_like(ids), "kind": pieces.kinds[None].astype(np.int64)}
        whole, tags, weights = self._session.run(["whole", "tags", "weights"], feeds)
        return Look(_sigmoid(whole[0]), _sigmoid(tags[0]), weights[0], pieces.offsets)


def _sigmoid(scores: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-scores))
