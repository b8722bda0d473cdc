"""Golden/optim/: Adam trajectories, learning-rate schedules, GAN losses with gradients, initialiser statistics. PyTorch 2.15.0, seed 60."""

import math

import torch
from golden import save_json, save_tensors
from reference_step import discriminator_loss, generator_loss
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler

STEPS = 5


def adam(dtype: torch.dtype) -> list[dict]:
    """Two groups with their own settings; the first group's rate halves at step 4, and parameter 3 gets no gradient at step 3."""
    random = torch.Generator().manual_seed(60)

    def noise(shape: tuple[int, ...]) -> torch.Tensor:
        return torch.randn(shape, generator=random).to(dtype)

    parameters = [nn.Parameter(noise(shape)) for shape in ((2, 3), (4,), (3, 1, 2), ())]
    groups = [
        dict(params=parameters[:2], lr=2e-4, betas=(0.5, 0.999)),
        dict(params=parameters[2:], lr=1e-3, betas=(0.9, 0.99), eps=1e-6),
    ]
    optimizer, rates = torch.optim.Adam(groups), []
    tensors = {f"initial.{index}": p for index, p in enumerate(parameters)}
    tensors = {key: value.detach().clone() for key, value in tensors.items()}
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        optimizer.param_groups[0]["lr"] = 2e-4 if step < 4 else 1e-4
        rates.append([group["lr"] for group in optimizer.param_groups])
        for index, parameter in enumerate(parameters):
            # Sizes from 1e-8, about epsilon, to 1e5.
            gradient = noise(tuple(parameter.shape)) * 10.0 ** (step - index * 3)
            if (step, index) != (3, 3):
                parameter.grad = gradient
                tensors[f"gradient.{step}.{index}"] = gradient.clone()
        optimizer.step()
        tensors |= {f"value.{step}.{index}": p.detach().clone() for index, p in enumerate(parameters)}
    for index, parameter in enumerate(parameters):
        state = optimizer.state[parameter]
        tensors |= {f"firstMoment.{index}": state["exp_avg"], f"secondMoment.{index}": state["exp_avg_sq"]}
    save_tensors(f"optim/adam-{str(dtype).removeprefix('torch.')}.safetensors", tensors)
    return [
        dict(parameters=[0, 1], beta1=0.5, beta2=0.999, epsilon=1e-8, learningRates=[rate[0] for rate in rates]),
        dict(parameters=[2, 3], beta1=0.9, beta2=0.99, epsilon=1e-6, learningRates=[rate[1] for rate in rates]),
    ]


def schedules() -> list[dict]:
    """The rate used in each epoch, 1-based: the scheduler steps after the epoch, or before it in `linear2020`."""
    base = 2e-4

    def optimizer():
        return torch.optim.Adam([nn.Parameter(torch.zeros(1))], lr=base)

    def rates(scheduler, epochs: int, before: bool = False, metrics: list[float] | None = None) -> list[float]:
        result = []
        for epoch in range(epochs):
            # Silences the warning about an optimiser that never stepped.
            scheduler.optimizer.step()
            if before:
                scheduler.step()
            result.append(scheduler.optimizer.param_groups[0]["lr"])
            if metrics:
                scheduler.step(metrics[epoch])
            elif not before:
                scheduler.step()
        return result

    def linear(n: int, d: int):
        # The reference's rule with its epoch_count of 1.
        return lr_scheduler.LambdaLR(optimizer(), lambda epoch: 1 - max(0, epoch + 1 - n) / (d + 1))

    result = []
    for n, d in ((100, 100), (3, 4), (5, 0), (0, 5)):
        for name, before in (("linear", False), ("linear2020", True)):
            table = rates(linear(n, d), n + d, before)
            shift = 1 if before else 0
            expected = [base * (1 - max(0, epoch + shift - n) / (d + 1)) for epoch in range(1, n + d + 1)]
            assert all(math.isclose(a, b, abs_tol=1e-18) for a, b in zip(table, expected))
            result.append(dict(policy=name, constantEpochs=n, decayEpochs=d, learningRates=table))
    step = lr_scheduler.StepLR(optimizer(), step_size=50, gamma=0.1)
    result.append(dict(policy="step", every=50, factor=0.1, constantEpochs=100, decayEpochs=100, learningRates=rates(step, 200)))
    for n, d in ((100, 100), (3, 4)):
        cosine = lr_scheduler.CosineAnnealingLR(optimizer(), T_max=n + d, eta_min=0)
        result.append(dict(policy="cosine", constantEpochs=n, decayEpochs=d, learningRates=rates(cosine, n + d)))
    # Falls, stays within 1 % of the best for long enough, falls again, rises, then never changes.
    metrics = [5.0, 4.0, 3.5, 3.49, 3.48, 3.47, 3.469, 3.468, 3.467, 3.0, 3.1, 3.2, 2.98, 3.3, 3.4, 3.5, 3.6, 3.7, 2.5, 2.476, 2.475]
    metrics += [2.474] * 20
    plateau = lr_scheduler.ReduceLROnPlateau(optimizer(), mode="min", factor=0.2, threshold=0.01, patience=5)
    table = rates(plateau, len(metrics), metrics=metrics)
    result.append(dict(policy="plateau", factor=0.2, threshold=0.01, patience=5, metrics=metrics, learningRates=table))
    return [dict(baseLearningRate=base) | entry for entry in result]


def losses() -> dict:
    random = torch.Generator().manual_seed(61)
    real, fake = (1.5 * torch.randn((2, 1, 2, 3), generator=random, dtype=torch.float64) for _ in range(2))
    # Far out, where a naive logarithm of a sigmoid overflows, and exactly on the hinge.
    real.view(-1)[:3], fake.view(-1)[:3] = torch.tensor([800.0, -800.0, 1.0]), torch.tensor([-800.0, 800.0, -1.0])

    def gradient(loss: torch.Tensor, *inputs: torch.Tensor) -> list[list[float]]:
        return [value.flatten().tolist() for value in torch.autograd.grad(loss, inputs)]

    def entry(mode: str, real: torch.Tensor, fake: torch.Tensor) -> dict:
        real, fake = real.clone().requires_grad_(), fake.clone().requires_grad_()
        on_generator, on_discriminator = generator_loss(mode, fake), discriminator_loss(mode, real, fake)
        (generator_gradient,) = gradient(on_generator, fake)
        real_gradient, fake_gradient = gradient(on_discriminator, real, fake)
        return dict(
            mode=mode, generatorLoss=on_generator.item(), generatorGradient=generator_gradient,
            discriminatorLoss=on_discriminator.item(), discriminatorGradientReal=real_gradient, discriminatorGradientFake=fake_gradient,
        )  # fmt: skip

    def elementwise(function, a: torch.Tensor, b: torch.Tensor) -> dict:
        a = a.clone().requires_grad_()
        loss = function(a, b)
        return dict(loss=loss.item(), gradient=gradient(loss, a)[0])

    # One equal pair: the gradient of |x| at 0 is 0.
    target = fake.clone()
    target.view(-1)[5] = real.view(-1)[5]
    modes = ("lsgan", "vanilla", "hinge", "wgan-gp")
    return dict(
        shape=list(real.shape), onReal=real.flatten().tolist(), onFake=fake.flatten().tolist(),
        modes=[entry(mode, real, fake) for mode in modes],
        l1=dict(target=target.flatten().tolist()) | elementwise(F.l1_loss, real, target),
        mse=dict(target=target.flatten().tolist()) | elementwise(F.mse_loss, real, target),
    )  # fmt: skip


def initializers() -> list[dict]:
    """For each initialiser and kind of layer the standard deviation it aims at, and that of one draw."""
    torch.manual_seed(62)
    layers = {"conv": nn.Conv2d(32, 64, 4), "convTranspose": nn.ConvTranspose2d(64, 32, 3), "linear": nn.Linear(64, 128)}
    gain = 0.02
    result = []
    for kind, layer in layers.items():
        weight = layer.weight.detach()
        # PyTorch reads [first, second, ...] as [out, in, ...] for a transposed convolution too, whose weight is [in, out, ...].
        area = weight[0, 0].numel()
        fan_in, fan_out = weight.shape[1] * area, weight.shape[0] * area
        aims = {
            "normal": (lambda w: nn.init.normal_(w, 0.0, gain), gain),
            "xavier": (lambda w: nn.init.xavier_normal_(w, gain=gain), gain * math.sqrt(2 / (fan_in + fan_out))),
            "kaiming": (lambda w: nn.init.kaiming_normal_(w, a=0, mode="fan_in"), math.sqrt(2 / fan_in)),
            "orthogonal": (lambda w: nn.init.orthogonal_(w, gain=gain), gain / math.sqrt(max(weight.shape[0], weight[0].numel()))),
        }
        for name, (fill, deviation) in aims.items():
            drawn = fill(weight.clone())
            measured = drawn.std(correction=0).item()
            assert abs(measured / deviation - 1) < 0.03, (kind, name)
            entry = dict(
                initializer=name, layer=kind, weightShape=list(weight.shape), gain=gain, fanIn=fan_in, fanOut=fan_out,
                standardDeviation=deviation, measuredMean=drawn.mean().item(), measuredStandardDeviation=measured, bias=0.0,
            )  # fmt: skip
            if name == "orthogonal":
                matrix = drawn.flatten(1)
                rows, columns = matrix.shape
                product = matrix @ matrix.T if rows <= columns else matrix.T @ matrix
                assert torch.allclose(product, gain**2 * torch.eye(len(product)), atol=1e-7)
                entry |= dict(rows=rows, columns=columns, orthogonalRows=rows <= columns, diagonal=gain**2)
            result.append(entry)
    result.append(dict(initializer="any", layer="batchNorm", weightMean=1.0, standardDeviation=gain, bias=0.0))
    return result


groups = adam(torch.float64)
assert groups == adam(torch.float32)
save_json("optim/adam.json", dict(steps=STEPS, skipped=[dict(step=3, parameter=3)], groups=groups))
save_json("optim/schedules.json", schedules(), indent=None)
save_json("optim/losses.json", losses())
save_json("optim/initializers.json", initializers())
