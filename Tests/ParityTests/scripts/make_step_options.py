"""Golden/step-options.json: steps of small CycleGANs with options that the reference lacks, in float64. PyTorch 2.15.0.

The networks and images are those of make_step.py, which is to be run first. Each run has the losses of every step and, for each network
and each average, the sum and the sum of squares of every final tensor.
"""

from dataclasses import dataclass

import torch
from golden import FOLDER, load, save_json, sums
from reference_models import discriminator, generator
from reference_step import CycleGAN, Options, discriminator_loss, generator_loss
from safetensors.torch import load_file
from torch.nn import functional as F

BLOCKS, NGF, NDF, STEPS = 2, 4, 4, 4


@dataclass
class MoreOptions(Options):
    cycle_decay: float = 0.0
    cycle_features: float = 0.0
    r1_weight: float = 0.0
    penalty_interval: int = 1
    ema: float | None = None
    ema_warmup: bool = False


def features(judge, images):
    """What the last convolution of a PatchGAN is given."""
    return judge.model[:-1](images)


def r1(judge, real):
    real = real.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(judge(real).sum(), real, create_graph=True)
    return slope.square().sum([1, 2, 3]).mean() / 2


class OptionalCycleGAN(CycleGAN):
    """`progress` is the share of the run that is over."""

    def __init__(self, networks, options):
        super().__init__(*networks.values(), options)
        self.count = 0
        self.averages = {name: [p.detach().clone() for p in networks[name].parameters()] for name in ("generatorAB", "generatorBA")}

    def step(self, real_a, real_b, progress):
        nets, o, losses = self.networks, self.options, {}
        ab, ba, judge_a, judge_b = nets["generatorAB"], nets["generatorBA"], nets["discriminatorA"], nets["discriminatorB"]
        left, share = 1 - o.cycle_decay * progress, o.cycle_features * progress
        fake_b, fake_a = ab(real_a), ba(real_b)
        back_a, back_b = ba(fake_b), ab(fake_a)

        self.require_discriminator_gradients(False)
        self.generator_optimizer.zero_grad()
        losses["adversarialAB"] = generator_loss(o.gan_mode, judge_b(fake_b))
        losses["adversarialBA"] = generator_loss(o.gan_mode, judge_a(fake_a))
        for domain, weight, real, back, judge, same in (
            ("A", o.cycle_weight_a, real_a, back_a, judge_a, ba), ("B", o.cycle_weight_b, real_b, back_b, judge_b, ab),
        ):  # fmt: skip
            losses[f"cycle{domain}"] = weight * left * (1 - share) * F.l1_loss(back, real)
            losses[f"identity{domain}"] = weight * left * o.identity_weight * F.l1_loss(same(real), real)
            if o.cycle_features > 0:
                difference = F.l1_loss(features(judge, back), features(judge, real).detach())
                losses[f"cycleFeatures{domain}"] = weight * left * share * difference
        sum(losses.values()).backward()
        self.generator_optimizer.step()
        self.average()

        self.require_discriminator_gradients(True)
        self.discriminator_optimizer.zero_grad()
        is_due = self.count % o.penalty_interval == 0
        for domain, judge, real, fake in (("A", judge_a, real_a, fake_a), ("B", judge_b, real_b, fake_b)):
            losses[f"discriminator{domain}"] = discriminator_loss(o.gan_mode, judge(real), judge(fake.detach()))
            losses[f"discriminator{domain}"].backward()
            if o.r1_weight > 0:
                penalty = r1(judge, real) * o.r1_weight * o.penalty_interval if is_due else torch.zeros(())
                losses[f"gradientPenalty{domain}"] = penalty
                if is_due:
                    penalty.backward()
        self.discriminator_optimizer.step()
        self.count += 1
        return {name: loss.item() for name, loss in losses.items()}

    def average(self):
        if self.options.ema is None:
            return
        decay = self.options.ema
        if self.options.ema_warmup:
            decay = min(decay, (1 + self.count) / (10 + self.count))
        for name, averages in self.averages.items():
            for average, weight in zip(averages, self.networks[name].parameters()):
                average.copy_(decay * average + (1 - decay) * weight.detach())


def run(options):
    networks = {name: generator(f"resnet{BLOCKS}", NGF, "instance").double() for name in ("generatorAB", "generatorBA")}
    networks |= {name: discriminator("patch3", NDF, "instance").double() for name in ("discriminatorA", "discriminatorB")}
    load(networks, load_file(FOLDER / "step/initial-instance.safetensors"))
    model = OptionalCycleGAN(networks, options)
    images = load_file(FOLDER / "step/images.safetensors")
    losses = [
        model.step(images["imagesA"][step : step + 1].double(), images["imagesB"][step : step + 1].double(), step / STEPS)
        for step in range(STEPS)
    ]
    tensors = {f"{name}.{key}": value for name, net in networks.items() for key, value in net.named_parameters()}
    averages = {
        f"{name}.{key}": value
        for name, values in model.averages.items()
        for (key, _), value in zip(networks[name].named_parameters(), values)
    }
    return dict(losses=losses, finalSums=sums(tensors), averageSums=sums(averages) if options.ema is not None else {})


RUNS = {
    "better-cycles": MoreOptions(cycle_decay=0.8, cycle_features=0.5, cycle_weight_b=6),
    "lazy-r1": MoreOptions(gan_mode="hinge", r1_weight=3, penalty_interval=2),
    "warm-average": MoreOptions(ema=0.2, ema_warmup=True),
    "slow-average": MoreOptions(ema=0.9, ema_warmup=True),
}
described = [
    dict(
        name=name, ganMode=o.gan_mode, cycleWeightA=o.cycle_weight_a, cycleWeightB=o.cycle_weight_b, cycleDecay=o.cycle_decay,
        cycleFeatures=o.cycle_features, r1Weight=o.r1_weight, penaltyInterval=o.penalty_interval, ema=o.ema, emaWarmup=o.ema_warmup,
        **run(o),
    )
    for name, o in RUNS.items()
]  # fmt: skip
save_json("step-options.json", dict(blocks=BLOCKS, ngf=NGF, ndf=NDF, steps=STEPS, runs=described))
