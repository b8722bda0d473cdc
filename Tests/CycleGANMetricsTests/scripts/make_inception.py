"""Golden/inception.safetensors and inception/*.png: features of seeded Inception weights from pytorch-fid 0.3.0, torch-fidelity 0.4.0
and clean-fid 0.1.35, for images of several sizes and kinds.

Of each vector of features every third number is kept."""

import tempfile

import numpy as np
import torch
from cleanfid.resize import build_resizer
from PIL import Image
from pytorch_fid import inception as pytorch_fid
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
from torchvision.transforms.functional import to_tensor

from golden import FOLDER, save_tensors, seeded_weights

FEATURES = ["64", "192", "768", "2048", "logits_unbiased", "logits"]
SEED = 11


def picture(height: int, width: int, bands: int, depth: int = 8) -> np.ndarray:
    """Smooth waves with a few hard edges, small as PNG."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = [
        0.5 + 0.3 * np.sin(x / (9 + 4 * band) + band) * np.cos(y / (7 + 3 * band)) + 0.2 * ((x // 16 + y // 12 + band) % 2) for band in range(bands)
    ]
    values = np.clip(np.stack(planes, axis=-1), 0, 1) * (2**depth - 1)
    return values.round().astype(np.uint16 if depth == 16 else np.uint8).squeeze()


def weights() -> dict[str, torch.Tensor]:
    # The counts of batches are no weights; both tools take a file without them.
    shapes = {k: v for k, v in pytorch_fid._inception_v3(num_classes=1008, aux_logits=False, weights=None).state_dict().items()}
    return seeded_weights({k: v for k, v in shapes.items() if v.is_floating_point()}, SEED)


def with_counts(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    counts = {k.replace("running_var", "num_batches_tracked"): torch.tensor(0) for k in state if k.endswith("running_var")}
    return state | counts


def main() -> None:
    state = with_counts(weights())
    pytorch_fid.load_state_dict_from_url = lambda *_, **__: state
    by_pytorch_fid = pytorch_fid.InceptionV3(output_blocks=(0, 1, 2, 3)).eval()
    with tempfile.NamedTemporaryFile(suffix=".pth") as file:
        torch.save(state, file.name)
        fidelity = FeatureExtractorInceptionV3("inception", FEATURES, feature_extractor_weights_path=file.name)

    (FOLDER / "inception").mkdir(parents=True, exist_ok=True)
    images = {
        "small": picture(48, 64, 3),
        "wide": picture(200, 330, 3),
        "grey": picture(70, 50, 1),
        "opacity": picture(40, 56, 4),
    }
    tensors = {}
    for name, pixels in images.items():
        path = FOLDER / "inception" / f"{name}.png"
        Image.fromarray(pixels).save(path, optimize=True)
        image = Image.open(path).convert("RGB")
        rgb = np.asarray(image)
        results = {}
        with torch.no_grad():
            for width, features in zip([64, 192, 768, 2048], by_pytorch_fid(to_tensor(image)[None]), strict=True):
                results[f"pytorch-fid.{width}"] = features.mean([2, 3])[0]
            for feature, values in zip(FEATURES, fidelity(torch.from_numpy(rgb.copy()).permute(2, 0, 1)[None]), strict=True):
                results[f"torch-fidelity.{feature.replace('_', '-')}"] = values[0]
            # As clean-fid feeds its network: resized outside, then (x - 128) / 128. At 299 pixels torch-fidelity's resizing changes nothing,
            # but it takes bytes only, so pytorch-fid's network runs without its own preparation.
            resized = torch.from_numpy(build_resizer("clean")(rgb)).permute(2, 0, 1)[None]
            by_pytorch_fid.resize_input = by_pytorch_fid.normalize_input = False
            results["clean.2048"] = by_pytorch_fid((resized - 128) / 128)[3].mean([2, 3])[0]
            by_pytorch_fid.resize_input = by_pytorch_fid.normalize_input = True
        tensors |= {f"{name}.{key}": values[::3] for key, values in results.items()}
    save_tensors("inception.safetensors", tensors)


main()
