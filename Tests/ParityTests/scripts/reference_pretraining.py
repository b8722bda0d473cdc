"""Pre-training of generators by contrast and by inpainting in plain PyTorch, of our own writing. PyTorch 2.15.0, Python 3.10 or later.

The contrast is CUT's (`reference_cut.py`) between two views of one image. Inpainting follows the description in UVCGAN's paper: blocks are
hidden, and the mean absolute difference counts all of the image.
"""

from dataclasses import dataclass

import torch
from reference_cut import Positions, Projection, features, patch_nce, straight
from torch import Tensor, nn


@dataclass
class Options:
    task: str = "contrastive"
    nce_weight: float = 1.0
    reconstruction_weight: float = 10.0
    temperature: float = 0.07
    layers: tuple[int, ...] = (0, 4, 7, 10, 11)
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)


def view(images: Tensor, brightness: Tensor, saturation: Tensor, contrast: Tensor, noise: Tensor) -> Tensor:
    """Images in other colours and with noise; the numbers are one for each image."""
    brightness, saturation, contrast = (value.to(images).view(-1, 1, 1, 1) for value in (brightness, saturation, contrast))
    bright = images + brightness
    grey = bright.mean(1, keepdim=True)
    coloured = torch.lerp(grey.expand_as(bright), bright, saturation)
    mean = coloured.mean((1, 2, 3), keepdim=True)
    return (mean + contrast * (coloured - mean) + noise.to(images)).clamp(-1, 1)


def hide(images: Tensor, blocks: list[list[int]], side: int) -> Tensor:
    """Images with zeros in some squares of `side` pixels, counted in rows; those at the right and lower edge may be cut off."""
    height, width = images.shape[2:]
    rows, columns = -(-height // side), -(-width // side)
    kept = torch.ones(len(images), rows * columns, dtype=images.dtype)
    for row, hidden in zip(kept, blocks):
        row[hidden] = 0
    large = kept.view(-1, 1, rows, columns).repeat_interleave(side, 2).repeat_interleave(side, 3)
    return images * large[:, :, :height, :width]


class Pretraining:
    """A generator and, for the contrast, a projection for each domain; one optimiser for all generators, one for all projections."""

    def __init__(self, generators: dict[str, nn.Module], projections: dict[str, Projection], options: Options):
        self.generators, self.projections, self.options = generators, projections, options
        trained = [networks for networks in (generators, projections) if networks]
        self.optimizers = [
            torch.optim.Adam([p for net in nets.values() for p in net.parameters()], lr=options.learning_rate, betas=options.betas)
            for nets in trained
        ]

    def contrast(self, domain: str, query: Tensor, key: Tensor, positions: Positions) -> Tensor:
        """Telling what the generator sees in one view from what it sees at other places of the other view; weighted."""
        generator, project, options = self.generators[domain], self.projections[domain], self.options
        queries = project([straight(feature) for feature in features(generator, query, options.layers)], positions)
        with torch.no_grad():
            keys = project(features(generator, key, options.layers), positions)
        losses = [patch_nce(q, k, options.temperature, len(query)).mean() for q, k in zip(queries, keys)]
        return options.nce_weight * sum(losses) / len(losses)

    def step(self, inputs: dict[str, tuple[Tensor, ...]], positions: dict[str, Positions]) -> dict[str, Tensor]:
        """inputs: of each domain both views, or images with holes and as they are. Returns the losses from before the update."""
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        losses = {}
        for domain, generator in self.generators.items():
            first, second = inputs[domain]
            contrastive = self.options.task == "contrastive"
            if contrastive:
                losses[f"nce{domain}"] = self.contrast(domain, first, second, positions[domain])
            wanted = first if contrastive else second
            difference = (generator(first) - wanted).abs().mean()
            losses[f"reconstruction{domain}"] = self.options.reconstruction_weight * difference
        sum(losses.values()).backward()
        for optimizer in self.optimizers:
            optimizer.step()
        return {name: value.detach() for name, value in losses.items()}
