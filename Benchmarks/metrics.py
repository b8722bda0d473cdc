#!/usr/bin/env python3
"""Compares `cyclegan metrics fid` with pytorch-fid and torch-fidelity on the same images and the same seeded weights, run by run in turns.

  metrics.py --python /tmp/peers/bin/python [--images 250] [--pairs 3] [--threads 2]

Whole commands are timed, with their start, decoding and the distance itself. Memory is that of all processes of a command together: the
largest sum of their proportional set sizes. --python needs pytorch-fid, torch-fidelity, torchvision, numpy and pillow.
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from compare import environment, start, summary

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "Tests" / "CycleGANMetricsTests" / "scripts"
# With equal features the distances agree to float32's rounding.
TOLERANCE = 1e-3

MAKE = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy, torch
from golden import seeded_weights
from PIL import Image
from pytorch_fid import inception
folder, count = sys.argv[2], int(sys.argv[3])
layout = inception._inception_v3(num_classes=1008, aux_logits=False, weights=None).state_dict()
torch.save(seeded_weights(layout, 3), f"{folder}/inception.pth")
random = numpy.random.RandomState(0)
for name in "xy":
    for index in range(count):
        coarse = random.randint(0, 256, (9 if name == "x" else 12,) * 2 + (3,), dtype=numpy.uint8)
        Image.fromarray(coarse).resize((256, 256), Image.BICUBIC).save(f"{folder}/{name}/{index:04}.png")
"""


def processes(root: int) -> list:
    """A process and all its descendants."""
    children = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(status.parent.name))
    found = [root]
    for process in found:
        found += children.get(process, [])
    return found


def memory(root: int) -> int:
    """Bytes of all processes together; pages that several share count once."""
    total = 0
    for process in processes(root):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def run(name: str, command: list, threads: int) -> dict:
    begin = time.perf_counter()
    process = start(name, command, env=environment(threads), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - begin
    done.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"metrics.py: {name} failed with status {process.returncode}: {shlex.join(command)}")
    value = json.loads(output)["value"] if name == "ours" else float(output.split()[-1])
    return dict(seconds=seconds, memory=peak[0], value=value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--ours", default=str(ROOT / ".build" / "release" / "cyclegan"), help="the command to measure")
    parser.add_argument("--images", type=int, default=250, help="in each of the two folders")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        x, y, weights = (f"{folder}/{name}" for name in ("x", "y", "inception.pth"))
        for path in (x, y):
            Path(path).mkdir()
        subprocess.run([options.python, "-c", MAKE, str(GOLDEN), folder, str(options.images)], check=True)
        for tool in ("pytorch-fid", "torch-fidelity"):
            ours = [options.ours, "metrics", "fid", x, y, "--weights", weights, "--protocol", tool, "--no-cache", "--json"]
            theirs = [options.python, str(ROOT / "Benchmarks" / "peers" / "fid.py"), tool, weights, x, y]
            pairs = [(run("ours", ours, options.threads), run(tool, theirs, options.threads)) for _ in range(options.pairs)]
            speed = summary(*([2 * options.images / result["seconds"] for result in side] for side in zip(*pairs)))
            space = summary(*([result["memory"] / 2**20 for result in side] for side in zip(*pairs)))
            difference = max(abs(a["value"] - b["value"]) / b["value"] for a, b in pairs)
            print(f"{tool}: {pairs[0][0]['value']:.6f} and {pairs[0][1]['value']:.6f}, relative difference {difference:.1e}")
            for what, found in (("images per second", speed), ("peak memory, MiB", space)):
                print(
                    f"  {what}: ours {found['ours']:.1f}, theirs {found['theirs']:.1f}, ratio {found['ratio']:.2f} "
                    f"({found['lowerQuartile']:.2f} to {found['upperQuartile']:.2f}, {found['samples']} pairs)"
                )
            if difference > TOLERANCE:
                sys.exit(f"metrics.py: the distances of ours and {tool} differ by more than {TOLERANCE}")


main()
