"""Makes the DICOM files of ../Fixtures and the values that pydicom reads from them, expected.json.

Written with pydicom 3.0.2, pyjpegls 1.5.1, pylibjpeg 2.1.0, pylibjpeg-libjpeg 2.5.0, pylibjpeg-openjpeg 2.6.0,
pylibjpeg-rle 2.2.0, Pillow 13.0.0 and numpy 2.4.6; run as
`python make_fixtures.py` in this folder. Nothing here is random. The patient's name of every file is one that no message may hold.
"""

import io
import json
import struct
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels import apply_color_lut, apply_modality_lut, pixel_array
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage, DeflatedExplicitVRLittleEndian, EnhancedCTImageStorage, ExplicitVRBigEndian, ExplicitVRLittleEndian,
    ImplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLossless, JPEGLosslessSV1, JPEGLSLossless,
    RLELossless,
)

OUT = Path(__file__).parent.parent / "Fixtures"
ROWS, COLUMNS = 5, 7
expected = {}


def ramp(low, high, dtype, frames=None, bands=None):
    shape = [size for size in (frames, ROWS, COLUMNS, bands) if size]
    count = int(np.prod(shape))
    # In an order without runs, and with both ends in it.
    order = (np.arange(count) * 37 % count if count % 37 else np.arange(count))
    return np.round(low + (high - low) * order / (count - 1)).astype(dtype).reshape(shape)


def base(syntax, pixels, photometric="MONOCHROME2", stored=None, high=None, frames=None, sop=CTImageStorage):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop
    meta.MediaStorageSOPInstanceUID = "1.2.3.4.5"
    meta.TransferSyntaxUID = syntax
    ds = Dataset()
    ds.file_meta = meta
    ds.SOPClassUID = sop
    ds.SOPInstanceUID = "1.2.3.4.5"
    ds.Modality = "CT"
    ds.PatientName = "Secret^Person"
    ds.PatientID = "SECRET-4711"
    ds.PatientBirthDate = "19010203"
    ds.SeriesInstanceUID = "1.2.3.4"
    ds.InstanceNumber = 3
    ds.SamplesPerPixel = 3 if photometric in ("RGB", "YBR_FULL", "YBR_FULL_422") else 1
    ds.PhotometricInterpretation = photometric
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = 0
    if frames:
        ds.NumberOfFrames = frames
    ds.Rows, ds.Columns = ROWS, COLUMNS
    bits = pixels.dtype.itemsize * 8
    ds.BitsAllocated = bits
    ds.BitsStored = stored or bits
    ds.HighBit = high or ds.BitsStored - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    ds.PixelData = data + bytes(len(data) % 2)
    ds["PixelData"].VR = "OW" if bits > 8 or syntax == ImplicitVRLittleEndian else "OB"
    return ds


def save(name, ds, values=None, preamble=True, **more):
    syntax = ds.file_meta.TransferSyntaxUID
    ds.file_meta["TransferSyntaxUID"].value = syntax
    pydicom.dcmwrite(OUT / name, ds, enforce_file_format=True)
    note(name, values, **more)


def note(name, values, kind="values", **more):
    if values is not None:
        values = np.asarray(values)
        more["kind"] = kind
        more["values"] = [float(v) for v in values.reshape(-1)]
    expected[name] = more


def read(name):
    return pydicom.dcmread(OUT / name, force=True)


def rescaled(name):
    ds = read(name)
    return apply_modality_lut(ds.pixel_array, ds)


def plain():
    ct = ramp(0, 4000, np.int16)
    ds = base(ImplicitVRLittleEndian, ct)
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, -1024, "HU"
    ds.WindowCenter, ds.WindowWidth = [40, 300], [400, 1500]
    ds.PixelSpacing = [0.5, 0.75]
    ds.SliceThickness = 2.5
    ds.ImagePositionPatient = [-10.5, 20, 30.25]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    save("implicit.dcm", ds)
    note("implicit.dcm", rescaled("implicit.dcm"), window=[40, 400], range=[-160.0, 239.0], spacing=[0.5, 0.75],
         position=[-10.5, 20, 30.25], orientation=[1, 0, 0, 0, 1, 0])
    content = (OUT / "implicit.dcm").read_bytes()
    # A picture for two kinds of readers.
    (OUT / "tiff_preamble.dcm").write_bytes(b"II*\0" + bytes(124) + content[128:])
    note("tiff_preamble.dcm", rescaled("implicit.dcm"))
    for name, syntax in (("bare_implicit.dcm", ImplicitVRLittleEndian), ("bare_explicit.dcm", ExplicitVRLittleEndian)):
        ds = base(syntax, ct)
        ds.RescaleSlope, ds.RescaleIntercept = 2, -5
        pydicom.dcmwrite(OUT / name, ds, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True, enforce_file_format=True)
        content = (OUT / name).read_bytes()
        length = struct.unpack("<I", content[140:144])[0]
        (OUT / name).write_bytes(content[144 + length:])
        note(name, ct.astype(float) * 2 - 5)

    mr = ramp(0, 4095, np.uint16)
    ds = base(ExplicitVRLittleEndian, mr, stored=12)
    ds.RescaleSlope, ds.RescaleIntercept = "2.5", "-3"
    ds.WindowCenter, ds.WindowWidth, ds.VOILUTFunction = 2000, 1000, "LINEAR_EXACT"
    save("explicit_12.dcm", ds)
    note("explicit_12.dcm", rescaled("explicit_12.dcm"), window=[2000, 1000], range=[1500.0, 2500.0])
    for name, syntax in (("big_endian.dcm", ExplicitVRBigEndian), ("deflated.dcm", DeflatedExplicitVRLittleEndian)):
        save(name, base(syntax, ramp(-30000, 30000, np.int16)))
        note(name, rescaled(name))
    ds = base(ExplicitVRBigEndian, ramp(0, 255, np.uint8))
    data = ds.PixelData
    ds.PixelData = b"".join(bytes([data[i + 1], data[i]]) for i in range(0, len(data), 2))
    ds["PixelData"].VR = "OW"
    save("big_endian_8.dcm", ds)
    note("big_endian_8.dcm", ramp(0, 255, np.uint8))

    # Twelve bits in the upper ones of sixteen, with an old overlay in the lowest.
    shifted = (ramp(0, 4095, np.uint16) << 4) | (np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) % 2).astype(np.uint16)
    ds = base(ExplicitVRLittleEndian, shifted, stored=12, high=15)
    save("high_bits.dcm", ds, ramp(0, 4095, np.uint16))
    signed = ramp(-2048, 2047, np.int16)
    ds = base(ExplicitVRLittleEndian, (signed.astype(np.uint16) & 0x0FFF).astype(np.uint16), stored=12)
    ds.PixelRepresentation = 1
    save("signed_12.dcm", ds, signed)
    save("signed_8.dcm", base(ExplicitVRLittleEndian, ramp(-128, 127, np.int8)))
    note("signed_8.dcm", rescaled("signed_8.dcm"))
    save("unsigned_32.dcm", base(ExplicitVRLittleEndian, ramp(0, 4294967295, np.uint32)))
    note("unsigned_32.dcm", rescaled("unsigned_32.dcm"))

    ds = base(ExplicitVRLittleEndian, ramp(0, 1023, np.uint16), photometric="MONOCHROME1", stored=10)
    ds.RescaleSlope, ds.RescaleIntercept = 2, 10
    ds.WindowCenter, ds.WindowWidth = 500, 201
    # Stored 0 becomes 1023; a value v becomes 2 * 1023 + 2 * 10 - v.
    save("monochrome1.dcm", ds, 2 * (1023 - ramp(0, 1023, np.float64)) + 10, window=[1566, 201], range=[2066 - 599.5, 2066 - 399.5])

    padded = ramp(-1000, 1000, np.int16)
    padded[0, :] = -2000
    padded[1, 0] = -1999
    ds = base(ExplicitVRLittleEndian, padded)
    ds.RescaleSlope, ds.RescaleIntercept = 1, 0
    ds.PixelPaddingValue = -2000
    ds.PixelPaddingRangeLimit = -1990
    values = padded.astype(float)
    values[values <= -1990] = values[values > -1990].min()
    save("padded.dcm", ds, values)

    table = Dataset()
    table.LUTDescriptor = [4, 10, 16]
    table.ModalityLUTType = "OD"
    table.LUTData = struct.pack("<4H", 5, 500, 50, 5000)
    table["LUTDescriptor"].VR = "US"
    table["LUTData"].VR = "OW"
    stored = (np.arange(ROWS * COLUMNS) % 8 + 8).astype(np.uint16).reshape(ROWS, COLUMNS)
    ds = base(ExplicitVRLittleEndian, stored)
    ds.ModalityLUTSequence = Sequence([table])
    save("modality_table.dcm", ds)
    note("modality_table.dcm", rescaled("modality_table.dcm"))

    bits = (np.arange(3 * ROWS * COLUMNS) % 3 == 0).astype(np.uint8)
    ds = base(ExplicitVRLittleEndian, bits, frames=3)
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = 0
    packed = np.packbits(bits, bitorder="little").tobytes()
    ds.PixelData = packed + bytes(len(packed) % 2)
    save("bits.dcm", ds)
    note("bits.dcm", read("bits.dcm").pixel_array)

    ds = base(ExplicitVRLittleEndian, ramp(0, 9, np.uint16))
    floats = np.linspace(-1.5, 2.5, ROWS * COLUMNS, dtype=np.float32).reshape(ROWS, COLUMNS)
    del ds.PixelData, ds.BitsStored, ds.HighBit, ds.PixelRepresentation
    ds.BitsAllocated = 32
    ds.FloatPixelData = floats.tobytes()
    save("float.dcm", ds)
    note("float.dcm", read("float.dcm").pixel_array)


def sequences():
    """Items of defined and undefined length in one another, and a private element whose type nobody knows."""
    ds = base(ExplicitVRLittleEndian, ramp(0, 1000, np.int16))
    inner = Dataset()
    inner.CodeValue = "1"
    inner.is_undefined_length_sequence_item = True
    outer = Dataset()
    outer.PurposeOfReferenceCodeSequence = Sequence([inner, inner])
    outer["PurposeOfReferenceCodeSequence"].is_undefined_length = True
    outer.Rows = 999
    outer.is_undefined_length_sequence_item = True
    ds.SourceImageSequence = Sequence([outer, outer])
    ds["SourceImageSequence"].is_undefined_length = True
    plain = Dataset()
    plain.Columns = 998
    ds.ReferencedImageSequence = Sequence([plain])
    save("sequences.dcm", ds)
    note("sequences.dcm", rescaled("sequences.dcm"))
    # UN of undefined length, whose items are implicit, in front of the rows.
    content = (OUT / "sequences.dcm").read_bytes()
    element = struct.pack("<HH", 0x0018, 0x9999)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + struct.pack("<HHI", 0x0028, 0x0010, 2) + b"\x63\0"
    item += struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
    unknown = element + b"UN\0\0" + struct.pack("<I", 0xFFFFFFFF) + item + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    place = content.index(struct.pack("<HH", 0x0020, 0x000E))
    (OUT / "unknown.dcm").write_bytes(content[:place] + unknown + content[place:])
    note("unknown.dcm", rescaled("unknown.dcm"))


def colours():
    global COLUMNS
    rgb = ramp(0, 255, np.uint8, bands=3)
    save("rgb.dcm", base(ExplicitVRLittleEndian, rgb, "RGB"), rgb, kind="colours")
    ds = base(ExplicitVRLittleEndian, np.ascontiguousarray(rgb.transpose(2, 0, 1)), "RGB")
    ds.PlanarConfiguration = 1
    save("rgb_planar.dcm", ds, rgb, kind="colours")
    deep = ramp(0, 4095, np.uint16, bands=3)
    save("rgb_12.dcm", base(ExplicitVRLittleEndian, deep, "RGB", stored=12), np.round(deep / 4095 * 65535), kind="deepColours")
    save("ybr_full.dcm", base(ExplicitVRLittleEndian, rgb, "YBR_FULL"))
    note("ybr_full.dcm", pixel_array(OUT / "ybr_full.dcm"), kind="colours")
    COLUMNS = 8
    ybr = ramp(0, 255, np.uint8, bands=3)
    ds = base(ExplicitVRLittleEndian, ybr, "YBR_FULL_422")
    pairs = ybr.reshape(ROWS, COLUMNS // 2, 2, 3)
    ds.PixelData = np.stack([pairs[..., 0, 0], pairs[..., 1, 0], pairs[..., 0, 1], pairs[..., 0, 2]], axis=-1).tobytes()
    save("ybr_422.dcm", ds)
    note("ybr_422.dcm", pixel_array(OUT / "ybr_422.dcm"), kind="colours")
    COLUMNS = 7

    index = (np.arange(ROWS * COLUMNS) % 12).astype(np.uint8).reshape(ROWS, COLUMNS)
    for name, bits in (("palette_16.dcm", 16), ("palette_8.dcm", 8)):
        ds = base(ExplicitVRLittleEndian, index, "PALETTE COLOR")
        for number, colour in enumerate(("Red", "Green", "Blue")):
            entries = (np.arange(10) * (23 + number) * 257 % 65536).astype(np.uint16)
            if bits == 8:
                entries = entries >> 8
            setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [10, 1, bits])
            data = entries.tobytes() if bits == 16 else entries.astype(np.uint8).tobytes()
            setattr(ds, f"{colour}PaletteColorLookupTableData", data)
            ds[f"{colour}PaletteColorLookupTableDescriptor"].VR = "US"
            ds[f"{colour}PaletteColorLookupTableData"].VR = "OW"
        save(name, ds)
        values = apply_color_lut(read(name).pixel_array, read(name))
        note(name, values >> 8 if bits == 16 else values, kind="colours")


def frames():
    """An enhanced file: slope, window and place of each frame in its groups, the spacing in that of all."""
    pixels = ramp(0, 2000, np.int16, frames=3)
    ds = base(ExplicitVRLittleEndian, pixels, frames=3, sop=EnhancedCTImageStorage)
    ds.RescaleSlope, ds.RescaleIntercept = 7, 7
    shared, measures = Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.6], 4
    shared.PixelMeasuresSequence = Sequence([measures])
    plane = Dataset()
    plane.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
    shared.PlaneOrientationSequence = Sequence([plane])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    groups, values = [], []
    for number in range(3):
        values_, window, position, group = Dataset(), Dataset(), Dataset(), Dataset()
        values_.RescaleSlope, values_.RescaleIntercept, values_.RescaleType = number + 1, -1000 * number, "HU"
        window.WindowCenter, window.WindowWidth = 100 * number, 51
        position.ImagePositionPatient = [number * 4.0, 1, 2]
        group.PixelValueTransformationSequence = Sequence([values_])
        group.FrameVOILUTSequence = Sequence([window])
        group.PlanePositionSequence = Sequence([position])
        groups.append(group)
        values.append(pixels[number].astype(float) * (number + 1) - 1000 * number)
    ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    save("frames.dcm", ds, np.stack(values), window=[0, 51], range=[-25.5, 24.5], spacing=[0.5, 0.6], position=[0, 1, 2],
         orientation=[0, 1, 0, 0, 0, -1])


def lossless_jpeg(pixels, precision, predictor, transform, restart_rows):
    """Process 14 of ITU-T T.81 with a table of 17 codes of five bits; restarts after so many rows, 0 for none."""
    samples = pixels.reshape(ROWS, COLUMNS, -1).astype(np.int64) >> transform
    bands = samples.shape[2]
    bits = []

    def put(value, count):
        bits.extend((value >> (count - 1 - i)) & 1 for i in range(count))

    out = b""

    def flush():
        nonlocal out
        bits.extend([1] * (-len(bits) % 8))
        out += np.packbits(np.array(bits, np.uint8)).tobytes().replace(b"\xff", b"\xff\x00")
        bits.clear()

    for y in range(ROWS):
        first = y % restart_rows == 0 if restart_rows else y == 0
        if first and y > 0:
            flush()
            out += bytes([0xFF, 0xD0 + (y // restart_rows - 1) % 8])
        for x in range(COLUMNS):
            for band in range(bands):
                a = samples[y, x - 1, band] if x else 0
                b = samples[y - 1, x, band] if y else 0
                c = samples[y - 1, x - 1, band] if x and y else 0
                if x == 0:
                    guess = 1 << (precision - transform - 1) if first else b
                elif first:
                    guess = a
                else:
                    guess = [0, a, b, c, a + b - c, a + ((b - c) >> 1), b + ((a - c) >> 1), (a + b) >> 1][predictor]
                difference = int(samples[y, x, band] - guess) & 0xFFFF
                if difference > 32768:
                    difference -= 65536
                size = abs(difference).bit_length()
                put(size, 5)
                if size == 16:
                    continue
                put(difference if difference > 0 else difference + (1 << size) - 1, size)
    flush()
    table = bytes([0, 0, 0, 0, 0, 17] + [0] * 11) + bytes(range(17))
    frame = struct.pack(">BHHB", precision, ROWS, COLUMNS, bands) + b"".join(bytes([i + 1, 0x11, 0]) for i in range(bands))
    scan = bytes([bands]) + b"".join(bytes([i + 1, 0]) for i in range(bands)) + bytes([predictor, 0, transform])
    segments = b"\xff\xd8"
    for marker, content in ((0xC4, table), (0xC3, frame), (0xDD, struct.pack(">H", restart_rows * COLUMNS)), (0xDA, scan)):
        if marker != 0xDD or restart_rows:
            segments += bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content
    return segments + out + b"\xff\xd9"


def packed():
    global ROWS, COLUMNS
    for name, pixels, photometric in (
        ("rle_16.dcm", ramp(-1000, 3000, np.int16), "MONOCHROME2"), ("rle_rgb.dcm", ramp(0, 255, np.uint8, bands=3), "RGB"),
        ("rle_runs.dcm", np.repeat(np.arange(ROWS), COLUMNS).reshape(ROWS, COLUMNS).astype(np.uint8), "MONOCHROME2"),
        ("rle_frames.dcm", ramp(0, 60000, np.uint16, frames=2), "MONOCHROME2"),
    ):
        ds = base(ExplicitVRLittleEndian, pixels, photometric, frames=2 if name == "rle_frames.dcm" else None)
        if photometric == "MONOCHROME2":
            ds.RescaleSlope, ds.RescaleIntercept = 1, -24
        ds.compress(RLELossless, generate_instance_uid=False)
        save(name, ds)
        note(name, rescaled(name) if photometric == "MONOCHROME2" else pixel_array(OUT / name), kind="values" if photometric == "MONOCHROME2" else "colours")

    # Large enough for the levels of its wavelets.
    ROWS, COLUMNS = 33, 35
    ds = base(ExplicitVRLittleEndian, ramp(-1000, 3000, np.int16))
    ds.RescaleSlope, ds.RescaleIntercept = 1, -24
    ds.compress(JPEG2000Lossless, generate_instance_uid=False)
    save("jpeg2000.dcm", ds)
    note("jpeg2000.dcm", rescaled("jpeg2000.dcm"))
    ds = base(ExplicitVRLittleEndian, ramp(0, 255, np.uint8, bands=3), "RGB")
    ds.compress(JPEG2000Lossless, generate_instance_uid=False)
    save("jpeg2000_rgb.dcm", ds)
    note("jpeg2000_rgb.dcm", pixel_array(OUT / "jpeg2000_rgb.dcm"), kind="colours")
    ROWS, COLUMNS = 5, 7

    for name, pixels, predictor, transform, rows in (
        ("lossless_1.dcm", ramp(-1000, 3000, np.int16), 1, 0, 0), ("lossless_2.dcm", ramp(0, 65535, np.uint16), 2, 0, 0),
        ("lossless_3.dcm", ramp(0, 255, np.uint8), 3, 0, 2), ("lossless_4.dcm", ramp(0, 4095, np.uint16), 4, 0, 0),
        ("lossless_5.dcm", ramp(0, 4095, np.uint16), 5, 0, 0), ("lossless_6.dcm", ramp(0, 255, np.uint8, bands=3), 6, 0, 0),
        ("lossless_7.dcm", ramp(0, 4095, np.uint16), 7, 0, 1),
        ("lossless_shifted.dcm", ramp(0, 4095, np.uint16), 5, 2, 0),
    ):
        stored = 12 if pixels.dtype == np.uint16 and predictor > 2 else None
        ds = base(ExplicitVRLittleEndian, pixels, "RGB" if pixels.ndim == 3 else "MONOCHROME2", stored=stored)
        code = lossless_jpeg(pixels.view(np.uint16) if pixels.dtype == np.int16 else pixels, stored or pixels.dtype.itemsize * 8,
                             predictor, transform, rows)
        ds.file_meta.TransferSyntaxUID = JPEGLosslessSV1 if predictor == 1 else JPEGLossless
        ds.PixelData = encapsulate([code])
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True
        # A transform leaves the lowest bits out.
        expected_pixels = (pixels >> transform) << transform
        save(name, ds, expected_pixels, kind="colours" if pixels.ndim == 3 else "values")
        # libjpeg gives one level for all pixels where there is a transform; H.1.2 says what they are.
        assert transform or (read(name).pixel_array == expected_pixels).all(), name

    def jpeg(pixels):
        target = io.BytesIO()
        Image.fromarray(pixels).save(target, "JPEG", quality=95)
        return target.getvalue()

    greys = [ramp(0, 255, np.uint8), ramp(255, 0, np.uint8)]
    codes = [jpeg(grey) for grey in greys]
    # In pieces, with an offset table, an extended one, and none.
    for name, data in (
        ("jpeg_table.dcm", encapsulate(codes, fragments_per_frame=3)), ("jpeg_none.dcm", encapsulate(codes, fragments_per_frame=2, has_bot=False)),
        ("jpeg_extended.dcm", None),
    ):
        ds = base(ExplicitVRLittleEndian, np.stack(greys), frames=2)
        ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        if data is None:
            data, ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = encapsulate_extended(codes)
        ds.PixelData = data
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True
        save(name, ds, np.stack([np.asarray(Image.open(io.BytesIO(code))) for code in codes]), lengths=[len(code) for code in codes])
    colour = ramp(0, 255, np.uint8, bands=3)
    ds = base(ExplicitVRLittleEndian, colour, "YBR_FULL_422")
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    ds.PixelData = encapsulate([jpeg(colour)])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    save("jpeg_colour.dcm", ds, np.asarray(Image.open(io.BytesIO(jpeg(colour)))), kind="colours")
    for name, pixels, photometric in (
        ("jpeg_ls.dcm", ramp(0, 4095, np.uint16), "MONOCHROME2"), ("jpeg_ls_signed.dcm", ramp(-1000, 3000, np.int16), "MONOCHROME2"),
        ("jpeg_ls_rgb.dcm", ramp(0, 255, np.uint8, bands=3), "RGB"),
    ):
        ds = base(ExplicitVRLittleEndian, pixels, photometric, stored=12 if name == "jpeg_ls.dcm" else None)
        ds.compress(JPEGLSLossless, generate_instance_uid=False)
        save(name, ds, pixels, kind="colours" if photometric == "RGB" else "values")
        assert (read(name).pixel_array == pixels).all(), name
    ds = base(ExplicitVRLittleEndian, greys[0])
    ds.file_meta.TransferSyntaxUID = JPEGLSLossless
    ds.PixelData = encapsulate([bytes(range(40))])
    ds["PixelData"].is_undefined_length = True
    ds["PixelData"].VR = "OB"
    save("jpeg_ls_broken.dcm", ds)


def others():
    ds = base(ExplicitVRLittleEndian, ramp(0, 9, np.uint16), sop="1.2.840.10008.5.1.4.1.1.88.11")
    for key in ("PixelData", "Rows", "Columns"):
        delattr(ds, key)
    save("report.dcm", ds)


def series():
    """Five oblique slices whose names and instance numbers say other orders than their places, and one of another orientation."""
    (OUT / "series").mkdir(exist_ok=True)
    row, column = np.array([0.8, 0.6, 0]), np.array([0, 0, -1.0])
    normal = np.cross(row, column)
    places = [2, 0, 4, 1, 3]
    for number, place in enumerate(places):
        ds = base(ExplicitVRLittleEndian, np.full((ROWS, COLUMNS), 100 * place, np.int16))
        ds.ImagePositionPatient = [float(round(v, 6)) for v in np.array([5, -6, 7]) + 3 * place * normal]
        ds.ImageOrientationPatient = [float(v) for v in (*row, *column)]
        ds.PixelSpacing = [0.5, 0.25]
        ds.InstanceNumber = 10 - number
        ds.SeriesInstanceUID = "1.2.3.9"
        save(f"series/{number}.dcm", ds)
    ds = base(ExplicitVRLittleEndian, np.zeros((ROWS, COLUMNS), np.int16))
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.ImagePositionPatient = [0, 0, 0]
    ds.SeriesInstanceUID = "1.2.3.9"
    save("series/localizer.dcm", ds)
    affine = np.column_stack([row * 0.25, column * 0.5, normal * 3, [5, -6, 7]])
    affine[:2] *= -1
    note("series", None, order=[f"{places.index(place)}.dcm" for place in range(5)], affine=affine.tolist())
    # Without places the instance numbers decide.
    (OUT / "numbered").mkdir(exist_ok=True)
    for name, number in (("a", 11), ("b", 2), ("c", 1)):
        ds = base(ExplicitVRLittleEndian, np.full((ROWS, COLUMNS), number, np.int16))
        ds.InstanceNumber = number
        save(f"numbered/{name}.dcm", ds)


plain()
sequences()
colours()
frames()
packed()
others()
series()
(OUT / "expected.json").write_text(json.dumps(expected, indent=0, sort_keys=True) + "\n")
