"""Prints the hashes that PerceptualHashTests expects (Python 3, imagehash 4.3.2, scipy 1.17.1, Pillow 13.0.0, numpy)."""

import imagehash
import numpy
from PIL import Image


def level(x, y, seed):
    return (x * x * seed + y * y * 5 + x * y * seed * 7 + 31 * seed * x) // 8 % 256


def image(width, height, seed, bands):
    y, x, band = numpy.mgrid[:height, :width, :bands]
    return numpy.squeeze(level(x, y, seed + band).astype(numpy.uint8))


for seed in range(1, 5):
    print("grey 32x32, seed", seed, imagehash.phash(Image.fromarray(image(32, 32, seed, 1))))
for width, height, seed in [(57, 41, 1), (32, 90, 2), (20, 25, 3)]:
    small = Image.fromarray(image(width, height, seed, 3)).resize((32, 32), Image.Resampling.BICUBIC).convert("L")
    print(f"RGB {width}x{height}, seed {seed}", imagehash.phash(small))
