"""What the make_*.py scripts share: where files go, deterministic settings, small random tensors.

PyTorch 2.15.0, safetensors 0.8.0, Python 3.10 or later.
"""

import json
import os
from pathlib import Path

# oneDNN picks its kernels by processor; with this, float32 results are the same bits on every x86-64 machine with AVX2.
os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

FOLDER = Path(__file__).resolve().parent.parent / "Golden"

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def save_tensors(name: str, tensors: dict[str, Tensor]) -> None:
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # Cloned: the format refuses tensors that share memory.
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, path)
    print(f"{path.relative_to(FOLDER)}: {len(tensors)} tensors, {path.stat().st_size} bytes")


def save_json(name: str, value: object, indent: int | None = 1) -> None:
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=indent) + "\n")
    print(f"{path.relative_to(FOLDER)}: {path.stat().st_size} bytes")


def coarse(shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    """Float64 values in -1...1 that are multiples of 1/128, so that float32 holds them exactly."""
    return torch.randint(-128, 129, shape, generator=random).double() / 128


def randomize(net: nn.Module, random: torch.Generator) -> nn.Module:
    """Gives every tensor of a float64 network lively values that float32 holds exactly: unit gain, biases, uneven batch norms."""
    with torch.no_grad():
        for key, tensor in net.state_dict().items():
            if not tensor.is_floating_point():
                continue
            noise = torch.randn(tensor.shape, generator=random, dtype=torch.float64)
            if tensor.dim() > 1:
                # Counted for a convolution; close enough for a transposed one.
                value = noise / tensor[0].numel() ** 0.5
            elif key.endswith("running_var"):
                value = 0.5 + noise.abs()
            elif key.endswith("weight"):
                value = 1 + 0.2 * noise
            else:
                value = 0.2 * noise
            tensor.copy_(value.float().double())
    return net


def small(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """What is only compared to a relative 1e-6 is stored in float32."""
    return {key: value.float() if value.is_floating_point() else value for key, value in tensors.items()}


def state(networks: dict[str, nn.Module]) -> dict[str, Tensor]:
    """A copy of the tensors of all networks, as `NETWORK.KEY`."""
    return {f"{name}.{key}": value.detach().clone() for name, net in networks.items() for key, value in net.state_dict().items()}


def load(networks: dict[str, nn.Module], tensors: dict[str, Tensor]) -> None:
    """Puts what `state` gave into networks."""
    for name, net in networks.items():
        net.load_state_dict({key.removeprefix(name + "."): value for key, value in tensors.items() if key.startswith(name + ".")})


def gradients(networks: dict[str, nn.Module]) -> dict[str, Tensor]:
    return {f"{name}.{key}": p.grad.clone() for name, net in networks.items() for key, p in net.named_parameters()}


def sums(tensors: dict[str, Tensor]) -> dict[str, list[float]]:
    """The sum and the sum of squares of each tensor."""
    return {key: [value.double().sum().item(), value.double().square().sum().item()] for key, value in tensors.items()}
