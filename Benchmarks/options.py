#!/usr/bin/env python3
"""What each stabilising option does to the validation metrics and to the time of a step: the table of docs/training.md.

    Benchmarks/options.py DATA OUTPUT [--program .build/release/cyclegan] [--seeds 0 1] [--only NAME ...]

DATA holds trainA, trainB, valA and valB. Every option is trained for the same number of steps from each seed, the plain settings from two
more, whose spread says what is noise. Runs that OUTPUT holds already are not trained again. One thread each, so that the processor's time
is that of the step: it is taken as the difference between runs of many and of few steps, the options in turn, median of the rounds.
Needs Python 3.10 and nothing else.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

COMMON = (
    "--load-size 72 --crop-size 64 --generator resnet6 --ngf 16 --ndf 16 --threads 1 --workers 1 --epochs 6 --decay-epochs 0 "
    "--learning-rate-policy constant --validate-every 2 --sample-every 250 --no-tensorboard --checkpoint-every 6"
).split()
OPTIONS = {
    "baseline": [],
    "spectral-norm": ["--spectral-norm", "--discriminator-norm", "none"],
    "ttur": ["--learning-rate-g", "1e-4", "--learning-rate-d", "4e-4"],
    "attention": ["--attention", "16"],
    "ema": ["--ema", "0.999"],
    "discriminator-batch": ["--discriminator-batch", "4"],
    "warmup": ["--warmup-steps", "300"],
    "diff-augment": ["--diff-augment"],
}
EXTRA_BASELINE_SEEDS = (2, 3)
METRICS = ("cycle", "ssim", "identity")
FEW, MANY, ROUNDS = 10, 60, 3


def train(program: Path, data: Path, run: Path, arguments: list[str], log: Path | None = None) -> float:
    """Trains and returns the seconds of processor time that it took."""
    command = [str(program), "train", str(data), "--run", str(run), *arguments]
    with open(log or os.devnull, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)} ended with status {status}; see {log}")
    return usage.ru_utime + usage.ru_stime


def last_validation(run: Path) -> dict[str, float]:
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if line.get("event") == "validated"][-1]["metrics"]


def seconds_per_step(program: Path, data: Path, names: list[str]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in names}
    plain = [*COMMON, "--sample-every", "100000", "--validate-every", "1000"]
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            for name in names:
                spent = []
                for steps in (FEW, MANY):
                    run = Path(folder) / "run"
                    spent.append(train(program, data, run, [*plain, *OPTIONS[name], "--max-steps", str(steps)]))
                    shutil.rmtree(run)
                times[name].append((spent[1] - spent[0]) / (MANY - FEW))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--program", type=Path, default=Path(__file__).parent.parent / ".build/release/cyclegan")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--only", nargs="+", choices=OPTIONS, default=list(OPTIONS))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)

    results: dict[str, list[dict[str, float]]] = {}
    for name in arguments.only:
        seeds = [*arguments.seeds, *(EXTRA_BASELINE_SEEDS if name == "baseline" else ())]
        for seed in seeds:
            run = arguments.output / f"{name}-{seed}"
            if not run.exists():
                log = arguments.output / f"{name}-{seed}.log"
                train(arguments.program, arguments.data, run, [*COMMON, "--seed", str(seed), *OPTIONS[name]], log)
            results.setdefault(name, []).append(last_validation(run))
    times = seconds_per_step(arguments.program, arguments.data, arguments.only)

    print("| option | " + " | ".join(METRICS) + " | runs | step time |")
    print("| --- |" + " --- |" * (len(METRICS) + 2))
    for name, validations in results.items():
        cells = []
        for metric in METRICS:
            values = [validation[metric] for validation in validations]
            spread = f" ({min(values):.3f} to {max(values):.3f})" if len(values) > 1 else ""
            cells.append(f"{statistics.mean(values):.3f}{spread}")
        ratio = times[name] / times["baseline"] if "baseline" in times else float("nan")
        print(f"| {name} | {' | '.join(cells)} | {len(validations)} | {ratio:.2f} |")
    if "baseline" in times:
        print(f"\nbaseline: {times['baseline']:.3f} s of one core per step")


if __name__ == "__main__":
    main()
