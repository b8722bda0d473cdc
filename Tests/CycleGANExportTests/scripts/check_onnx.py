"""Checks all ONNX files of a folder with onnx.checker and runs them in ONNX Runtime: check_onnx.py FOLDER.

onnx 1.19 or later, onnxruntime 1.23 or later, Python 3.10 or later. Beside NAME.onnx lie NAME.1.safetensors, NAME.2.safetensors and so on, with
tensors `input.PORT` and `output.PORT`; all are run in one session. Prints NAME and the largest difference, a line for each file.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

TYPES = {"F32": np.float32, "U8": np.uint8}


def tensors(path):
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            yield name, np.frombuffer(data[start + begin : start + end], TYPES[entry["dtype"]]).reshape(entry["shape"])


options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    worst = 0.0
    cases = sorted(path.parent.glob(f"{path.stem}.*.safetensors"))
    for case in cases:
        known = dict(tensors(case))
        found = session.run(None, {name[6:]: value for name, value in known.items() if name.startswith("input.")})
        for port, value in zip(session.get_outputs(), found, strict=True):
            expected = known[f"output.{port.name}"]
            assert value.shape == expected.shape, f"{path.name}: {port.name} is {value.shape}, expected {expected.shape}"
            worst = max(worst, float(np.abs(value.astype(np.float64) - expected).max()))
    print(f"{path.stem}\t{len(cases)}\t{worst}")
