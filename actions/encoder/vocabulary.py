"""Gives all-mpnet-base-v2 the word pieces of the other encoders, so that one tokenizer serves all.

    python -m actions.encoder.vocabulary --mpnet DIR --tokenizer data/encoder/tokenizer.json --out DIR

Needs PyTorch and transformers, which the product does not. MPNet knows BERT's pieces under other numbers, and has its
own for `[CLS]`, `[SEP]` and `[PAD]`: rows of the embedding are put into BERT's order.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import MPNetModel

#: BERT's pieces that MPNet calls something else.
CALLED = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mpnet", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    pieces = Tokenizer.from_file(str(options.tokenizer)).get_vocab()
    row = {piece: number for number, piece in enumerate((options.mpnet / "vocab.txt").read_text("utf-8").split("\n"))}
    model = MPNetModel.from_pretrained(options.mpnet, add_pooling_layer=False)
    rows = [row[CALLED.get(piece, piece)] for piece in sorted(pieces, key=pieces.__getitem__)]
    known = model.embeddings.word_embeddings.weight.data[torch.tensor(rows)]
    model.resize_token_embeddings(len(rows))
    model.embeddings.word_embeddings.weight.data.copy_(known)
    model.save_pretrained(options.out)
    shutil.copy(options.tokenizer, options.out / "tokenizer.json")


if __name__ == "__main__":
    main()
