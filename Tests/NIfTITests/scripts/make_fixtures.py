"""Makes the NIfTI volumes of ../Fixtures and what nibabel reads from them, expected.json.

Written with nibabel 5.4.2 and numpy 2.4.6; run as `python make_fixtures.py` in this folder. Nothing here is random. Slices are cut from what
nibabel's `as_closest_canonical` makes of a volume (axes towards right, front and head), turned as a radiologist's screen shows them.
"""

import gzip
import json
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.orientations import aff2axcodes

OUT = Path(__file__).parent.parent / "Fixtures"
SHAPE = (3, 4, 5)
expected = {}


def ramp(low, high, dtype, shape=SHAPE):
    count = int(np.prod(shape))
    return np.round(low + (high - low) * (np.arange(count) * 37 % count) / (count - 1)).astype(dtype).reshape(shape)


def rotation(x, y, z):
    def turn(axis, angle):
        c, s = np.cos(angle), np.sin(angle)
        m = np.eye(3)
        a, b = [i for i in range(3) if i != axis]
        m[a, a], m[a, b], m[b, a], m[b, b] = c, -s, s, c
        return m
    return turn(0, x) @ turn(1, y) @ turn(2, z)


def affine(matrix, zooms=(1.5, 2, 2.5), origin=(-10, 20, -30)):
    result = np.eye(4)
    result[:3, :3] = matrix @ np.diag(zooms)
    result[:3, 3] = origin
    return result


def slices(image, volume=0):
    """The middle slice along each axis, as on a radiologist's screen."""
    data = np.asanyarray(nib.as_closest_canonical(image).dataobj, dtype=np.float64)
    if data.ndim > 3:
        data = data.reshape(*data.shape[:3], -1, order="F")[..., volume]
    turned = {
        "axial": lambda k: data[::-1, ::-1, k].T,
        "coronal": lambda k: data[::-1, k, ::-1].T,
        "sagittal": lambda k: data[k, ::-1, ::-1].T,
    }
    counts = {"axial": data.shape[2], "coronal": data.shape[1], "sagittal": data.shape[0]}
    result = {}
    for axis, cut in turned.items():
        index = counts[axis] // 2
        plane = cut(index)
        result[axis] = {
            "count": counts[axis], "index": index, "height": plane.shape[0], "width": plane.shape[1],
            "values": [float(np.float32(v)) for v in plane.reshape(-1)],
        }
    return result


def note(name, volume=0, path=None):
    image = nib.load(path or OUT / name)
    expected[name] = {
        "affine": image.affine[:3].tolist(), "codes": "".join(aff2axcodes(image.affine)), "volume": volume, "slices": slices(image, volume),
        "zooms": [float(v) for v in nib.affines.voxel_sizes(image.affine)],
    }


def save(name, data, matrix, header=None, slope=None, **codes):
    image = nib.Nifti1Image(data, matrix, header, dtype=data.dtype)
    image.header.set_data_dtype(data.dtype)
    if slope:
        image.header.set_slope_inter(*slope)
    for key, code in codes.items():
        getattr(image, f"set_{key}")(matrix if code else None, code)
    nib.save(image, OUT / name)
    if slope:
        # nibabel scales what it writes: the stored numbers are put in by hand.
        path = OUT / name
        content = bytearray(gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes())
        order = image.header.endianness
        content[112:116] = np.float32(slope[0]).astype(order + "f4").tobytes()
        content[116:120] = np.float32(slope[1]).astype(order + "f4").tobytes()
        content[352:] = data.astype(data.dtype.newbyteorder(order)).tobytes(order="F")
        path.write_bytes(gzip.compress(bytes(content), mtime=0) if name.endswith("gz") else bytes(content))
    note(name)


plain = affine(np.eye(3))
for dtype in (np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.float32, np.float64):
    kind = np.dtype(dtype)
    low, high = (-1.5, 2.5) if kind.kind == "f" else (0 if kind.kind == "u" else -100, 250 if kind != np.int8 else 100)
    data = ramp(low, high, dtype) if kind.kind != "f" else np.linspace(low, high, 60).reshape(SHAPE).astype(dtype)
    save(f"{kind.name}.nii", data, plain)
# Voxels that lie in every way: the first letters are what nibabel calls them.
for name, matrix in (
    ("las", np.diag([-1.0, 1, 1])), ("lps", np.diag([-1.0, -1, 1])), ("ail", np.array([[0, 0, -1.0], [1, 0, 0], [0, 1, 0]])),
    ("sra", np.array([[0, 1.0, 0], [0, 0, 1], [1, 0, 0]])), ("oblique", rotation(0.4, -0.3, 0.2) @ np.diag([-1.0, 1, 1])),
    ("steep", rotation(0.7, 0.6, -0.5)),
):
    save(f"{name}.nii.gz", ramp(-500, 1500, np.int16), affine(matrix), slope=(2, -24) if name == "las" else None)
sheared = affine(np.array([[1, 0.5, 0.1], [0.2, 1, 0.6], [0, 0.3, 1]]))
save("sheared.nii.gz", ramp(0, 200, np.uint8), sheared)
# The quaternion alone, also with a mirrored third axis, and neither of both.
save("qform.nii.gz", ramp(0, 200, np.uint8), affine(rotation(0.1, 0.2, 1.4)), sform=0, qform=1)
save("qform_mirrored.nii.gz", ramp(0, 200, np.uint8), affine(rotation(0.1, 0.2, -0.3) @ np.diag([1.0, 1, -1])), sform=0, qform=2)
save("no_codes.nii.gz", ramp(0, 200, np.uint8), plain, sform=0, qform=0)
save("both_codes.nii.gz", ramp(0, 200, np.uint8), affine(np.diag([-1.0, 1, 1])), sform=2, qform=1)
# Big endian, in time, packed in two members, and as a pair.
big = nib.Nifti1Header(endianness=">")
save("big_endian.nii", ramp(-3000, 3000, np.int16), affine(np.diag([-1.0, -1, 1])), header=big, slope=(0.5, 10))
save("time.nii.gz", ramp(-100, 9000, np.int16, (3, 4, 5, 3)), plain)
note("time.nii.gz", volume=2)
save("vectors.nii.gz", ramp(-100, 9000, np.int16, (3, 4, 5, 1, 2)), plain)
note("vectors.nii.gz", volume=1)
flat = ramp(0, 99, np.int16, (4, 6))
save("flat.nii", flat[:, :, None], plain)
content = bytearray((OUT / "flat.nii").read_bytes())
content[40:48] = np.array([2, 4, 6, 1], dtype="<i2").tobytes()
(OUT / "flat.nii").write_bytes(bytes(content))
whole = gzip.decompress((OUT / "las.nii.gz").read_bytes())
(OUT / "members.nii.gz").write_bytes(gzip.compress(whole[:400], mtime=0) + gzip.compress(whole[400:], mtime=0))
note("members.nii.gz")
pair = nib.Nifti1Pair(ramp(-500, 1500, np.int16), affine(np.diag([-1.0, 1, 1])))
nib.save(pair, OUT / "pair.img")
note("pair.hdr", path=OUT / "pair.img")
image = nib.Nifti1Image(ramp(0, 200, np.uint8), plain)
image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"kept"))
nib.save(image, OUT / "extension.nii.gz")
note("extension.nii.gz")
colour = np.zeros(SHAPE, dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
for number, band in enumerate("RGB"):
    colour[band] = ramp(0, 255, np.uint8) ^ (number * 85)
nib.save(nib.Nifti1Image(colour, plain), OUT / "rgb.nii.gz")
expected["rgb.nii.gz"] = {"values": [int(colour[b][i, j, 2]) for j in range(3, -1, -1) for i in range(2, -1, -1) for b in "RGB"]}
nib.save(nib.Nifti1Image(ramp(0, 9, np.int16).astype(np.complex64), plain), OUT / "complex.nii.gz")
nib.save(nib.Nifti2Image(ramp(0, 9, np.int16), plain), OUT / "second.nii")
(OUT / "expected.json").write_text(json.dumps(expected, indent=0, sort_keys=True) + "\n")
