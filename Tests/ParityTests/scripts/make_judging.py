"""Golden/judging/: differentiable augmentation and gradient penalties. PyTorch 2.15.0, seed 60.

augmentation.safetensors: images, weighting, output and the gradient of sum(output * weighting); augmentation.json: what was drawn for each image.
penalty.safetensors: a discriminator (patch2, ndf 4, instance norm), real and fake images, the share of the real image in each mixture, and
for every kind of penalty its value and the gradients of the discriminator's parameters.
"""

import torch
from golden import coarse, randomize, save_json, save_tensors
from reference_models import discriminator
from torch.nn import functional as F

random = torch.Generator().manual_seed(60)


def augment(image: torch.Tensor, draw: dict) -> torch.Tensor:
    """One image [C, H, W] by the published order: brightness, saturation, contrast, translation by whole pixels, cutout."""
    channels, height, width = image.shape
    image = image + draw["brightness"]
    grey = image.mean(0, keepdim=True)
    image = grey + draw["saturation"] * (image - grey)
    level = image.mean()
    image = level + draw["contrast"] * (image - level)
    rows = torch.arange(height) - draw["shiftY"]
    columns = torch.arange(width) - draw["shiftX"]
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None, :]
    image = image[:, rows.clamp(0, height - 1)][:, :, columns.clamp(0, width - 1)] * inside
    hole_height, hole_width = int(height * 0.5 + 0.5), int(width * 0.5 + 0.5)
    y, x = torch.arange(height), torch.arange(width)
    hole = ((y >= draw["cutY"]) & (y < draw["cutY"] + hole_height))[:, None] & ((x >= draw["cutX"]) & (x < draw["cutX"] + hole_width))[None, :]
    return image * ~hole


def augmentation() -> None:
    draws = [
        dict(brightness=0.25, saturation=0.5, contrast=1.25, shiftX=2, shiftY=-1, cutX=-3, cutY=5),
        dict(brightness=-0.5, saturation=2.0, contrast=0.5, shiftX=-3, shiftY=2, cutX=12, cutY=-8),
        dict(brightness=0.125, saturation=1.5, contrast=1.0, shiftX=0, shiftY=0, cutX=15, cutY=11),
    ]
    images, weighting = coarse((3, 3, 15, 20), random), coarse((3, 3, 15, 20), random)
    images.requires_grad_()
    output = torch.stack([augment(image, draw) for image, draw in zip(images, draws)])
    (output * weighting).sum().backward()
    save_json("judging/augmentation.json", draws)
    save_tensors("judging/augmentation.safetensors", dict(images=images, weighting=weighting, output=output, gradient=images.grad))


def penalty() -> None:
    net = randomize(discriminator("patch2", 4).double(), random)
    real, fake, shares = coarse((2, 3, 16, 24), random), coarse((3, 3, 16, 24), random), torch.rand(2, 1, 1, 1, generator=random).double()
    tensors = {f"state.{key}": value for key, value in net.state_dict().items()} | dict(real=real, fake=fake, shares=shares)
    for kind in ("wgan-gp", "zero-centered", "r1"):
        points = real.clone() if kind == "r1" else shares * real + (1 - shares) * fake[:2]
        points.requires_grad_()
        scores = net(points)
        (gradient,) = torch.autograd.grad(scores, points, torch.ones_like(scores), create_graph=True)
        norms = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
        value = {"wgan-gp": ((norms - 1) ** 2).mean(), "zero-centered": (norms**2).mean(), "r1": 0.5 * (norms**2).mean()}[kind]
        # A bias after which an instance norm follows has no effect: its gradient is missing or zero.
        parameters = dict(net.named_parameters())
        gradients = torch.autograd.grad(value, list(parameters.values()), allow_unused=True)
        tensors[f"{kind}.value"] = value
        for name, result in zip(parameters, gradients):
            tensors[f"{kind}.gradient.{name}"] = torch.zeros_like(parameters[name]) if result is None else result
    save_tensors("judging/penalty.safetensors", tensors)


augmentation()
penalty()
