"""One optimisation step of StarGAN in plain PyTorch, with this project's names.

Written from arXiv 1711.09020 and a description of the published code: its generator (`planes`), the same told by its norms (`modulation`),
its discriminator with two heads, and its step. PyTorch 2.15.0, Python 3.10 or later.
"""

from dataclasses import dataclass

import torch
from reference_models import ResnetGenerator
from reference_step import discriminator_loss, generator_loss
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations


class ModulatedNorm(nn.Module):
    """Instance norm whose scale and shift are linear functions of the condition, which the generator leaves in `condition`."""

    def __init__(self, channels: int, conditions: int):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.condition_weight = nn.Parameter(torch.zeros(channels, conditions))
        self.condition_bias = nn.Parameter(torch.zeros(channels, conditions))

    def forward(self, x: Tensor) -> Tensor:
        scale = self.condition @ self.condition_weight.T + self.weight
        shift = self.condition @ self.condition_bias.T + self.bias
        return F.instance_norm(x) * scale[:, :, None, None] + shift[:, :, None, None]


def modulated(net: nn.Module, channels: int, conditions: int) -> nn.Module:
    """Puts a modulated norm in the place of every instance norm."""
    for name, child in net.named_children():
        if isinstance(child, nn.InstanceNorm2d):
            setattr(net, name, ModulatedNorm(child.num_features, conditions))
        else:
            modulated(child, channels, conditions)
    return net


class ModulatedGenerator(ResnetGenerator):
    def __init__(self, ngf: int, blocks: int, domains: int):
        super().__init__(ngf=ngf, blocks=blocks)
        modulated(self, 3, domains)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        for module in self.modules():
            if isinstance(module, ModulatedNorm):
                module.condition = condition
        return self.model(x)


class StrongGenerator(ModulatedGenerator):
    """Gives x + s (g(x) - x), where the strength s is the sum of the condition's numbers."""

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        return x + condition.sum(1)[:, None, None, None] * (super().forward(x, condition) - x)


class PlanesBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        layers = [nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.InstanceNorm2d(channels, affine=True)]
        self.conv_block = nn.Sequential(*layers, nn.ReLU(), nn.Conv2d(channels, channels, 3, padding=1, bias=False),
                                        nn.InstanceNorm2d(channels, affine=True))  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class PlanesGenerator(nn.Module):
    """The published generator, with this project's keys: label planes beside the image, zeros around all maps, 4x4 kernels."""

    def __init__(self, ngf: int, blocks: int, domains: int):
        super().__init__()

        def norm(channels: int) -> list[nn.Module]:
            return [nn.InstanceNorm2d(channels, affine=True), nn.ReLU()]

        layers = [nn.Conv2d(3 + domains, ngf, 7, padding=3, bias=False), *norm(ngf)]
        for width in (ngf, 2 * ngf):
            layers += [nn.Conv2d(width, 2 * width, 4, stride=2, padding=1, bias=False), *norm(2 * width)]
        layers += [PlanesBlock(4 * ngf) for _ in range(blocks)]
        for width in (4 * ngf, 2 * ngf):
            layers += [nn.ConvTranspose2d(width, width // 2, 4, stride=2, padding=1, bias=False), *norm(width // 2)]
        self.model = nn.Sequential(*layers, nn.Conv2d(ngf, 3, 7, padding=3, bias=False), nn.Tanh())

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        planes = condition[:, :, None, None].expand(-1, -1, x.shape[2], x.shape[3])
        return self.model(torch.cat([x, planes], 1))


class DomainDiscriminator(nn.Module):
    def __init__(self, ndf: int, halvings: int, domains: int, side: int, spectral_norm: bool = False):
        super().__init__()

        def convolution(*values, **named) -> nn.Module:
            layer = nn.Conv2d(*values, **named)
            return parametrizations.spectral_norm(layer) if spectral_norm else layer

        layers, channels = [], 3
        for halving in range(halvings):
            layers += [convolution(channels, ndf << halving, 4, stride=2, padding=1), nn.LeakyReLU(0.01)]
            channels = ndf << halving
        self.main = nn.Sequential(*layers)
        self.conv1 = convolution(channels, 1, 3, padding=1, bias=False)
        self.conv2 = convolution(channels, domains, side >> halvings, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.main(x)
        return self.conv1(features), self.conv2(features).flatten(1)


@dataclass
class Options:
    gan_mode: str = "wgan-gp"
    class_weight: float = 1.0
    reconstruction_weight: float = 10.0
    penalty_weight: float = 10.0
    critic_steps: int = 2
    strength_weight: float = 1.0
    learning_rate: float = 1e-4
    betas: tuple[float, float] = (0.5, 0.999)


class StarGAN:
    def __init__(self, generator: nn.Module, discriminator: nn.Module, domains: int, options: Options, random: torch.Generator):
        self.networks = {"generator": generator, "discriminator": discriminator}
        self.domains, self.options, self.random, self.steps = domains, options, random, 0
        self.optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=options.learning_rate, betas=options.betas)
            for name, network in self.networks.items()
        }

    def step(self, real: Tensor, sources: list[int], targets: list[int], strengths: list[float] | None = None) -> dict[str, Tensor]:
        """Updates the discriminator and, every `critic_steps` steps, the generator: then there are losses of both."""
        share = torch.tensor(strengths or [1.0] * len(real), dtype=real.dtype)
        generator, judge, options = self.networks["generator"], self.networks["discriminator"], self.options
        labels = {name: torch.tensor(indices) for name, indices in dict(source=sources, target=targets).items()}
        conditions = {name: F.one_hot(indices, self.domains).to(real.dtype) * share[:, None] for name, indices in labels.items()}
        self.steps += 1

        judge.requires_grad_(True)
        self.optimizers["discriminator"].zero_grad()
        with torch.no_grad():
            fake = generator(real, conditions["target"])
        on_real, logits = judge(real)
        losses = {
            "discriminator": discriminator_loss(options.gan_mode, on_real, judge(fake)[0]),
            "discriminatorClass": options.class_weight * F.cross_entropy(logits, labels["source"]),
        }
        if options.gan_mode == "wgan-gp":
            shares = torch.rand((len(real), 1, 1, 1), generator=self.random).to(real.dtype)
            mixed = (shares * real + (1 - shares) * fake).requires_grad_(True)
            scores = judge(mixed)[0]
            (slope,) = torch.autograd.grad(scores.sum(), mixed, create_graph=True)
            norm = slope.flatten(1).square().sum(1).sqrt()
            losses["gradientPenalty"] = options.penalty_weight * (norm - 1).square().mean()
        sum(losses.values()).backward()
        self.optimizers["discriminator"].step()

        judge.requires_grad_(False)
        if self.steps % options.critic_steps == 0:
            self.optimizers["generator"].zero_grad()
            fake = generator(real, conditions["target"])
            scores, logits = judge(fake)
            ours = {
                "adversarial": (share * torch.stack([generator_loss(options.gan_mode, own) for own in scores.split(1)])).mean(),
                "class": options.class_weight * (share * F.cross_entropy(logits, labels["target"], reduction="none")).mean(),
                "reconstruction": options.reconstruction_weight * F.l1_loss(generator(fake, conditions["source"]), real),
            }
            if strengths:
                ours["input"] = options.strength_weight * ((1 - share) * (fake - real).abs().flatten(1).mean(1)).mean()
            sum(ours.values()).backward()
            self.optimizers["generator"].step()
            losses |= ours
        return {name: value.detach() for name, value in losses.items()}
