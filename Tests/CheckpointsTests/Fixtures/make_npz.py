"""Writes the .npz files beside this one, which the tests read: python make_npz.py

Made with Python 3.11.7 and NumPy 2.4.6.
"""

from pathlib import Path

import numpy as np

FIXTURES = Path(__file__).parent

numbers = np.arange(24).reshape(2, 3, 4)
arrays = {
    "float64": numbers / 7,
    "float32": (numbers / 7).astype("<f4"),
    "float16": np.array([0.5, 65504], "<f2"),
    "int64": numbers - 2**62,
    "int32": (numbers - 2**31).astype("<i4"),
    "int16": np.array([-32768, 32767], "<i2"),
    "int8": np.array([-128, 127], "i1"),
    "uint8": np.array([0, 255], "u1"),
    "uint16": np.array([65535], "<u2"),
    "bool": np.array([True, False]),
    "fortran": np.asfortranarray(numbers / 7),
    "number": np.array(0.1),
    "nothing": np.zeros((3, 0, 2)),
}
np.savez(FIXTURES / "stored.npz", **arrays)
np.savez_compressed(FIXTURES / "deflated.npz", **arrays)
np.savez(
    FIXTURES / "foreign.npz",
    object=np.array([{}], dtype=object),
    text=np.array(["a"]),
    bigendian=np.arange(3, dtype=">f8"),
    structured=np.zeros(2, [("a", "<f4"), ("b", "<i8")]),
    complex=np.zeros(2, "<c16"),
    good=np.arange(3.0),
)
