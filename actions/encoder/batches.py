"""Texts as the network reads them: portions of pieces, padded to batches, with what is true of each part."""

from __future__ import annotations

import random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.utils.data import Dataset

from actions.encoder.items import Item, Part
from actions.encoder.labels import DEFLECTIONS, TASKS, columns, width
from actions.encoder.model import chunks

#: How much each task weighs.
WEIGHT = {"deflections": 1.0, "elements": 1.0, "risks": 2.0, "wish": 0.5, "intents": 0.5, "strategies": 0.3}


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


class Batches(Dataset):
    """What is learned from in an epoch, in batches: each is encoded when it is asked for, by whoever asks."""

    def __init__(
        self, items: list[Item], size: int, tokenizer: Tokenizer, tasks: tuple[str, ...], chance: random.Random
    ) -> None:
        self.tokenizer, self.tasks = tokenizer, tasks
        self.groups = grouped(items, size, chance)

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        return batch([portion for item in self.groups[index] for portion in encode(self.tokenizer, item, self.tasks)])


#: By how many characters texts of one batch may differ for chance's sake.
NEAR_LENGTH = 10


def grouped(items: list[Item], size: int, chance: random.Random) -> list[list[Item]]:
    """Items in groups of like length, in random order: padding is wasted work."""
    order = sorted(items, key=lambda item: len(item.text) + chance.random() * NEAR_LENGTH)
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(groups)
    return groups
