"""The weights that ship, as a network that can learn on: nobody needs a checkpoint that was left on some machine.

Eight bits, or four, are a little coarser than what was trained; the first steps of training make up for it.
"""

from __future__ import annotations

import re
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
            module = re.sub(r"/MatMul_Q\d$", "", node.name.strip("/")).replace("/", ".")
            state[f"{module}.weight"] = _unpacked(tensors, node)
    return {name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in state.items()}


def _unpacked(tensors: dict[str, np.ndarray], node: onnx.NodeProto) -> np.ndarray:
    """Weights (outputs, inputs) of eight bits each, or of four, two in a byte: in blocks with a scale of their own."""
    told = {one.name: one.i for one in node.attribute}
    packed, scales = (tensors[name] for name in node.input[1:3])
    outputs, blocks, _ = packed.shape
    values = _numbers(packed, told["bits"]).reshape(outputs, blocks, told["block_size"])
    zero = 2 ** (told["bits"] - 1)
    if len(node.input) > 3 and node.input[3]:
        zero = _numbers(tensors[node.input[3]].reshape(outputs, -1), told["bits"])[:, :blocks, None]
    return ((values - zero) * scales.reshape(outputs, blocks, 1)).reshape(outputs, -1)[:, : told["K"]]


def _numbers(packed: np.ndarray, bits: int) -> np.ndarray:
    """The numbers in the bytes of the last axis: one in each, or two from 0 to 15, the lower half first."""
    if bits == 8:
        return packed.astype(np.float32)
    return np.stack([packed & 15, packed >> 4], axis=-1).reshape(*packed.shape[:-1], -1).astype(np.float32)


def _restored(tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    stem = name.removesuffix(ROUNDED)
    return (tensors[name].astype(np.float32) - tensors[stem + ZERO].astype(np.float32)) * tensors[stem + SCALE]
