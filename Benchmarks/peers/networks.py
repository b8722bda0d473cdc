"""Generators and their layers by name, in plain PyTorch: what `cyclegan-benchmark network` runs. PyTorch 2.15.0."""

import sys
from collections import OrderedDict
from pathlib import Path

from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "ParityTests" / "scripts"))
from reference_models import ResnetBlock, generator
from reference_options import Block, resnet


def part(name: str, channels: int) -> nn.Module:
    """A layer with the norm and the activation behind it."""
    norm = [nn.InstanceNorm2d(channels), nn.ReLU(True)]
    if name == "first":
        return nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, channels, 7), *norm)
    if name == "halving":
        return nn.Sequential(nn.Conv2d(channels, 2 * channels, 3, stride=2, padding=1), nn.InstanceNorm2d(2 * channels), nn.ReLU(True))
    if name == "depthwise":
        return nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, groups=channels), nn.InstanceNorm2d(channels))
    if name == "pointwise":
        return nn.Sequential(nn.Conv2d(channels, channels, 1), *norm)
    if name == "separable":
        return Block(channels, channels, "instance", light=True)
    if name == "residual":
        return ResnetBlock(channels, "instance", False)
    if name == "doubling":
        return nn.Sequential(nn.ConvTranspose2d(2 * channels, channels, 3, stride=2, padding=1, output_padding=1), *norm)
    if name == "last":
        return nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(channels, 3, 7), nn.Tanh())
    raise ValueError(f"no layer {name!r}: use first, halving, depthwise, pointwise, separable, residual, doubling or last")


def network(name: str, channels: int) -> nn.Module:
    """A generator with that many channels after its first convolution, or a layer of one."""
    if name.startswith("mobile"):
        return resnet(blocks=int(name.removeprefix("mobile")), ngf=channels, light=True)
    if name.startswith(("resnet", "unet")):
        return generator(name, channels, "instance")
    # pnnx makes names of Python's of the keys, which numbers alone are not.
    return nn.Sequential(OrderedDict(model=part(name, channels)))


def input_channels(name: str, channels: int) -> int:
    """The channels of what goes in."""
    if name.startswith(("mobile", "resnet", "unet")) or name == "first":
        return 3
    return 2 * channels if name == "doubling" else channels
