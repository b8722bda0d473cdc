"""CUT and FastCUT in plain PyTorch: networks, contrastive loss and one optimisation step, with this project's names.

Written from arXiv 2007.15651 and a description of what the authors' code does; `check_cut.py` compares it with that code's numbers.
PyTorch 2.15.0, Python 3.10 or later.
"""

from dataclasses import dataclass

import torch
from reference_models import has_bias, normalization
from reference_options import BlurDown
from reference_step import discriminator_loss, generator_loss
from torch import Tensor, nn
from torch.nn import functional as F

# The places in the generator, as indices of its layers, that the published defaults compare: the mirrored image, the convolutions of both
# downsamplings (before their norms) and the first and the fifth residual block.
LAYERS = (0, 4, 8, 12, 16)

Positions = list[Tensor] | None


@dataclass
class Options:
    """Of CUT. The weight of the contrastive loss holds for both halves of it together."""

    gan_mode: str = "lsgan"
    adversarial_weight: float = 1.0
    nce_weight: float = 1.0
    identity: bool = True
    flip_equivariance: bool = False
    temperature: float = 0.07
    layers: tuple[int, ...] = LAYERS
    negatives_from_batch: bool = False
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)


def fast_cut(**changes) -> Options:
    return Options(**(dict(nce_weight=10.0, identity=False, flip_equivariance=True) | changes))


class AntialiasedPatchDiscriminator(nn.Module):
    """The patch discriminator whose convolutions of stride 2 have stride 1 and a blur of stride 2 behind their activation."""

    def __init__(self, input_channels=3, ndf=64, layers=3, norm="instance"):
        super().__init__()
        modules: list[nn.Module] = [nn.Conv2d(input_channels, ndf, 4, padding=1), nn.LeakyReLU(0.2, True), BlurDown(ndf)]
        width = ndf
        for index in range(1, layers + 1):
            wider = ndf * min(2**index, 8)
            modules.append(nn.Conv2d(width, wider, 4, padding=1, bias=has_bias(norm)))
            modules += [normalization(norm, wider), nn.LeakyReLU(0.2, True)]
            modules += [BlurDown(wider)] if index < layers else []
            width = wider
        modules.append(nn.Conv2d(width, 1, 4, padding=1))
        self.model = nn.Sequential(*modules)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


def features(generator: nn.Module, images: Tensor, layers: tuple[int, ...]) -> list[Tensor]:
    """What the generator's layers with these ascending indices hand on.

    A ReLU works in place, so what lies right before one is seen after it.
    """
    results, x = [], images
    for index, layer in enumerate(generator.model[: layers[-1] + 1]):
        x = layer(x)
        if index in layers:
            results.append(x)
    return results


def straight(images: Tensor) -> Tensor:
    """The same images, whose gradient comes back in plain order.

    For a single image a gradient that was transposed, as from patches to images, has an unusual stride along the batch, and PyTorch 2.15's
    batch and instance norms on the CPU then take its numbers in the wrong order.
    """
    images = images.view_as(images)
    if images.requires_grad:
        images.register_hook(Tensor.contiguous)
    return images


def xavier(network: nn.Module, gain: float = 0.02) -> nn.Module:
    """How CUT initialises all three networks."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.xavier_normal_(module.weight, gain)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, gain)
    return network


class Projection(nn.Module):
    """A perceptron with two layers for each compared place of the generator, named `mlp_0`, `mlp_1`, ..."""

    def __init__(self, channels: list[int], width=256):
        super().__init__()
        for index, count in enumerate(channels):
            self.add_module(f"mlp_{index}", nn.Sequential(nn.Linear(count, width), nn.ReLU(), nn.Linear(width, width)))

    def forward(self, maps: list[Tensor], positions: Positions = None) -> list[Tensor]:
        """Unit vectors [images * positions, width] of each feature [N, C, H, W]; every image gives the same positions, y * W + x."""
        results = []
        for index, (feature, perceptron) in enumerate(zip(maps, self.children())):
            vectors = feature.flatten(2).transpose(1, 2)
            if positions is not None:
                vectors = vectors[:, positions[index]]
            results.append(unit(perceptron(vectors.flatten(0, 1))))
        return results


def projection(generator: nn.Module, image: Tensor, layers: tuple[int, ...], width=256) -> Projection:
    """The network that fits a generator: how many channels its layers have shows when an image runs through them."""
    with torch.no_grad():
        channels = [feature.shape[1] for feature in features(generator, image, layers)]
    return xavier(Projection(channels, width))


def unit(vectors: Tensor) -> Tensor:
    """Each vector over its length.

    With CUT's small initial weights a length is 1e-5 and more: where epsilon stands matters. A zero vector, which narrow networks do
    give, stays zero; the published code's gradient is not a number then.
    """
    squares = vectors.square().sum(1, keepdim=True)
    return vectors / (squares.masked_fill(squares == 0, 1).sqrt() + 1e-7)


def patch_nce(queries: Tensor, keys: Tensor, temperature=0.07, groups=1) -> Tensor:
    """Cross-entropy of recognising each query's own key among the keys of its group, for each query.

    queries, keys: [groups * patches, C]. A group is an image, or the whole batch. Keys get no gradient.
    """
    keys = keys.detach()
    own = (queries * keys).sum(1, keepdim=True)
    others = queries.unflatten(0, (groups, -1)) @ keys.unflatten(0, (groups, -1)).transpose(1, 2)
    itself = torch.eye(others.shape[1], dtype=torch.bool, device=others.device)
    logits = torch.cat([own, others.masked_fill(itself, -10.0).flatten(0, 1)], 1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long, device=logits.device), reduction="none")


class CUT:
    """A generator from A to B, the discriminator of B, the projection, and an optimiser for each."""

    def __init__(self, generator: nn.Module, discriminator: nn.Module, projection: Projection, options: Options):
        self.networks = {"generator": generator, "discriminator": discriminator, "projection": projection}
        self.options = options
        self.optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=options.learning_rate, betas=options.betas)
            for name, network in self.networks.items()
        }

    def contrast(self, source: Tensor, result: Tensor, positions: Positions, flipped: bool) -> Tensor:
        """How far patches of `result` are from showing what `source` shows at the same place; weighted, mean over layers and patches."""
        generator, project, options = self.networks["generator"], self.networks["projection"], self.options
        queries = [straight(feature) for feature in features(generator, result, options.layers)]
        if flipped:
            queries = [feature.flip(3) for feature in queries]
        with torch.no_grad():
            keys = project(features(generator, source, options.layers), positions)
        groups = 1 if options.negatives_from_batch else len(source)
        pairs = zip(project(queries, positions), keys)
        losses = [patch_nce(query, key, options.temperature, groups).mean() for query, key in pairs]
        return options.nce_weight * sum(losses) / len(losses)

    def step(self, real_a: Tensor, real_b: Tensor, positions: Positions = None, identity_positions: Positions = None,
             flipped=False) -> dict[str, Tensor]:  # fmt: skip
        """Updates the discriminator, then the generator and the projection; returns the losses from before, as they enter the totals.

        positions: those to compare in each layer, all if None; identity_positions: the same for the identity's half. flipped: what chance
        decides with `flip_equivariance`. The order of the forward passes matters to batch norm's running statistics.
        """
        generator, judge, options = self.networks["generator"], self.networks["discriminator"], self.options
        images = torch.cat([real_a, real_b]) if options.identity else real_a
        made = generator(images.flip(3) if flipped else images)
        fake_b, identity_b = made[: len(real_a)], made[len(real_a) :]

        judge.requires_grad_(True)
        self.optimizers["discriminator"].zero_grad()
        on_fake = judge(fake_b.detach())
        losses = {"discriminator": discriminator_loss(options.gan_mode, judge(real_b), on_fake)}
        losses["discriminator"].backward()
        self.optimizers["discriminator"].step()

        judge.requires_grad_(False)
        self.optimizers["generator"].zero_grad()
        self.optimizers["projection"].zero_grad()
        losses["adversarial"] = options.adversarial_weight * generator_loss(options.gan_mode, judge(fake_b))
        losses["nce"] = self.contrast(real_a, fake_b, positions, flipped)
        if options.identity:
            losses["nce"] = losses["nce"] / 2
            losses["nceIdentity"] = self.contrast(real_b, identity_b, identity_positions, flipped) / 2
        sum(value for name, value in losses.items() if name != "discriminator").backward()
        self.optimizers["generator"].step()
        self.optimizers["projection"].step()
        return {name: value.detach() for name, value in losses.items()}
