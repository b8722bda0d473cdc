"""Golden/multicycle.json and multicycle/: optimisation steps of cycles between three domains. PyTorch 2.15.0, seed 95.

`make_step.py` comes first: the images are its step/images.safetensors, of which the third domain has mirrored ones.
"""

import torch
from golden import FOLDER, load, randomize, save_json, save_tensors, small, state, sums
from reference_multicycle import MultiCycle, Options, networks
from safetensors.torch import load_file

NGF, NDF, BLOCKS, SHARED, STEPS = 2, 2, 3, 1, 4
DOMAINS = ["A", "B", "C"]
SHOWN = ("middle.model.11.conv_block.1.weight", "encoder_A.model.1.weight", "decoder_B.model.13.weight", "discriminator_C.model.0.weight")

IMAGES = load_file(FOLDER / "step" / "images.safetensors")
SIDE = IMAGES["imagesA"].shape[-1]
random = torch.Generator().manual_seed(95)
NETS = {name: randomize(net.double(), random) for name, net in networks(DOMAINS, NGF, NDF, BLOCKS, SHARED).items()}
INITIAL = small(state(NETS))
save_tensors("multicycle/initial.safetensors", INITIAL)


def run(label: str, orders: list[list[str]], options: Options) -> dict:
    nets = {name: net.double().train() for name, net in networks(DOMAINS, NGF, NDF, BLOCKS, SHARED).items()}
    load(nets, INITIAL)
    model = MultiCycle(nets, options)
    losses, more = [], {}
    for index in range(STEPS):
        a, b = (IMAGES[name][index : index + 1].double() for name in ("imagesA", "imagesB"))
        images = dict(zip(DOMAINS, (a, b, a.flip(3))))
        result = model.step({domain: images[domain] for domain in orders[index]})
        losses.append({name: value.item() for name, value in result.items()})
        if index == 0:
            first = taken(nets)
            more["gradientSums"] = sums(first)
            save_tensors(f"multicycle/gradients-{label}.safetensors", small({key: first[key] for key in SHOWN if key in first}))
    return dict(name=label, orders=orders, frozen=list(options.frozen), losses=losses, finalSums=sums(state(nets)), **more)


def taken(nets: dict[str, torch.nn.Module]) -> dict[str, torch.Tensor]:
    """The gradients of what took part."""
    return {f"{name}.{key}": p.grad.clone() for name, net in nets.items() for key, p in net.named_parameters() if p.grad is not None}


PAIRS = [["A", "B"], ["B", "C"], ["A", "C"], ["A", "B"]]
RUNS = [
    run("pairs", PAIRS, Options()),
    run("three", [["A", "B", "C"], ["A", "C", "B"], ["B", "A", "C"], ["C", "A", "B"]], Options()),
    run("frozen", [["A", "C"], ["B", "C"], ["A", "C"], ["B", "C"]], Options(frozen=("A", "B"))),
]
save_json("multicycle.json", dict(ngf=NGF, ndf=NDF, blocks=BLOCKS, sharedBlocks=SHARED, side=SIDE, runs=RUNS))
