"""Fixtures/costs.json: parameters and multiply-adds of networks at their default widths, for one RGB image of 256x256.

Multiply-adds are half of what PyTorch's FlopCounterMode counts. PyTorch 2.15.0, Python 3.10 or later. The networks are those of the parity tests.
Usage: python make_costs.py
"""

import json
import sys
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

FOLDER = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER.parent / "ParityTests" / "scripts"))

from reference_models import discriminator, generator  # noqa: E402
from reference_options import resnet  # noqa: E402

# Attention multiplies matrices of positions x positions, so that it stands where the maps are smallest.
NETWORKS = {
    "resnet9": lambda: generator("resnet9"),
    "resnet6": lambda: generator("resnet6"),
    "unet256": lambda: generator("unet256"),
    "resnet9-antialias": lambda: resnet(antialias=True),
    "resnet9-resize": lambda: resnet(up="resize"),
    "resnet9-pixelshuffle": lambda: resnet(up="pixelshuffle"),
    "resnet9-attention": lambda: resnet(scales=(4,)),
    "mobile9": lambda: resnet(light=True),
    "patch3": lambda: discriminator("patch3"),
    "pixel": lambda: discriminator("pixel"),
}


def costs(make) -> dict:
    # On the meta device shapes are computed and nothing else.
    with torch.device("meta"):
        network = make()
        counter = FlopCounterMode(display=False)
        with counter, torch.no_grad():
            network(torch.zeros(1, 3, 256, 256))
    total = counter.get_total_flops()
    assert total % 2 == 0
    return dict(parameters=sum(p.numel() for p in network.parameters()), macs=total // 2)


assert torch.__version__.startswith("2.15.0"), torch.__version__
path = FOLDER / "Fixtures" / "costs.json"
path.write_text(json.dumps({name: costs(make) for name, make in NETWORKS.items()}, indent=1) + "\n")
print(path.read_text())
