"""Makes the images of this folder: inputs of many kinds, and what Pillow makes of them.

Written with Pillow 13.0.0 and numpy 2.4.6; run as `python make_fixtures.py` in this folder. Nothing here is random.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

HERE = Path(__file__).parent


def scene(height, width):
    """A smooth background, hard edges and fine texture: what resampling filters differ on."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    texture = 40 * np.sin(x * y / 37.0) + 25 * np.sin(x * 1.7) * np.cos(y * 2.1)
    disc = 90.0 * ((x - width * 0.6) ** 2 + (y - height * 0.45) ** 2 < (height * 0.3) ** 2)
    red = 60 + 150 * x / width + texture * (y > height * 0.7)
    green = 200 - 150 * y / height + disc
    blue = 128 + 100 * np.sin(x / 9.0 + y / 7.0) - disc
    return np.clip(np.rint(np.stack([red, green, blue], axis=2)), 0, 255).astype(np.uint8)


def save(image, name, **options):
    image.save(HERE / name, **options)


def write_png16(name, pixels):
    """Pillow cannot write 16-bit RGB."""
    height, width, channels = pixels.shape
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + pixels[row].astype(">u2").tobytes() for row in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    (HERE / name).write_bytes(b"\x89PNG\r\n\x1a\n" + content)


def write_tiff(name, pixels, photometric, extra=None):
    """One uncompressed strip of interleaved samples; `extra` is the kind of every sample beyond the photometric ones."""
    height, width, channels = pixels.shape
    bits = pixels.dtype.itemsize * 8
    kind = {"u": 1, "i": 2, "f": 3}[pixels.dtype.kind]
    data = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    tags, heap = [], b""
    heap_start = 8 + len(data)

    def add(tag, type_code, values):
        nonlocal heap
        form = {3: "H", 4: "I"}[type_code]
        packed = struct.pack(f"<{len(values)}{form}", *values)
        if len(packed) > 4:
            offset = heap_start + len(heap)
            heap += packed + b"\0" * (len(packed) % 2)
            packed = struct.pack("<I", offset)
        tags.append(struct.pack("<HHI", tag, type_code, len(values)) + packed.ljust(4, b"\0"))

    add(256, 4, [width])
    add(257, 4, [height])
    add(258, 3, [bits] * channels)
    add(259, 3, [1])
    add(262, 3, [photometric])
    add(273, 4, [8])
    add(277, 3, [channels])
    add(278, 4, [height])
    add(279, 4, [len(data)])
    add(284, 3, [1])
    if extra is not None:
        add(338, 3, [extra] * (channels - (3 if photometric == 2 else 1)))
    add(339, 3, [kind] * channels)
    directory = struct.pack("<H", len(tags)) + b"".join(tags) + struct.pack("<I", 0)
    start = heap_start + len(heap)
    (HERE / name).write_bytes(b"II*\0" + struct.pack("<I", start) + data + heap + directory)


def resizing():
    photo = Image.fromarray(scene(80, 120))
    save(photo, "photo.png", optimize=True)
    save(photo.convert("L"), "photo_grey.png", optimize=True)
    for height, width in [(37, 53), (64, 64), (100, 60), (60, 150), (150, 170)]:
        save(photo.resize((width, height), Image.BICUBIC), f"photo_{height}x{width}.png", optimize=True)
    save(photo.convert("L").resize((53, 37), Image.BICUBIC), "photo_grey_37x53.png", optimize=True)

    deep = scene(40, 50)[..., 0].astype(np.uint16) * 251 + scene(40, 50)[..., 2]
    save(Image.fromarray(deep), "grey16.png", optimize=True)
    for height, width in [(23, 31), (55, 71)]:
        resized = np.asarray(Image.fromarray(deep.astype(np.float32), mode="F").resize((width, height), Image.BICUBIC))
        save(Image.fromarray(np.clip(np.rint(resized), 0, 65535).astype(np.uint16)), f"grey16_{height}x{width}.png", optimize=True)
        write_tiff(f"grey_float_{height}x{width}.tif", resized[..., None], 1)
    write_tiff("grey_float.tif", deep.astype(np.float32)[..., None], 1)


def colours():
    small = scene(20, 30)
    (HERE / "small.raw").write_bytes(small.tobytes())
    image = Image.fromarray(small)
    for name, options in [
        ("png", {}), ("bmp", {}), ("ppm", {}), ("tif", {}), ("webp", {"lossless": True}), ("jpg", {"quality": 95}),
    ]:
        save(image, f"small.{name}", **options)
    save(Image.open(HERE / "small.jpg").convert("RGB"), "small_from_jpg.png", optimize=True)
    save(image.convert("L"), "small_grey.jpg", quality=95)

    palette = image.quantize(16)
    save(palette, "palette.png")
    save(palette, "palette.bmp")
    save(palette.convert("RGB"), "palette_rgb.png")
    save(palette, "palette_transparent.png", transparency=bytes(range(0, 256, 16)))
    save(Image.open(HERE / "palette_transparent.png").convert("RGBA"), "palette_rgba.png")
    save(image.convert("L").point(lambda level: 255 * (level > 120)).convert("1"), "bilevel.png")

    alpha = np.rint(255 * (np.mgrid[0:20, 0:30][1] / 29.0)).astype(np.uint8)
    alpha[:5] = 0
    transparent = Image.fromarray(np.dstack([small, alpha]))
    save(transparent, "rgba.png")
    grey = Image.merge("LA", [image.convert("L"), Image.fromarray(alpha)])
    save(grey, "grey_alpha.png")
    for label, background in [("white", (255, 255, 255)), ("pink", (255, 0, 128))]:
        canvas = Image.new("RGB", image.size, background)
        canvas.paste(image, mask=Image.fromarray(alpha))
        save(canvas, f"rgba_on_{label}.png")
    save(Image.open(HERE / "rgba_on_white.png").convert("L"), "rgba_on_white_grey.png")
    canvas = Image.new("L", image.size, 64)
    canvas.paste(image.convert("L"), mask=Image.fromarray(alpha))
    save(canvas, "grey_alpha_on_64.png")

    patches = np.repeat(np.repeat(np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]]], np.uint8), 16, 0), 16, 1)
    save(Image.fromarray(patches).convert("CMYK"), "cmyk.jpg", quality=95)


def orientations():
    image = Image.fromarray(scene(16, 24))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        save(image, f"orientation_{orientation}.jpg", quality=90, exif=exif, subsampling=0)
        upright = ImageOps.exif_transpose(Image.open(HERE / f"orientation_{orientation}.jpg"))
        save(upright, f"orientation_{orientation}.png", optimize=True)


def samples():
    base = scene(6, 7).astype(np.uint16)
    deep = base * 257 - (base % 7)
    write_png16("rgb16.png", deep)
    write_tiff("rgb16.tif", deep, 2)
    write_tiff("rgba.tif", np.dstack([scene(6, 7), scene(6, 7)[..., :1]]), 2, extra=2)
    many = np.stack([(base[..., 0] + 31 * band).astype(np.uint16) for band in range(13)], axis=2)
    write_tiff("bands4.tif", many[..., :4].astype(np.uint8), 1, extra=0)
    write_tiff("bands13.tif", many, 1, extra=0)
    write_tiff("float_rgb.tif", (base / 255).astype(np.float32), 2)
    write_tiff("int16.tif", (base[..., :1].astype(np.int16) - 200), 1)


for make in (resizing, colours, orientations, samples):
    make()
