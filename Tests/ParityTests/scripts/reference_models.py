"""The reference CycleGAN's networks in plain PyTorch, with the reference's state_dict keys.

Written from a description of the architectures; `check_reference.py` compares keys and outputs with the public implementation's.
PyTorch 2.15.0, Python 3.10 or later.
"""

from torch import Tensor, cat, nn


class Unchanged(nn.Module):
    """Takes the place of a normalisation, so that the indices in the keys stay."""

    def forward(self, x: Tensor) -> Tensor:
        return x


def normalization(kind: str, channels: int) -> nn.Module:
    """`instance` (no affine, no running statistics), `batch` (affine, running statistics) or `none`."""
    if kind == "instance":
        return nn.InstanceNorm2d(channels)
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind == "none":
        return Unchanged()
    raise ValueError(f"unknown normalisation {kind!r}: use instance, batch or none")


def has_bias(kind: str) -> bool:
    """Convolutions before a normalisation have a bias with instance norm only: neither with batch norm nor, oddly, without any."""
    return kind == "instance"


class ResnetBlock(nn.Module):
    def __init__(self, channels: int, norm: str, dropout: bool):
        super().__init__()
        bias = has_bias(norm)
        first = [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), normalization(norm, channels), nn.ReLU(True)]
        second = [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), normalization(norm, channels)]
        self.conv_block = nn.Sequential(*first, *([nn.Dropout(0.5)] if dropout else []), *second)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class ResnetGenerator(nn.Module):
    """c7s1-k, d2k, d4k, `blocks` residual blocks, u2k, uk, c7s1, tanh, where k is `ngf`."""

    def __init__(self, input_channels=3, output_channels=3, ngf=64, blocks=9, norm="instance", dropout=False):
        super().__init__()
        bias = has_bias(norm)
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(input_channels, ngf, 7, bias=bias)]
        layers += [normalization(norm, ngf), nn.ReLU(True)]
        for width in (ngf, 2 * ngf):
            layers += [nn.Conv2d(width, 2 * width, 3, stride=2, padding=1, bias=bias), normalization(norm, 2 * width), nn.ReLU(True)]
        layers += [ResnetBlock(4 * ngf, norm, dropout) for _ in range(blocks)]
        for width in (4 * ngf, 2 * ngf):
            up = nn.ConvTranspose2d(width, width // 2, 3, stride=2, padding=1, output_padding=1, bias=bias)
            layers += [up, normalization(norm, width // 2), nn.ReLU(True)]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(ngf, output_channels, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class UnetLevel(nn.Module):
    """One level of the U-Net: down, whatever lies below, up. All but the outermost level return their input beside their output.

    The first activation works in place, so the skip connection carries the *activated* input.
    """

    def __init__(self, outer: int, inner: int, below: nn.Module | None, norm: str, dropout=False, outermost_input: int | None = None):
        super().__init__()
        self.outermost = outermost_input is not None
        bias = has_bias(norm)
        down = nn.Conv2d(outermost_input or outer, inner, 4, stride=2, padding=1, bias=bias)
        from_below = inner if below is None else 2 * inner
        up = nn.ConvTranspose2d(from_below, outer, 4, stride=2, padding=1, bias=self.outermost or bias)
        if self.outermost:
            layers = [down, below, nn.ReLU(True), up, nn.Tanh()]
        else:
            layers = [nn.LeakyReLU(0.2, True), down]
            layers += [] if below is None else [normalization(norm, inner), below]
            layers += [nn.ReLU(True), up, normalization(norm, outer)]
            layers += [nn.Dropout(0.5)] if dropout else []
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x) if self.outermost else cat([x, self.model(x)], 1)


class UnetGenerator(nn.Module):
    """Halves the image `levels` times (7 for 128 pixels, 8 for 256) down to one pixel and comes back with skip connections."""

    def __init__(self, input_channels=3, output_channels=3, levels=8, ngf=64, norm="instance", dropout=False):
        super().__init__()
        level = UnetLevel(8 * ngf, 8 * ngf, None, norm)
        for _ in range(levels - 5):
            level = UnetLevel(8 * ngf, 8 * ngf, level, norm, dropout)
        for outer in (4 * ngf, 2 * ngf, ngf):
            level = UnetLevel(outer, 2 * outer, level, norm)
        self.model = UnetLevel(output_channels, ngf, level, norm, outermost_input=input_channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class PatchDiscriminator(nn.Module):
    """One logit for each overlapping patch; `layers` = 3 judges patches of 70x70 pixels."""

    def __init__(self, input_channels=3, ndf=64, layers=3, norm="instance"):
        super().__init__()
        modules: list[nn.Module] = [nn.Conv2d(input_channels, ndf, 4, stride=2, padding=1), nn.LeakyReLU(0.2, True)]
        width = ndf
        for index in range(1, layers + 1):
            wider = ndf * min(2**index, 8)
            stride = 2 if index < layers else 1
            modules.append(nn.Conv2d(width, wider, 4, stride=stride, padding=1, bias=has_bias(norm)))
            modules += [normalization(norm, wider), nn.LeakyReLU(0.2, True)]
            width = wider
        modules.append(nn.Conv2d(width, 1, 4, stride=1, padding=1))
        self.model = nn.Sequential(*modules)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class PixelDiscriminator(nn.Module):
    """One logit for each pixel. Its last convolution follows the rule for those before a normalisation."""

    def __init__(self, input_channels=3, ndf=64, norm="instance"):
        super().__init__()
        bias = has_bias(norm)
        self.net = nn.Sequential(
            nn.Conv2d(input_channels, ndf, 1),
            nn.LeakyReLU(0.2, True),
            nn.Conv2d(ndf, 2 * ndf, 1, bias=bias),
            normalization(norm, 2 * ndf),
            nn.LeakyReLU(0.2, True),
            nn.Conv2d(2 * ndf, 1, 1, bias=bias),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


def generator(name: str, ngf=64, norm="instance", dropout=False, input_channels=3, output_channels=3) -> nn.Module:
    """`resnet9`, `resnet6`, `resnetN` with any number of blocks, `unet128` or `unet256`."""
    if name.startswith("resnet"):
        return ResnetGenerator(input_channels, output_channels, ngf, int(name.removeprefix("resnet")), norm, dropout)
    levels = {"unet128": 7, "unet256": 8}
    if name not in levels:
        raise ValueError(f"unknown generator {name!r}: use resnet9, resnet6, unet128 or unet256")
    return UnetGenerator(input_channels, output_channels, levels[name], ngf, norm, dropout)


def discriminator(name: str, ndf=64, norm="instance", input_channels=3) -> nn.Module:
    """`patchN` with N layers or `pixel`."""
    if name == "pixel":
        return PixelDiscriminator(input_channels, ndf, norm)
    if not name.startswith("patch"):
        raise ValueError(f"unknown discriminator {name!r}: use patch3 or pixel")
    return PatchDiscriminator(input_channels, ndf, int(name.removeprefix("patch")), norm)
