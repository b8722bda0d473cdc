#!/usr/bin/env python3
"""Training steps or translations of this package and of several peers, in turns, so that all meet the same state of the machine.

  kernels.py step --size 256 --python /tmp/peers/bin/python
  kernels.py step --objective cut --size 256 --python /tmp/peers/bin/python
  kernels.py forward --size 512 --ngf 32 --peers eager onnxruntime --python /tmp/peers/bin/python

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


def peer(name: str, options: argparse.Namespace) -> Peer:
    shape = ["--generator", options.generator, "--ngf", str(options.ngf), "--size", str(options.size)]
    shape += ["--batch-size", str(options.batch_size), "--threads", str(options.threads)]
    if name not in RUNTIMES:
        shape += ["--objective", options.objective]
    if name == "ours":
        command = [str(OURS)] + (["--instruction-set", "AVX2"] if options.avx2 else [])
    elif name in TRAINING:
        command = [options.python, str(FOLDER / "peers" / "pytorch_step.py"), *TRAINING[name]]
    else:
        command = [options.python, str(FOLDER / "peers" / "runtime_forward.py"), name]
    return Peer(name, command + shape, options.threads)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=("step", "forward"))
    parser.add_argument("--peers", nargs="+", choices=(*TRAINING, *RUNTIMES), default=["eager"])
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
    options.generator = options.generator or ("unet256" if options.objective == "pix2pix" else "resnet9")
    return options


def main() -> None:
    options = arguments()
    if options.avx2:
        os.environ.update(ONEDNN_MAX_CPU_ISA="AVX2", ATEN_CPU_CAPABILITY="avx2", MKL_ENABLE_INSTRUCTIONS="AVX2")
    names = ["ours", *options.peers]
    peers, seconds = {}, {name: [] for name in names}
    try:
        for name in names:
            peers[name] = peer(name, options)
        for turn in range(options.warm_up + options.rounds):
            for name in names:
                time = peers[name].ask(options.work)
                if turn >= options.warm_up:
                    seconds[name].append(time)
        memory = {name: peers[name].ask("memory") for name in names}
    finally:
        for started in peers.values():
            started.close()
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
