"""One optimisation step of a CycleGAN whose generators are told how strongly to translate, in plain PyTorch, with this project's names.

A generator's network g is told the strength s of each image by its norms, and its image is x + s (g(x, s) - x). PyTorch 2.15.0, Python 3.10 or
later.
"""

from itertools import chain

import torch
from reference_stargan import ModulatedNorm, modulated
from reference_models import ResnetGenerator
from reference_step import Options, discriminator_loss, generator_loss
from torch import Tensor, nn


class StrongGenerator(ResnetGenerator):
    def __init__(self, ngf: int, blocks: int):
        super().__init__(ngf=ngf, blocks=blocks)
        modulated(self, 3, 1)

    def forward(self, x: Tensor, strength: Tensor) -> Tensor:
        for module in self.modules():
            if isinstance(module, ModulatedNorm):
                module.condition = strength[:, None]
        return x + strength[:, None, None, None] * (self.model(x) - x)


def difference(x: Tensor, y: Tensor) -> Tensor:
    """The mean absolute difference of each image."""
    return (x - y).abs().flatten(1).mean(1)


class StrongCycleGAN:
    def __init__(self, ab: nn.Module, ba: nn.Module, judge_a: nn.Module, judge_b: nn.Module, options: Options, strength_weight: float):
        self.networks = {"generatorAB": ab, "generatorBA": ba, "discriminatorA": judge_a, "discriminatorB": judge_b}
        self.options, self.strength_weight = options, strength_weight
        generators, judges = chain(ab.parameters(), ba.parameters()), chain(judge_a.parameters(), judge_b.parameters())
        self.optimizers = [torch.optim.Adam(group, lr=options.learning_rate, betas=options.betas) for group in (generators, judges)]

    def step(self, real_a: Tensor, real_b: Tensor, of_a: Tensor, of_b: Tensor) -> dict[str, Tensor]:
        """`of_a` and `of_b` are the strengths at which the images of A and B go there and back."""
        ab, ba, judge_a, judge_b = self.networks.values()
        options, losses = self.options, {}
        self.require(False)
        self.optimizers[0].zero_grad()
        fake_b, fake_a = ab(real_a, of_a), ba(real_b, of_b)
        for name, judge, fake, strengths in (("AB", judge_b, fake_b, of_a), ("BA", judge_a, fake_a, of_b)):
            each = [generator_loss(options.gan_mode, scores) for scores in judge(fake).split(1)]
            losses[f"adversarial{name}"] = (strengths * torch.stack(each)).mean()
        losses["cycleA"] = options.cycle_weight_a * difference(ba(fake_b, of_a), real_a).mean()
        losses["cycleB"] = options.cycle_weight_b * difference(ab(fake_a, of_b), real_b).mean()
        losses["identityA"] = options.cycle_weight_a * options.identity_weight * difference(ba(real_a, of_a), real_a).mean()
        losses["identityB"] = options.cycle_weight_b * options.identity_weight * difference(ab(real_b, of_b), real_b).mean()
        losses["inputA"] = self.strength_weight * ((1 - of_a) * difference(fake_b, real_a)).mean()
        losses["inputB"] = self.strength_weight * ((1 - of_b) * difference(fake_a, real_b)).mean()
        sum(losses.values()).backward()
        self.optimizers[0].step()

        self.require(True)
        self.optimizers[1].zero_grad()
        for name, judge, real, fake in (("A", judge_a, real_a, fake_a), ("B", judge_b, real_b, fake_b)):
            losses[f"discriminator{name}"] = discriminator_loss(options.gan_mode, judge(real), judge(fake.detach()))
            losses[f"discriminator{name}"].backward()
        self.optimizers[1].step()
        return {name: value.detach() for name, value in losses.items()}

    def require(self, flag: bool) -> None:
        for name in ("discriminatorA", "discriminatorB"):
            self.networks[name].requires_grad_(flag)
