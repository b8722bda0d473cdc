"""Golden/lpips.safetensors: distances and maps of the lpips package 0.1.4 with seeded trunks and linear layers."""

import lpips
import torch

from golden import save_tensors, seeded_weights


def images(height: int, width: int) -> torch.Tensor:
    """Two images in -1...1, multiples of 1/64 so that every machine makes the same ones."""
    index = torch.arange(2 * 3 * height * width).reshape(2, 3, height, width)
    return ((index * index % 8191 + 7 * index) % 129 - 64).float() / 64


def seeded(network: str) -> lpips.LPIPS:
    # Without this the package would download the trunk; its own linear layers are replaced below.
    net = lpips.LPIPS(net=network, pnet_rand=True, verbose=False).eval()
    trunk = {k: v for k, v in net.net.state_dict().items()}
    net.net.load_state_dict(seeded_weights(trunk, 5))
    heads = {f"lin{i}.model.1.weight": lin.model[1].weight.data for i, lin in enumerate(net.lins)}
    for name, weight in seeded_weights(heads, 6).items():
        net.lins[int(name[3])].model[1].weight.data = weight.abs()
    return net


def main() -> None:
    tensors = {}
    for network in ["alex", "vgg", "squeeze"]:
        net = seeded(network)
        for height, width in [(64, 64), (45, 70)]:
            pair = images(height, width)
            with torch.no_grad():
                net.spatial = False
                tensors[f"{network}.{height}x{width}.distance"] = net(pair[:1], pair[1:]).reshape(1)
                net.spatial = True
                # Every third row and column.
                tensors[f"{network}.{height}x{width}.map"] = net(pair[:1], pair[1:])[:, :, ::3, ::3]
    save_tensors("lpips.safetensors", tensors)


main()
