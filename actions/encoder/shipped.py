"""The weights that ship, as a network that can learn on: nobody needs a checkpoint that was left on some machine.

Eight bits are a little coarser than what was trained; the first steps of training make up for it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

#: What quantization puts behind a tensor's name.
ROUNDED, SCALE, ZERO = "_quantized", "_scale", "_zero_point"


def weights(path: Path) -> dict[str, torch.Tensor]:
    """The state of a `Net` whose export is at `path`, in full precision again."""
    graph = onnx.load(path).graph
    tensors = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    state = {name: value for name, value in tensors.items() if name.endswith((".weight", ".bias"))}
    for name in tensors:
        if name.endswith(f".weight{ROUNDED}"):
            state[name.removesuffix(ROUNDED)] = _restored(tensors, name)
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in tensors:
            module = node.name.strip("/").removesuffix("/MatMul_quant").replace("/", ".")
            state[f"{module}.weight"] = _restored(tensors, node.input[1]).T
    return {name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in state.items()}


def _restored(tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    stem = name.removesuffix(ROUNDED)
    return (tensors[name].astype(np.float32) - tensors[stem + ZERO].astype(np.float32)) * tensors[stem + SCALE]
