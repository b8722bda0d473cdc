"""The Fréchet inception distance of two folders by a peer's own code with a given file of weights; prints the number.

Usage: fid.py pytorch-fid|torch-fidelity WEIGHTS.pth X Y. pytorch-fid 0.3.0, torch-fidelity 0.4.0; everything else is at their defaults.
"""

import sys

import torch

tool, weights, x, y = sys.argv[1:]
if tool == "pytorch-fid":
    import os

    from pytorch_fid import fid_score, inception

    # Only the download is replaced.
    inception.load_state_dict_from_url = lambda *_, **__: torch.load(weights, map_location="cpu")
    # The command's own choice.
    workers = min(len(os.sched_getaffinity(0)), 8)
    print(fid_score.calculate_fid_given_paths([x, y], 50, torch.device("cpu"), 2048, workers))
else:
    import torch_fidelity

    metrics = torch_fidelity.calculate_metrics(
        input1=x, input2=y, cuda=False, fid=True, cache=False, verbose=False,
        feature_extractor="inception-v3-compat", feature_extractor_weights_path=weights,
    )  # fmt: skip
    print(metrics["frechet_inception_distance"])
