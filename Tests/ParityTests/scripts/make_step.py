"""Golden/step/: optimisation steps of small CycleGANs, in float64 and float32. PyTorch 2.15.0, seed 40.

Every run is described in step.json: its options, its losses step by step, and for each network the sum and the sum of squares of
every final tensor. Weights before and after are in *.safetensors.
"""

import torch
from golden import coarse, randomize, save_json, save_tensors
from reference_models import discriminator, generator
from reference_step import CycleGAN, Options

BLOCKS, NGF, NDF, SIZE, STEPS = 2, 4, 4, 32, 10
NETWORKS = ("generatorAB", "generatorBA", "discriminatorA", "discriminatorB")


def networks(norm: str) -> dict[str, torch.nn.Module]:
    build = {"generator": lambda: generator(f"resnet{BLOCKS}", NGF, norm), "discriminator": lambda: discriminator("patch3", NDF, norm)}
    return {name: build[name[:-1] if name.startswith("d") else name[:-2]]().double() for name in NETWORKS}


def initial(norm: str, seed: int) -> dict[str, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    return {
        f"{name}.{key}": value.float() if value.is_floating_point() else value
        for name, net in networks(norm).items()
        for key, value in randomize(net, random).state_dict().items()
    }


def final(model: CycleGAN) -> dict[str, torch.Tensor]:
    return {f"{name}.{key}": value.detach().clone() for name, net in model.networks.items() for key, value in net.state_dict().items()}


def run(weights, images, options, norm="instance", dtype=torch.float64, steps=STEPS, batch=1):
    """Returns the losses of every step, and the weights after the first and after the last."""
    nets = networks(norm)
    for name, net in nets.items():
        net.load_state_dict({key.removeprefix(name + "."): value for key, value in weights.items() if key.startswith(name + ".")})
        net.to(dtype).train()
    model, losses, first = CycleGAN(*nets.values(), options), [], {}
    for index in range(steps):
        part = slice(index * batch, (index + 1) * batch)
        result = model.step(images["imagesA"][part].to(dtype), images["imagesB"][part].to(dtype))
        losses.append({name: value.item() for name, value in result.items()})
        if index == 0:
            first = final(model)
    return losses, first, final(model)


def described(label: str, options: Options, norm="instance", dtype="float64", steps=STEPS, batch=1, **outcome):
    return dict(
        name=label, dtype=dtype, steps=steps, batchSize=batch, norm=norm, ganMode=options.gan_mode,
        cycleWeightA=options.cycle_weight_a, cycleWeightB=options.cycle_weight_b, identityWeight=options.identity_weight,
        learningRate=options.learning_rate, beta1=options.betas[0], beta2=options.betas[1], **outcome,
    )  # fmt: skip


def sums(weights: dict[str, torch.Tensor]) -> dict[str, list[float]]:
    return {key: [value.double().sum().item(), value.double().square().sum().item()] for key, value in weights.items()}


random = torch.Generator().manual_seed(40)
pictures = {name: coarse((STEPS, 3, SIZE, SIZE), random) for name in ("imagesA", "imagesB")}
# Smooth and different in colour, so that there is something to learn.
kernel = torch.ones(3, 1, 7, 7, dtype=torch.float64) / 49
tint = {"imagesA": torch.tensor([0.4, 0.0, -0.3]), "imagesB": torch.tensor([-0.2, 0.3, 0.1])}
for name, noise in pictures.items():
    smooth = torch.nn.functional.conv2d(noise, kernel, padding=3, groups=3) * 4 + tint[name].double()[None, :, None, None]
    pictures[name] = (smooth.clamp(-1, 1) * 128).round() / 128
save_tensors("step/images.safetensors", {name: value.float() for name, value in pictures.items()})

weights = {"instance": initial("instance", 41), "batch": initial("batch", 42)}
for norm, value in weights.items():
    save_tensors(f"step/initial-{norm}.safetensors", value)

runs = []
for dtype in (torch.float64, torch.float32):
    label = str(dtype).removeprefix("torch.")
    losses, first, last = run(weights["instance"], pictures, Options(), dtype=dtype)
    # The float64 weights are the truth for a float32 run too, but ten steps let rounding grow; after one it shows clearly.
    if dtype == torch.float64:
        save_tensors("step/final-float64.safetensors", last)
    else:
        save_tensors("step/first-float32.safetensors", first)
    runs.append(described(label, Options(), dtype=label, losses=losses, finalSums=sums(last)))

VARIANTS = {
    "vanilla": (Options(gan_mode="vanilla"), {}),
    "hinge": (Options(gan_mode="hinge"), {}),
    "no-identity": (Options(identity_weight=0), {}),
    "uneven-weights": (Options(cycle_weight_a=4, cycle_weight_b=12, identity_weight=0.25), {}),
    "batch-of-two": (Options(), dict(batch=2)),
    "batch-norm": (Options(), dict(norm="batch")),
}
for label, (options, settings) in VARIANTS.items():
    settings = dict(steps=3) | settings
    losses, _, last = run(weights[settings.get("norm", "instance")], pictures, options, **settings)
    runs.append(described(label, options, **settings, losses=losses, finalSums=sums(last)))

save_json("step.json", dict(blocks=BLOCKS, ngf=NGF, ndf=NDF, layers=3, size=SIZE, runs=runs))
