"""One optimisation step of cycles between many domains in plain PyTorch, with this project's names.

Written from arXiv 1712.06909 (ComboGAN): an encoder and a decoder for each domain, here around a middle that all share, and CycleGAN's losses.
PyTorch 2.15.0, Python 3.10 or later.
"""

from collections import OrderedDict
from dataclasses import dataclass

import torch
from reference_models import PatchDiscriminator, ResnetBlock, ResnetGenerator
from reference_step import discriminator_loss, generator_loss
from torch import Tensor, nn
from torch.nn import functional as F


class Part(nn.Module):
    """Some layers of a generator under the keys that they have in the whole one."""

    def __init__(self, whole: ResnetGenerator, start: int, end: int):
        super().__init__()
        self.model = nn.Sequential(OrderedDict((str(index), whole.model[index]) for index in range(start, end)))

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


def networks(domains: list[str], ngf: int, ndf: int, blocks: int, shared: int) -> dict[str, nn.Module]:
    nets: dict[str, nn.Module] = {}
    for domain in domains:
        whole = ResnetGenerator(ngf=ngf, blocks=blocks)
        start = next(i for i, layer in enumerate(whole.model) if isinstance(layer, ResnetBlock)) + (blocks - shared) // 2
        nets.setdefault("middle", Part(whole, start, start + shared))
        nets[f"encoder_{domain}"] = Part(whole, 0, start)
        nets[f"decoder_{domain}"] = Part(whole, start + shared, len(whole.model))
        nets[f"discriminator_{domain}"] = PatchDiscriminator(ndf=ndf)
    return nets


@dataclass
class Options:
    gan_mode: str = "lsgan"
    cycle_weight: float = 10.0
    identity_weight: float = 0.5
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    frozen: tuple[str, ...] = ()


class MultiCycle:
    def __init__(self, nets: dict[str, nn.Module], options: Options):
        self.networks, self.options = nets, options
        fixed = {f"{part}_{domain}" for domain in options.frozen for part in ("encoder", "decoder")} | ({"middle"} if options.frozen else set())
        judges = [p for name, net in nets.items() if name.startswith("discriminator") for p in net.parameters()]
        others = [p for name, net in nets.items() if not name.startswith("discriminator") and name not in fixed for p in net.parameters()]
        for name in fixed:
            nets[name].requires_grad_(False)
        self.generator_optimizer = torch.optim.Adam(others, lr=options.learning_rate, betas=options.betas)
        self.discriminator_optimizer = torch.optim.Adam(judges, lr=options.learning_rate, betas=options.betas)

    def translate(self, x: Tensor, source: str, target: str) -> Tensor:
        return self.networks[f"decoder_{target}"](self.networks["middle"](self.networks[f"encoder_{source}"](x)))

    def step(self, images: dict[str, Tensor]) -> dict[str, Tensor]:
        """The image of each domain goes through all others, in their order, and comes back."""
        domains, options, mode, n = list(images), self.options, self.options.gan_mode, len(images)
        for domain in domains:
            self.networks[f"discriminator_{domain}"].requires_grad_(False)
        self.generator_optimizer.zero_grad()
        fakes: dict[str, list[Tensor]] = {domain: [] for domain in domains}
        back, stayed = [], []
        for place, domain in enumerate(domains):
            x, at = images[domain], domain
            for hop in range(1, n + 1):
                target = domains[(place + hop) % n]
                x, at = self.translate(x, at, target), target
                if hop < n:
                    fakes[target].append(x)
            back.append(F.l1_loss(x, images[domain]))
            before = domains[place - 1]
            if options.identity_weight > 0 and not {before, domain} <= set(options.frozen):
                stayed.append(F.l1_loss(self.translate(images[domain], before, domain), images[domain]))
        # An image of the domain right before comes first: the order of the batch that is judged.
        judged = {domain: torch.cat(list(reversed(made))) for domain, made in fakes.items()}
        scores = [generator_loss(mode, self.networks[f"discriminator_{domain}"](judged[domain])) for domain in domains]
        losses = {"adversarial": sum(scores) / n, "cycle": options.cycle_weight * sum(back) / n}
        if stayed:
            losses["identity"] = options.cycle_weight * options.identity_weight * sum(stayed) / len(stayed)
        sum(losses.values()).backward()
        self.generator_optimizer.step()

        self.discriminator_optimizer.zero_grad()
        own = []
        for domain in domains:
            judge = self.networks[f"discriminator_{domain}"].requires_grad_(True)
            own.append(discriminator_loss(mode, judge(images[domain]), judge(judged[domain].detach())))
            own[-1].backward()
        self.discriminator_optimizer.step()
        return {name: value.detach() for name, value in (losses | {"discriminator": sum(own) / n}).items()}
