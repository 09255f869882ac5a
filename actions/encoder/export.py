"""Makes the weights that ship: a trained network as ONNX, its weights in eight bits, with a card that tells of it.

    python -m actions.encoder.export coach|listener|second --net DIR --encoder DIR

What the second listener's layers hand on is too uneven to be rounded with one scale. Its weights stand in blocks with a
scale of their own, and what they take up is rounded block by block: a quarter of the noise in the scores.

Needs PyTorch, transformers and onnx, which the product does not. Thresholds are set on what was held out of training.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from tokenizers import Tokenizer

from actions.encoder.items import Item, after
from actions.encoder.labels import ONE_OF, TASKS
from actions.encoder.model import CARD, TOKENIZER, WEIGHTS, Encoder
from actions.encoder.net import Net
from actions.encoder.train import NETS, ROOT, corpora

#: The networks whose weights stand in blocks, and which of these weights are rounded to four bits: code hosts refuse a
#: file of more than 100 MiB, and where a word looks for others, and the first layer, are least disturbed by it.
IN_BLOCKS = {"second": ("/attn/q/", "/attn/k/", "/layer.0/")}
#: A dodge's threshold is between these: the dev set is small, its best point luck, and a low one flags the honest.
DODGE_CUTS = (0.5, 0.6)
#: How many weights share a scale, by their bits, and onnxruntime's number for adding up in eight bits.
BLOCK, EIGHT_BIT_SUMS = {8: 128, 4: 32}, 4
GRID = np.arange(0.02, 0.96, 0.02)


def export(net: Net, path: Path, coarse: tuple[str, ...] | None = None) -> None:
    """Write `net` to `path` as ONNX with eight-bit weights: in blocks if `coarse` names those that have four bits."""
    net.eval()
    ids = torch.ones(2, 8, dtype=torch.long)
    names = ["ids", "mask", "tags", "matters", "speaks", "states"]
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            net,
            (ids, torch.ones_like(ids)),
            str(full),
            input_names=names[:2],
            output_names=names[2:],
            dynamic_axes={name: {0: "texts", 1: "pieces"} for name in names},
            opset_version=17,
            dynamo=False,
        )
        products = [node.name for node in onnx.load(full).graph.node if node.op_type == "MatMul"]
        apart = products if coarse is not None else []
        quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=apart)
    if coarse is not None:
        _in_blocks(path, 4, [name for name in products if not any(part in name for part in coarse)])
        _in_blocks(path, 8, [])


def _in_blocks(path: Path, bits: int, apart: list[str]) -> None:
    how = DefaultWeightOnlyQuantConfig(BLOCK[bits], is_symmetric=True, accuracy_level=EIGHT_BIT_SUMS, bits=bits)
    rounded = MatMulNBitsQuantizer(onnx.load(path), nodes_to_exclude=apart, algo_config=how)
    rounded.process()
    rounded.model.save_model_to_file(str(path), False)


def seen(encoder: Encoder, items: list[Item]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each task: truths and probabilities (parts, labels) of the parts of which it is known."""
    truths: dict[str, list] = {task: [] for task in encoder.tasks}
    found: dict[str, list] = {task: [] for task in encoder.tasks}
    for item in items:
        read = after(item.question, item) if item.question else item
        for part, look in zip(read.parts, encoder.looks(read.text, [(part.start, part.end) for part in read.parts])):
            for task, present in part.labels.items():
                if not part.unknown:  # half a truth would set a wrong threshold
                    truths[task].append([label in present for label in TASKS[task]])
                    found[task].append(look.likely[task])
    return {task: (np.array(truths[task]), np.array(found[task])) for task in encoder.tasks if truths[task]}


def f1(truth: np.ndarray, guess: np.ndarray) -> float:
    """F1 of two boolean arrays; 0 without a hit."""
    hits = float(np.logical_and(truth, guess).sum())
    return 2 * hits / (truth.sum() + guess.sum()) if hits else 0.0


def report(results: dict[str, tuple[np.ndarray, np.ndarray]]) -> tuple[dict[str, float], dict[str, float]]:
    """The best threshold of each label that has one, and a score for each task."""
    thresholds, scores = {}, {}
    for task, (truth, likely) in results.items():
        if task in ONE_OF:
            scores[task] = float((truth.argmax(axis=1) == likely.argmax(axis=1)).mean())
            continue
        best = []
        for column, label in enumerate(TASKS[task]):
            by_cut = [f1(truth[:, column], likely[:, column] >= cut) for cut in GRID]
            # the middle of the plateau: the dev set is small, and its best single point is luck
            top = [cut for cut, score in zip(GRID, by_cut) if score >= max(by_cut) - 0.005]
            cut = float(np.median(top))
            thresholds[label] = round(float(np.clip(cut, *DODGE_CUTS)) if task == "deflections" else cut, 2)
            best.append(max(by_cut))
        scores[task] = float(np.mean(best))
    return thresholds, scores


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=NETS)
    parser.add_argument("--net", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "encoder")
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    options = parser.parse_args()
    tasks, folder = NETS[options.what], options.out / options.what
    net = Net(options.encoder, tasks)
    net.load_state_dict(torch.load(options.net / "net.pt", map_location="cpu"))
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / WEIGHTS
    export(net, weights, IN_BLOCKS.get(options.what))
    shutil.copy(options.encoder / "tokenizer.json", options.out / TOKENIZER)
    encoder = Encoder(weights, Tokenizer.from_file(str(options.out / TOKENIZER)), tasks)
    thresholds, scores = report(seen(encoder, corpora(options.data, tasks)[1]))
    card = {
        "tasks": tasks,
        "thresholds": thresholds,
        "held_out": {task: round(score, 3) for task, score in scores.items()},
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "training": json.loads((options.net / "training.json").read_text()),
    }
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n")
    print(f"{weights}: {weights.stat().st_size / 1e6:.1f} MB; held out: {card['held_out']}")


if __name__ == "__main__":
    main()
