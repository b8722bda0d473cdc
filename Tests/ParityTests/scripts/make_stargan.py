"""Golden/stargan.json and stargan/: optimisation steps of a small StarGAN for three domains. PyTorch 2.15.0, seed 90.

`make_step.py` comes first: the images are its step/images.safetensors, of which the third domain has mirrored ones. The penalty's mixtures are
drawn as the objective draws them, from the seed of its stream.
"""

import torch
from golden import FOLDER, gradients, load, randomize, save_json, save_tensors, small, state, sums
from reference_stargan import DomainDiscriminator, ModulatedGenerator, Options, PlanesGenerator, StarGAN, StrongGenerator
from safetensors.torch import load_file

NGF, NDF, BLOCKS, DOMAINS, STEPS = 2, 2, 1, 3, 4


def mixed(state: int) -> int:
    """The next number of a SplitMix64."""
    bits = (state + 0x9E3779B97F4A7C15) % 2**64
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB % 2**64
    return bits ^ (bits >> 31)


# The objective's stream 3 of the seed 0.
PENALTY_SEED = mixed(0 ^ mixed(3))
SHOWN = ("generator.model.1.weight", "generator.model.2.condition_weight", "generator.model.10.conv_block.2.condition_bias",
         "generator.model.0.weight", "discriminator.main.0.weight", "discriminator.conv2.weight")  # fmt: skip

IMAGES = load_file(FOLDER / "step" / "images.safetensors")
SIDE = IMAGES["imagesA"].shape[-1]


def networks(conditioning: str, spectral_norm: bool) -> dict[str, torch.nn.Module]:
    generator = dict(modulation=ModulatedGenerator, planes=PlanesGenerator, strength=StrongGenerator)[conditioning]
    halvings = min(6, SIDE.bit_length() - 1)
    return {
        "generator": generator(NGF, BLOCKS, DOMAINS).double(),
        "discriminator": DomainDiscriminator(NDF, halvings, DOMAINS, SIDE, spectral_norm).double(),
    }


def run(label: str, conditioning: str, options: Options, spectral_norm: bool = False, dtype=torch.float64) -> dict:
    random = torch.Generator().manual_seed(90)
    nets = {name: randomize(net, random) for name, net in networks(conditioning, spectral_norm).items()}
    initial = small(state(nets))
    save_tensors(f"stargan/initial-{label}.safetensors", initial)
    load(nets, initial)
    for net in nets.values():
        net.to(dtype).train()
    model = StarGAN(*nets.values(), DOMAINS, options, torch.Generator().manual_seed(PENALTY_SEED))
    losses, targets, more = [], [], {}
    for index in range(STEPS):
        a, b = (IMAGES[name][index : index + 1].to(dtype) for name in ("imagesA", "imagesB"))
        targets.append([(index + 1) % 3, (index + 2) % 3, index % 3])
        strengths = [1.0, 0.5, 0.25 * index] if conditioning == "strength" else None
        result = model.step(torch.cat([a, b, a.flip(3)]), [0, 1, 2], targets[-1], strengths)
        losses.append({name: value.item() for name, value in result.items()})
        if index == 1:
            # The discriminator's are those of its update, the generator's those of its first.
            first = gradients(nets)
            more["gradientSums"] = sums(first)
            save_tensors(f"stargan/gradients-{label}.safetensors", small({key: first[key] for key in SHOWN if key in first}))
    return dict(
        name=label, dtype=str(dtype).removeprefix("torch."), conditioning=conditioning, ganMode=options.gan_mode,
        spectralNorm=spectral_norm, criticSteps=options.critic_steps, learningRate=options.learning_rate, targets=targets, losses=losses,
        finalSums=sums(state(nets)), **more,
    )  # fmt: skip


RUNS = [
    run("modulation", "modulation", Options()),
    run("planes", "planes", Options()),
    run("lsgan", "modulation", Options(gan_mode="lsgan")),
    run("strength", "strength", Options(gan_mode="lsgan", strength_weight=2.0)),
]
save_json("stargan.json", dict(ngf=NGF, ndf=NDF, blocks=BLOCKS, side=SIDE, steps=STEPS, runs=RUNS))
