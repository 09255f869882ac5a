"""The weights that ship, as a network that can learn on: nobody needs a checkpoint that was left on some machine.

Eight bits, or four, are a little coarser than what was trained; the first steps of training make up for it.
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
        if node.op_type == "MatMulNBits":
            module = node.name.strip("/").removesuffix("/MatMul_Q4").replace("/", ".")
            state[f"{module}.weight"] = _unpacked(tensors, node)
    return {name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in state.items()}


def _unpacked(tensors: dict[str, np.ndarray], node: onnx.NodeProto) -> np.ndarray:
    """Weights (outputs, inputs) of four bits each, two in a byte, in blocks with a scale and a zero of their own."""
    packed, scales, zeros = (tensors[name] for name in node.input[1:4])
    outputs, blocks, _ = packed.shape
    size = next(one.i for one in node.attribute if one.name == "block_size")
    values = _halves(packed).reshape(outputs, blocks, size)
    zero = _halves(zeros.reshape(outputs, -1))[:, :blocks, None]
    inputs = next(one.i for one in node.attribute if one.name == "K")
    return ((values - zero) * scales.reshape(outputs, blocks, 1)).reshape(outputs, -1)[:, :inputs]


def _halves(packed: np.ndarray) -> np.ndarray:
    """The two numbers from 0 to 15 in each byte of the last axis, the lower half first."""
    return np.stack([packed & 15, packed >> 4], axis=-1).reshape(*packed.shape[:-1], -1).astype(np.float32)


def _restored(tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    stem = name.removesuffix(ROUNDED)
    return (tensors[name].astype(np.float32) - tensors[stem + ZERO].astype(np.float32)) * tensors[stem + SCALE]
