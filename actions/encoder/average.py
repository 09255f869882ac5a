"""Averages a network with the one that it went on from: what was just learned, without forgetting what was known.

    python -m actions.encoder.average --start data/encoder/listener --net NET --share 0.7 --out DIR

Needs PyTorch, which the product does not. Wortsman and others, "Robust fine-tuning of zero-shot models" (2022).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from actions.encoder.train import begun_with, history


def averaged(start: dict[str, torch.Tensor], net: dict[str, torch.Tensor], share: float) -> dict[str, torch.Tensor]:
    """Weights between two networks: `share` of the second, from 0 to 1."""
    return {name: share * net[name].float() + (1 - share) * start[name].float() for name in net if name in start}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--net", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.7)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(averaged(begun_with(options.start), begun_with(options.net), options.share), options.out / "net.pt")
    told = {**history(options.net), "averaged_with_what_it_went_on_from": options.share}
    (options.out / "training.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
