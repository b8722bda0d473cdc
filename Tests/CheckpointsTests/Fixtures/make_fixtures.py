"""Writes the files beside this one, which the tests read: python make_fixtures.py

Made with Python 3.11.7, torch 2.15.0 and safetensors 0.8.0. Every NAME.pth has a twin NAME.safetensors, written by the safetensors
library, with the tensors that a reader has to find in it.
"""

import collections
import io
import pickle
import struct
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save_file

FIXTURES = Path(__file__).parent
torch.manual_seed(0)


def widened(tensor):
    narrow = {torch.int8, torch.int16, torch.int32}
    return (tensor.to(torch.int64) if tensor.dtype in narrow else tensor).detach().clone().contiguous()


def twin(name, tensors):
    save_file({key: widened(tensor) for key, tensor in tensors.items()}, FIXTURES / f"{name}.safetensors")


def save(name, value, **options):
    torch.save(value, FIXTURES / f"{name}.pth", **options)


# Every element type, with the values that conversions get wrong; no dimensions, no elements, one element.
special = [0.0, -0.0, 1.5, -2.25, 65504.0, 1e-7, float("inf"), float("-inf")]
types = collections.OrderedDict()
for dtype in (torch.float32, torch.float16, torch.bfloat16, torch.float64):
    types[f"{dtype}".split(".")[1]] = torch.tensor(special, dtype=torch.float64).to(dtype).reshape(2, 4)
types["int64"] = torch.tensor([-(2**62), -1, 0, 2**62])
types["uint8"] = torch.tensor([0, 1, 127, 128, 255], dtype=torch.uint8)
types["bool"] = torch.tensor([True, False, True])
types["int8"] = torch.tensor([[-128], [127]], dtype=torch.int8)
types["int16"] = torch.tensor([-32768, 32767], dtype=torch.int16)
types["int32"] = torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32)
types["number"] = torch.tensor(0.1, dtype=torch.float64)
types["nothing"] = torch.zeros(3, 0, 2)
types["one"] = torch.ones(1, 1, 1, 1)
twin("types", types)
save("types", types)
save("types_legacy", types, _use_new_zipfile_serialization=False)
save("types_protocol4", types, pickle_protocol=4)
save("types_protocol5", types, pickle_protocol=5)
# The library's own file keeps the narrow types and carries metadata.
save_file(dict(types), FIXTURES / "narrow.safetensors", metadata={"format": "pt", "note": 'quotes " and \u00fc \U0001f40e'})

# Views of one storage: transposed, strided, offset, repeated.
base = torch.arange(20, dtype=torch.float32).reshape(4, 5)
views = {
    "base": base, "transposed": base.t(), "strided": base[1:3, ::2], "row": base[2], "repeated": base[1:2, :3].expand(4, 3),
    "column": base[:, 4], "channels_last": torch.arange(24.0).reshape(1, 2, 3, 4).to(memory_format=torch.channels_last),
}
twin("views", views)
save("views", views)
save("views_legacy", views, _use_new_zipfile_serialization=False)

# A network as the reference saves it, with the attributes that state_dict() adds; the same from DataParallel, as parameters.
network = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.ConvTranspose2d(3, 1, 2))
network(torch.randn(2, 2, 5, 5))
twin("network", network.state_dict())
save("network", network.state_dict())
save("network_legacy", network.state_dict(), _use_new_zipfile_serialization=False)
parallel = collections.OrderedDict((f"module.{key}", value) for key, value in network.named_parameters())
twin("parallel", parallel)
save("parallel", parallel)

# Dictionaries in dictionaries, as training scripts save them.
nested = {
    "generator": network.state_dict(),
    "optimizer": {"state": {0: {"step": torch.tensor(3.0), "exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 2e-4, "params": [0, 1]}]},
    "history": [torch.zeros(1), torch.ones(1)], "epoch": 7, "name": "horse2zebra", "done": True, "nothing": None,
}
twin("nested", {
    **{f"generator.{key}": value for key, value in network.state_dict().items()},
    "optimizer.state.0.step": torch.tensor(3.0), "optimizer.state.0.exp_avg": torch.ones(2),
    "history.0": torch.zeros(1), "history.1": torch.ones(1),
})
save("nested", nested)


# What Python 2 and PyTorch before 0.4 wrote: byte strings, long integers, an OrderedDict of pairs, `_rebuild_tensor`, a storage's view.
def text(value):
    return b"U" + bytes([len(value)]) + value.encode()


def long(value):
    encoded = pickle.encode_long(value)
    return b"\x8a" + bytes([len(encoded)]) + encoded


def old_tensor(key, count, view, offset, shape, strides):
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\nq\x01" + text(key) + text("cpu") + long(count) + view + b"tQ"
    numbers = [b"(" + b"".join(long(number) for number in tuple_) + b"t" for tuple_ in (shape, strides)]
    return b"ctorch._utils\n_rebuild_tensor\nr\x02\x01\x00\x00(" + storage + long(offset) + numbers[0] + numbers[1] + b"tR"


def old_file(little_endian=True):
    two = b"\x80\x02"
    entries = b"](](" + text("first") + old_tensor("11", 6, b"N", 0, (2, 3), (3, 1)) + b"e](" \
        + text("second") + old_tensor("11", 6, b"(" + text("12") + long(2) + long(4) + b"t", 1, (3,), (1,)) + b"ee"
    facts = b"}(" + text("protocol_version") + b"M\xe9\x03" + text("little_endian") + (b"\x88" if little_endian else b"\x89") + b"u"
    pickles = [two + long(0x1950A86A20F9469CFC6C), two + b"M\xe9\x03", two + facts, two + b"ccollections\nOrderedDict\n(" + entries + b"tR",
               two + b"](" + text("11") + b"e"]
    return b".".join(pickles) + b"." + struct.pack("<q6f", 6, *range(6))


(FIXTURES / "python2_legacy.pth").write_bytes(old_file())
(FIXTURES / "bigendian_legacy.pth").write_bytes(old_file(little_endian=False))
python2 = torch.load(FIXTURES / "python2_legacy.pth", weights_only=False, encoding="latin1")
assert python2["first"].tolist() == [[0, 1, 2], [3, 4, 5]] and python2["second"].tolist() == [3, 4, 5], python2
twin("python2_legacy", python2)

# Files that have to be refused. Nothing here is ever loaded by this script.
attack = b"\x80\x02cposix\nsystem\n(X\x10\x00\x00\x00touch /tmp/ownedtR."


def archive(name, records):
    with zipfile.ZipFile(FIXTURES / name, "w") as file:
        for record, content in records.items():
            file.writestr(zipfile.ZipInfo(f"archive/{record}"), content)


archive("attack.pth", {"data.pkl": attack, "version": "3\n"})
(FIXTURES / "attack_legacy.pth").write_bytes(attack)
(FIXTURES / "attack_protocol4.pth").write_bytes(b"\x80\x04\x8c\x05posix\x8c\x06system\x93(\x8c\x04truetR.")
pickled = io.BytesIO()
pickle.dump({}, pickled, protocol=2)
archive("bigendian.pth", {"data.pkl": pickled.getvalue(), "byteorder": "big", "version": "3\n"})
archive("notes.zip", {"readme.txt": "no weights"})
torch.jit.save(torch.jit.script(torch.nn.Conv2d(1, 1, 1)), FIXTURES / "torchscript.pt")
save("complex", {"z": torch.zeros(2, dtype=torch.complex64)})
save("module", torch.nn.ReLU(), _use_new_zipfile_serialization=False)
