"""Golden/baselines.safetensors: what scikit-image, NumPy and PyTorch make of images that are formulas; `BaselineFixtures.swift` repeats these.

scikit-image 0.26.0, NumPy 2.4.6, PyTorch 2.15.0, safetensors 0.8.0:

    python3 Tests/CycleGANBaselinesTests/scripts/make_baselines.py
"""

import math
import os
from pathlib import Path

os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from skimage.exposure import match_histograms

torch.set_num_threads(1)
FILE = Path(__file__).resolve().parent.parent / "Golden" / "baselines.safetensors"


def picture(height, width, bands, full_scale, seed):
    """Whole numbers [H, W, C] whose spread and offset differ between seeds and bands."""
    y, x, band = np.meshgrid(np.arange(height), np.arange(width), np.arange(bands), indexing="ij")
    index = (y * width + x) * bands + band
    mixed = (index * index % 8191 + 7 * index + 37 * seed) % 129 + (3 * x + 2 * y) % 50
    return np.minimum(20 * seed + 10 * band + mixed, 255) * full_scale // 255


def histogram(tensors):
    for name, bands, dtype, scale in [("uint8", 3, np.uint8, 255), ("uint16", 3, np.uint16, 65535), ("grey", 1, np.uint8, 255)]:
        image = picture(17, 23, bands, scale, 1).astype(dtype)
        reference = picture(19, 14, bands, scale, 3).astype(dtype)
        tensors[f"histogram.{name}"] = match_histograms(image, reference, channel_axis=-1).astype(np.int32)
    # Two images as one reference: their pixels in a row.
    both = np.concatenate([picture(19, 14, 3, 255, seed).reshape(1, -1, 3) for seed in (3, 0)], axis=1).astype(np.uint8)
    image = picture(17, 23, 3, 255, 1).astype(np.uint8)
    tensors["histogram.pooled"] = match_histograms(image, both, channel_axis=-1).astype(np.int32)
    image, reference = ((picture(17, 23, 2, 255, seed) / 256).astype(np.float32) for seed in (1, 3))
    tensors["histogram.float"] = match_histograms(image, reference, channel_axis=-1)


CONES = np.array([[0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444]])
AXES = np.diag([1 / math.sqrt(3), 1 / math.sqrt(6), 1 / math.sqrt(2)]) @ np.array([[1, 1, 1], [1, 1, -2], [1, -1, 0]])


def moved(values, references):
    """The mean and the standard deviation of all pixels of the references."""
    pixels = np.concatenate([reference.reshape(-1, reference.shape[-1]) for reference in references])
    scale = pixels.std(axis=0) / values.std(axis=(0, 1))
    return (values - values.mean(axis=(0, 1))) * scale + pixels.mean(axis=0)


def opponents(rgb):
    """Reinhard et al. 2001, (2) to (6): the paper's matrix of RGB to LMS, logarithms, and lαβ; responses of at least 1/1024."""
    return np.log10(np.maximum(rgb @ CONES.T, 1 / 1024)) @ AXES.T


def reinhard(tensors):
    for name, dtype, scale in [("uint8", np.uint8, 255), ("uint16", np.uint16, 65535)]:
        image = picture(17, 23, 3, scale, 1) / scale
        references = [picture(19, 14, 3, scale, seed) / scale for seed in (3, 0)]
        result = moved(opponents(image), [opponents(reference) for reference in references])
        rgb = 10 ** (result @ np.linalg.inv(AXES).T) @ np.linalg.inv(CONES).T
        tensors[f"reinhard.{name}"] = np.round(np.clip(rgb, 0, 1) * scale).astype(np.int32)
    image, reference = (picture(17, 23, 2, 255, seed) / 255 for seed in (1, 3))
    tensors["reinhard.two"] = np.round(np.clip(moved(image, [reference]), 0, 1) * 255).astype(np.int32)


BLOCKS = [[(0, 3, 64), (2, 64, 64)], [(5, 64, 128), (7, 128, 128)], [(10, 128, 256), (12, 256, 256), (14, 256, 256)],
          [(17, 256, 512), (19, 512, 512), (21, 512, 512)], [(24, 512, 512), (26, 512, 512), (28, 512, 512)]]


def vgg16(seed):
    """Lively weights, as `Tests/TestSupport/SeededWeights.swift` makes them."""
    random = torch.Generator().manual_seed(seed)
    weights = {}
    for block in BLOCKS:
        for index, inputs, outputs in block:
            kernel = torch.empty(outputs, inputs, 3, 3).uniform_(-1, 1, generator=random)
            weights[f"{index}.weight"] = kernel * math.sqrt(6 / kernel[0].numel())
            weights[f"{index}.bias"] = 0.1 * torch.empty(outputs).uniform_(-1, 1, generator=random)
    return weights


def features(weights, image):
    """relu1_2, relu2_2, relu3_3 and relu4_3 of an image in -1...1."""
    mean, deviation = (torch.tensor(v).reshape(1, 3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    x = ((image + 1) / 2 - mean) / deviation
    found = []
    for block in BLOCKS[:4]:
        for index, _, _ in block:
            x = F.relu(F.conv2d(x, weights[f"{index}.weight"], weights[f"{index}.bias"], padding=1))
        found.append(x)
        x = F.max_pool2d(x, 2)
    return found


def gram(x):
    rows = x.flatten(2)[0]
    return rows @ rows.T / rows.numel()


def gatys(tensors):
    weights = vgg16(5)
    image, content, style = (
        torch.from_numpy(picture(height, width, 3, 255, seed) / 128 - 1).float().clamp(-1, 1).permute(2, 0, 1)[None]
        for height, width, seed in [(21, 26, 1), (21, 26, 2), (16, 30, 3)])
    kept = features(weights, content)[2]
    grams = [gram(x) for x in features(weights, style)]
    image.requires_grad_()

    def losses():
        found = features(weights, image)
        return F.mse_loss(found[2], kept), sum(F.mse_loss(gram(x), wanted) for x, wanted in zip(found, grams))

    (content_loss, style_loss) = losses()
    (content_loss + 100 * style_loss).backward()
    tensors["gatys.losses"] = np.array([content_loss.item(), style_loss.item()], np.float32)
    tensors["gatys.gradient"] = image.grad.numpy().copy()
    # Three steps from the content itself.
    with torch.no_grad():
        image.copy_(content)
    optimizer = torch.optim.Adam([image], lr=0.04)
    for _ in range(3):
        optimizer.zero_grad()
        (content_loss, style_loss) = losses()
        (content_loss + 100 * style_loss).backward()
        optimizer.step()
        with torch.no_grad():
            image.clamp_(-1, 1)
    tensors["gatys.image"] = image.detach().numpy().copy()


tensors = {}
histogram(tensors)
reinhard(tensors)
gatys(tensors)
FILE.parent.mkdir(exist_ok=True)
save_file({name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in tensors.items()}, FILE)
print(f"{FILE.name}: {len(tensors)} tensors, {FILE.stat().st_size} bytes")
