"""Makes the images of the folder values: samples of many types, bands that are opacity or data, inks, pages; and what others read of them.

Written with Pillow 13.0.0, numpy 2.4.6, tifffile 2026.3.3 and imagecodecs 2026.3.6; run as `python make_values.py` in this folder. Nothing here
is random. `values.json` holds, for each file, the samples that tifffile (numbers, bands) or Pillow (colours, frames) read, row by row.
"""

import io
import json
import struct
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageCms

FOLDER = Path(__file__).parent / "values"
expected = {}


def record(name, pixels, page=0):
    pixels = np.asarray(pixels)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    height, width, bands = pixels.shape
    expected.setdefault(name, []).append(
        {"width": width, "height": height, "bands": bands, "levels": [int(value) if value == int(value) else float(value) for value in pixels.ravel()]})


def tiff(name, pixels, **options):
    tifffile.imwrite(FOLDER / name, pixels, metadata=None, software=None, **options)
    record(name, tifffile.imread(FOLDER / name))


# Multiples of 16, which a float of 16 bits holds: 80 ... 4080.
numbers = (np.arange(7 * 9) * 16 * 13 % 4001 // 16 * 16 + 80).reshape(7, 9)
for kind in ["uint16", "int16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"]:
    tiff(f"numbers_{kind}.tif", numbers.astype(kind), photometric="minisblack")
tiff("numbers_12bit.tif", numbers.astype("uint16"), photometric="minisblack", bitspersample=12)
tiff("numbers_float64_big.tif", numbers.astype("float64"), photometric="minisblack", byteorder=">")
tiff("numbers_float64_predictor.tif", numbers.astype("float64"), photometric="minisblack", compression="deflate", predictor=3)
tiff("numbers_float16_lzw.tif", numbers.astype("float16"), photometric="minisblack", compression="lzw", rowsperstrip=2)
tiff("numbers_bigtiff.tif", numbers.astype("float64"), photometric="minisblack", bigtiff=True)
tiff("signed_int16.tif", (numbers - 1104).astype("int16"), photometric="minisblack")
tiff("signed_int8.tif", (numbers // 16 - 128).astype("int8"), photometric="minisblack")
tiff("tiled_float64.tif", np.tile(numbers, (6, 5)).astype("float64"), photometric="minisblack", tile=(16, 32), compression="deflate")
plain = {"photometric": "minisblack", "metadata": None, "software": None}
tifffile.imwrite(FOLDER / "complex.tif", numbers.astype("complex64"), **plain)
tifffile.imwrite(FOLDER / "jpeg2000.tif", (numbers // 16).astype("uint8"), compression="jpeg2000", **plain)

# Bands: colours and more, of which only some are opacity.
bands = (np.arange(6 * 8 * 13) * 7 % 251).reshape(6, 8, 13)
for kind, scale in [("uint8", 1), ("uint16", 257), ("float32", 1 / 251)]:
    for count in [2, 4, 8, 13]:
        photometric = "minisblack" if count == 2 else "rgb"
        extra = count - (1 if count == 2 else 3)
        pixels = (bands[:, :, :count] * scale).astype(kind)
        tiff(f"bands{count}_{kind}.tif", pixels, photometric=photometric, planarconfig="contig", extrasamples=[0] * extra)
    tiff(f"opacity_{kind}.tif", (bands[:, :, :4] * scale).astype(kind), photometric="rgb", planarconfig="contig", extrasamples=[2])
tiff("planes_float64.tif", bands[:, :, :5].transpose(2, 0, 1).astype("float64").copy(), photometric="minisblack", planarconfig="separate",
     extrasamples=[0] * 4)
expected["planes_float64.tif"] = []
record("planes_float64.tif", bands[:, :, :5])
tiff("all_opacity.tif", bands[:, :, :4].astype("uint8"), photometric="minisblack", planarconfig="contig", extrasamples=[2, 2, 2])

# Premultiplied opacity, which Pillow divides by.
opacity = np.array([255, 128, 64, 200, 17, 1, 254, 90])[None, :, None].repeat(6, 0)
colours = bands[:, :, :3] * opacity // 255
tifffile.imwrite(FOLDER / "premultiplied.tif", np.concatenate([colours, opacity], 2).astype("uint8"), photometric="rgb", planarconfig="contig", extrasamples=[1],
                 metadata=None, software=None)
record("premultiplied.tif", Image.open(FOLDER / "premultiplied.tif"))

# A photo with opacity, compressed as JPEG.
y, x = np.mgrid[0:32, 0:48]
scene = np.clip(np.stack([x * 5, y * 7, (x + y) * 3, 255 - x * 4], 2), 0, 255).astype("uint8")
Image.fromarray(scene, "RGBA").save(FOLDER / "jpeg_rgba.tif", compression="jpeg")
record("jpeg_rgba.tif", Image.open(FOLDER / "jpeg_rgba.tif"))


# Inks. A profile of a few corners: a table of 2 levels of each ink to Lab (ICC.1:2004-10, lut8Type).
def profile():
    def tag(data):
        return data + b"\0" * (-len(data) % 4)

    corners = []
    for index in range(16):
        cyan, magenta, yellow, black = [(index >> shift) & 1 for shift in (3, 2, 1, 0)]
        light = (1 - 0.9 * black) * (1 - 0.35 * cyan) * (1 - 0.4 * magenta) * (1 - 0.06 * yellow)
        a = (-32 * cyan + 70 * magenta - 4 * yellow) * (1 - 0.9 * black)
        b = (-44 * cyan - 4 * magenta + 88 * yellow) * (1 - 0.9 * black)
        corners += [round(light * 242), round(a * 0.8) + 128, round(b * 0.8) + 128]
    identity = bytes(range(256))
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + identity * 4 + bytes(corners) + identity * 3
    description = b"desc\0\0\0\0" + struct.pack(">I", 6) + b"inks\0\0" + b"\0" * 79
    tags = [(b"desc", description), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", b"XYZ \0\0\0\0" + struct.pack(">3I", 63190, 65536, 54061)),
            (b"A2B0", table)]
    offset, entries, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags:
        entries += name + struct.pack(">II", offset + len(body), len(data))
        body += tag(data)
    size = offset + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"prtr", b"CMYK", b"Lab ")
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 24 + struct.pack(">I", 0) + struct.pack(">3I", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + entries + body


inks = np.clip(np.stack([x * 5, 255 - y * 7, (x + y) * 3, np.where(y > 20, x * 4, 0)], 2), 0, 255).astype("uint8")
picture = Image.fromarray(inks, "CMYK")
for name, options in [("inks.jpg", {}), ("inks_profile.jpg", {"icc_profile": profile()})]:
    picture.save(FOLDER / name, quality=95, subsampling=0, **options)
    found = Image.open(FOLDER / name)
    if options:
        found = ImageCms.profileToProfile(
            found, ImageCms.ImageCmsProfile(io.BytesIO(options["icc_profile"])), ImageCms.createProfile("sRGB"), outputMode="RGB")
    record(name, found.convert("RGB"))
# The same without Adobe's marker (APP14), by which alone readers know that inks are inverted; Pillow inverts them all the same.
data = (FOLDER / "inks.jpg").read_bytes()
at = data.index(b"\xff\xee")
(FOLDER / "inks_unmarked.jpg").write_bytes(data[:at] + data[at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]:])
record("inks_unmarked.jpg", Image.open(FOLDER / "inks_unmarked.jpg").convert("RGB"))
picture.save(FOLDER / "inks.tif")
record("inks.tif", Image.open(FOLDER / "inks.tif").convert("RGB"))

# Pages of unlike sizes and types, with a small copy of the first that is no page.
with tifffile.TiffWriter(FOLDER / "pages.tif") as writer:
    writer.write(numbers.astype("uint16"), **plain)
    writer.write(numbers[::2, ::2].astype("uint16"), subfiletype=1, **plain)
    writer.write((numbers[:5, :6] // 16).astype("uint8"), **plain)
    writer.write(numbers[:3].astype("float64"), **plain)
for page in [numbers, numbers[:5, :6] // 16, numbers[:3]]:
    record("pages.tif", page)
frames = [Image.fromarray(np.roll(scene, 7 * index, 1), "RGBA").convert("RGB") for index in range(3)]
frames[0].save(FOLDER / "frames.webp", save_all=True, append_images=frames[1:], duration=[40, 80, 120], loop=2, lossless=True)
for frame in frames:
    record("frames.webp", frame)

small = [frame.crop((0, 0, 24, 16)).quantize(16) for frame in frames]
small[0].save(FOLDER / "frames.gif", save_all=True, append_images=small[1:], duration=[40, 80, 120], loop=0)
with Image.open(FOLDER / "frames.gif") as found:
    for index in range(3):
        found.seek(index)
        record("frames.gif", found.convert("RGB"))

(FOLDER / "values.json").write_text(json.dumps(expected, separators=(",", ":"), sort_keys=True) + "\n")
