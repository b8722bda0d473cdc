#!/usr/bin/env python3
"""Compares this package with PyTorch, step by step or process by process, so that both meet the same state of the machine.

  compare.py step --ours "Benchmarks/.build/release/cyclegan-benchmark --size 128" --size 128
  compare.py startup --ours "cyclegan translate ..." --theirs "python3 peers/pytorch_translate.py MODEL.pth IN OUT"

Needs Python 3.9 or later and nothing else; --python names the interpreter that has PyTorch.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

PEER = Path(__file__).resolve().parent / "peers" / "pytorch_step.py"
# Passed on to the PyTorch peer; our command states its own.
PEER_OPTIONS = ("objective", "generator", "discriminator", "norm", "ngf", "ndf", "size", "batch-size", "device")


def environment(threads: int) -> dict:
    return dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))


class Peer:
    """A process that runs one training step for each line it is sent."""

    def __init__(self, name: str, command: list, threads: int):
        self.name = name
        self.process = start(name, command, env=environment(threads), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.read()
        if line != "ready":
            self.fail(f"answered {line!r} where it should say ready")

    def read(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            self.fail(f"ended early with status {self.process.wait()}")
        return line.strip()

    def ask(self, command: str) -> float:
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.fail(f"ended early with status {self.process.wait()}")
        line = self.read()
        try:
            return float(line)
        except ValueError:
            self.fail(f"answered {line!r} to {command}, where a number was expected")

    def fail(self, problem: str):
        sys.exit(f"compare.py: {self.name} {problem}")

    def close(self) -> None:
        try:
            self.process.communicate("quit\n", timeout=30)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def start(name: str, command: list, **settings) -> subprocess.Popen:
    try:
        return subprocess.Popen(command, **settings)
    except OSError as error:
        sys.exit(f"compare.py: {name} could not be started: {shlex.join(command)}: {error.strerror}")


def summary(ours: list, theirs: list) -> dict:
    """Medians, and the median of the ratios of neighbours, which a slow drift of the machine does not touch."""
    ratios = [a / b for a, b in zip(ours, theirs)]
    quartiles = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
    return dict(
        ours=statistics.median(ours), theirs=statistics.median(theirs), ratio=statistics.median(ratios),
        lowerQuartile=quartiles[0], upperQuartile=quartiles[2], samples=len(ratios),
    )  # fmt: skip


def interleaved(measure_ours, measure_theirs, count: int, warm_up: int) -> dict:
    for _ in range(warm_up):
        measure_ours(), measure_theirs()
    pairs = [(measure_ours(), measure_theirs()) for _ in range(count)]
    return summary(*map(list, zip(*pairs)))


def compare_steps(options: argparse.Namespace) -> dict:
    theirs = shlex.split(options.theirs) if options.theirs else [options.python, str(PEER), "--threads", str(options.threads)]
    if not options.theirs:
        for name in PEER_OPTIONS:
            value = getattr(options, name.replace("-", "_"))
            theirs += [f"--{name}", value] if value is not None else []
    peers = []
    try:
        # One after the other: two processes that start at once slow each other down.
        for name, command in (("ours", shlex.split(options.ours)), ("PyTorch", theirs)):
            peers.append(Peer(name, command, options.threads))
        steps = [lambda peer=peer: peer.ask("step") for peer in peers]
        seconds = interleaved(*steps, options.steps, options.warm_up)
        memory = [peer.ask("memory") for peer in peers]
    finally:
        for peer in peers:
            peer.close()
    return {"seconds per step": seconds, "peak memory, MiB": summary(*([value / 2**20] for value in memory))}


def compare_startup(options: argparse.Namespace) -> dict:
    memory = {"ours": [], "PyTorch": []}

    def run(name: str, command: list) -> float:
        begin = time.perf_counter()
        process = start(name, command, env=environment(options.threads), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        # wait4 instead of wait: it tells the memory of this very process.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"compare.py: {name} failed with status {process.returncode}: {shlex.join(command)}")
        memory[name].append(usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))
        return seconds

    commands = {"ours": shlex.split(options.ours), "PyTorch": shlex.split(options.theirs)}
    measures = [lambda name=name, command=command: run(name, command) for name, command in commands.items()]
    seconds = interleaved(*measures, options.runs, options.warm_up)
    return {"seconds per process": seconds, "peak memory, MiB": summary(*(values[options.warm_up :] for values in memory.values()))}


def table(results: dict) -> str:
    lines = ["| median | ours | PyTorch | ours / PyTorch | quartiles | pairs |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name, result in results.items():
        digits = 0 if "MiB" in name else 3
        values = f"{result['ours']:.{digits}f} | {result['theirs']:.{digits}f} | {result['ratio']:.3f}"
        lines.append(f"| {name} | {values} | {result['lowerQuartile']:.3f} to {result['upperQuartile']:.3f} | {result['samples']} |")
    return "\n".join(lines)


def count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is negative")
    return value


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not positive")
    return value


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = parser.add_subparsers(dest="mode", required=True)
    step = modes.add_parser("step", help="training steps of two running processes, in turns")
    step.add_argument("--ours", required=True, help="a command that speaks the protocol of peers/README.md")
    step.add_argument("--theirs", help="another such command instead of the PyTorch peer")
    step.add_argument("--steps", type=positive, default=20, help="pairs of steps to time")
    step.add_argument("--warm-up", type=count, default=2, help="pairs of steps before that")
    step.add_argument("--python", default=sys.executable, help="the interpreter that has PyTorch")
    for name in PEER_OPTIONS:
        step.add_argument(f"--{name}", help="for the PyTorch peer")
    startup = modes.add_parser("startup", help="whole processes, in turns")
    startup.add_argument("--ours", required=True)
    startup.add_argument("--theirs", required=True)
    startup.add_argument("--runs", type=positive, default=10, help="pairs of runs to time")
    startup.add_argument("--warm-up", type=count, default=1, help="pairs of runs before that, to fill the file cache")
    for mode in (step, startup):
        mode.add_argument("--threads", type=positive, default=os.cpu_count(), help="for both sides")
        mode.add_argument("--json", type=Path, help="write the results there too")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    results = compare_steps(options) if options.mode == "step" else compare_startup(options)
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps(dict(mode=options.mode, threads=options.threads, results=results), indent=1) + "\n")


if __name__ == "__main__":
    main()
