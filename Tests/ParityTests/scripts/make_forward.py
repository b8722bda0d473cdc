"""Golden/forward/*.safetensors and forward.json: outputs and gradients of every architecture, in float64. PyTorch 2.15.0, seed 20.

The loss is mean(output * weighting); `weighting` broadcasts. With batch norm the network runs in training mode on its own
running statistics, which are stored afterwards, and then once more in evaluation mode.
"""

import torch
from golden import coarse, randomize, save_json, save_tensors
from reference_models import discriminator, generator

NORMS = ("instance", "batch", "none")
# name: width, image channels, input [N, H, W]
SHAPES = {
    "resnet9": (1, 3, (2, 16, 20)),
    "resnet6": (1, 3, (2, 20, 16)),
    "unet128": (1, 1, (1, 128, 128)),
    "unet256": (1, 1, (1, 256, 256)),
    "patch3": (2, 3, (2, 32, 32)),
    "patch5": (1, 1, (1, 96, 128)),
    "pixel": (4, 3, (2, 6, 10)),
}
# A result with more numbers than this is stored as its means along rows and along columns, but for one file.
LARGE, STORED_WHOLE = 10_000, "unet128-instance"


def build(name: str, norm: str, width: int, channels: int):
    if is_generator(name):
        return generator(name, width, norm, input_channels=channels, output_channels=channels)
    return discriminator(name, width, norm, input_channels=channels)


def is_generator(name: str) -> bool:
    return name.startswith(("resnet", "unet"))


def golden(name: str, norm: str, seed: int) -> dict:
    label = f"{name}-{norm}"
    width, channels, (count, height, image_width) = SHAPES[name]
    random = torch.Generator().manual_seed(seed)
    net = randomize(build(name, norm, width, channels).double(), random).train()
    x = coarse((count, channels, height, image_width), random).requires_grad_()
    state = {key: value.clone() for key, value in net.state_dict().items()}

    output = net(x)
    # One column of weights for the big outputs of the U-Nets; the gradients still differ in every pixel.
    weighting = coarse((1, *output.shape[1:3], 1 if name.startswith("unet") else output.shape[3]), random)
    loss = (output * weighting).mean()
    loss.backward()

    tensors = {f"state.{key}": value.float() if value.is_floating_point() else value for key, value in state.items()}
    tensors |= {"input": x.float(), "weighting": weighting.float(), "loss": loss}
    tensors |= {f"gradient.{key}": parameter.grad for key, parameter in net.named_parameters()}
    results = {"output": output, "inputGradient": x.grad}
    if norm == "batch":
        changed = {key: value for key, value in net.state_dict().items() if "running" in key or "tracked" in key}
        tensors |= {f"stateAfter.{key}": value for key, value in changed.items()}
        with torch.no_grad():
            results["evaluationOutput"] = net.eval()(x)
    for key, value in results.items():
        if value.numel() <= LARGE or label == STORED_WHOLE:
            tensors[key] = value
        else:
            tensors |= {f"{key}.rowMeans": value.mean(3), f"{key}.columnMeans": value.mean(2)}
    save_tensors(f"forward/{label}.safetensors", tensors)
    print(f"  output {tuple(output.shape)}, standard deviation {output.std(correction=0):.3f}, loss {loss:.4f}")
    return dict(
        file=label, kind="generator" if is_generator(name) else "discriminator", name=name, norm=norm, width=width,
        channels=channels, input=list(x.shape), output=list(output.shape),
    )  # fmt: skip


index = []
for number, name in enumerate(SHAPES):
    for norm in NORMS if name != "unet256" else ("instance",):
        index.append(golden(name, norm, 20 + number))
save_json("forward.json", index)
