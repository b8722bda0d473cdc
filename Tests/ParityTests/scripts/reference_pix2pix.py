"""One optimisation step of pix2pix in plain PyTorch, with this project's names.

Written from arXiv 1611.07004 and a description of the reference implementation, and compared with that one's numbers.
PyTorch 2.15.0, Python 3.10 or later.
"""

from dataclasses import dataclass

import torch
from reference_step import discriminator_loss, generator_loss
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass
class Options:
    gan_mode: str = "vanilla"
    l1_weight: float = 100.0
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)


class Pix2Pix:
    """A generator from A to B and a discriminator of pairs: it takes A and B as one image with the channels of both.

    The image pool is left out: its size is 0 by default.
    """

    def __init__(self, generator: nn.Module, discriminator: nn.Module, options: Options):
        self.networks = {"generator": generator, "discriminator": discriminator}
        self.options = options
        self.optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=options.learning_rate, betas=options.betas)
            for name, network in self.networks.items()
        }

    def step(self, real_a: Tensor, real_b: Tensor) -> dict[str, Tensor]:
        """Updates the discriminator, then the generator; returns the losses from before, as they enter the totals.

        The order of the forward passes matters to batch norm's running statistics.
        """
        generator, judge, options = self.networks["generator"], self.networks["discriminator"], self.options
        fake_b = generator(real_a)

        judge.requires_grad_(True)
        self.optimizers["discriminator"].zero_grad()
        on_fake = judge(torch.cat([real_a, fake_b.detach()], 1))
        losses = {"discriminator": discriminator_loss(options.gan_mode, judge(torch.cat([real_a, real_b], 1)), on_fake)}
        losses["discriminator"].backward()
        self.optimizers["discriminator"].step()

        judge.requires_grad_(False)
        self.optimizers["generator"].zero_grad()
        losses["adversarial"] = generator_loss(options.gan_mode, judge(torch.cat([real_a, fake_b], 1)))
        losses["l1"] = options.l1_weight * F.l1_loss(fake_b, real_b)
        (losses["adversarial"] + losses["l1"]).backward()
        self.optimizers["generator"].step()
        return {name: value.detach() for name, value in losses.items()}
