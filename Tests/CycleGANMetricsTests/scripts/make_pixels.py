"""Golden values of the pixel metrics: Golden/pixels.json. The images are formulas, which `PixelFixtures.swift` repeats.

scikit-image 0.26.0, torchmetrics 1.9.0, numpy, scipy, PyTorch 2.15.0.
"""

import numpy as np
import scipy.stats
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torchmetrics.functional.image import (
    multiscale_structural_similarity_index_measure, structural_similarity_index_measure)

from golden import save_json


def noise(x, y, band, seed):
    """32 well-mixed bits for each pixel: products and shifts of unsigned 32-bit integers."""
    mask = 0xFFFFFFFF
    bits = (x * 0x9E3779B1 + y * 0x85EBCA77 + band * 0xC2B2AE3D + seed * 0x27D4EB2F) & mask
    bits = ((bits ^ (bits >> 15)) * 0x2C1B3C6D) & mask
    bits = ((bits ^ (bits >> 12)) * 0x297A2D39) & mask
    return bits ^ (bits >> 15)


def picture(height, width, bands, full_scale, seed):
    """Ramps and squares that all seeds share, with noise of a tenth of the scale that differs: integers, [H, W, C]."""
    y, x, band = np.meshgrid(np.arange(height), np.arange(width), np.arange(bands), indexing="ij")
    ramp = (7 * x + 5 * y + 31 * band) % 180
    square = 40 * (((x // 9) + (y // 7) + band) % 2)
    level = (ramp + square) * (full_scale // 255)
    return level + noise(x, y, band, seed) % (full_scale // 10)


def pixels(height, width, bands, full_scale):
    first, second = (picture(height, width, bands, full_scale, seed).astype(np.float64) for seed in (1, 2))
    options = dict(data_range=full_scale, channel_axis=2)
    return {
        "height": height, "width": width, "bands": bands, "fullScale": full_scale,
        "gaussian": structural_similarity(
            first, second, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, **options),
        "uniform": structural_similarity(first, second, **options),
        "psnr": peak_signal_noise_ratio(first, second, data_range=full_scale),
        "l1": np.abs(first - second).mean() / full_scale,
    }


def multiscale(height, width, bands):
    """Contrast of scales 1 to 4 by torchmetrics, SSIM of scale 5 by scikit-image, the product by channel."""
    first, second = (
        torch.from_numpy(picture(height, width, bands, 255, seed).astype(np.float64)).permute(2, 0, 1)[None] for seed in (1, 2))
    values = []
    for channel in range(bands):
        x, y = first[:, channel : channel + 1], second[:, channel : channel + 1]
        value = 1.0
        for exponent in (0.0448, 0.2856, 0.3001, 0.2363):
            _, contrast = structural_similarity_index_measure(
                x, y, data_range=255.0, return_contrast_sensitivity=True, reduction="none")
            value *= contrast.item() ** exponent
            x, y = (torch.nn.functional.avg_pool2d(image, 2) for image in (x, y))
        last = structural_similarity(
            x[0, 0].numpy(), y[0, 0].numpy(), data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
        values.append(value * last**0.1333)
    whole = multiscale_structural_similarity_index_measure(first, second, data_range=255.0)
    return {"height": height, "width": width, "bands": bands, "value": float(np.mean(values)), "torchmetrics": whole.item()}


def semantic(height, width):
    """Nearest colours by brute force, and the scores from the confusion matrix."""
    palette = np.array([[128, 64, 128], [244, 35, 232], [70, 70, 70], [107, 142, 35], [0, 0, 142], [255, 255, 255]])
    first, second = (picture(height, width, 3, 255, seed) for seed in (1, 2))

    def distances(image):
        return ((image[:, :, None, :] - palette) ** 2).sum(-1)

    prediction, truth = distances(first).argmin(-1), distances(second).argmin(-1)
    counts = np.zeros((len(palette), len(palette)), int)
    np.add.at(counts, (truth.ravel(), prediction.ravel()), 1)
    correct, true, predicted = counts.diagonal(), counts.sum(1), counts.sum(0)
    with np.errstate(invalid="ignore"):
        accuracies, ious = correct / true, correct / (true + predicted - correct)
    return {
        "height": height, "width": width, "palette": palette.tolist(), "counts": counts.ravel().tolist(),
        "pixelAccuracy": correct.sum() / counts.sum(), "meanClassAccuracy": np.nanmean(accuracies), "meanIoU": np.nanmean(ious),
        "meanTruthDistance": np.sqrt(distances(second).min(-1)).mean(),
    }


def bootstrap():
    values = [int(noise(index, 0, 0, 3)) % 1000 / 1000 for index in range(200)]
    result = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=100_000, method="percentile", rng=np.random.default_rng(0), batch=1000)
    return {"count": 200, "lower": result.confidence_interval.low, "upper": result.confidence_interval.high}


shapes = [(21, 30, 1, 255), (33, 24, 3, 255), (19, 26, 3, 65535), (25, 20, 5, 65535)]
save_json("pixels.json", {
    "pixels": [pixels(*shape) for shape in shapes],
    "multiscale": [multiscale(180, 200, 1), multiscale(180, 200, 3)],
    "semantic": semantic(40, 50),
    "bootstrap": bootstrap(),
})
