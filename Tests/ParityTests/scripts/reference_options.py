"""The options of the networks in plain PyTorch: other samplings, CUT's antialiasing, self-attention, spectral norm. PyTorch 2.15.0.

Written from the papers and from the names and shapes in CUT's weight files.
"""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from reference_models import PatchDiscriminator, ResnetBlock, has_bias, normalization
from torch import Tensor, nn


class Blur(nn.Module):
    """A fixed filter for every channel, in the state_dict as `filt`."""

    def __init__(self, channels: int, taps: list[float], total: float):
        super().__init__()
        square = torch.outer(torch.tensor(taps), torch.tensor(taps))
        self.register_buffer("filt", (total * square / square.sum()).repeat(channels, 1, 1, 1))


class BlurDown(Blur):
    def __init__(self, channels: int):
        super().__init__(channels, [1.0, 2.0, 1.0], 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), self.filt, stride=2, groups=x.shape[1])


class BlurUp(Blur):
    def __init__(self, channels: int):
        super().__init__(channels, [1.0, 3.0, 3.0, 1.0], 4)

    def forward(self, x: Tensor) -> Tensor:
        wide = F.conv_transpose2d(F.pad(x, (1, 1, 1, 1), "replicate"), self.filt, stride=2, padding=2, groups=x.shape[1])
        return wide[:, :, 1:-1, 1:-1]


class PixelShuffleConv(nn.Conv2d):
    """Convolution and shuffle as one layer, so that the norm behind it has the next index."""

    def forward(self, x: Tensor) -> Tensor:
        return F.pixel_shuffle(super().forward(x), 2)


class SelfAttention(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1))
        self.query = nn.Conv2d(channels, max(1, channels // 8), 1)
        self.key = nn.Conv2d(channels, max(1, channels // 8), 1)
        self.value = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (layer(x).flatten(2) for layer in (self.query, self.key, self.value))
        weights = torch.softmax(query.transpose(1, 2) @ key, dim=-1)
        return self.gamma * (value @ weights.transpose(1, 2)).view_as(x) + x


class Separable(nn.Module):
    """GAN Compression's light convolution: each channel alone, a norm, then all channels at each pixel; always with biases."""

    def __init__(self, channels: int, outputs: int, norm: str):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(channels, channels, 3, groups=channels), normalization(norm, channels), nn.Conv2d(channels, outputs, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Block(nn.Module):
    """A residual block that may be light, and whose inner maps have channels of their own."""

    def __init__(self, channels: int, inner: int, norm: str, light: bool):
        super().__init__()

        def convolution(inputs: int, outputs: int) -> list[nn.Module]:
            layer = Separable(inputs, outputs, norm) if light else nn.Conv2d(inputs, outputs, 3, bias=has_bias(norm))
            return [nn.ReflectionPad2d(1), layer, normalization(norm, outputs)]

        dropout = [nn.Dropout(0)] if light else []
        self.conv_block = nn.Sequential(*convolution(channels, inner), nn.ReLU(True), *dropout, *convolution(inner, channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


def upsampling(kind: str, antialias: bool, channels: int, half: int, bias: bool) -> list[nn.Module]:
    if kind == "deconv" and antialias:
        return [BlurUp(channels), nn.Conv2d(channels, half, 3, padding=1, bias=bias)]
    if kind == "deconv":
        return [nn.ConvTranspose2d(channels, half, 3, stride=2, padding=1, output_padding=1, bias=bias)]
    if kind == "resize":
        return [nn.Upsample(scale_factor=2, mode="nearest"), nn.ReflectionPad2d(1), nn.Conv2d(channels, half, 3, bias=bias)]
    if kind == "pixelshuffle":
        return [nn.ReflectionPad2d(1), PixelShuffleConv(channels, 4 * half, 3, bias=bias)]
    raise ValueError(f"unknown upsampling {kind!r}: use deconv, resize or pixelshuffle")


def resnet(
    blocks=9, channels=3, ngf=64, norm="instance", downsamplings=2, up="deconv", antialias=False, scales=(), widths=None, light=False
) -> nn.Module:  # fmt: skip
    """`scales`: how much smaller than the image the maps with self-attention are; `widths`: channels of all maps, in three lists."""
    bias = has_bias(norm)
    encoder = widths["encoder"] if widths else [ngf * 2**level for level in range(downsamplings + 1)]
    inner = widths["blocks"] if widths else [encoder[-1]] * blocks
    decoder = widths["decoder"] if widths else encoder[-2::-1]
    layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(channels, encoder[0], 7, bias=bias)]
    layers += [normalization(norm, encoder[0]), nn.ReLU(True)]
    for width, following in zip(encoder, encoder[1:]):
        layers += [nn.Conv2d(width, following, 3, stride=1 if antialias else 2, padding=1, bias=bias)]
        layers += [normalization(norm, following), nn.ReLU(True)] + ([BlurDown(following)] if antialias else [])
    trunk = encoder[-1]
    if light or widths:
        layers += [Block(trunk, width, norm, light) for width in inner]
    else:
        layers += [ResnetBlock(trunk, norm, False) for _ in range(blocks)]
    layers += [SelfAttention(trunk)] if 2**downsamplings in scales else []
    for level, (width, following) in zip(reversed(range(downsamplings)), zip([trunk, *decoder], decoder)):
        layers += upsampling(up, antialias, width, following, bias) + [normalization(norm, following), nn.ReLU(True)]
        layers += [SelfAttention(following)] if 2**level in scales else []
    layers += [nn.ReflectionPad2d(3), nn.Conv2d(decoder[-1], channels, 7), nn.Tanh()]
    # As in the other networks, `model.` stands before every key.
    return nn.Sequential(OrderedDict(model=nn.Sequential(*layers)))


def spectral(discriminator: PatchDiscriminator, norm=nn.utils.spectral_norm) -> PatchDiscriminator:
    """Puts spectral norm on every convolution, in the layout of the older hook unless told otherwise."""
    for module in discriminator.modules():
        if isinstance(module, nn.Conv2d):
            norm(module)
    return discriminator
