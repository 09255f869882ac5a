"""The network that is trained: the encoder and two heads, and how wrong it is."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from transformers import AutoModel

from actions.encoder.labels import DEFLECTIONS, ONE_OF, TASKS, columns, width

#: How much the words' tags weigh in what is wrong.
WORDS_WEIGHT = 0.5


class Net(nn.Module):
    """The encoder with two heads: a tag for each word piece, and what each piece says for each label of its span.

    A span's score of a label is a mean over its pieces, weighed by how much each piece matters to that label.
    """

    def __init__(self, encoder: Path, tasks: tuple[str, ...]) -> None:
        super().__init__()
        self.tasks = tasks
        self.encoder = AutoModel.from_pretrained(encoder, add_pooling_layer=False, attn_implementation="eager")
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


def loss_of(outputs: tuple[torch.Tensor, ...], data: dict[str, torch.Tensor], tasks: tuple[str, ...]) -> torch.Tensor:
    """How wrong the net is about a batch."""
    tags, matters, speaks, _ = outputs
    scores = pooled(matters, speaks, data["rows"], data["inside"])
    yes_or_no = nn.functional.binary_cross_entropy_with_logits(scores, data["truth"], reduction="none")
    total = torch.zeros((), device=scores.device)
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
