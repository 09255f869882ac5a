"""Trains the coach's model: the sentence encoder, fine-tuned to see dodges and owning, word by word and whole.

    python -m actions.coach.train --encoder DIR --out DIR data/apology/corpus/*.jsonl

Needs PyTorch and transformers, which the product does not. `--encoder` is the folder of the official all-MiniLM-L6-v2
weights (`model.safetensors`, `config.json`, `tokenizer.json`).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from actions.coach.corpus import DEFLECTIONS, Example, Span, read
from actions.coach.measure import Scores, scores
from actions.coach.model import LABELS, pieces_of

#: Marks the id of an example that is one sentence of a longer line.
PART = "/part"
#: How often a line is shown sentence by sentence, and without capitals.
PART_CHANCE, LOWER_CHANCE = 0.3, 0.15
#: How much the words' labels weigh beside the whole text's.
WORDS_WEIGHT = 0.5


class Net(nn.Module):
    """The encoder with two heads: a tag for each word piece, and a score for each label of the whole text.

    The whole text's score of a label is a mean over its pieces, weighed by how much each piece matters to that label.
    """

    def __init__(self, encoder: Path) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(encoder, add_pooling_layer=False, attn_implementation="eager")
        size = self.encoder.config.hidden_size
        self.tag = nn.Linear(size, len(DEFLECTIONS))
        self.matters = nn.Linear(size, len(LABELS))
        self.speaks = nn.Linear(size, len(LABELS))
        self.drop = nn.Dropout(0.1)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, kind: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Scores of the whole text, tags of its pieces, and what weighed how much. `kind` is 1 for neighbours."""
        pieces = self.drop(self.encoder(ids, attention_mask=mask, token_type_ids=kind).last_hidden_state)
        focus = (mask * (1 - kind)).unsqueeze(-1)
        weights = torch.softmax(self.matters(pieces).masked_fill(focus == 0, -1e4), dim=1)
        whole = (weights * self.speaks(pieces)).sum(dim=1)
        return whole, self.tag(pieces), weights


def encode(tokenizer: Tokenizer, example: Example) -> dict[str, np.ndarray]:
    """Ids, kinds and targets of an example. `known` is 0 for elements when only a part of their line is looked at."""
    pieces = pieces_of(tokenizer, example.text, example.before, example.after)
    tags = np.zeros((len(pieces.ids), len(DEFLECTIONS)), dtype=np.float32)
    for span in example.deflections:
        for piece, (start, end) in enumerate(pieces.offsets):
            if start < end and start < span.end and end > span.start:
                tags[piece, DEFLECTIONS.index(span.label)] = 1
    present = {span.label for span in example.deflections} | set(example.elements)
    whole = np.array([label in present for label in LABELS], dtype=np.float32)
    known = np.ones(len(LABELS), dtype=np.float32)
    if example.id.endswith(PART):
        known[len(DEFLECTIONS) :] = 0
    return {"ids": pieces.ids, "kind": pieces.kinds, "tags": tags, "whole": whole, "known": known}


def batch(items: list[dict[str, np.ndarray]]) -> dict[str, torch.Tensor]:
    """Examples padded to one length."""
    longest = max(len(item["ids"]) for item in items)

    def padded(name: str) -> torch.Tensor:
        shape = (len(items), longest) + items[0][name].shape[1:]
        block = np.zeros(shape, dtype=items[0][name].dtype)
        for row, item in enumerate(items):
            block[row, : len(item[name])] = item[name]
        return torch.from_numpy(block)

    mask = torch.zeros(len(items), longest, dtype=torch.long)
    for row, item in enumerate(items):
        mask[row, : len(item["ids"])] = 1
    lines = {name: torch.from_numpy(np.stack([item[name] for item in items])) for name in ("whole", "known")}
    return {"ids": padded("ids"), "kind": padded("kind"), "tags": padded("tags"), "mask": mask, **lines}


def disturbed(example: Example, chance: random.Random) -> Example:
    """The example as it may also be met: typed without capitals, or as one sentence of its line between the others."""
    if chance.random() < PART_CHANCE and not example.before and not example.after:
        example = _one_sentence(example, chance)
    if chance.random() < LOWER_CHANCE:
        example = replace(example, text=example.text.lower())
    return example


def _one_sentence(example: Example, chance: random.Random) -> Example:
    cuts = [0, *(match.end() for match in re.finditer(r"[.!?]+\s+|\n+", example.text)), len(example.text)]
    if len(cuts) < 3:
        return example
    place = chance.randrange(len(cuts) - 1)
    start, end = cuts[place], cuts[place + 1]
    inside = [span for span in example.deflections if span.start < end and span.end > start]
    spans = tuple(Span(span.label, max(span.start, start) - start, min(span.end, end) - start) for span in inside)
    around = {"before": example.text[:start], "after": example.text[end:]}
    return replace(example, id=example.id + PART, text=example.text[start:end], deflections=spans, **around)


def batches(items: list[dict[str, np.ndarray]], size: int, chance: random.Random) -> list[list[int]]:
    """Indices in batches of like length, in random order: padding is wasted work."""
    order = sorted(range(len(items)), key=lambda one: len(items[one]["ids"]) + chance.random() * 8)
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(groups)
    return groups


def train(
    net: Net, tokenizer: Tokenizer, examples: list[Example], dev: list[Example], *, epochs: int, rate: float, seed: int
) -> None:
    """Fine-tune everything; prints the dev scores after each epoch."""
    chance = random.Random(seed)  # noqa: S311
    heads = [*net.tag.parameters(), *net.matters.parameters(), *net.speaks.parameters()]
    groups = [{"params": net.encoder.parameters(), "lr": rate}, {"params": heads, "lr": 1e-3}]
    steps = epochs * (len(examples) // 32 + 1)
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=[rate, 1e-3], total_steps=steps + 1, pct_start=0.1, anneal_strategy="linear"
    )
    loss_of = nn.BCEWithLogitsLoss(reduction="none")
    for epoch in range(epochs):
        begun, total = time.monotonic(), 0.0
        net.train()
        items = [encode(tokenizer, disturbed(example, chance)) for example in examples]
        for group in batches(items, 32, chance):
            data = batch([items[one] for one in group])
            whole, tags, _ = net(data["ids"], data["mask"], data["kind"])
            focus = (data["mask"] * (1 - data["kind"])).unsqueeze(-1)
            words = (loss_of(tags, data["tags"]) * focus).sum() / focus.sum() * 4
            lines = (loss_of(whole, data["whole"]) * data["known"]).sum() / data["known"].sum() * 4
            loss = lines + WORDS_WEIGHT * words
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(group)
        took = time.monotonic() - begun
        result = evaluate(net, tokenizer, dev) if dev else None
        print(f"epoch {epoch + 1}: loss {total / len(items):.4f}, {took:.0f} s; {result}", flush=True)


def predict(net: Net, tokenizer: Tokenizer, examples: list[Example]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Probabilities of the whole texts (texts, labels), and of each text's pieces (pieces, deflections)."""
    net.eval()
    items = [encode(tokenizer, example) for example in examples]
    whole = np.zeros((len(items), len(LABELS)), dtype=np.float32)
    words: list[np.ndarray] = [np.zeros(0)] * len(items)
    order = sorted(range(len(items)), key=lambda one: len(items[one]["ids"]))
    with torch.no_grad():
        for start in range(0, len(order), 64):
            group = order[start : start + 64]
            data = batch([items[one] for one in group])
            scores_, tags, _ = net(data["ids"], data["mask"], data["kind"])
            for row, one in enumerate(group):
                whole[one] = torch.sigmoid(scores_[row]).numpy()
                words[one] = torch.sigmoid(tags[row, : len(items[one]["ids"])]).numpy()
    return whole, words


def evaluate(net: Net, tokenizer: Tokenizer, examples: list[Example]) -> Scores:
    """Scores on examples, with the best threshold for each label on these same examples (so: for dev only)."""
    whole, _ = predict(net, tokenizer, examples)
    truth = np.stack([encode(tokenizer, example)["whole"] for example in examples])
    return scores(truth, whole, len(DEFLECTIONS))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2.5e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=int, help="learn from so many lines only: for a learning curve")
    parser.add_argument("--dev", type=Path, required=True, help="lines that are never learned from")
    parser.add_argument("--start", type=Path, help="go on from the network in this folder")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    examples = read(*options.files)
    random.Random(options.seed).shuffle(examples)  # noqa: S311
    dev = read(options.dev)
    held = {example.text for example in dev}
    rest = [example for example in examples if example.text not in held][: options.limit]
    print(f"{len(rest)} examples to learn from, {len(dev)} to check with", flush=True)
    tokenizer = Tokenizer.from_file(str(options.encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    net = Net(options.encoder)
    if options.start:
        net.load_state_dict(torch.load(options.start / "net.pt"))
    train(net, tokenizer, rest, dev, epochs=options.epochs, rate=options.rate, seed=options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), options.out / "net.pt")
    started_from = json.loads((options.start / "training.json").read_text()) if options.start else None
    told = {"files": sorted(path.name for path in options.files), "examples": len(rest), "started_from": started_from}
    told |= {name: getattr(options, name) for name in ("epochs", "rate", "seed", "limit")}
    (options.out / "training.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
