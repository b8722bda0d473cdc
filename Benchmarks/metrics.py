#!/usr/bin/env python3
"""Compares `cyclegan metrics` with the tools that it stands in for, on the same images and the same seeded weights.

  metrics.py speed --python /tmp/peers/bin/python [--images 250] [--pairs 3] [--threads 2]
  metrics.py agreement --python /tmp/peers/bin/python --heads .../site-packages/lpips/weights/v0.1/alex.pth [--images 20]

speed: FID by this package, pytorch-fid and torch-fidelity, run by run in turns. Whole commands are timed, with their start, decoding and the
distance itself. Memory is that of all processes of a command together: the largest sum of their proportional set sizes.
agreement: every metric's value beside that of torch-fidelity, lpips or scikit-image; fails where they differ.
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
PEERS = ROOT / "Benchmarks" / "peers"
GOLDEN = ROOT / "Tests" / "CycleGANMetricsTests" / "scripts"
# Relative; features go through a network in float32 on both sides.
TOLERANCES = dict(fid=1e-3, kid=1e-3, prc=1e-6, lpips=1e-5, ssim=1e-6, psnr=1e-6, l1=1e-6)

MAKE = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy, torch, torchvision
from golden import seeded_weights
from PIL import Image
from pytorch_fid import inception
folder, count = sys.argv[2], int(sys.argv[3])
layout = inception._inception_v3(num_classes=1008, aux_logits=False, weights=None).state_dict()
torch.save(seeded_weights(layout, 3), f"{folder}/inception.pth")
torch.save(seeded_weights(torchvision.models.alexnet(weights=None).state_dict(), 4), f"{folder}/alexnet.pth")
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


def compare_speed(options: argparse.Namespace, folder: str) -> None:
    x, y, weights = (f"{folder}/{name}" for name in ("x", "y", "inception.pth"))
    for tool in ("pytorch-fid", "torch-fidelity"):
        ours = [options.ours, "metrics", "fid", x, y, "--weights", weights, "--protocol", tool, "--no-cache", "--json"]
        theirs = [options.python, str(PEERS / "fid.py"), tool, weights, x, y]
        pairs = [(run("ours", ours, options.threads), run(tool, theirs, options.threads)) for _ in range(options.pairs)]
        speed = summary(*([2 * options.images / result["seconds"] for result in side] for side in zip(*pairs)))
        space = summary(*([result["memory"] / 2**20 for result in side] for side in zip(*pairs)))
        print(tool)
        for what, found in (("images per second", speed), ("peak memory, MiB", space)):
            print(
                f"  {what}: ours {found['ours']:.1f}, theirs {found['theirs']:.1f}, ratio {found['ratio']:.2f} "
                f"({found['lowerQuartile']:.2f} to {found['upperQuartile']:.2f}, {found['samples']} pairs)"
            )
        check({"fid": pairs[0][0]["value"]}, {"fid": pairs[0][1]["value"]})


def compare_values(options: argparse.Namespace, folder: str) -> None:
    output = subprocess.run([options.python, str(PEERS / "all_metrics.py"), folder], check=True, capture_output=True, text=True).stdout
    theirs = json.loads(output.splitlines()[-1])
    inception = ["--weights", f"{folder}/inception.pth", "--protocol", "torch-fidelity", "--no-cache"]
    extra = dict(fid=inception, kid=inception, prc=inception, lpips=["--weights", f"{folder}/alexnet.pth", "--heads", options.heads])
    ours = {}
    for metric in theirs:
        command = [options.ours, "metrics", metric, f"{folder}/x", f"{folder}/y", *extra.get(metric, []), "--json"]
        ours[metric] = run("ours", command, options.threads)["value"]
    check(ours, theirs)


def check(ours: dict, theirs: dict) -> None:
    differences = {metric: abs(ours[metric] - value) / max(abs(value), 1e-12) for metric, value in theirs.items()}
    for metric, value in theirs.items():
        print(f"  {metric}: ours {ours[metric]:.9g}, theirs {value:.9g}, relative difference {differences[metric]:.1e}")
    wrong = [metric for metric, difference in differences.items() if not difference <= TOLERANCES[metric]]
    if wrong:
        sys.exit(f"metrics.py: ours and theirs differ by more than rounding in {', '.join(wrong)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("speed", "agreement"))
    parser.add_argument("--python", default=sys.executable, help="an interpreter with the peers")
    parser.add_argument("--ours", default=str(ROOT / ".build" / "release" / "cyclegan"), help="the command to measure")
    parser.add_argument("--heads", help="agreement: the linear layers in the lpips package")
    parser.add_argument("--images", type=int, help="in each of the two folders (default: 250 for speed, 20 for agreement)")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.mode == "agreement" and not options.heads:
        parser.error("agreement needs --heads")
    options.images = options.images or (250 if options.mode == "speed" else 20)
    with tempfile.TemporaryDirectory() as folder:
        for name in "xy":
            (Path(folder) / name).mkdir()
        subprocess.run([options.python, "-c", MAKE, str(GOLDEN), folder, str(options.images)], check=True)
        (compare_speed if options.mode == "speed" else compare_values)(options, folder)


main()
