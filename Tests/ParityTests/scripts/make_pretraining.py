"""Golden/pretraining.json and pretraining/: steps of small generators that learn from images alone. PyTorch 2.15.0, seed 90.

`make_step.py` comes first: the images are its step/images.safetensors.
"""

import torch
from golden import FOLDER, gradients, load, randomize, save_json, save_tensors, small, state, sums
from reference_cut import Projection
from reference_models import ResnetGenerator
from reference_pretraining import Options, Pretraining, hide, view
from safetensors.torch import load_file

BLOCKS, NGF, WIDTH, STEPS, PATCHES, SIZE, BATCH = 2, 4, 16, 3, 24, 32, 2
CHANNELS = (3, 2 * NGF, 4 * NGF, 4 * NGF, 4 * NGF)
# Positions in each layer for images of 32x32 pixels; the first has a border of 3.
SIZES = (38 * 38, 16 * 16, 8 * 8, 8 * 8, 8 * 8)
DOMAINS = ("A", "B")
# Tensors whose gradients in step 1 are stored whole: what both losses reach, and what the reconstruction alone does.
SHOWN = ("generatorAB.model.1.weight", "generatorAB.model.11.conv_block.5.weight", "generatorBA.model.19.weight",
         "projectionA.mlp_0.0.weight", "projectionB.mlp_4.2.weight")  # fmt: skip


def networks(contrastive: bool) -> dict[str, torch.nn.Module]:
    nets = {}
    for domain, name in zip(DOMAINS, ("generatorAB", "generatorBA")):
        nets[name] = ResnetGenerator(ngf=NGF, blocks=BLOCKS).double()
        if contrastive:
            nets[f"projection{domain}"] = Projection(CHANNELS, WIDTH).double()
    return nets


def draw(random: torch.Generator) -> dict:
    """What chance decides in one step for one domain. Noise is amplitude * sin(phase + i) for the i-th value of an image."""

    def uniform(low: float, high: float) -> float:
        return low + (high - low) * torch.rand((), generator=random, dtype=torch.float64).item()

    views = [
        [dict(brightness=uniform(-0.25, 0.25), saturation=uniform(0, 2), contrast=uniform(0.75, 1.25), amplitude=uniform(0, 0.2),
              phase=uniform(0, 6)) for _ in range(BATCH)] for _ in range(2)
    ]  # fmt: skip
    positions = [torch.randperm(size, generator=random)[:PATCHES].tolist() for size in SIZES]
    # A third of the 16 blocks of 8 pixels, and of the 49 of 5 pixels.
    blocks = {str(side): [torch.randperm((-(-SIZE // side)) ** 2, generator=random).tolist()[: 5 if side == 8 else 16]
                          for _ in range(BATCH)] for side in (8, 5)}  # fmt: skip
    return dict(views=views, positions=positions, blocks=blocks)


def seen(images: torch.Tensor, drawn: list[dict]) -> torch.Tensor:
    ramp = torch.arange(images[0].numel(), dtype=torch.float64).view(images[0].shape)
    noise = torch.stack([one["amplitude"] * torch.sin(one["phase"] + ramp) for one in drawn])
    numbers = (torch.tensor([one[name] for one in drawn], dtype=torch.float64) for name in ("brightness", "saturation", "contrast"))
    return view(images, *numbers, noise)


def run(label: str, options: Options, side=8, every=False) -> dict:
    """every: whether all positions are compared."""
    contrastive = options.task == "contrastive"
    nets = networks(contrastive)
    load(nets, WEIGHTS)
    projections = {domain: nets[f"projection{domain}"] for domain in DOMAINS} if contrastive else {}
    model, losses, more = Pretraining(dict(zip(DOMAINS, (nets["generatorAB"], nets["generatorBA"]))), projections, options), [], {}
    for index in range(STEPS):
        inputs, positions = {}, {}
        for domain in DOMAINS:
            images, drawn = IMAGES[f"images{domain}"][index * BATCH : (index + 1) * BATCH].double(), DRAWN[index][domain]
            positions[domain] = None if every else [torch.tensor(rows) for rows in drawn["positions"]]
            if contrastive:
                inputs[domain] = tuple(seen(images, drawn["views"][number]) for number in range(2))
            else:
                inputs[domain] = (hide(images, drawn["blocks"][str(side)], side), images)
        losses.append({name: value.item() for name, value in model.step(inputs, positions).items()})
        if index == 0 and label in ("contrastive", "inpainting"):
            first = gradients(nets)
            more["gradientSums"] = sums(first)
            save_tensors(f"pretraining/gradients-{label}.safetensors", small({key: first[key] for key in SHOWN if key in first}))
    return dict(
        name=label, task=options.task, nceWeight=options.nce_weight, reconstructionWeight=options.reconstruction_weight,
        temperature=options.temperature, learningRate=options.learning_rate, beta1=options.betas[0], beta2=options.betas[1],
        blockSide=side, blockCount=len(DRAWN[0]["A"]["blocks"][str(side)][0]), comparesAll=every, losses=losses,
        finalSums=sums(state(nets)), **more,
    )  # fmt: skip


IMAGES = load_file(FOLDER / "step" / "images.safetensors")
random = torch.Generator().manual_seed(90)
WEIGHTS = small(state({name: randomize(net, random) for name, net in networks(True).items()}))
save_tensors("pretraining/initial.safetensors", WEIGHTS)
DRAWN = [{domain: draw(random) for domain in DOMAINS} for _ in range(STEPS)]
RUNS = [
    run("contrastive", Options()),
    run("all-positions", Options(), every=True),
    run("uneven-weights", Options(nce_weight=3, reconstruction_weight=0.5, temperature=0.2)),
    run("inpainting", Options(task="inpainting")),
    run("cut-off-blocks", Options(task="inpainting", reconstruction_weight=2), side=5),
]
save_json("pretraining.json", dict(
    blocks=BLOCKS, ngf=NGF, width=WIDTH, patches=PATCHES, batchSize=BATCH, steps=STEPS, layers=list(Options().layers), drawn=DRAWN, runs=RUNS,
), indent=None)  # fmt: skip
