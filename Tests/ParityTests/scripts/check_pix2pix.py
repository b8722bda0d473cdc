"""Compares reference_pix2pix.py with three float32 steps of the public reference implementation.

Usage: check_pix2pix.py FOLDER, with init/*.pth, data/train/*.png (A beside B) and losses.json. PyTorch 2.15.0, numpy, Pillow.
"""

import json
import sys
from pathlib import Path

import torch
from check_cut import correct_norms, near, relative
from check_reference import image
from reference_models import PatchDiscriminator, generator
from reference_pix2pix import Options, Pix2Pix


def converted(theirs: dict[str, float]) -> dict[str, float]:
    """Published losses as they enter the totals."""
    return dict(adversarial=theirs["G_GAN"], l1=theirs["G_L1"], discriminator=0.5 * (theirs["D_real"] + theirs["D_fake"]))


def check_steps(folder: Path) -> None:
    nets = [generator("unet128", 8, "batch"), PatchDiscriminator(6, 8, norm="batch")]
    for net, name in zip(nets, "GD"):
        state = torch.load(folder / f"init/latest_net_{name}.pth", weights_only=True)
        assert list(state) == list(net.state_dict()), f"{name}: the keys differ"
        net.load_state_dict(state)
        print(f"{name}: {len(state)} keys equal")
    model = Pix2Pix(*nets, Options())
    for index, theirs in enumerate(json.loads((folder / "losses.json").read_text())):
        pair = image(folder / f"data/train/{index}.png").chunk(2, 3)
        near(f"step {index + 1}: largest relative difference of a loss", relative(model.step(*pair), converted(theirs)), 1e-6)


if __name__ == "__main__":
    check_steps(Path(sys.argv[1]))
    print("with norms whose gradients come in plain order:")
    correct_norms()
    check_steps(Path(sys.argv[1]))
