"""Checks ONNX files with onnx.checker and runs them in ONNX Runtime: check_onnx.py FILE.onnx [INPUTS.npz OUTPUT.npy].

onnx 1.19, onnxruntime 1.23, Python 3.10 or later. Prints the largest difference from the expected output, where one is given.
"""

import sys

import numpy as np
import onnx
import onnxruntime

path = sys.argv[1]
model = onnx.load(path)
onnx.checker.check_model(path, full_check=True)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
if len(sys.argv) > 2:
    inputs = dict(np.load(sys.argv[2]))
    found = session.run(None, inputs)[0]
    print(np.abs(found.astype(np.float64) - np.load(sys.argv[3])).max())
else:
    shapes = {port.name: [48 if isinstance(side, str) and side != "batch" else 1 if isinstance(side, str) else side for side in port.shape]
              for port in session.get_inputs()}  # fmt: skip
    types = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}
    random = np.random.default_rng(0)
    inputs = {port.name: (random.random(shapes[port.name]) * (255 if "uint8" in port.type else 1)).astype(types[port.type])
              for port in session.get_inputs()}  # fmt: skip
    print("runs:", session.run(None, inputs)[0].shape)
