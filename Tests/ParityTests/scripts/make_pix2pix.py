"""Golden/pix2pix.json and pix2pix/: optimisation steps of a small pix2pix, without dropout. PyTorch 2.15.0, seed 80.

`make_step.py` comes first: the images are its step/images.safetensors, of which equal numbers make pairs.
"""

import torch
from golden import FOLDER, gradients, load, randomize, save_json, save_tensors, small, state, sums
from reference_models import PatchDiscriminator, UnetGenerator
from reference_pix2pix import Options, Pix2Pix
from safetensors.torch import load_file

# Five halvings are the fewest that there are: 32 pixels become one.
LEVELS, NGF, NDF, STEPS = 5, 2, 2, 3
# Tensors whose gradients in step 1 are stored whole: the outermost and the innermost of the generator's, the discriminator's of both images.
SHOWN = ("generator.model.model.0.weight", "generator.model.model.3.weight", "generator.model.model.1.model.2.weight",
         "generator.model.model.1.model.3.model.3.model.3.model.4.bias", "discriminator.model.0.weight", "discriminator.model.11.weight")  # fmt: skip


def networks(norm: str) -> dict[str, torch.nn.Module]:
    return {
        "generator": UnetGenerator(levels=LEVELS, ngf=NGF, norm=norm).double(),
        "discriminator": PatchDiscriminator(6, NDF, norm=norm).double(),
    }


def initial(norm: str, seed: int) -> dict[str, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    return small(state({name: randomize(net, random) for name, net in networks(norm).items()}))


def run(label: str, options: Options, norm="batch", dtype=torch.float64, batch=1) -> dict:
    nets = networks(norm)
    load(nets, WEIGHTS[norm])
    for net in nets.values():
        net.to(dtype).train()
    model, losses, more = Pix2Pix(*nets.values(), options), [], {}
    for index in range(STEPS):
        part = slice(index * batch, (index + 1) * batch)
        result = model.step(*(IMAGES[name][part].to(dtype) for name in ("imagesA", "imagesB")))
        losses.append({name: value.item() for name, value in result.items()})
        if index == 0 and label == "batch-norm":
            first = gradients(nets)
            more["gradientSums"] = sums(first)
            save_tensors("pix2pix/gradients.safetensors", small({key: first[key] for key in SHOWN}))
    if label == "batch-norm":
        save_tensors("pix2pix/final.safetensors", small(state(nets)))
    return dict(
        name=label, dtype=str(dtype).removeprefix("torch."), batchSize=batch, norm=norm, ganMode=options.gan_mode,
        l1Weight=options.l1_weight, learningRate=options.learning_rate, beta1=options.betas[0], beta2=options.betas[1],
        losses=losses, finalSums=sums(state(nets)), **more,
    )  # fmt: skip


IMAGES = load_file(FOLDER / "step" / "images.safetensors")
WEIGHTS = {"batch": initial("batch", 80), "instance": initial("instance", 81)}
for norm, value in WEIGHTS.items():
    save_tensors(f"pix2pix/initial-{norm}.safetensors", value)
RUNS = [
    run("batch-norm", Options()),
    run("float32", Options(), dtype=torch.float32),
    run("two-images", Options(), batch=2),
    run("lsgan", Options(gan_mode="lsgan", l1_weight=10)),
    run("instance-norm", Options(), norm="instance", batch=2),
]
save_json("pix2pix.json", dict(levels=LEVELS, ngf=NGF, ndf=NDF, layers=3, size=32, steps=STEPS, runs=RUNS), indent=None)
