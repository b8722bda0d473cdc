"""Copies the public reference implementation's own outputs to where the Swift tests read them, arrays as safetensors.

Usage: copy_reference.py FOLDER, the folder that check_reference.py takes. numpy, safetensors 0.8.0.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

PARITY = Path(__file__).resolve().parent.parent
FIXTURES = PARITY.parent / "CycleGANModelsTests" / "Fixtures"
STEP = PARITY / "Golden" / "reference-step"
# resnet6 is left out for its size: the step below has four such networks.
NETWORKS = ("resnet9", "resnet9_legacy", "patch3", "patch5", "pixel")


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def copy_forward(source: Path) -> None:
    copy(source / "input.png", FIXTURES / "input.png")
    for name in NETWORKS:
        copy(source / f"{name}.pth", FIXTURES / f"{name}.pth")
        save_file({"output": np.load(source / f"{name}_out.npy")}, FIXTURES / f"{name}-output.safetensors")


def copy_step(source: Path) -> None:
    for path in [source / "losses.json", *source.glob("init/*.pth"), *source.glob("data/*/*.png")]:
        copy(path, STEP / path.relative_to(source))
    save_file(dict(np.load(source / "final.npz")), STEP / "final.safetensors")


copy_forward(Path(sys.argv[1]) / "forward")
copy_step(Path(sys.argv[1]) / "step")
