"""Makes colours.json and affine.json: what torchvision makes of small images' colours, and scipy of turning and enlarging them.

Written with torchvision 0.29.2, torch 2.15.0, scipy 1.17.1 and numpy 2.4.6; run as `python make_augmentation.py` in this folder.

Both files hold `images` (`name format width height bands samples`, interleaved) and `cases`, whose `expected` is the result's levels before
rounding. Colours: `range` is the levels of 0 and 1, `adjustments` are made in order. Affine: `degrees` counter-clockwise, `zoom`.
"""

import json
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torchvision.transforms.v2 import functional as F

HERE = Path(__file__).parent
ADJUST = {"brightness": F.adjust_brightness, "contrast": F.adjust_contrast, "saturation": F.adjust_saturation, "hue": F.adjust_hue}
FULL_SCALE = {"uint8": 255, "uint16": 65535, "float32": 1}


def image(name, format, height, width, bands, random):
    pixels = random.random((height, width, bands))
    if bands == 3 and height * width >= 48:
        # Black, white, grey, the primaries, their mixtures, ties of two bands and nearly grey: where the formulas of the hue have cases.
        special = [[0, 0, 0], [1, 1, 1], [0.4, 0.4, 0.4], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]]
        special += [[0.8, 0.8, 0.2], [0.2, 0.8, 0.8], [0.8, 0.2, 0.8], [0.8, 0.2, 0.2], [0.2, 0.8, 0.2], [0.2, 0.2, 0.8]]
        special += [[0.5, 0.5, 0.504], [0.504, 0.5, 0.5]]
        pixels.reshape(-1, 3)[: len(special)] = special
    samples = (pixels * FULL_SCALE[format]).astype(np.float32) if format == "float32" else np.rint(pixels * FULL_SCALE[format])
    return {"name": name, "format": format, "width": width, "height": height, "bands": bands, "pixels": samples.astype(np.float64)}


def listed(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def described(image):
    return {key: value for key, value in image.items() if key != "pixels"} | {"samples": listed(image["pixels"])}


def write(name, images, cases):
    content = {"images": [described(image) for image in images], "cases": cases}
    (HERE / name).write_text(json.dumps(content, separators=(",", ":")) + "\n")


def colour_case(image, adjustments, range=None):
    low, high = range or (0, FULL_SCALE[image["format"]])
    shares = np.clip((image["pixels"] - low) / (high - low), 0, 1)
    values = torch.from_numpy(shares).permute(2, 0, 1).float()
    for operation, factor in adjustments:
        values = ADJUST[operation](values, factor)
    expected = values.permute(1, 2, 0).double().numpy() * (high - low) + low
    adjustments = [{"operation": operation, "factor": factor} for operation, factor in adjustments]
    return {"image": image["name"], "range": [low, high], "adjustments": adjustments, "expected": listed(expected)}


def affine_case(image, degrees, zoom):
    angle = np.deg2rad(degrees)
    # In rows and columns, from a place in the result to one in the image; y points down.
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / zoom
    centre = (np.array([image["height"], image["width"]]) - 1) / 2
    planes = [
        ndimage.affine_transform(plane, matrix, offset=centre - matrix @ centre, order=1, mode="mirror", prefilter=False)
        for plane in np.moveaxis(image["pixels"], 2, 0)
    ]
    return {"image": image["name"], "degrees": degrees, "zoom": zoom, "expected": listed(np.stack(planes, axis=2))}


def main():
    random = np.random.default_rng(1)
    rgb, rgb16 = image("rgb", "uint8", 6, 8, 3, random), image("rgb16", "uint16", 6, 8, 3, random)
    floats, grey = image("float", "float32", 6, 8, 3, random), image("grey", "uint8", 5, 7, 1, random)
    alone = [("brightness", 0), ("brightness", 0.6), ("brightness", 1.7), ("contrast", 0), ("contrast", 0.45), ("contrast", 2.2)]
    alone += [("saturation", 0), ("saturation", 0.5), ("saturation", 1.9)]
    alone += [("hue", shift) for shift in (-0.5, -0.21, -0.05, 0.13, 0.37, 0.5)]
    combined = [("brightness", 1.2), ("contrast", 0.7), ("saturation", 1.4), ("hue", -0.08)]
    cases = [colour_case(rgb, [adjustment]) for adjustment in alone]
    cases += [colour_case(rgb, combined), colour_case(rgb, combined[::-1]), colour_case(rgb, combined, range=(30, 210))]
    cases += [colour_case(rgb16, combined), colour_case(rgb16, [combined[i] for i in (2, 0, 3, 1)], range=(1000, 41000))]
    cases += [colour_case(floats, combined), colour_case(floats, [combined[i] for i in (3, 1, 0, 2)], range=(-0.5, 1.25))]
    cases += [colour_case(grey, combined)]
    write("colours.json", [rgb, rgb16, floats, grey], cases)

    rgb, two = image("rgb", "uint8", 6, 7, 3, random), image("two", "uint16", 8, 5, 2, random)
    flat, line, floats = image("flat", "float32", 3, 17, 1, random), image("line", "uint8", 1, 6, 1, random), image("float", "float32", 5, 5, 1, random)
    cases = [affine_case(rgb, degrees, zoom) for degrees, zoom in [(45, 1), (-12.5, 1), (0, 1.6), (31, 2.25)]]
    cases += [affine_case(two, -45, 1), affine_case(two, 7, 4), affine_case(flat, 45, 1), affine_case(flat, 90, 1)]
    cases += [affine_case(line, 20, 1.3), affine_case(floats, 90, 1), affine_case(floats, -33, 1.1)]
    write("affine.json", [rgb, two, flat, line, floats], cases)


main()
