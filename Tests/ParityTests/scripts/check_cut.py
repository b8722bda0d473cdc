"""Compares reference_cut.py with the code that the authors of CUT published (taesungp/contrastive-unpaired-translation, b3ac297).

Usage: check_cut.py FOLDER [PUBLISHED]. FOLDER holds three steps of that code in float32: init/*.pth, data/train{A,B}/*.png, losses.json and
final.npz. PUBLISHED is a copy of the code itself, which then runs beside ours in float64 with the same chance.
PyTorch 2.15.0, numpy, Pillow.
"""

import json
import sys
import types
from pathlib import Path

import numpy as np
import reference_cut
import torch
from check_reference import image
from reference_cut import CUT, AntialiasedPatchDiscriminator, Options, Projection, fast_cut, features, projection, straight
from reference_models import discriminator as plain_discriminator
from reference_models import has_bias
from reference_options import resnet
from torch import nn

NETWORKS = dict(generator="G", discriminator="D", projection="F")


def near(label: str, value: float, limit: float) -> None:
    print(f"{label}: {value:.2e}")
    assert value <= limit, f"{label}: {value} is more than {limit}"


def converted(theirs: dict[str, float], identity: bool) -> dict[str, float]:
    """Published losses as they enter the totals."""
    share = 0.5 if identity else 1.0
    losses = dict(adversarial=theirs["G_GAN"], nce=share * theirs["NCE"], discriminator=0.5 * (theirs["D_real"] + theirs["D_fake"]))
    return losses | (dict(nceIdentity=share * theirs["NCE_Y"]) if identity else {})


def relative(ours: dict[str, torch.Tensor], theirs: dict[str, float]) -> float:
    assert ours.keys() == theirs.keys(), f"{sorted(ours)} instead of {sorted(theirs)}"
    return np.max([abs(ours[name].item() / theirs[name] - 1) for name in theirs])


def is_cancelled(name: str, key: str) -> bool:
    """Whether an instance norm takes this bias out again: its gradient is rounding noise, which Adam turns into steps of any size.

    The contrastive loss sees the biases of the downsamplings, as it compares what stands before their norms.
    """
    kept = {"generator": ("model.4.", "model.8.", "model.27."), "discriminator": ("model.0.", "model.14."), "projection": ("mlp",)}
    return key.endswith("bias") and not key.startswith(kept[name])


def load_initial(folder: Path) -> CUT:
    nets = [resnet(blocks=6, ngf=8, antialias=True), AntialiasedPatchDiscriminator(ndf=8), Projection([3, 16, 32, 32, 32], 64)]
    for net, name in zip(nets, NETWORKS.values()):
        state = torch.load(folder / f"init/latest_net_{name}.pth", weights_only=True)
        assert list(state) == list(net.state_dict()), f"{name}: the keys differ"
        filters = {key: value for key, value in net.state_dict().items() if key.endswith("filt")}
        assert all(torch.equal(value, state[key]) for key, value in filters.items()), f"{name}: the filters differ"
        net.load_state_dict(state)
    return CUT(*nets, Options())


def check_initial(folder: Path) -> None:
    for name, net in load_initial(folder).networks.items():
        sizes = []
        for module in net.modules():
            if isinstance(getattr(module, "weight", None), torch.Tensor):
                weight = module.weight.detach()
                fans = (weight.shape[0] + weight.shape[1]) * weight[0, 0].numel()
                sizes.append((weight.std() / (0.02 * (2 / fans) ** 0.5)).item())
        print(f"{name}: keys equal, initial deviations {min(sizes):.2f} to {max(sizes):.2f} of xavier's with a gain of 0.02")


def check_steps(folder: Path, limits: tuple[float, float, float]) -> CUT:
    """Three steps in float32. The published code takes all positions in a random order, so its sums round differently."""
    model, positions = load_initial(folder), [torch.arange(size) for size in (38 * 38, 32 * 32, 16 * 16, 8 * 8, 8 * 8)]
    for index, theirs in enumerate(json.loads((folder / "losses.json").read_text())):
        pair = [image(folder / f"data/train{domain}/{index}.png") for domain in "AB"]
        losses = model.step(*pair, positions, positions)
        near(f"  step {index + 1}: largest relative difference of a loss", relative(losses, converted(theirs, True)), limits[index])
    return model


def check_recorded(folder: Path) -> None:
    """The record was made with PyTorch 2.15 on a CPU, whose norms misread the gradients of the compared features: see `straight`."""
    print("with true gradients, which the record lacks:")
    check_steps(folder, (1e-6, 5e-2, 5e-2))
    print("with the gradients of the record:")
    reference_cut.straight = lambda images: images
    model = check_steps(folder, (1e-6, 1e-5, 1e-5))
    reference_cut.straight = straight
    final = np.load(folder / "final.npz")
    for ours, theirs in NETWORKS.items():
        rows = {True: [np.zeros(1)], False: []}
        for key, value in model.networks[ours].state_dict().items():
            rows[is_cancelled(ours, key)].append(np.abs(value.numpy() - final[f"{theirs}.{key}"]).ravel())
        real = np.concatenate(rows[False])
        near(f"  final weights {ours}: mean difference", real.mean(), 1e-7)
        near(f"  final weights {ours}: largest difference", real.max(), 2e-5)
        near(f"  final weights {ours}: largest difference of a cancelled bias", np.concatenate(rows[True]).max(), 1.2e-3)


def published_model(settings: dict, batch: int, extra: dict):
    """The published training class in float64, without the command line around it."""
    from models.cut_model import CUTModel

    defaults = dict(
        gpu_ids=[], isTrain=True, checkpoints_dir="/tmp", name="check", preprocess="none", direction="AtoB", batch_size=batch,
        input_nc=3, output_nc=3, ngf=8, ndf=8, netG="resnet_6blocks", netD="basic", n_layers_D=3, normG="instance", normD="instance",
        no_dropout=True, init_type="xavier", init_gain=0.02, no_antialias=False, no_antialias_up=False, netF="mlp_sample", netF_nc=64,
        num_patches=256, nce_T=0.07, nce_layers="0,4,8,12,16", nce_includes_all_negatives_from_minibatch=False, gan_mode="lsgan",
        lambda_GAN=1.0, lambda_NCE=1.0, nce_idt=True, flip_equivariance=False, lr=2e-4, beta1=0.5, beta2=0.999,
    )  # fmt: skip
    return CUTModel(types.SimpleNamespace(**(defaults | settings | extra)))


def drawn(sizes: list[int], patches: int) -> list[torch.Tensor]:
    return [torch.from_numpy(np.random.permutation(size)[:patches]) for size in sizes]


def check_lockstep(label: str, options: Options, settings: dict, batch=1, patches=256, norm="instance", antialias=True, steps=3, seed=2) -> None:
    extra = dict(num_patches=patches, normG=norm, normD=norm, no_antialias=not antialias, no_antialias_up=not antialias)
    # With some seeds a feature is exactly zero, and the published code's weights become NaN.
    torch.manual_seed(seed)
    theirs = published_model(settings, batch, extra)
    random = torch.Generator().manual_seed(5)
    images = [(2 * torch.rand(2, batch, 3, 32, 32, generator=random) - 1) for _ in range(steps)]
    as_data = lambda pair: {"A": pair[0], "B": pair[1], "A_paths": [], "B_paths": []}  # noqa: E731
    theirs.data_dependent_initialize(as_data(images[0]))

    generator = resnet(blocks=6, ngf=8, norm=norm, antialias=antialias)
    judge = AntialiasedPatchDiscriminator(ndf=8, norm=norm) if antialias else plain_discriminator("patch3", 8, norm)
    model = CUT(generator, judge, projection(generator, images[0][0], options.layers, 64), options)
    shapes = [feature.shape for feature in features(resnet(6, ngf=1, antialias=antialias), images[0][0], options.layers)]
    sizes = [height * width for _, _, height, width in shapes]
    for name, short in NETWORKS.items():
        model.networks[name].load_state_dict(getattr(theirs, "net" + short).state_dict())

    differences = []
    for index, (real_a, real_b) in enumerate(images):
        np.random.seed(index + 1)
        theirs.set_input(as_data((real_a, real_b)))
        theirs.optimize_parameters()
        np.random.seed(index + 1)
        flipped = bool(np.random.random() < 0.5) if options.flip_equivariance else False
        positions = drawn(sizes, patches)
        others = drawn(sizes, patches) if options.identity else None
        losses = model.step(real_a, real_b, positions, others, flipped)
        differences.append(relative(losses, converted(theirs.get_current_losses(), options.identity)))
    near(f"{label}: largest relative difference of a loss", np.max(differences), 1e-9)
    for name, short in NETWORKS.items():
        state = getattr(theirs, "net" + short).state_dict()
        ours = model.networks[name].state_dict()
        near(f"{label}: final {name}", np.max([(value - state[key]).abs().max().item() for key, value in ours.items()]), 1e-7)


def correct_norms() -> None:
    """Gives every norm, the published networks' too, its gradients in plain order."""
    for kind in (nn.modules.instancenorm._InstanceNorm, nn.modules.batchnorm._BatchNorm):
        plain = kind.forward
        kind.forward = lambda self, x, plain=plain: straight(plain(self, x))


def check_published(folder: Path) -> None:
    correct_norms()
    sys.path.insert(0, str(folder))
    # Imported there for a helper that no model uses.
    sys.modules.setdefault("torchvision", types.ModuleType("torchvision"))
    torch.set_default_dtype(torch.float64)
    fast = dict(nce_idt=False, lambda_NCE=10.0, flip_equivariance=True)
    check_lockstep("CUT", Options(), {})
    check_lockstep("CUT, 64 patches", Options(), {}, patches=64)
    check_lockstep("FastCUT", fast_cut(), fast, patches=64, steps=5)
    check_lockstep("CUT, two images", Options(), {}, batch=2, patches=64)
    settings = dict(nce_includes_all_negatives_from_minibatch=True)
    check_lockstep("CUT, negatives of two images", Options(negatives_from_batch=True), settings, batch=2, patches=64)
    check_lockstep("CUT, identity and flip", Options(flip_equivariance=True), dict(flip_equivariance=True), patches=64, steps=5)
    check_lockstep("CUT, batch norm", Options(), {}, norm="batch", batch=2, patches=64)
    check_lockstep("CUT without norms", Options(), {}, norm="none", patches=64)
    # Layer 8 lies right before a ReLU then, and 16 is the first upsampling.
    check_lockstep("CUT without antialiasing", Options(), {}, antialias=False, patches=64)


if __name__ == "__main__":
    check_initial(Path(sys.argv[1]))
    check_recorded(Path(sys.argv[1]))
    if len(sys.argv) > 2:
        check_published(Path(sys.argv[2]))
