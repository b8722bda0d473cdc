"""Distances between sets of features, as pytorch-fid 0.3.0, torch-fidelity 0.4.0 and NumPy 2.4.6 compute them in float64 (SciPy 1.17.1)."""

import math

import numpy as np
import torch
from pytorch_fid.fid_score import calculate_frechet_distance
from torch_fidelity.metric_fid import fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

import golden

SUBSETS, SUBSET_SIZE, SEED = 5, 20, 2020


def features(seed: int, count: int, length: int, shift: float = 0) -> torch.Tensor:
    """Correlated positive numbers, as pooled activations are."""
    random = np.random.RandomState(seed)
    mixing = np.random.RandomState(99).normal(size=(length, length)) / math.sqrt(length)
    return torch.from_numpy(np.abs(random.normal(size=(count, length)) @ mixing + shift).astype(np.float32))


def statistics(values: torch.Tensor) -> dict[str, np.ndarray]:
    return {"mu": values.double().numpy().mean(axis=0), "sigma": np.cov(values.double().numpy(), rowvar=False)}


def frechet(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> dict[str, float]:
    return {
        "pytorchFID": float(calculate_frechet_distance(first["mu"], first["sigma"], second["mu"], second["sigma"])),
        "torchFidelity": fid_statistics_to_metric(first, second, verbose=False)["frechet_inception_distance"],
        "firstRank": int(np.linalg.matrix_rank(first["sigma"], hermitian=True)),
        "secondRank": int(np.linalg.matrix_rank(second["sigma"], hermitian=True)),
    }


def kid_subsets(first: int, second: int) -> list[dict[str, list[int]]]:
    """The indices that torch-fidelity draws."""
    random = np.random.RandomState(SEED)
    return [
        {
            "first": random.choice(first, SUBSET_SIZE, replace=False).tolist(),
            "second": random.choice(second, SUBSET_SIZE, replace=False).tolist(),
        }
        for _ in range(SUBSETS)
    ]


def precision_recall(generated: torch.Tensor, real: torch.Tensor) -> dict[str, float]:
    result = prc_features_to_metric(generated.double(), real.double(), prc_neighborhood=3, verbose=False)
    return {"precision": result["precision"], "recall": result["recall"], "fScore": result["f_score"]}


first, second, few = features(1, 60, 16), features(2, 45, 16, shift=0.3), features(3, 9, 16)
# More rows than one block of the Swift code.
generated, real = features(4, 1100, 4, shift=0.5), features(5, 1300, 4)
logits = 4 * features(6, 53, 12) - 2
golden.save_tensors(
    "statistics.safetensors",
    {"first": first, "second": second, "few": few, "generated": generated, "real": real, "logits": logits}
    | {f"first.{key}": torch.from_numpy(value) for key, value in statistics(first).items()},
)

kid = kid_features_to_metric(
    first.double(), second.double(), kid_subsets=SUBSETS, kid_subset_size=SUBSET_SIZE, rng_seed=SEED, verbose=False
)
golden.save_json(
    "statistics.json",
    {
        "frechet": frechet(statistics(first), statistics(second)),
        "frechetOfFew": frechet(statistics(first), statistics(few)),
        "kid": {
            "mean": kid["kernel_inception_distance_mean"],
            "standardDeviation": kid["kernel_inception_distance_std"],
            "subsets": kid_subsets(len(first), len(second)),
        },
        "inceptionScore": {
            str(splits): {
                "mean": (result := isc_features_to_metric(logits, splits, shuffle=False))["inception_score_mean"],
                "standardDeviation": result["inception_score_std"],
            }
            for splits in (1, 10)
        },
        "precisionRecall": precision_recall(first, second),
        "precisionRecallInBlocks": precision_recall(generated, real),
    },
)

path = golden.FOLDER / "statistics.npz"
np.savez_compressed(path, **statistics(first))
print(f"{path.name}: {path.stat().st_size} bytes")
