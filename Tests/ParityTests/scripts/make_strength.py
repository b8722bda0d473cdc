"""Golden/strength.json and strength/: optimisation steps of a small CycleGAN with a strength. PyTorch 2.15.0, seed 97.

`make_step.py` comes first: the images are its step/images.safetensors.
"""

import torch
from golden import FOLDER, gradients, load, randomize, save_json, save_tensors, small, state, sums
from reference_models import PatchDiscriminator
from reference_step import Options
from reference_strength import StrongCycleGAN, StrongGenerator
from safetensors.torch import load_file

NGF, NDF, BLOCKS, STEPS, BATCH, STRENGTH_WEIGHT = 2, 2, 1, 3, 2, 1.5
SHOWN = ("generatorAB.model.2.condition_weight", "generatorBA.model.1.weight", "discriminatorB.model.0.weight")

IMAGES = load_file(FOLDER / "step" / "images.safetensors")
random = torch.Generator().manual_seed(97)


def networks() -> dict[str, torch.nn.Module]:
    nets = {name: StrongGenerator(NGF, BLOCKS).double() for name in ("generatorAB", "generatorBA")}
    return nets | {name: PatchDiscriminator(ndf=NDF).double() for name in ("discriminatorA", "discriminatorB")}


INITIAL = small(state({name: randomize(net, random) for name, net in networks().items()}))
save_tensors("strength/initial.safetensors", INITIAL)


def run(mode: str) -> dict:
    nets, losses, strengths, more = networks(), [], [], {}
    load(nets, INITIAL)
    model = StrongCycleGAN(*nets.values(), Options(gan_mode=mode), STRENGTH_WEIGHT)
    for index in range(STEPS):
        a, b = (IMAGES[name][index * BATCH : (index + 1) * BATCH].double() for name in ("imagesA", "imagesB"))
        strengths.append([[0.25 * index, 1.0], [0.75, 0.5]])
        of_a, of_b = (torch.tensor(values, dtype=torch.float64) for values in strengths[-1])
        losses.append({name: value.item() for name, value in model.step(a, b, of_a, of_b).items()})
        if index == 0:
            first = gradients(nets)
            more["gradientSums"] = sums(first)
            save_tensors(f"strength/gradients-{mode}.safetensors", small({key: first[key] for key in SHOWN}))
    return dict(name=mode, strengths=strengths, losses=losses, finalSums=sums(state(nets)), **more)


RUNS = [run("lsgan"), run("hinge")]
save_json("strength.json", dict(ngf=NGF, ndf=NDF, blocks=BLOCKS, batch=BATCH, strengthWeight=STRENGTH_WEIGHT, runs=RUNS))
