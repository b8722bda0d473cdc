"""Golden/cut.json and cut/: the contrastive loss, compared features and optimisation steps of small CUTs. PyTorch 2.15.0, seed 70.

`make_step.py` comes first: the images are its step/images.safetensors.
"""

import torch
from golden import FOLDER, coarse, gradients, load, randomize, save_json, save_tensors, small, state, sums
from reference_cut import CUT, AntialiasedPatchDiscriminator, Options, Projection, fast_cut, features, patch_nce, straight
from reference_options import resnet
from safetensors.torch import load_file

BLOCKS, NGF, NDF, WIDTH, STEPS, PATCHES = 2, 4, 2, 16, 3, 24
LAYERS = (0, 4, 8, 12, 13)
CHANNELS = (3, 2 * NGF, 4 * NGF, 4 * NGF, 4 * NGF)
# Positions in each layer for images of 32x32 pixels; the first has a border of 3.
SIZES = (38 * 38, 32 * 32, 16 * 16, 8 * 8, 8 * 8)
# Tensors whose gradients in step 1 are stored whole. The bias stands before a norm: only the contrastive loss sees it.
SHOWN = ("generator.model.1.weight", "generator.model.4.bias", "generator.model.12.conv_block.5.weight", "generator.model.23.weight",
         "discriminator.model.0.weight", "discriminator.model.14.weight", "projection.mlp_0.0.weight", "projection.mlp_4.2.weight")  # fmt: skip


def lively(net: torch.nn.Module, random: torch.Generator) -> torch.nn.Module:
    filters = {key: value.clone() for key, value in net.state_dict().items() if key.endswith("filt")}
    randomize(net, random).load_state_dict(filters, strict=False)
    return net


def faint(net: Projection, random: torch.Generator) -> Projection:
    """Weights as small as CUT's initial ones, so that epsilon shows."""
    with torch.no_grad():
        for tensor in net.parameters():
            deviation = 0.02 * (2 / sum(tensor.shape)) ** 0.5 if tensor.dim() == 2 else 1e-4
            tensor.copy_((deviation * torch.randn(tensor.shape, generator=random, dtype=torch.float64)).float())
    return net


def networks(norm: str) -> dict[str, torch.nn.Module]:
    return {
        "generator": resnet(BLOCKS, ngf=NGF, norm=norm, antialias=True).double(),
        "discriminator": AntialiasedPatchDiscriminator(ndf=NDF, norm=norm).double(),
        "projection": Projection(CHANNELS, WIDTH).double(),
    }


def initial(norm: str, seed: int) -> dict[str, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    nets = networks(norm)
    for name, net in nets.items():
        (faint if name == "projection" else lively)(net, random)
    return small(state(nets))


def run(label: str, options: Options, norm="instance", dtype=torch.float64, batch=1, positions=None, flips=(False,) * STEPS) -> dict:
    """positions: [steps, 2, layers, patches], of both images in that order, or None for all."""
    nets = networks(norm)
    load(nets, WEIGHTS[norm])
    for net in nets.values():
        net.to(dtype).train()
    model, losses, first = CUT(*nets.values(), options), [], {}
    for index in range(STEPS):
        part = slice(index * batch, (index + 1) * batch)
        real_a, real_b = (IMAGES[name][part].to(dtype) for name in ("imagesA", "imagesB"))
        chosen = (None, None) if positions is None else (list(rows) for rows in positions[index])
        result = model.step(real_a, real_b, *chosen, flips[index])
        losses.append({name: value.item() for name, value in result.items()})
        if index == 0:
            first = gradients(nets)
    more = {}
    if label in ("cut", "fastcut"):
        more["gradientSums"] = sums(first)
        save_tensors(f"cut/final-{label}.safetensors", small(state(nets)))
        save_tensors(f"cut/gradients-{label}.safetensors", small({key: first[key] for key in SHOWN}))
    return dict(
        name=label, dtype=str(dtype).removeprefix("torch."), batchSize=batch, norm=norm, ganMode=options.gan_mode,
        adversarialWeight=options.adversarial_weight, nceWeight=options.nce_weight, identity=options.identity,
        flipEquivariance=options.flip_equivariance, temperature=options.temperature, negativesFromBatch=options.negatives_from_batch,
        learningRate=options.learning_rate, beta1=options.betas[0], beta2=options.betas[1], positions=positions is not None,
        flips=list(flips), losses=losses, finalSums=sums(state(nets)), **more,
    )  # fmt: skip


def loss_alone(random: torch.Generator) -> None:
    """Two images with seven patches each: value, gradient of the mean by the queries and by what they are made unit vectors from."""
    queries, keys = (coarse((14, 5), random) + 1 / 256 for _ in range(2))
    tensors = {"queries": queries, "keys": keys}
    for name, groups in (("image", 2), ("batch", 1)):
        raw = queries.clone().requires_grad_()
        losses = patch_nce(raw, keys, 0.07, groups)
        losses.mean().backward()
        tensors |= {f"{name}.losses": losses, f"{name}.gradient": raw.grad}
    save_tensors("cut/loss.safetensors", tensors)


def projection_alone(random: torch.Generator) -> None:
    """Maps of two images to unit vectors, at all positions and at some; the loss is the mean of vectors * weighting."""
    net = faint(Projection([3, 4], 8).double(), random)
    maps = [coarse((2, 3, 4, 5), random), coarse((2, 4, 2, 3), random)]
    positions = [torch.tensor([7, 0, 19, 4]), torch.tensor([5, 2, 1])]
    tensors = {f"state.{key}": value.float() for key, value in net.state_dict().items()}
    tensors |= {f"feature.{index}": feature.float() for index, feature in enumerate(maps)}
    tensors |= {f"positions.{index}": rows for index, rows in enumerate(positions)}
    for name, rows in (("all", None), ("some", positions)):
        net.zero_grad()
        leaves = [feature.clone().requires_grad_() for feature in maps]
        vectors = net(leaves, rows)
        weightings = [coarse(tuple(value.shape), random) for value in vectors]
        sum((value * weighting).mean() for value, weighting in zip(vectors, weightings)).backward()
        for index, (leaf, value, weighting) in enumerate(zip(leaves, vectors, weightings)):
            tensors |= {f"{name}.weighting.{index}": weighting.float(), f"{name}.vectors.{index}": value}
            tensors |= {f"{name}.featureGradient.{index}": leaf.grad}
        tensors |= {f"{name}.gradient.{key}": p.grad for key, p in net.named_parameters()}
    save_tensors("cut/projection.safetensors", tensors)


def features_alone(label: str, random: torch.Generator, layers: tuple[int, ...], **options) -> dict:
    """What the layers hand on, and the gradient of sum(mean(feature * weighting)) for one image: see `straight`."""
    net = lively(resnet(2, ngf=1, **options).double(), random)
    image = coarse((1, 3, 12, 16), random).requires_grad_()
    maps = [straight(feature) for feature in features(net, image, layers)]
    weightings = [coarse(tuple(feature.shape), random) for feature in maps]
    # As vectors of patches they are multiplied, so that their gradients come back transposed.
    rows = [[tensor.flatten(2).transpose(1, 2) for tensor in tensors] for tensors in (maps, weightings)]
    sum((vectors * weighting.contiguous()).mean() for vectors, weighting in zip(*rows)).backward()
    tensors = {f"state.{key}": value for key, value in net.state_dict().items()} | {"image": image, "imageGradient": image.grad}
    for index, (feature, weighting) in enumerate(zip(maps, weightings)):
        tensors |= {f"feature.{index}": feature, f"weighting.{index}": weighting}
    tensors |= {f"gradient.{key}": p.grad for key, p in net.named_parameters() if p.grad is not None}
    save_tensors(f"cut/features-{label}.safetensors", small(tensors))
    return dict(name=label, layers=list(layers), norm=options.get("norm", "instance"), antialias=options["antialias"])


IMAGES = load_file(FOLDER / "step" / "images.safetensors")
WEIGHTS = {"instance": initial("instance", 71), "batch": initial("batch", 72)}
for norm, value in WEIGHTS.items():
    save_tensors(f"cut/initial-{norm}.safetensors", value)
random = torch.Generator().manual_seed(70)
DRAWN = torch.stack([
    torch.stack([torch.stack([torch.randperm(size, generator=random)[:PATCHES] for size in SIZES]) for _ in range(2)]) for _ in range(STEPS)
])  # fmt: skip
save_tensors("cut/positions.safetensors", {"positions": DRAWN})
loss_alone(random)
projection_alone(random)
FEATURES = [
    features_alone("antialias", random, LAYERS, antialias=True),
    # Layer 8 is a norm right before a ReLU that works in place; 12 is the first upsampling.
    features_alone("plain", random, (0, 4, 8, 10, 12), antialias=False),
    features_alone("antialias-none", random, LAYERS, antialias=True, norm="none"),
]

FLIPS = (True, False, True)
usual, fast = Options(layers=LAYERS), fast_cut(layers=LAYERS)
RUNS = [
    run("cut", usual),
    run("cut-float32", usual, dtype=torch.float32),
    run("cut-positions", usual, positions=DRAWN),
    run("fastcut", fast, flips=FLIPS),
    run("fastcut-float32", fast, dtype=torch.float32, flips=FLIPS),
    run("fastcut-positions", fast, positions=DRAWN, flips=FLIPS),
    run("two-images", usual, batch=2, positions=DRAWN),
    run("negatives-from-batch", Options(layers=LAYERS, negatives_from_batch=True), batch=2, positions=DRAWN),
    run("identity-and-flip", Options(layers=LAYERS, flip_equivariance=True), positions=DRAWN, flips=FLIPS),
    run("uneven-weights", Options(layers=LAYERS, adversarial_weight=0.5, nce_weight=3, temperature=0.2), positions=DRAWN),
    run("batch-norm", usual, norm="batch", batch=2, positions=DRAWN),
]
save_json("cut.json", dict(
    blocks=BLOCKS, ngf=NGF, ndf=NDF, layers=3, width=WIDTH, size=32, steps=STEPS, nceLayers=list(LAYERS), features=FEATURES, runs=RUNS,
), indent=None)  # fmt: skip
