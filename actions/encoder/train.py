"""Fine-tunes the sentence encoder: to read apologies, or to listen for danger, wishes and intents.

    python -m actions.encoder.train coach|listener --encoder DIR --out DIR

Needs PyTorch and transformers, which the product does not. `--encoder` is the folder of the official all-MiniLM-L6-v2
weights (`model.safetensors`, `config.json`, `tokenizer.json`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
import yaml
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from actions.encoder import items as reading
from actions.encoder import shipped
from actions.encoder.items import Item, Part
from actions.encoder.labels import COACH, DEFLECTIONS, LISTENER, ONE_OF, TASKS, columns, width
from actions.encoder.model import CARD, WEIGHTS, chunks

ROOT = Path(__file__).resolve().parents[2]
#: How much each task weighs, and the words' tags.
WEIGHT = {"deflections": 1.0, "elements": 1.0, "risks": 2.0, "wish": 0.5, "intents": 0.5, "strategies": 0.3}
NETS = {"coach": COACH, "listener": LISTENER}
WORDS_WEIGHT = 0.5
#: How often the exercises' own examples are learned from in an epoch.
EXAMPLES = 3
#: Of the lines without a dev set of their own, one in so many is held out to set thresholds with.
HELD = 10


class Net(nn.Module):
    """The encoder with two heads: a tag for each word piece, and what each piece says for each label of its span.

    A span's score of a label is a mean over its pieces, weighed by how much each piece matters to that label.
    """

    def __init__(self, encoder: Path, tasks: tuple[str, ...]) -> None:
        super().__init__()
        self.tasks = tasks
        self.encoder = BertModel.from_pretrained(encoder, add_pooling_layer=False, attn_implementation="eager")
        size = self.encoder.config.hidden_size
        self.tag = nn.Linear(size, len(DEFLECTIONS))
        self.matters = nn.Linear(size, width(tasks))
        self.speaks = nn.Linear(size, width(tasks))
        self.drop = nn.Dropout(0.1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """For each piece: its tags, how much it matters to each label, what it says of it, and the encoder's state."""
        states = self.encoder(ids, attention_mask=mask).last_hidden_state
        pieces = self.drop(states)
        return self.tag(pieces), self.matters(pieces), self.speaks(pieces), states


def pooled(matters: torch.Tensor, speaks: torch.Tensor, rows: torch.Tensor, inside: torch.Tensor) -> torch.Tensor:
    """Scores (parts, labels) of parts: part i is the pieces `inside[i]` of text `rows[i]`."""
    weights = torch.softmax(matters[rows].float().masked_fill(inside.unsqueeze(-1) == 0, -1e4), dim=1)
    return (weights * speaks[rows].float()).sum(dim=1)


def targets(part: Part, tasks: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """What is true of a part, and how much each label counts: 0 where it is unknown."""
    truth, weight = np.zeros(width(tasks), dtype=np.float32), np.zeros(width(tasks), dtype=np.float32)
    for task, present in part.labels.items():
        names, where = TASKS[task], columns(task, tasks)
        truth[where] = [name in present for name in names]
        weight[where] = [0.0 if name in part.unknown else WEIGHT[task] for name in names]
    return truth, weight


def encode(tokenizer: Tokenizer, item: Item, tasks: tuple[str, ...]) -> list[dict]:
    """An item as the encoder reads it, in portions."""
    encoded = []
    parts = list(item.parts)
    for chunk in chunks(tokenizer, item.text, [(part.start, part.end) for part in parts]):
        here, parts = parts[: len(chunk.spans)], parts[len(chunk.spans) :]
        tags, told = np.zeros((len(chunk.ids), len(DEFLECTIONS)), dtype=np.float32), np.zeros(len(chunk.ids))
        if item.dodges is not None:
            for span in chunk.spans:
                told[span] = 1
            for dodge in item.dodges:
                for place, (start, end) in enumerate(chunk.offsets):
                    if start < end and start < dodge.end and end > dodge.start:
                        tags[place, DEFLECTIONS.index(dodge.label)] = 1
        spans = [(span.start, span.stop) for span in chunk.spans]
        encoded.append(
            {
                "ids": chunk.ids,
                "tags": tags,
                "told": told,
                "spans": spans,
                "targets": [targets(part, tasks) for part in here],
            }
        )
    return encoded


def batch(group: list[dict]) -> dict[str, torch.Tensor]:
    """Portions padded to one length, and their parts one below the other."""
    longest = max(len(one["ids"]) for one in group)
    ids, mask = torch.zeros(len(group), longest, dtype=torch.long), torch.zeros(len(group), longest, dtype=torch.long)
    tags = torch.zeros(len(group), longest, len(DEFLECTIONS))
    told = torch.zeros(len(group), longest)
    rows, inside, truth, weight = [], [], [], []
    for row, one in enumerate(group):
        length = len(one["ids"])
        ids[row, :length] = torch.tensor(one["ids"])
        mask[row, :length] = 1
        tags[row, :length] = torch.from_numpy(one["tags"])
        told[row, :length] = torch.from_numpy(one["told"])
        for (start, end), (true, weighs) in zip(one["spans"], one["targets"]):
            rows.append(row)
            marked = np.zeros(longest, dtype=np.float32)
            marked[start:end] = 1
            inside.append(marked)
            truth.append(true)
            weight.append(weighs)
    parts = {"inside": inside, "truth": truth, "weight": weight}
    stacked = {name: torch.from_numpy(np.stack(value)) for name, value in parts.items()}
    return {"ids": ids, "mask": mask, "tags": tags, "told": told, "rows": torch.tensor(rows), **stacked}


def loss_of(outputs: tuple[torch.Tensor, ...], data: dict[str, torch.Tensor], tasks: tuple[str, ...]) -> torch.Tensor:
    """How wrong the net is about a batch."""
    tags, matters, speaks, _ = outputs
    scores = pooled(matters, speaks, data["rows"], data["inside"])
    yes_or_no = nn.functional.binary_cross_entropy_with_logits(scores, data["truth"], reduction="none")
    total = torch.zeros(())
    for task in tasks:
        names, where = TASKS[task], columns(task, tasks)
        weight = data["weight"][:, where]
        if task in ONE_OF:
            known = weight[:, 0]
            wrong = nn.functional.cross_entropy(scores[:, where], data["truth"][:, where], reduction="none")
            total = total + (wrong * known).sum() / len(scores)
        else:
            total = total + (yes_or_no[:, where] * weight).sum() / len(scores) / len(names) * 4
    words = nn.functional.binary_cross_entropy_with_logits(tags.float(), data["tags"], reduction="none").mean(dim=-1)
    return total + WORDS_WEIGHT * 4 * (words * data["told"]).sum() / data["mask"].sum()


def batches(portions: list[dict], size: int, chance: random.Random) -> list[list[int]]:
    """Indices in batches of like length, in random order: padding is wasted work."""
    order = sorted(range(len(portions)), key=lambda one: len(portions[one]["ids"]) + chance.random() * 12)
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(groups)
    return groups


def train(
    net: Net, tokenizer: Tokenizer, learned: list[Item], questions: list[str], options: argparse.Namespace
) -> None:
    """Fine-tune everything."""
    chance = random.Random(options.seed)
    heads = [*net.tag.parameters(), *net.matters.parameters(), *net.speaks.parameters()]
    groups = [{"params": net.encoder.parameters(), "lr": options.rate}, {"params": heads, "lr": 1e-3}]
    steps = options.epochs * (sum(-(-len(item.parts) // 4) for item in learned) // options.batch + 50)
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: slope(step, steps))
    done, begun = 0, time.monotonic()
    for epoch in range(options.epochs):
        net.train()
        total = 0.0
        seen = [reading.disturbed(item, questions, chance) for item in learned]
        seen = reading.strung(seen, chance)
        portions = [portion for item in seen for portion in encode(tokenizer, item, net.tasks)]
        order = batches(portions, options.batch, chance)
        steps = (options.epochs - epoch) * len(order) + done
        for group in order:
            data = batch([portions[one] for one in group])
            with torch.autocast("cpu", torch.bfloat16):
                outputs = net(data["ids"], data["mask"])
            loss = loss_of(outputs, data, net.tasks)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            total += float(loss.detach())
            if done % 200 == 0:
                print(f"step {done} of {steps}, {time.monotonic() - begun:.0f} s", flush=True)
        print(f"epoch {epoch + 1}: loss {total / len(order):.4f}, {time.monotonic() - begun:.0f} s", flush=True)
        options.out.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), options.out / "net.pt")


def slope(step: int, steps: int) -> float:
    """The learning rate's share: up in the first tenth, then down to nothing."""
    rise = steps / 10
    return min(step / rise, max(0.0, (steps - step) / (steps - rise)))


def is_held(text: str) -> bool:
    """Whether a text is held out: by its own letters, so that it is for good."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % HELD == 0


def corpora(data: Path, tasks: tuple[str, ...]) -> tuple[list[Item], list[Item]]:
    """All there is to learn from in the folder `data`, and what is held out of it."""
    drafts = reading.apologies(*sorted((data / "apology" / "corpus").glob("*.jsonl")))
    if tasks == COACH:
        held = reading.apologies(data / "apology" / "dev.jsonl")
        return reading.without(drafts, {item.text[part.start : part.end] for item in held for part in item.parts}), held
    items = [
        *reading.dangers(*sorted((data / "safety" / "corpus").glob("*.jsonl"))),
        *reading.utterances(data / "nlu", data / "strategy_examples.yml"),
        *reading.in_exercises(*sorted((data / "understanding" / "corpus").glob("*.jsonl"))),
        *reading.harmless(drafts),
    ]
    learned = [item for item in items if not is_held(item.text)]
    learned += EXAMPLES * reading.examples(*sorted((data / "exercises").glob("*.yml")))
    return learned, [item for item in items if is_held(item.text)]


def asks(data: Path) -> list[str]:
    """Every question of the exercises."""
    found = []
    for path in sorted((data / "exercises").glob("*.yml")):
        for side in yaml.safe_load(path.read_text("utf-8"))["roles"].values():
            found += [" ".join(step["ask"].split()) for step in side["steps"]]
    return found


def begun_with(folder: Path) -> dict[str, torch.Tensor]:
    """The state to go on from: of a network that was trained into `folder`, or of one that ships from there."""
    trained = folder / "net.pt"
    return torch.load(trained) if trained.is_file() else shipped.weights(folder / WEIGHTS)


def history(folder: Path) -> dict:
    """How the network in `folder` came about."""
    told = folder / "training.json"
    return json.loads(told.read_text()) if told.is_file() else json.loads((folder / CARD).read_text())["training"]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("net", choices=NETS)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=2.5e-4)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--share", type=float, default=1.0, help="learn from this share only: for a learning curve")
    parser.add_argument("--start", type=Path, help="go on from the network in this folder: data/encoder/coach, say")
    parser.add_argument("--frozen", action="store_true", help="train the heads only, to compare")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    tasks = NETS[options.net]
    learned, held = corpora(options.data, tasks)
    random.Random(options.seed).shuffle(learned)
    learned = learned[: int(len(learned) * options.share)]
    print(f"{len(learned)} texts to learn from, {len(held)} held out", flush=True)
    tokenizer = Tokenizer.from_file(str(options.encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    net = Net(options.encoder, tasks)
    if options.start:
        net.load_state_dict(begun_with(options.start))
    if options.frozen:
        net.encoder.requires_grad_(False)
    train(net, tokenizer, learned, asks(options.data), options)
    before = history(options.start) if options.start else None
    told = {
        "net": options.net,
        "went_on_from": before,
        "texts": len(learned),
        "parts": sum(len(item.parts) for item in learned),
    }
    told |= {name: getattr(options, name) for name in ("epochs", "rate", "batch", "seed", "share", "frozen")}
    (options.out / "training.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
