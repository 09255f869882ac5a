"""Makes the weights that ship: a trained network as ONNX, with its weights in eight bits, and its card.

    python -m actions.coach.export --net DIR --encoder DIR --out data/apology/model --dev data/…

Needs PyTorch, transformers and onnx, which the product does not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from actions.coach.corpus import read
from actions.coach.measure import scores
from actions.coach.model import DEFLECTIONS, LABELS, Model
from actions.coach.train import Net


def export(net: Net, path: Path) -> None:
    """Write `net` to `path` as ONNX with eight-bit weights."""
    net.eval()
    ids = torch.ones(2, 8, dtype=torch.long)
    mask, kind = torch.ones_like(ids), torch.zeros_like(ids)
    axes = {name: {0: "texts", 1: "pieces"} for name in ("ids", "mask", "kind", "tags", "weights")}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            net,
            (ids, mask, kind),
            str(full),
            input_names=["ids", "mask", "kind"],
            output_names=["whole", "tags", "weights"],
            dynamic_axes={**axes, "whole": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dev", nargs="+", type=Path, help="lines that set the thresholds; never a test set")
    parser.add_argument("--net", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    net = Net(options.encoder)
    net.load_state_dict(torch.load(options.net / "net.pt"))
    options.out.mkdir(parents=True, exist_ok=True)
    weights = options.out / "coach.onnx"
    export(net, weights)
    shutil.copy(options.encoder / "tokenizer.json", options.out / "tokenizer.json")
    model = Model(weights, Tokenizer.from_file(str(options.out / "tokenizer.json")))
    examples = read(*options.dev)
    seen = [model.look(example.text, example.before, example.after) for example in examples]
    likely = np.stack([one.whole for one in seen])
    present = [{span.label for span in one.deflections} | set(one.elements) for one in examples]
    truth = np.array([[label in labels for label in LABELS] for labels in present], dtype=np.float32)
    found = scores(truth, likely, len(DEFLECTIONS))
    card = {
        "thresholds": {label: round(cut, 2) for label, cut in zip(LABELS, found.thresholds)},
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "training": json.loads((options.net / "training.json").read_text()),
    }
    (options.out / "card.json").write_text(json.dumps(card, indent=1) + "\n")
    print(f"{weights}: {weights.stat().st_size / 1e6:.1f} MB; on dev: {found}")  # noqa: T201


if __name__ == "__main__":
    main()
