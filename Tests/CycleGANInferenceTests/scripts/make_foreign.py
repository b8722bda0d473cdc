"""Fixtures/*.pth and outputs.safetensors: small generators as other people save them, and what PyTorch makes of an input. PyTorch 2.15.0, NumPy 2.4.6, safetensors 0.8.0.

Written from the names and shapes in published weight files. Run: python make_foreign.py
"""

import argparse
import sys
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "ParityTests/scripts"))
from reference_options import BlurDown, BlurUp

FOLDER = Path(__file__).resolve().parent.parent / "Fixtures"
torch.set_num_threads(1)


def norm(kind: str, channels: int) -> nn.Module:
    return {
        "instance": lambda: nn.InstanceNorm2d(channels),
        "affine": lambda: nn.InstanceNorm2d(channels, affine=True),
        "tracked": lambda: nn.InstanceNorm2d(channels, track_running_stats=True),
        "affine-tracked": lambda: nn.InstanceNorm2d(channels, affine=True, track_running_stats=True),
        "batch": lambda: nn.BatchNorm2d(channels),
        "none": nn.Identity,
    }[kind]()


class Block(nn.Module):
    def __init__(self, channels: int, kind: str, bias: bool, name: str, zero: bool, dropout: bool):
        super().__init__()
        self.name = name

        def convolution() -> list[nn.Module]:
            pad = [] if zero else [nn.ReflectionPad2d(1)]
            return pad + [nn.Conv2d(channels, channels, 3, padding=1 if zero else 0, bias=bias), norm(kind, channels)]

        setattr(self, name, nn.Sequential(*convolution(), nn.ReLU(), *([nn.Dropout(0.5)] if dropout else []), *convolution()))

    def forward(self, x: Tensor) -> Tensor:
        return x + getattr(self, self.name)(x)


class Resnet(nn.Module):
    def __init__(
        self, kind="instance", bias=True, root="model", block="conv_block", zero_blocks=False, zero_ends=False, up="deconv",
        blur_down=False, blur_up=False, dropout=False, blocks=2, width=2, kernel=3, final_bias=True,
    ):  # fmt: skip
        super().__init__()
        self.root = root

        def end(channels: int, out: int, bias: bool) -> list[nn.Module]:
            if zero_ends:
                return [nn.Conv2d(channels, out, 7, padding=3, bias=bias)]
            return [nn.ReflectionPad2d(3), nn.Conv2d(channels, out, 7, bias=bias)]

        layers = end(3, width, bias) + [norm(kind, width), nn.ReLU()]
        for channels in (width, 2 * width):
            layers += [nn.Conv2d(channels, 2 * channels, kernel, 1 if blur_down else 2, 1, bias=bias), norm(kind, 2 * channels), nn.ReLU()]
            layers += [BlurDown(2 * channels)] if blur_down else []
        layers += [Block(4 * width, kind, bias, block, zero_blocks, dropout) for _ in range(blocks)]
        for channels in (4 * width, 2 * width):
            half = channels // 2
            if blur_up:
                layers += [BlurUp(channels), nn.Conv2d(channels, half, 3, padding=1, bias=bias)]
            elif up == "deconv":
                layers += [nn.ConvTranspose2d(channels, half, kernel, 2, 1, 1 if kernel == 3 else 0, bias=bias)]
            else:
                layers += [nn.Upsample(scale_factor=2), nn.Conv2d(channels, half, 3, padding=1, bias=bias)]
            layers += [norm(kind, half), nn.ReLU()]
        setattr(self, root, nn.Sequential(*layers, *end(width, 3, final_bias), nn.Tanh()))

    def forward(self, x: Tensor) -> Tensor:
        return getattr(self, self.root)(x)


class Level(nn.Module):
    """A level of pix2pix's U-Net, under its names."""

    def __init__(self, outer: int, inner: int, inside: nn.Module | None, kind: str, position: str, dropout: bool = False):
        super().__init__()
        bias = kind == "instance"
        self.outermost = position == "outermost"
        down = nn.Conv2d(3 if self.outermost else outer, inner, 4, 2, 1, bias=bias)
        if self.outermost:
            layers = [down, inside, nn.ReLU(), nn.ConvTranspose2d(2 * inner, 3, 4, 2, 1), nn.Tanh()]
        elif position == "innermost":
            layers = [nn.LeakyReLU(0.2), down, nn.ReLU(), nn.ConvTranspose2d(inner, outer, 4, 2, 1, bias=bias), norm(kind, outer)]
        else:
            layers = [nn.LeakyReLU(0.2), down, norm(kind, inner), inside, nn.ReLU()]
            layers += [nn.ConvTranspose2d(2 * inner, outer, 4, 2, 1, bias=bias), norm(kind, outer)]
            layers += [nn.Dropout(0.5)] if dropout else []
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        if self.outermost:
            return self.model(x)
        # The published code's first activation works in place, so the skip carries activated numbers.
        return torch.cat([F.leaky_relu(x, 0.2), self.model(x)], 1)


class Unet(nn.Module):
    """Six halvings, so that there is one level with dropout."""

    def __init__(self, kind: str, width: int = 1):
        super().__init__()
        level = Level(8 * width, 8 * width, None, kind, "innermost")
        level = Level(8 * width, 8 * width, level, kind, "between", dropout=True)
        for channels in (4, 2, 1):
            level = Level(channels * width, 2 * channels * width, level, kind, "between")
        self.model = Level(3, width, level, kind, "outermost")

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


def discriminator(normed: bool) -> nn.Sequential:
    def block(channels: int, out: int, stride: int) -> list[nn.Module]:
        return [nn.Conv2d(channels, out, 4, stride, 1), *([nn.InstanceNorm2d(out)] if normed else []), nn.LeakyReLU(0.2)]

    layers = [nn.Conv2d(3, 2, 4, 2, 1), nn.LeakyReLU(0.2), *block(2, 4, 2), *block(4, 8, 1), nn.Conv2d(8, 1, 4, 1, 1)]
    return nn.Sequential(*layers)


def lively(net: nn.Module, seed: int) -> nn.Module:
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for key, tensor in net.state_dict().items():
            if not tensor.is_floating_point() or key.endswith("filt"):
                continue
            noise = torch.randn(tensor.shape, generator=random)
            if tensor.dim() > 1:
                tensor.copy_(noise / tensor[0].numel() ** 0.5)
            elif key.endswith("running_var"):
                tensor.copy_(0.5 + noise.abs())
            else:
                tensor.copy_((1 if key.endswith("weight") else 0) + 0.2 * noise)
    return net.eval()


x = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1
x = (x[:, :, ::4, ::4].repeat_interleave(4, 2).repeat_interleave(4, 3) + x) / 2
outputs = {"input": x}


def save(name: str, value) -> None:
    torch.save(value, FOLDER / f"{name}.pth")


@torch.no_grad()
def plain(name: str, net: nn.Module, without: tuple[str, ...] = ()) -> None:
    save(name, {key: value for key, value in net.state_dict().items() if not key.endswith(without or ("-",))})
    outputs[name] = net(x[..., :16, :20] if isinstance(net, Resnet) else x)


@torch.no_grad()
def with_image_statistics(name: str, net: nn.Module) -> None:
    """The output with every norm in training mode, and nothing else."""
    for module in net.modules():
        if isinstance(module, (nn.InstanceNorm2d, nn.BatchNorm2d)):
            module.train()
            module.momentum = 0.0
    outputs[name] = net(x[..., :16, :20] if isinstance(net, Resnet) else x)
    net.eval()


FOLDER.mkdir(exist_ok=True)
old = ("num_batches_tracked",)
plain("resnet-batch-old", lively(Resnet("batch", bias=False), 10), old)
plain("unet-batch-old", lively(Unet("batch"), 11), old)
plain("resnet-batch-bias", lively(Resnet("batch"), 12))
plain("resnet-affine", lively(Resnet("affine"), 13))
plain("resnet-affine-nobias", lively(Resnet("affine", bias=False), 14))
tracked = lively(Resnet("affine-tracked"), 15)
plain("resnet-affine-tracked", tracked)
with_image_statistics("resnet-affine-tracked.image", tracked)
leftover = lively(Resnet("tracked"), 16)
plain("resnet-leftover", leftover, old)
outputs["resnet-leftover.running"] = outputs.pop("resnet-leftover")
with_image_statistics("resnet-leftover", leftover)
plain("cut-blur-up", lively(Resnet(blur_up=True), 17))
plain("cut-blur-down", lively(Resnet(blur_down=True), 18))
plain("cut-batch", lively(Resnet("batch", bias=False, blur_up=True, blur_down=True), 19))
plain("cut-none", lively(Resnet("none", bias=False, blur_up=True, blur_down=True), 20))
plain("main-res", lively(Resnet(root="main", block="res"), 21))
plain("zero-blocks", lively(Resnet(zero_blocks=True), 22))
plain("zero-blocks-dropout", lively(Resnet(zero_blocks=True, dropout=True), 23))
plain("zero-ends", lively(Resnet(zero_ends=True, block="block"), 24))
plain("upsample-block", lively(Resnet(block="block", up="resize"), 25))

# The names, kernels, borders and norms of StarGAN's generator, which its own test runs in training mode.
star = Resnet("affine-tracked", False, "main", "main", True, True, kernel=4, final_bias=False)
plain("stargan", lively(star, 30))
outputs["stargan.running"] = outputs.pop("stargan")
with_image_statistics("stargan", star)

unet = lively(Unet("batch"), 26)
plain("pix2pix", unet)
with_image_statistics("pix2pix.image", unet)
for module in unet.modules():
    if isinstance(module, nn.BatchNorm2d):
        module.momentum = 0.0
unet.train()
torch.manual_seed(5)
with torch.no_grad():
    outputs["pix2pix.dropout"] = unet(x)

# As people save them.
net = lively(Resnet(), 27)
optimizer = torch.optim.Adam(net.parameters())
net(x).mean().backward()
optimizer.step()
net.zero_grad()
with torch.no_grad():
    outputs["wrapped"] = net(x[..., :16, :20])
prefixed = {f"netG.module.{key}": value for key, value in net.state_dict().items()}
options = argparse.Namespace(name="horse2zebra", lr=2e-4)
save("wrapped", {"epoch": 7, "state_dict": prefixed, "optimizer": optimizer.state_dict(), "best": numpy.float64(0.5), "opt": options})
other = lively(Resnet(), 28)
judge = nn.ModuleDict({"model": discriminator(True)})
with torch.no_grad():
    outputs["several.G_BA"] = other(x[..., :16, :20])
save("several", {"G_AB": net.state_dict(), "G_BA": other.state_dict(), "D_B": judge.state_dict(), "epoch": 3})

# What is no known network.
save("judge-without-norms", {f"model.{key}": value for key, value in discriminator(False).state_dict().items()})
layers = [nn.Conv2d(3, 2, 3), nn.LeakyReLU(0.2)]
for width in (2, 4, 8):
    layers += [nn.Conv2d(width, 2 * width, 3), nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2)]
save("judge-3x3", {f"net.{key}": value for key, value in nn.Sequential(*layers, nn.Conv2d(16, 1, 3)).state_dict().items()})
save("classifier", {"conv1.weight": torch.zeros(4, 3, 3, 3), "fc.weight": torch.zeros(2, 4), "fc.bias": torch.zeros(2)})
extra = dict(lively(Resnet(), 29).state_dict())
extra["model.30.weight"] = torch.zeros(2)
del extra["model.4.bias"]
save("nearly", extra)

save_file({key: value.contiguous() for key, value in outputs.items()}, FOLDER / "outputs.safetensors")
print(sorted(path.name for path in FOLDER.iterdir()), sum(path.stat().st_size for path in FOLDER.iterdir()), "bytes")
