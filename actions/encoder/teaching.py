"""Learning from other networks: what several of them together hold to be true is softer, and truer, than a label.

Hinton and others, "Distilling the knowledge in a neural network" (2015); Furlanello and others, "Born-again neural
networks" (2018).
"""

from __future__ import annotations

import torch

from actions.encoder.batches import WEIGHT
from actions.encoder.labels import ONE_OF, columns
from actions.encoder.net import Net, pooled

#: How much the teachers count where a label is known too, and how much a part weighs where only they know.
TRUST, UNLABELLED = 0.6, 0.3


@torch.no_grad()
def taught(data: dict[str, torch.Tensor], teachers: list[Net]) -> dict[str, torch.Tensor]:
    """The batch `data`, with what the teachers say mixed into what is true, and put where nothing is known."""
    tasks = teachers[0].tasks
    said = [_said(teacher, data) for teacher in teachers]
    likely = torch.stack([likely for likely, _ in said]).mean(dim=0)
    tags = torch.stack([tags for _, tags in said]).mean(dim=0)
    truth, weight = data["truth"].clone(), data["weight"].clone()
    for task in tasks:
        where = columns(task, tasks)
        known = weight[:, where] > 0
        mixed = (1 - TRUST) * truth[:, where] + TRUST * likely[:, where]
        truth[:, where] = torch.where(known, mixed, likely[:, where])
        weight[:, where] = torch.where(known, weight[:, where], torch.full_like(mixed, UNLABELLED * WEIGHT[task]))
    return data | {"truth": truth, "weight": weight, "tags": (1 - TRUST) * data["tags"] + TRUST * tags}


def _said(teacher: Net, data: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """How likely each label of each part is, and each piece's tags, as one teacher sees it."""
    tags, matters, speaks, _ = teacher(data["ids"], data["mask"])
    scores = pooled(matters, speaks, data["rows"], data["inside"])
    likely = torch.sigmoid(scores)
    for task in set(teacher.tasks) & set(ONE_OF):
        where = columns(task, teacher.tasks)
        likely[:, where] = torch.softmax(scores[:, where], dim=1)
    return likely, torch.sigmoid(tags.float())
