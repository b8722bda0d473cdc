"""One optimisation step of the reference CycleGAN in plain PyTorch, with this project's names.

PyTorch 2.15.0, Python 3.10 or later. `discriminatorB` judges images of domain B (the reference calls it netD_A).
"""

from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LOSS_NAMES = (
    "adversarialAB", "adversarialBA", "cycleA", "cycleB", "identityA", "identityB", "discriminatorA", "discriminatorB",
)  # fmt: skip


@dataclass
class Options:
    gan_mode: str = "lsgan"
    cycle_weight_a: float = 10.0
    cycle_weight_b: float = 10.0
    identity_weight: float = 0.5
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)


def generator_loss(mode: str, on_fake: Tensor) -> Tensor:
    """What a generator pays for the discriminator's judgement of its images."""
    if mode == "lsgan":
        return F.mse_loss(on_fake, torch.ones_like(on_fake))
    if mode == "vanilla":
        return F.binary_cross_entropy_with_logits(on_fake, torch.ones_like(on_fake))
    if mode in ("hinge", "wgan-gp"):
        return -on_fake.mean()
    raise ValueError(f"unknown GAN mode {mode!r}: use lsgan, vanilla, hinge or wgan-gp")


def discriminator_loss(mode: str, on_real: Tensor, on_fake: Tensor) -> Tensor:
    """Half the sum of the losses on real and on generated images; of wgan-gp, whose penalty comes on top, the whole difference."""
    if mode == "wgan-gp":
        return on_fake.mean() - on_real.mean()
    if mode == "lsgan":
        real, fake = F.mse_loss(on_real, torch.ones_like(on_real)), F.mse_loss(on_fake, torch.zeros_like(on_fake))
    elif mode == "vanilla":
        real = F.binary_cross_entropy_with_logits(on_real, torch.ones_like(on_real))
        fake = F.binary_cross_entropy_with_logits(on_fake, torch.zeros_like(on_fake))
    elif mode == "hinge":
        real, fake = F.relu(1 - on_real).mean(), F.relu(1 + on_fake).mean()
    else:
        raise ValueError(f"unknown GAN mode {mode!r}: use lsgan, vanilla, hinge or wgan-gp")
    return 0.5 * (real + fake)


class CycleGAN:
    """The four networks and their two optimisers.

    The image pools are left out: a pool of 50 hands back the very image it is given until it is full.
    """

    def __init__(self, generator_ab: nn.Module, generator_ba: nn.Module, discriminator_a: nn.Module, discriminator_b: nn.Module,
                 options: Options):  # fmt: skip
        self.networks = {
            "generatorAB": generator_ab,
            "generatorBA": generator_ba,
            "discriminatorA": discriminator_a,
            "discriminatorB": discriminator_b,
        }
        self.options = options
        generators = chain(generator_ab.parameters(), generator_ba.parameters())
        # The reference's order, which no result depends on: its netD_A, which judges B, comes first.
        discriminators = chain(discriminator_b.parameters(), discriminator_a.parameters())
        self.generator_optimizer = torch.optim.Adam(generators, lr=options.learning_rate, betas=options.betas)
        self.discriminator_optimizer = torch.optim.Adam(discriminators, lr=options.learning_rate, betas=options.betas)

    def require_discriminator_gradients(self, flag: bool) -> None:
        for name in ("discriminatorA", "discriminatorB"):
            self.networks[name].requires_grad_(flag)

    def step(self, real_a: Tensor, real_b: Tensor) -> dict[str, Tensor]:
        """Updates both generators, then both discriminators, and returns the eight losses from before the updates.

        The order of the forward passes matters to batch norm's running statistics.
        """
        ab, ba = self.networks["generatorAB"], self.networks["generatorBA"]
        judge_a, judge_b = self.networks["discriminatorA"], self.networks["discriminatorB"]
        options, mode, losses = self.options, self.options.gan_mode, {}

        fake_b = ab(real_a)
        reconstructed_a = ba(fake_b)
        fake_a = ba(real_b)
        reconstructed_b = ab(fake_a)

        self.require_discriminator_gradients(False)
        self.generator_optimizer.zero_grad()
        if options.identity_weight > 0:
            losses["identityB"] = F.l1_loss(ab(real_b), real_b) * options.cycle_weight_b * options.identity_weight
            losses["identityA"] = F.l1_loss(ba(real_a), real_a) * options.cycle_weight_a * options.identity_weight
        losses["adversarialAB"] = generator_loss(mode, judge_b(fake_b))
        losses["adversarialBA"] = generator_loss(mode, judge_a(fake_a))
        losses["cycleA"] = F.l1_loss(reconstructed_a, real_a) * options.cycle_weight_a
        losses["cycleB"] = F.l1_loss(reconstructed_b, real_b) * options.cycle_weight_b
        sum(losses.values()).backward()
        self.generator_optimizer.step()

        self.require_discriminator_gradients(True)
        self.discriminator_optimizer.zero_grad()
        losses["discriminatorB"] = discriminator_loss(mode, judge_b(real_b), judge_b(fake_b.detach()))
        losses["discriminatorB"].backward()
        losses["discriminatorA"] = discriminator_loss(mode, judge_a(real_a), judge_a(fake_a.detach()))
        losses["discriminatorA"].backward()
        self.discriminator_optimizer.step()
        return {name: losses[name].detach() for name in LOSS_NAMES if name in losses}
