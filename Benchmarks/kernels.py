#!/usr/bin/env python3
"""Training steps or translations of this package and of several peers, in turns, so that all meet the same state of the machine.

  kernels.py step --size 256 --python /tmp/peers/bin/python
  kernels.py step --objective cut --size 256 --python /tmp/peers/bin/python
  kernels.py forward --size 512 --ngf 32 --peers eager onnxruntime --python /tmp/peers/bin/python
  kernels.py light --threads 1 --peers eager onnxruntime ncnn --python /tmp/peers/bin/python
  kernels.py light --threads 1 --peers int8

Needs Python 3.9 or later and nothing else; --python names the interpreter that has PyTorch and the runtimes.
"""

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

from compare import Peer, positive

FOLDER = Path(__file__).resolve().parent
OURS = FOLDER / ".build" / "release" / "cyclegan-benchmark"
TRAINING = {"eager": [], "compile": ["--compile", "default"], "compile-planar": ["--compile", "planar"]}
RUNTIMES = ("onnxruntime", "openvino", "ncnn")
# Light generators and the layers they are made of: name, channels, side of what goes in.
LIGHT = [("mobile9", 64, 256), ("mobile9", 32, 256), ("mobile9", 16, 256), ("resnet9", 24, 256), ("resnet9", 16, 256)]
LIGHT += [("depthwise", channels, 64) for channels in (256, 64, 40)] + [("pointwise", channels, 64) for channels in (256, 64, 40)]
LIGHT += [("separable", 64, 64), ("residual", 64, 64), ("residual", 24, 64), ("residual", 8, 64)]
LIGHT += [("first", 16, 256), ("halving", 16, 256), ("doubling", 16, 128), ("last", 16, 256)]


def peer(name: str, options: argparse.Namespace) -> Peer:
    shape = ["--generator", options.generator, "--ngf", str(options.ngf), "--size", str(options.size)]
    shape += ["--batch-size", str(options.batch_size), "--threads", str(options.threads)]
    is_light = options.work == "light"
    if name not in RUNTIMES and not is_light:
        shape += ["--objective", options.objective]
    if name in ("ours", "int8"):
        kernels = ["env", "CYCLEGAN_KERNELS=int8"] if name == "int8" else []
        command = kernels + [str(OURS)] + (["network"] if is_light else []) + (["--instruction-set", "AVX2"] if options.avx2 else [])
    elif name in TRAINING and not is_light:
        command = [options.python, str(FOLDER / "peers" / "pytorch_step.py"), *TRAINING[name]]
    else:
        command = [options.python, str(FOLDER / "peers" / "runtime_forward.py"), name]
    return Peer(name, command + shape, options.threads)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=("step", "forward", "light"))
    parser.add_argument("--peers", nargs="+", choices=(*TRAINING, *RUNTIMES, "int8"), default=["eager"], help="int8 is ours")
    parser.add_argument("--objective", default="cyclegan", choices=("cyclegan", "cut", "fastcut", "pix2pix"))
    parser.add_argument("--generator", help="the objective's own by default: unet256 for pix2pix, else resnet9")
    parser.add_argument("--ngf", type=positive, default=64)
    parser.add_argument("--size", type=positive, default=256)
    parser.add_argument("--batch-size", type=positive, default=1)
    parser.add_argument("--threads", type=positive, default=2)
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--warm-up", type=positive, default=2)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument(
        "--avx2", action="store_true", help="hold ours, libtorch and PyTorch to AVX2, as on processors without AVX-512"
    )
    parser.add_argument("--json", type=Path, help="write all times there too")
    options = parser.parse_args()
    if options.objective != "cyclegan" and set(options.peers) & set(RUNTIMES):
        parser.error(f"{', '.join(RUNTIMES)} translate with the networks of cyclegan only")
    if options.work != "light" and "int8" in options.peers:
        parser.error("int8 is for light networks")
    if options.work == "light" and {"compile", "compile-planar"} & set(options.peers):
        parser.error("light networks have no compiled peers")
    options.generator = options.generator or ("unet256" if options.objective == "pix2pix" else "resnet9")
    return options


def measure(names: list, work: str, options: argparse.Namespace) -> tuple:
    """The seconds of each round and the peak memory of each peer."""
    peers, seconds = {}, {name: [] for name in names}
    try:
        for name in names:
            peers[name] = peer(name, options)
        for turn in range(options.warm_up + options.rounds):
            for name in names:
                time = peers[name].ask(work)
                if turn >= options.warm_up:
                    seconds[name].append(time)
        return seconds, {name: peers[name].ask("memory") for name in names}
    finally:
        for started in peers.values():
            started.close()


def measure_light(options: argparse.Namespace) -> None:
    """Of one thread the processor's time, which other work on the machine hardly touches; of several the time that passes."""
    names, work = ["ours", *options.peers], "processor" if options.threads == 1 else "forward"
    clock = "processor time" if work == "processor" else "time"
    print(f"{clock} in milliseconds, least of {options.rounds} rounds in turns (median); {options.threads} threads, float32")
    print(f"| network | channels | side | ours | {' | '.join(f'{name} | / ours' for name in options.peers)} |")
    print(f"| --- | ---: | ---: | ---: |{' ---: | ---: |' * len(options.peers)}")
    results = []
    for options.generator, options.ngf, options.size in LIGHT:
        seconds, _ = measure(names, work, options)
        results.append(dict(network=options.generator, channels=options.ngf, size=options.size, seconds=seconds))
        least, median = ({name: f(values) * 1e3 for name, values in seconds.items()} for f in (min, statistics.median))
        cells = [f"{least['ours']:.3f} ({median['ours']:.3f})"]
        cells += [f"{least[name]:.3f} ({median[name]:.3f}) | {least[name] / least['ours']:.2f}" for name in options.peers]
        print(f"| {options.generator} | {options.ngf} | {options.size} | {' | '.join(cells)} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(dict(clock=clock, threads=options.threads, results=results), indent=1) + "\n")


def main() -> None:
    options = arguments()
    if options.avx2:
        os.environ.update(ONEDNN_MAX_CPU_ISA="AVX2", ATEN_CPU_CAPABILITY="avx2", MKL_ENABLE_INSTRUCTIONS="AVX2")
    if options.work == "light":
        return measure_light(options)
    names = ["ours", *options.peers]
    seconds, memory = measure(names, options.work, options)
    print(f"{options.work}, {options.objective}, {options.generator}, ngf {options.ngf}, {options.size}x{options.size}, "
          f"batch {options.batch_size}, {options.threads} threads, {options.rounds} rounds{', AVX2' if options.avx2 else ''}")
    print("| | median seconds | theirs / ours, median | lowest | highest | all rounds together | peak memory, ours / theirs |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in names:
        ratios = sorted(theirs / ours for theirs, ours in zip(seconds[name], seconds["ours"]))
        values = f"{statistics.median(ratios):.2f} | {ratios[0]:.2f} | {ratios[-1]:.2f}"
        values += f" | {sum(seconds[name]) / sum(seconds['ours']):.2f} | {memory['ours'] / memory[name]:.2f}"
        print(f"| {name} | {statistics.median(seconds[name]):.3f} | {values} |")
    if options.json:
        shape = dict(work=options.work, objective=options.objective, generator=options.generator)
        shape |= dict(ngf=options.ngf, size=options.size, batchSize=options.batch_size)
        options.json.write_text(json.dumps(dict(shape, threads=options.threads, seconds=seconds, memory=memory), indent=1) + "\n")


if __name__ == "__main__":
    main()
