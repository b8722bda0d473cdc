"""Compares these scripts with outputs of the public reference implementation.

Usage: check_reference.py FOLDER, a folder with keys/*.txt, forward/*.pth and step/ as described in ../README.md.
PyTorch 2.15.0, numpy, Pillow. Every difference was 0 with two threads and AVX2 kernels, those that the outputs were made with.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX2")

import numpy as np
import torch
from PIL import Image

from reference_models import discriminator, generator
from reference_step import CycleGAN, Options

# The reference's loss names; its D_A judges domain B and its idt_A is G_A(B) against B.
REFERENCE_LOSSES = dict(
    adversarialAB="G_A", adversarialBA="G_B", cycleA="cycle_A", cycleB="cycle_B",
    identityA="idt_B", identityB="idt_A", discriminatorA="D_B", discriminatorB="D_A",
)  # fmt: skip
REFERENCE_NETWORKS = dict(generatorAB="G_A", generatorBA="G_B", discriminatorA="D_B", discriminatorB="D_A")


def image(path: Path) -> torch.Tensor:
    return torch.from_numpy(np.asarray(Image.open(path)).copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def network(name: str, width: int) -> torch.nn.Module:
    kind, *options = name.split("_")
    norm = "batch" if "batch" in options else "instance"
    if kind.startswith(("resnet", "unet")):
        return generator(kind, width, norm, "dropout" in options)
    return discriminator(kind, width, norm)


def check_keys(folder: Path) -> None:
    for path in sorted(folder.glob("*.txt")):
        ours = [f"{key} {list(value.shape)}" for key, value in network(path.stem, 64).state_dict().items()]
        assert ours == path.read_text().splitlines(), f"{path.stem}: the keys differ"
        print(f"keys {path.stem}: {len(ours)} equal")


def check_forward(folder: Path) -> None:
    for path in sorted(folder.glob("*.pth")):
        net = network(path.stem, 8)
        net.load_state_dict(torch.load(path, weights_only=True))
        x = image(folder / "input.png")
        with torch.no_grad():
            output = net(x[..., :128] if path.stem == "unet128" else x)[0].numpy()
        print(f"forward {path.stem}: largest difference {np.abs(output - np.load(folder / f'{path.stem}_out.npy')).max():.2e}")


def check_step(folder: Path) -> None:
    parts = [generator("resnet6", 8), generator("resnet6", 8), discriminator("patch3", 8), discriminator("patch3", 8)]
    for net, name in zip(parts, REFERENCE_NETWORKS.values()):
        net.load_state_dict(torch.load(folder / f"init/latest_net_{name}.pth", weights_only=True))
    model = CycleGAN(*parts, Options())
    for index, expected in enumerate(json.loads((folder / "losses.json").read_text())):
        losses = model.step(image(folder / f"data/trainA/{index}.png"), image(folder / f"data/trainB/{index}.png"))
        worst = max(abs(losses[ours].item() / expected[theirs] - 1) for ours, theirs in REFERENCE_LOSSES.items())
        print(f"step {index + 1}: largest relative difference of a loss {worst:.2e}")
    final = np.load(folder / "final.npz")
    for ours, theirs in REFERENCE_NETWORKS.items():
        state = model.networks[ours].state_dict()
        worst = max(np.abs(value.numpy() - final[f"{theirs}.{key}"]).max() for key, value in state.items())
        print(f"final weights {ours}: largest difference {worst:.2e}")


if __name__ == "__main__":
    root = Path(sys.argv[1])
    check_keys(root / "keys")
    check_forward(root / "forward")
    check_step(root / "step")
