"""What a network is still wrong about: of most of a large corpus one that goes on learning learns nothing any more.

After Jiang et al., "Accelerating Deep Learning by Focusing on the Biggest Losers" (2019), chosen once and not at each
step.
"""

from __future__ import annotations

import random

import torch
from tokenizers import Tokenizer
from torch import nn

from actions.encoder.batches import batch, encode
from actions.encoder.items import Item
from actions.encoder.labels import ABUSE, SELF_HARM, TASKS, WISH, columns
from actions.encoder.net import Net, pooled

#: The labels that count, by task.
COUNTED = {"risks": (SELF_HARM, ABUSE), "wish": (WISH,)}
#: Of what it is right about, so much is learned from all the same, lest it is forgotten.
REMEMBERED = 0.15
#: How many texts are read at once.
AT_ONCE = 64


def hardest(
    items: list[Item],
    wrong: list[float],
    least: float,
    chance: random.Random,
    shares: tuple[float, float] = (1.0, REMEMBERED),
) -> list[Item]:
    """Of the items of which it is wrong by `least` or more, and of the others, a share each."""
    return [item for item, far in zip(items, wrong) if chance.random() < shares[far < least]]


@torch.no_grad()
def wrong_about(net: Net, items: list[Item], tokenizer: Tokenizer) -> list[float]:
    """How wrong the net is about each item, in nats over the labels of `COUNTED` that are known of it."""
    device = next(net.parameters()).device
    counted = _columns(net.tasks)
    order = sorted(range(len(items)), key=lambda place: len(items[place].text))
    wrong = [0.0] * len(items)
    net.eval()
    for start in range(0, len(order), AT_ONCE):
        group = order[start : start + AT_ONCE]
        portions = [encode(tokenizer, items[place], net.tasks) for place in group]
        data = {name: tensor.to(device) for name, tensor in batch(sum(portions, [])).items()}
        with torch.autocast(device.type, torch.bfloat16):
            _, matters, speaks, _ = net(data["ids"], data["mask"])
        scores = pooled(matters, speaks, data["rows"], data["inside"])
        losses = nn.functional.binary_cross_entropy_with_logits(scores, data["truth"], reduction="none")
        known = (losses * (data["weight"] > 0))[:, counted].sum(dim=1).tolist()
        of = [place for place, encoded in zip(group, portions) for one in encoded for _ in one["targets"]]
        for place, far in zip(of, known):
            wrong[place] += far
    return wrong


def _columns(tasks: tuple[str, ...]) -> list[int]:
    starts = {task: columns(task, tasks).start for task in COUNTED}
    return [starts[task] + TASKS[task].index(label) for task, labels in COUNTED.items() for label in labels]
