"""Makes the BMP files of the folder bmp, and next to each of them its pixels as PNG.

Written with Pillow 13.0.0 and numpy 2.4.6; run as `python make_bitmaps.py` in this folder. Nothing here is random. The files are put
together here, as Pillow writes few kinds; the pixels are those that went into them, and Pillow has to read the same ones, where it
reads the kind. The files written_* are what this package has to write, byte by byte.
"""

import struct
from pathlib import Path

import numpy as np
from PIL import Image

BITMAPS = Path(__file__).parent / "bmp"
HEIGHT, WIDTH = 7, 13
# Kinds that Pillow does not read, or not as Microsoft's documentation says.
OTHERS = {
    "bits2", "os2_16", "os2_24_bits4", "alphabitfields", "masks_10_10_10_2", "masks_4444", "masks_1555", "masks_empty", "runs4_early_end",
}


def colours():
    """RGBA with edges, slopes and every bit in use."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([x * 255 // 12, y * 255 // 6, (x * 37 + y * 91) % 256, 255 - (x * y * 255) // 72], axis=2).astype(np.uint8)


def indices(count):
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return ((x // 2 * 3 + y * y) % count).astype(np.uint8)


def palette(count):
    entry = np.arange(count)
    return np.stack([entry * 255 // max(count - 1, 1), (entry * 83 + 20) % 256, 255 - entry * 5 % 256], axis=1).astype(np.uint8)


def packed(rows, bits, top_down=False):
    """Rows of numbers as the file has them: each filled up to four bytes, the lowest first."""
    if bits < 8:
        codes = [np.packbits(np.unpackbits(row[:, None], axis=1)[:, 8 - bits:].reshape(-1)).tobytes() for row in rows]
    else:
        codes = [b"".join(int(number).to_bytes(bits // 8, "little") for number in row) for row in rows]
    codes = [code + bytes(-len(code) % 4) for code in codes]
    return b"".join(codes if top_down else reversed(codes))


def header(size, bits, compression=0, used=0, top_down=False, masks=()):
    if size == 12:
        return struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, bits)
    height = -HEIGHT if top_down else HEIGHT
    fields = struct.pack("<IiiHHIIiiII", size, WIDTH, height, 1, bits, compression, 0, 2835, 2835, used, 0)
    behind = struct.pack(f"<{len(masks)}I", *masks)
    return (fields + behind).ljust(size, b"\0") if size > 40 else fields[:size] + behind


def write(name, head, table, pixels, expected, offset=None, gap=0):
    start = 14 + len(head) + len(table) + gap
    content = b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start if offset is None else offset)
    content += head + table + bytes(gap) + pixels
    path = BITMAPS / f"{name}.bmp"
    path.write_bytes(content)
    Image.fromarray(expected).save(path.with_suffix(".png"), optimize=True)
    if name not in OTHERS:
        seen = np.asarray(Image.open(path).convert("RGBA" if expected.shape[2] == 4 else "RGB")).astype(int)
        # Pillow cuts off where samples of five and six bits are stretched.
        allowed = 1 if name.startswith("masks_5") else 0
        assert seen.shape == expected.shape and np.abs(seen - expected).max() <= allowed, name


def with_palette(name, size, bits, count=None, used=0, **options):
    count = count or 1 << bits
    entries = palette(count)
    rows = indices(count)
    top_down = options.pop("top_down", False)
    table = b"".join(bytes(entry[::-1]) + (b"" if size == 12 else b"\0") for entry in entries)
    write(name, header(size, bits, used=used, top_down=top_down), table, packed(rows, bits, top_down), entries[rows], **options)


def with_colours(name, size, bits, compression=0, masks=(), expected_masks=None, top_down=False, **options):
    """Samples cut to their masks' bits and stretched back, rounded to the nearest."""
    used_masks = expected_masks or [mask for mask in masks if mask] or ([0x7C00, 0x3E0, 0x1F] if bits == 16 else [0xFF0000, 0xFF00, 0xFF])
    numbers = np.zeros((HEIGHT, WIDTH), np.int64)
    expected = []
    for band, mask in enumerate(used_masks):
        shift = (mask & -mask).bit_length() - 1
        largest = mask >> shift
        sample = (colours()[..., band].astype(np.int64) * largest + 127) // 255
        numbers |= sample << shift
        expected.append((sample * 255 * 2 + largest) // (2 * largest))
    numbers |= ((1 << bits) - 1) & ~sum(used_masks)
    write(name, header(size, bits, compression, top_down=top_down, masks=masks), b"", packed(numbers, bits, top_down),
          np.stack(expected, axis=2).astype(np.uint8), **options)


def absolute(row, halves):
    codes = [row[i] << 4 | (row[i + 1] if i + 1 < len(row) else 0) for i in range(0, len(row), 2)] if halves else list(row)
    return [0, len(row), *codes] + [0] * (len(codes) % 2)


def runs(row, halves):
    """Runs of one index; with halves also of two that take turns."""
    codes, start = [], 0
    while start < len(row):
        end = start + 1
        if halves and start + 1 < len(row):
            end = start + 2
            while end < len(row) and row[end] == row[end - 2]:
                end += 1
            codes += [end - start, row[start] << 4 | row[start + 1]]
        else:
            while not halves and end < len(row) and row[end] == row[start]:
                end += 1
            codes += [end - start, row[start] << 4 if halves else row[start]]
        start = end
    return codes


def run_lengths(name, bits, count, skips=False, ends_early=False, ends=True):
    halves = bits == 4
    entries, rows = palette(count), indices(count)
    codes, numbers = [], range(HEIGHT)
    if skips:
        # Four columns and a row, one pixel, the rest of that row, and another one.
        codes, numbers = [0, 2, 4, 1, 1, 0x30 if halves else 3, 0, 0, 0, 2, 0, 1], range(3, HEIGHT)
        rows[-3:] = 0
        rows[-2, 4] = 3
    if ends_early:
        # Two rows that are ended at once, as is the picture before its topmost row.
        codes, numbers = [0, 0, 0, 0], range(2, HEIGHT - 1)
        rows[[0, -2, -1]] = 0
    for number in numbers:
        row = rows[HEIGHT - 1 - number].tolist()
        codes += absolute(row, halves) if number % 3 == 1 else runs(row, halves)
        codes += [0, 0] if number < HEIGHT - 1 else []
    table = b"".join(bytes(entry[::-1]) + b"\0" for entry in entries)
    write(name, header(40, bits, 2 if halves else 1, used=count), table, bytes(codes + [0, 1] * ends), entries[rows])


def make():
    BITMAPS.mkdir(exist_ok=True)
    for bits in (1, 2, 4, 8):
        with_palette(f"bits{bits}", 40, bits)
    with_palette("bits8_used20", 40, 8, count=20, used=20)
    with_palette("bits8_top_down", 40, 8, count=30, used=30, top_down=True)
    with_palette("bits4_gap", 124, 4, gap=6, used=16)
    with_palette("bits4_offset_of_palette", 40, 4, offset=54)
    with_palette("bits4_no_offset", 40, 4, offset=0)
    with_palette("core_bits1", 12, 1)
    with_palette("core_bits4", 12, 4)
    with_palette("os2_24_bits4", 24, 4)
    with_palette("os2_64_bits8", 64, 8, count=40, used=40)
    with_colours("core_24", 12, 24)
    with_colours("os2_16", 16, 24)
    with_colours("colours_24", 40, 24)
    with_colours("colours_24_top_down", 108, 24, top_down=True)
    with_colours("colours_32", 40, 32)
    with_colours("colours_32_v5", 124, 32)
    with_colours("masks_555_none", 40, 16)
    with_colours("masks_555", 40, 16, 3, (0x7C00, 0x3E0, 0x1F))
    with_colours("masks_565", 40, 16, 3, (0xF800, 0x7E0, 0x1F))
    with_colours("masks_565_v2", 52, 16, 3, (0xF800, 0x7E0, 0x1F), top_down=True)
    with_colours("masks_1555", 56, 16, 3, (0x7C00, 0x3E0, 0x1F, 0x8000))
    with_colours("masks_4444", 108, 16, 3, (0xF00, 0xF0, 0xF, 0xF000))
    with_colours("masks_10_10_10_2", 108, 32, 3, (0x3FF00000, 0xFFC00, 0x3FF, 0xC0000000))
    with_colours("masks_8880", 40, 32, 3, (0xFF000000, 0xFF0000, 0xFF00))
    with_colours("masks_8888_v3", 56, 32, 3, (0xFF, 0xFF00, 0xFF0000, 0xFF000000))
    with_colours("masks_8888_v5", 124, 32, 3, (0xFF0000, 0xFF00, 0xFF, 0xFF000000))
    with_colours("masks_8888_v5_opaque", 124, 32, 3, (0xFF0000, 0xFF00, 0xFF, 0))
    with_colours("masks_empty", 124, 32, 3, (0, 0, 0, 0))
    with_colours("alphabitfields", 40, 32, 6, (0xFF0000, 0xFF00, 0xFF, 0xFF000000))
    run_lengths("runs8", 8, 200)
    run_lengths("runs8_skips", 8, 200, skips=True)
    run_lengths("runs8_no_end", 8, 200, ends=False)
    run_lengths("runs4", 4, 16)
    run_lengths("runs4_skips", 4, 16, skips=True)
    run_lengths("runs4_early_end", 4, 16, ends_early=True)
    written()
    by_pillow()


def written():
    for name, bits, used, rows in [("24", 24, 0, colours()[..., :3]), ("grey", 8, 256, indices(256))]:
        numbers = rows.astype(np.int64) @ [1 << 16, 1 << 8, 1] if bits == 24 else rows
        pixels = packed(numbers, bits)
        head = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, bits, 0, len(pixels), 0, 0, used, 0)
        table = b"".join(bytes([level, level, level, 0]) for level in range(used))
        write(f"written_{name}", head, table, pixels, rows if bits == 24 else np.repeat(rows[..., None], 3, axis=2))


def by_pillow():
    image = Image.fromarray(colours()[..., :3])
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        path = BITMAPS / f"pillow_{mode.lower()}.bmp"
        (image.quantize(9) if mode == "P" else image.convert(mode)).save(path)
        Image.open(path).convert("RGB").save(path.with_suffix(".png"), optimize=True)


make()
