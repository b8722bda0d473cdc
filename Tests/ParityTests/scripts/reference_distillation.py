"""One optimisation step of distillation in plain PyTorch: a small generator learns from a large one.

Written from arXiv 2003.08936; the discriminator's real images are the teacher's translations. PyTorch 2.15.0, Python 3.10 or later.
"""

from dataclasses import dataclass

import torch
from reference_step import discriminator_loss, generator_loss
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass
class Options:
    gan_mode: str = "lsgan"
    imitation_weight: float = 10.0
    feature_weight: float = 0.01
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)


class Distillation:
    """`places` are pairs of indices into both generators' `model`: whose outputs the adapters compare."""

    def __init__(self, generator, discriminator, adapters, teacher, places: list[tuple[int, int]], options: Options):
        self.networks = {"generator": generator, "discriminator": discriminator, "adapters": adapters}
        self.teacher, self.places, self.options = teacher, places, options
        self.optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=options.learning_rate, betas=options.betas)
            for name, network in self.networks.items()
        }

    def features(self, network: nn.Module, wanted: list[int], x: Tensor) -> tuple[list[Tensor], Tensor]:
        found = {}
        for index, layer in enumerate(network.model):
            x = layer(x)
            found[index] = x
        return [found[index] for index in wanted], x

    def step(self, images: Tensor) -> dict[str, Tensor]:
        """Updates the discriminator, then generator and adapters; returns the losses from before, as they enter the totals."""
        judge, options = self.networks["discriminator"], self.options
        own, fake = self.features(self.networks["generator"], [first for first, _ in self.places], images)
        with torch.no_grad():
            taught, truth = self.features(self.teacher, [second for _, second in self.places], images)

        judge.requires_grad_(True)
        self.optimizers["discriminator"].zero_grad()
        losses = {"discriminator": discriminator_loss(options.gan_mode, judge(truth), judge(fake.detach()))}
        losses["discriminator"].backward()
        self.optimizers["discriminator"].step()

        judge.requires_grad_(False)
        for name in ("generator", "adapters"):
            self.optimizers[name].zero_grad()
        losses["adversarial"] = generator_loss(options.gan_mode, judge(fake))
        losses["imitation"] = options.imitation_weight * F.l1_loss(fake, truth)
        adapted = [layer(maps) for layer, maps in zip(self.networks["adapters"].layers, own)]
        losses["features"] = options.feature_weight * sum(F.mse_loss(first, second) for first, second in zip(adapted, taught))
        (losses["adversarial"] + losses["imitation"] + losses["features"]).backward()
        for name in ("generator", "adapters"):
            self.optimizers[name].step()
        return {name: value.detach() for name, value in losses.items()}
