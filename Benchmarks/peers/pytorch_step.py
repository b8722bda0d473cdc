"""The references' training steps in PyTorch, timed on request. See README.md for the protocol. PyTorch 2.15.0.

CycleGAN, CUT, FastCUT and pix2pix with their published networks. Image pools are left out: they copy one image in a step. Losses stay on the device, as in training between two lines of the log.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "ParityTests" / "scripts"))
import reference_cut as cut
import reference_pix2pix as pix2pix
from reference_models import discriminator, generator
from reference_options import resnet
from reference_step import CycleGAN, Options

# Positions that CUT compares in each layer.
PATCHES = 256


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objective", default="cyclegan", choices=("cyclegan", "cut", "fastcut", "pix2pix"))
    parser.add_argument("--generator", help="resnet9, resnet6, unet128 or unet256; the objective's own by default")
    parser.add_argument("--discriminator", default="patch3", help="patch1 to patch5, or pixel")
    parser.add_argument("--norm", choices=("instance", "batch", "none"), help="the objective's own by default")
    parser.add_argument("--ngf", type=int, default=64)
    parser.add_argument("--ndf", type=int, default=64)
    parser.add_argument("--size", type=int, default=256, help="height and width of the images")
    parser.add_argument("--batch-size", type=int, default=1)
    parser.add_argument("--steps", type=int, help="run this many steps, print a summary and end, instead of listening")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--compile", choices=("default", "planar"), help="torch.compile; planar is without its change to channels last"
    )
    options = parser.parse_args()
    if options.objective in ("cut", "fastcut"):
        if options.compile:
            parser.error("--compile takes whole networks, and contrastive training runs a part of the generator by itself")
        if options.discriminator != "patch3" or not (options.generator or "resnet9").startswith("resnet"):
            parser.error(f"{options.objective} is for resnet generators and patch3")
    is_paired = options.objective == "pix2pix"
    options.generator = options.generator or ("unet256" if is_paired else "resnet9")
    options.norm = options.norm or ("batch" if is_paired else "instance")
    return options


def initialize(module: nn.Module) -> None:
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def peak_memory() -> int:
    """Largest resident size so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Peer:
    def __init__(self, options: argparse.Namespace):
        torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        self.device = torch.device(options.device)
        if options.compile:
            from torch._inductor import config

            config.layout_optimization = options.compile == "default"
        shape = (options.batch_size, 3, options.size, options.size)
        self.real_a, self.real_b = (torch.rand(shape).mul(2).sub(1).to(self.device) for _ in range(2))
        make = {"cyclegan": self.make_cyclegan, "pix2pix": self.make_pix2pix}.get(options.objective, self.make_cut)
        make(options)

    def prepare(self, network: nn.Module, options: argparse.Namespace) -> nn.Module:
        network = network.to(self.device).train()
        return torch.compile(network) if options.compile else network

    def make_cyclegan(self, options: argparse.Namespace) -> None:
        networks = [generator(options.generator, options.ngf, options.norm) for _ in range(2)]
        networks += [discriminator(options.discriminator, options.ndf, options.norm) for _ in range(2)]
        networks = [self.prepare(network.apply(initialize), options) for network in networks]
        self.generator = networks[0]
        model = CycleGAN(*networks, Options())
        self.take_step = lambda: model.step(self.real_a, self.real_b)

    def make_pix2pix(self, options: argparse.Namespace) -> None:
        networks = [generator(options.generator, options.ngf, options.norm, dropout=True)]
        networks += [discriminator(options.discriminator, options.ndf, options.norm, input_channels=6)]
        networks = [self.prepare(network.apply(initialize), options) for network in networks]
        self.generator = networks[0]
        model = pix2pix.Pix2Pix(*networks, pix2pix.Options())
        self.take_step = lambda: model.step(self.real_a, self.real_b)

    def make_cut(self, options: argparse.Namespace) -> None:
        settings = cut.Options() if options.objective == "cut" else cut.fast_cut()
        blocks = int(options.generator.removeprefix("resnet"))
        networks = [resnet(blocks, ngf=options.ngf, norm=options.norm, antialias=True)]
        networks += [cut.AntialiasedPatchDiscriminator(ndf=options.ndf, norm=options.norm)]
        networks = [self.prepare(cut.xavier(network), options) for network in networks]
        self.generator = networks[0]
        model = cut.CUT(*networks, self.prepare(cut.projection(networks[0], self.real_a, settings.layers), options), settings)
        with torch.no_grad():
            maps = cut.features(self.generator, self.real_a, settings.layers)
        counts = [feature.shape[2] * feature.shape[3] for feature in maps]

        def positions() -> list[torch.Tensor]:
            return [torch.randperm(count, device=self.device)[:PATCHES] for count in counts]

        def take_step() -> None:
            flipped = settings.flip_equivariance and torch.rand(()).item() < 0.5
            model.step(self.real_a, self.real_b, positions(), positions() if settings.identity else None, flipped)

        self.take_step = take_step

    def synchronize(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        elif self.device.type == "mps":
            torch.mps.synchronize()

    def step(self) -> float:
        """Runs one step and returns its seconds."""
        self.synchronize()
        start = time.perf_counter()
        self.take_step()
        self.synchronize()
        return time.perf_counter() - start

    @torch.no_grad()
    def forward(self) -> float:
        """Translates the batch once and returns the seconds."""
        self.synchronize()
        start = time.perf_counter()
        self.generator(self.real_a)
        self.synchronize()
        return time.perf_counter() - start


def listen(peer: Peer) -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command == "step":
            answer = peer.step()
        elif command == "forward":
            answer = peer.forward()
        elif command == "memory":
            answer = peak_memory()
        elif command == "quit":
            return
        else:
            sys.exit(f"unknown command {command!r}: send step, forward, memory or quit")
        print(json.dumps(answer), flush=True)


def main() -> None:
    options = arguments()
    peer = Peer(options)
    if options.steps is None:
        listen(peer)
    else:
        seconds = [peer.step() for _ in range(options.steps)]
        print(json.dumps({"medianSeconds": statistics.median(seconds), "seconds": seconds, "peakBytes": peak_memory()}))


if __name__ == "__main__":
    main()
