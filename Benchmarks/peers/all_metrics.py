"""Every metric of two folders by the field's tools, as one JSON object by the names of `cyclegan metrics`.

Usage: all_metrics.py FOLDER: its folders x and y hold images of the same names; inception.pth and alexnet.pth hold weights. torch-fidelity 0.4.0,
lpips 0.1.4 with its own linear layers, scikit-image 0.26.0. With no more images than a KID subset holds, every subset is the whole set.
"""

import json
import sys
from pathlib import Path

import lpips
import numpy as np
import torch
import torch_fidelity
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

folder = Path(sys.argv[1])
names = sorted(path.name for path in (folder / "x").iterdir())
found = torch_fidelity.calculate_metrics(
    input1=str(folder / "x"), input2=str(folder / "y"), cuda=False, fid=True, kid=True, prc=True, kid_subset_size=len(names), kid_subsets=2,
    cache=False, verbose=False, feature_extractor="inception-v3-compat", feature_extractor_weights_path=str(folder / "inception.pth"),
)  # fmt: skip
values = {
    "fid": found["frechet_inception_distance"], "kid": found["kernel_inception_distance_mean"], "prc": found["f_score"],
}  # fmt: skip

net = lpips.LPIPS(net="alex", pnet_rand=True, verbose=False).eval()
trunk = torch.load(folder / "alexnet.pth")
net.net.load_state_dict({name: trunk["features." + name.split(".", 1)[1]] for name in net.net.state_dict()})


def mean(measure) -> float:
    return float(np.mean([measure(*(np.asarray(Image.open(folder / side / name)) for side in "xy")) for name in names]))


def tensor(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


with torch.no_grad():
    values["lpips"] = mean(lambda a, b: net(tensor(a), tensor(b)).item())
values["ssim"] = mean(
    lambda a, b: structural_similarity(
        a, b, data_range=255, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
)
values["psnr"] = mean(lambda a, b: peak_signal_noise_ratio(a, b, data_range=255))
values["l1"] = mean(lambda a, b: np.abs(a.astype(float) - b).mean() / 255)
print(json.dumps(values))
