"""Golden/options/*.safetensors and options.json: networks with options, in float64. PyTorch 2.15.0, scikit-image 0.25 or later, seed 40.

Generators and a discriminator with spectral norm: state, input, output and gradients. The discriminator runs three times in training
mode. `penalty-*` hold the gradients of a gradient penalty, mean((|d score / d input| - 1)^2). `ssim`: scikit-image's index.
"""

import warnings

import torch
from golden import coarse, randomize, save_json, save_tensors
from reference_models import PatchDiscriminator
from reference_options import resnet, spectral
from skimage.metrics import structural_similarity

warnings.filterwarnings("ignore", category=FutureWarning)

# name: blocks, width, image channels, input [N, H, W], and the options as in the program's configuration
GENERATORS = {
    "down1": (2, 1, 1, (1, 12, 14), dict(downsamplings=1)),
    "down3": (1, 1, 1, (1, 24, 16), dict(downsamplings=3)),
    "resize": (2, 1, 2, (1, 16, 12), dict(upsampling="resize")),
    "pixelshuffle": (2, 1, 2, (1, 12, 16), dict(upsampling="pixelshuffle")),
    "antialias": (2, 1, 3, (1, 16, 12), dict(antialias=True)),
    "antialias-resize": (1, 1, 1, (1, 16, 12), dict(antialias=True, upsampling="resize")),
    "attention": (1, 5, 1, (2, 8, 6), dict(downsamplings=1, attentionScales=[2, 1])),
    "light": (2, 2, 2, (2, 12, 16), dict(architecture="mobile2")),
    "widths": (2, 3, 2, (1, 16, 12), dict(widths=dict(encoder=[3, 2, 5], blocks=[4, 1], decoder=[3, 2]))),
    "light-widths": (2, 1, 2, (1, 12, 16), dict(architecture="mobile2", widths=dict(encoder=[1, 3, 4], blocks=[2, 6], decoder=[3, 2]))),
    "resize-widths": (1, 2, 1, (1, 12, 12), dict(upsampling="resize", widths=dict(encoder=[2, 3, 4], blocks=[3], decoder=[5, 2]))),
    "shuffle-widths": (1, 2, 1, (1, 12, 12), dict(upsampling="pixelshuffle", widths=dict(encoder=[2, 3, 4], blocks=[3], decoder=[2, 3]))),
    "antialias-widths": (1, 2, 1, (1, 12, 12), dict(antialias=True, widths=dict(encoder=[2, 3, 4], blocks=[3], decoder=[5, 2]))),
}


def small(tensors: dict, prefix: str) -> dict:
    """What is only compared to a relative 1e-6 is stored in float32."""
    return {f"{prefix}{key}": value.float() for key, value in tensors.items()}


def gradients(net) -> dict:
    return small({key: parameter.grad for key, parameter in net.named_parameters()}, "gradient.")


def generator(name: str, seed: int) -> dict:
    blocks, width, channels, (count, height, image_width), options = GENERATORS[name]
    random = torch.Generator().manual_seed(seed)
    net = resnet(
        blocks, channels, width, "instance", options.get("downsamplings", 2), options.get("upsampling", "deconv"),
        options.get("antialias", False), options.get("attentionScales", ()), options.get("widths"), "architecture" in options,
    ).double()  # fmt: skip
    filters = {key: value.clone() for key, value in net.state_dict().items() if key.endswith("filt")}
    randomize(net, random).load_state_dict(filters, strict=False)
    x = coarse((count, channels, height, image_width), random).requires_grad_()
    output = net(x)
    weighting = coarse(tuple(output.shape), random)
    loss = (output * weighting).mean()
    loss.backward()
    tensors = small(net.state_dict(), "state.") | gradients(net)
    tensors |= {"input": x.float(), "weighting": weighting.float(), "loss": loss, "output": output.float(), "inputGradient": x.grad.float()}
    save_tensors(f"options/{name}.safetensors", tensors)
    configuration = dict(
        architecture=f"resnet{blocks}", inputChannels=channels, outputChannels=channels, filters=width, normalization="instance",
        usesDropout=False,
    )  # fmt: skip
    return dict(file=name, configuration=configuration | options, keys=[[key, list(value.shape)] for key, value in net.state_dict().items()])


def penalty(net, x: torch.Tensor) -> torch.Tensor:
    (slope,) = torch.autograd.grad(net(x).sum(), x, create_graph=True)
    return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()


def discriminator(name: str, net, random: torch.Generator) -> None:
    randomize(net, random).train()
    x = coarse((2, 2, 16, 12), random).requires_grad_()
    state = small(net.state_dict(), "state.")
    # Three forward passes, of which one graph is kept for each: each must see its own u and v.
    outputs = [net(x) for _ in range(3)]
    weighting = coarse(tuple(outputs[0].shape), random)
    loss = sum((output * weighting * (index + 1)).mean() for index, output in enumerate(outputs))
    loss.backward()
    tensors = state | gradients(net)
    tensors |= {"input": x.float(), "weighting": weighting.float(), "loss": loss, "output": outputs[2].float(), "inputGradient": x.grad.float()}
    tensors |= small(dict(net.named_buffers()), "stateAfter.")
    net.zero_grad()
    x.grad = None
    value = penalty(net, x)
    value.backward()
    tensors |= {"penalty": value} | small({key: p.grad for key, p in net.named_parameters() if p.grad is not None}, "penaltyGradient.")
    with torch.no_grad():
        tensors["evaluationOutput"] = net.eval()(x)
    save_tensors(f"options/{name}.safetensors", tensors)


def ssim(random: torch.Generator) -> None:
    tensors, results = {}, {}
    for name, shape in {"large": (2, 3, 19, 24), "small": (1, 1, 8, 30)}.items():
        first = coarse(shape, random)
        second = 0.7 * first + 0.3 * coarse(shape, random)
        tensors |= {f"{name}.first": first.float(), f"{name}.second": second.float()}
        # The window of a small image is the largest odd one that fits: 7 pixels for 8, that is a Gaussian cut at two deviations.
        side = min(11, *[s - (s + 1) % 2 for s in shape[2:]])
        values = []
        for a, b in zip(first.float().double().numpy(), second.float().double().numpy()):
            values.append(structural_similarity(
                a, b, channel_axis=0, data_range=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
            ) if side == 11 else cropped(a, b, side))  # fmt: skip
        results[f"{name}.ssim"] = torch.tensor(values, dtype=torch.float64)
    save_tensors("options/ssim.safetensors", tensors | results)


def cropped(first, second, side: int) -> float:
    """scikit-image takes 11 pixels only; for a smaller window its map comes from scipy's filter, without a border of half a window."""
    from scipy.ndimage import gaussian_filter

    radius = side // 2
    values = []
    for x, y in zip(first, second):
        mean = lambda image: gaussian_filter(image, 1.5, radius=radius)[radius:-radius, radius:-radius]  # noqa: E731
        mx, my = mean(x), mean(y)
        top = (2 * mx * my + 0.02**2) * (2 * (mean(x * y) - mx * my) + 0.06**2)
        values.append((top / ((mx**2 + my**2 + 0.02**2) * (mean(x * x) - mx**2 + mean(y * y) - my**2 + 0.06**2))).mean())
    return sum(values) / len(values)


index = [generator(name, 40 + number) for number, name in enumerate(GENERATORS)]
save_json("options.json", index, indent=None)
random = torch.Generator().manual_seed(60)
discriminator("patch", PatchDiscriminator(2, 2, 2).double(), random)
discriminator("patch-spectral", spectral(PatchDiscriminator(2, 2, 2)).double(), random)
ssim(random)
