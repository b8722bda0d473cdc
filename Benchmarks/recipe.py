#!/usr/bin/env python3
"""What the parts of `--recipe best` do to translations whose truth is known: the table of docs/training.md.

    Benchmarks/recipe.py DATA OUTPUT [--program .build/release/cyclegan] [--seeds 1 2] [--only NAME ...]

DATA holds trainA, trainB, testA and testB at 64x64; images of one name in testA and testB show the same thing, those of trainA and trainB do
not. Every option gets the same steps, about two minutes of one core where the table was measured, the learning rate constant in the first
half and falling to 0 in the second. Runs that OUTPUT holds already are not trained again. Needs Python 3.10 and nothing else.
"""

import argparse
import json
import statistics
import subprocess
from pathlib import Path

COMMON = (
    "--generator resnet6 --ngf 16 --ndf 24 --crop-size 64 --load-size 72 --threads 1 --workers 1 --sample-every 100000 --no-tensorboard "
    "--checkpoint-every 100000 --checkpoint-minutes 0 --log-every 100"
).split()
PENALTY = "--discriminator-norm none --gradient-penalty r1 --gradient-penalty-weight 0.3 --penalty-interval 16"
# The flags of each; all take the same steps, because the time of a step differs by a few percent.
OPTIONS = {
    "reference": "",
    "best": "--recipe best",
    "penalty": PENALTY,
    "penalty-average": f"{PENALTY} --ema 0.999 --ema-warmup",
    "average": "--ema 0.999 --ema-warmup",
    "rate": "--learning-rate 0.0004",
}
DIRECTIONS = ("AtoB", "BtoA")
METRICS = ("paired-l1", "paired-ssim")
STEPS, EPOCHS = 2420, 20


def run(command: list[str]) -> str:
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with status {result.returncode}: {result.stderr}")
    return result.stdout


def measure(program: Path, data: Path, folder: Path, name: str, seed: int) -> dict[tuple[str, str], float]:
    """Trains where that was not done yet, and returns the paired metrics of both directions."""
    if not folder.exists():
        schedule = ["--epoch-size", str(STEPS // EPOCHS), "--epochs", str(EPOCHS // 2), "--decay-epochs", str(EPOCHS // 2)]
        run([str(program), "train", str(data), "--run", str(folder), *COMMON, *OPTIONS[name].split(), "--seed", str(seed), *schedule])
    report = json.loads(run([str(program), "evaluate", str(folder), "--data", str(data), "--paired", "--json", "--threads", "1"]))
    return {
        (direction["direction"], metric["name"]): metric["value"]
        for direction in report["directions"]
        for metric in direction["metrics"]
        if metric["name"] in METRICS
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--program", type=Path, default=Path(__file__).parent.parent / ".build/release/cyclegan")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", nargs="+", choices=OPTIONS, default=list(OPTIONS))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)

    columns = [(direction, metric) for direction in DIRECTIONS for metric in METRICS]
    print("| option | " + " | ".join(f"{direction} {metric}" for direction, metric in columns) + " |")
    print("| --- |" + " --- |" * len(columns))
    for name in arguments.only:
        results = [
            measure(arguments.program, arguments.data, arguments.output / f"{name}-{seed}", name, seed) for seed in arguments.seeds
        ]
        cells = []
        for column in columns:
            values = [result[column] for result in results]
            digits = 4 if column[1] == "paired-l1" else 3
            cells.append(f"{statistics.mean(values):.{digits}f} ({', '.join(f'{value:.{digits}f}' for value in values)})")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
