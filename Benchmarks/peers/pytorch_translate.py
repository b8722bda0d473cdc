"""Translates images with a generator of the reference's, as a plain PyTorch script does. PyTorch 2.15.0, Pillow.

Usage: pytorch_translate.py MODEL.pth INPUT OUTPUT, with an image and OUTPUT.png, or with a folder of images and one for PNG files. The
images' sides must be multiples of 4 (resnet), 128 or 256 (U-Net).
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "ParityTests" / "scripts"))
from reference_models import generator

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("model")
parser.add_argument("input")
parser.add_argument("output")
parser.add_argument("--generator", default="resnet9", help="resnet9, resnet6, unet128 or unet256")
parser.add_argument("--ngf", type=int, default=64)
parser.add_argument("--norm", default="instance", choices=("instance", "batch", "none"))
options = parser.parse_args()

net = generator(options.generator, options.ngf, options.norm)
net.load_state_dict(torch.load(options.model, map_location="cpu", weights_only=True))
net.eval()


def translate(source: Path, target: Path) -> None:
    pixels = np.array(Image.open(source).convert("RGB"))
    with torch.inference_mode():
        output = net(torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1)
    pixels = ((output[0] + 1) * 127.5).round().clamp(0, 255).byte().permute(1, 2, 0).numpy()
    Image.fromarray(pixels).save(target)


source, target = Path(options.input), Path(options.output)
if source.is_dir():
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.iterdir()):
        translate(file, target / f"{file.stem}.png")
else:
    translate(source, target)
