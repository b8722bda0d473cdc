"""Checks with PyTorch that copies of a checkpoint hold the same tensors: python check_with_pytorch.py ORIGINAL.pth COPY...

A copy may be a .pth, which has to load with weights_only=True, or a .safetensors file. Small integers may have become int64.
"""

import sys

import torch
from safetensors.torch import load_file


def compare(copy, original, ordered, what):
    names, expected = list(copy), list(original)
    assert names == expected if ordered else sorted(names) == sorted(expected), f"{what}: {names}, expected {expected}"
    for name, tensor in original.items():
        if tensor.dtype in (torch.int8, torch.int16, torch.int32):
            tensor = tensor.to(torch.int64)
        found = copy[name]
        assert found.dtype == tensor.dtype and found.shape == tensor.shape, f"{what}: {name} is {found.dtype} {list(found.shape)}"
        assert torch.equal(found, tensor), f"{what}: {name} differs"


original = torch.load(sys.argv[1], weights_only=True)
for path in sys.argv[2:]:
    if path.endswith(".safetensors"):
        compare(load_file(path), original, False, path)
    else:
        for options in ({}, {"mmap": True}):
            copy = torch.load(path, weights_only=True, **options)
            assert type(copy).__name__ == "OrderedDict", type(copy)
            compare(copy, original, True, path)
print(f"{len(sys.argv) - 2} copies of {sys.argv[1]} are right")
