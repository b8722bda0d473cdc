"""Golden/distillation.json and distillation/: optimisation steps in which a light generator learns from another. PyTorch 2.15.0, seed 100.

`make_step.py` comes first: the images are those of domain A in its step/images.safetensors.
"""

import torch
from golden import FOLDER, gradients, load, randomize, save_json, save_tensors, small, state, sums
from reference_distillation import Distillation, Options
from reference_models import PatchDiscriminator
from reference_options import resnet
from safetensors.torch import load_file

WIDTHS, NGF, NDF, STEPS = dict(encoder=[2, 3, 4], blocks=[3, 5], decoder=[3, 2]), 2, 2, 3
# The last layer before the blocks, and the last of each third of them: of two and of three blocks.
PLACES = [(9, 9), (10, 10), (11, 11), (11, 12)]
SHOWN = ("generator.model.1.weight", "generator.model.10.conv_block.1.conv.0.weight", "generator.model.10.conv_block.6.conv.2.weight",
         "adapters.layers.0.weight", "adapters.layers.3.weight", "discriminator.model.0.weight")  # fmt: skip


def networks() -> dict[str, torch.nn.Module]:
    adapters = torch.nn.Module()
    adapters.layers = torch.nn.ModuleList(torch.nn.Conv2d(4, 4 * NGF, 1) for _ in PLACES)
    return {
        "generator": resnet(2, 3, 2, widths=WIDTHS, light=True).double(),
        "discriminator": PatchDiscriminator(3, NDF).double(),
        "adapters": adapters.double(),
        "teacher": resnet(3, 3, NGF).double(),
    }


def run(label: str, options: Options, batch=1) -> dict:
    nets = networks()
    load(nets, WEIGHTS)
    model, losses, more = Distillation(*nets.values(), PLACES, options), [], {}
    trained = {name: net for name, net in nets.items() if name != "teacher"}
    for index in range(STEPS):
        result = model.step(IMAGES[index * batch : (index + 1) * batch].double())
        losses.append({name: value.item() for name, value in result.items()})
        if index == 0:
            first = gradients(trained)
            more["gradientSums"] = sums(first)
            save_tensors(f"distillation/{label}-gradients.safetensors", small({key: first[key] for key in SHOWN}))
    return dict(
        name=label, batchSize=batch, ganMode=options.gan_mode, imitationWeight=options.imitation_weight, featureWeight=options.feature_weight,
        losses=losses, finalSums=sums(state(trained)), **more,
    )  # fmt: skip


IMAGES = load_file(FOLDER / "step" / "images.safetensors")["imagesA"]
random = torch.Generator().manual_seed(100)
WEIGHTS = small(state({name: randomize(net, random) for name, net in networks().items()}))
save_tensors("distillation/initial.safetensors", WEIGHTS)
RUNS = [run("plain", Options()), run("two-images", Options(gan_mode="vanilla", imitation_weight=3, feature_weight=0.5), batch=2)]
save_json("distillation.json", dict(widths=sum(WIDTHS.values(), []), ngf=NGF, ndf=NDF, runs=RUNS), indent=None)
