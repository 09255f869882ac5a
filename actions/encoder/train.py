"""Fine-tunes the sentence encoder: to read apologies, or to listen for danger, wishes and intents.

    python -m actions.encoder.train coach|listener|second --encoder DIR --out DIR

Needs PyTorch and transformers, which the product does not. `--encoder` is the folder of the official all-MiniLM-L6-v2
weights (`model.safetensors`, `config.json`, `tokenizer.json`); for the second listener, of all-mpnet-base-v2 as
`actions.encoder.vocabulary` writes it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from pathlib import Path

import torch
import yaml
from tokenizers import Tokenizer
from torch import nn
from torch.utils.data import DataLoader

from actions.encoder import items as reading
from actions.encoder import shipped
from actions.encoder.batches import Batches
from actions.encoder.hard import REMEMBERED, hardest, wrong_about
from actions.encoder.items import Item
from actions.encoder.labels import COACH, LISTENER
from actions.encoder.model import CARD, WEIGHTS
from actions.encoder.net import Net, loss_of
from actions.encoder.teaching import taught

ROOT = Path(__file__).resolve().parents[2]
NETS = {"coach": COACH, "listener": LISTENER, "second": LISTENER}
#: The options that a card tells of.
TOLD = ("epochs", "rate", "batch", "seed", "share", "frozen", "still", "every", "asked", "hard", "of", "new", "only")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
#: How often the exercises' own examples are learned from in an epoch.
EXAMPLES = 3
#: Of the lines without a dev set of their own, one in so many is held out to set thresholds with.
HELD = 10


def train(
    net: Net,
    teachers: list[Net],
    tokenizer: Tokenizer,
    learned: list[Item],
    questions: list[str],
    options: argparse.Namespace,
) -> None:
    """Fine-tune everything, on a GPU where there is one."""
    chance = random.Random(options.seed)
    heads = [*net.tag.parameters(), *net.matters.parameters(), *net.speaks.parameters()]
    learning = [one for one in net.encoder.parameters() if one.requires_grad]
    decay = 0.0 if options.only else 0.01  # what isn't learned stays as it is
    groups = [{"params": learning, "lr": options.rate}, {"params": heads, "lr": 1e-3, "weight_decay": decay}]
    steps = options.epochs * (len(learned) // options.batch + 50)
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: slope(step, steps))
    done, begun = 0, time.monotonic()
    for epoch in range(options.epochs):
        net.train()
        total = torch.zeros((), device=DEVICE)
        seen = [reading.disturbed(item, questions, chance, options.asked) for item in learned]
        order = Batches(reading.strung(seen, chance), options.batch, tokenizer, net.tasks, chance)
        steps = (options.epochs - epoch) * len(order) + done
        for data in DataLoader(order, batch_size=None, num_workers=options.workers):
            data = {name: tensor.to(DEVICE) for name, tensor in data.items()}
            with torch.autocast(DEVICE, torch.bfloat16):
                data = taught(data, teachers) if teachers else data
                outputs = net(data["ids"], data["mask"])
            loss = loss_of(outputs, data, net.tasks)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            total += loss.detach()
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


def corpora(data: Path, tasks: tuple[str, ...], every: int = 2) -> tuple[list[Item], list[Item]]:
    """All there is to learn from in the folder `data`, and what is held out of it; of harmless lines one of `every`."""
    drafts = reading.apologies(*sorted((data / "apology" / "corpus").glob("*.jsonl")))
    if tasks == COACH:
        held = reading.apologies(data / "apology" / "dev.jsonl")
        return reading.without(drafts, {item.text[part.start : part.end] for item in held for part in item.parts}), held
    items = [
        *reading.dangers(*sorted((data / "safety" / "corpus").glob("*.jsonl"))),
        *reading.utterances(data / "nlu", data / "strategy_examples.yml", data / "safety" / "unclear.yml"),
        *reading.in_exercises(*sorted((data / "understanding" / "corpus").glob("*.jsonl"))),
        *reading.harmless(drafts, every),
    ]
    learned = [item for item in items if not is_held(item.text)]
    learned += EXAMPLES * reading.examples(*sorted((data / "exercises").glob("*.yml")))
    return learned, [item for item in items if is_held(item.text)]


def chosen(learned: list[Item], net: Net, tokenizer: Tokenizer, options: argparse.Namespace) -> list[Item]:
    """All that is new, and mostly what `net` is so wrong about of the others."""
    found = {name: sorted(options.data.glob(f"*/corpus/{name}.jsonl")) for name in options.new}
    if missing := [name for name in options.new if not found[name]]:
        raise SystemExit(f"--new {missing[0]}: there is no {missing[0]}.jsonl in any corpus of {options.data}")
    paths = [path for several in found.values() for path in several]
    texts = {json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()}
    new = [item for item in learned if item.text in texts]
    old = [item for item in learned if item.text not in texts]
    far = wrong_about(net, old, tokenizer)
    return new + hardest(old, far, options.hard, random.Random(options.seed), tuple(options.of))


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
    return torch.load(trained, map_location="cpu") if trained.is_file() else shipped.weights(folder / WEIGHTS)


def history(folder: Path) -> dict:
    """How the network in `folder` came about."""
    told = folder / "training.json"
    return json.loads(told.read_text()) if told.is_file() else json.loads((folder / CARD).read_text())["training"]


def _net(encoder: Path, tasks: tuple[str, ...], start: Path | None) -> Net:
    net = Net(encoder, tasks)
    if start is not None:
        net.load_state_dict(begun_with(start))
    return net.to(DEVICE)


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
    parser.add_argument("--teachers", type=Path, nargs="*", default=[], help="learn from these networks too")
    parser.add_argument("--workers", type=int, default=0, help="processes that prepare batches beside the training")
    parser.add_argument("--only", choices=LISTENER, help="learn this task and leave the others: with --frozen")
    parser.add_argument("--frozen", action="store_true", help="train the heads only, to compare")
    parser.add_argument("--every", type=int, default=2, help="of harmless lines, learn from one of so many")
    parser.add_argument(
        "--asked", type=float, default=reading.ASKED_CHANCE, help="how often some question stands first"
    )
    parser.add_argument("--still", type=int, default=0, help="leave the embeddings and so many layers as they are")
    parser.add_argument("--hard", type=float, default=0.0, help="learn mostly from what `--start` is so wrong about")
    parser.add_argument("--of", type=float, nargs=2, default=(1.0, REMEMBERED), help="shares of that, and of the rest")
    parser.add_argument("--new", nargs="*", default=[], help="corpus files, without .jsonl, of which all is learned")
    parser.add_argument(
        "--judge", type=Path, nargs=2, metavar=("ENCODER", "NET"), help="ask this network what is hard, not `--start`"
    )
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    tasks = NETS[options.net]
    learned, held = corpora(options.data, tasks, options.every)
    learned = reading.knowing(options.only, learned) if options.only else learned
    random.Random(options.seed).shuffle(learned)
    learned = learned[: int(len(learned) * options.share)]
    print(f"{len(learned)} texts to learn from, {len(held)} held out", flush=True)
    tokenizer = Tokenizer.from_file(str(options.encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    net = _net(options.encoder, tasks, options.start)
    if options.hard:
        judge = _net(options.judge[0], tasks, options.judge[1]) if options.judge else net
        learned = chosen(learned, judge, tokenizer, options)
        print(f"{len(learned)} of them are learned from", flush=True)
    if options.frozen:
        net.encoder.requires_grad_(False)
    for still in [net.encoder.embeddings, *net.encoder.encoder.layer[: options.still]] if options.still else ():
        still.requires_grad_(False)
    teachers = [_net(options.encoder, tasks, folder).eval() for folder in options.teachers]
    train(net, teachers, tokenizer, learned, asks(options.data), options)
    before = history(options.start) if options.start else None
    told = {
        "net": options.net,
        "went_on_from": before,
        "texts": len(learned),
        "parts": sum(len(item.parts) for item in learned),
        "teachers": [history(folder) for folder in options.teachers],
    }
    told |= {name: getattr(options, name) for name in TOLD}
    (options.out / "training.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
