"""What the make_*.py scripts share: where files go, deterministic settings, seeded weights.

PyTorch 2.15.0, torchvision 0.29.2, safetensors 0.8.0, Python 3.10 or later.
"""

import json
import math
import os
from pathlib import Path

# oneDNN picks its kernels by processor; with this, float32 results are the same bits on every x86-64 machine with AVX2.
os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"

import torch
from safetensors.torch import save_file
from torch import Tensor

FOLDER = Path(__file__).resolve().parent.parent / "Golden"

torch.set_num_threads(1)


def save_tensors(name: str, tensors: dict[str, Tensor]) -> None:
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, path)
    print(f"{path.relative_to(FOLDER)}: {len(tensors)} tensors, {path.stat().st_size} bytes")


def save_json(name: str, value: object) -> None:
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")
    print(f"{path.relative_to(FOLDER)}: {path.stat().st_size} bytes")


def seeded_weights(shapes: dict[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Lively weights for a network whose published weights are too large to ship: a function of names, shapes, their order and the seed.

    `SeededWeights.swift` makes the same ones bit for bit, because uniform numbers take no function that differs between machines.
    """
    random = torch.Generator().manual_seed(seed)
    weights = {}
    for name, tensor in shapes.items():
        if not tensor.is_floating_point():
            weights[name] = torch.zeros_like(tensor)
            continue
        uniform = torch.empty(tensor.shape).uniform_(-1, 1, generator=random)
        if tensor.dim() > 1:
            weights[name] = uniform * math.sqrt(6 / tensor[0].numel())
        elif name.endswith("running_var"):
            weights[name] = 1 + 0.5 * uniform
        elif name.endswith("bn.weight"):
            weights[name] = 1 + 0.2 * uniform
        else:
            weights[name] = 0.1 * uniform
    return weights
