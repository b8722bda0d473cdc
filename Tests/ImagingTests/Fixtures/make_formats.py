"""Makes the images of formats that are only read, and of what files say besides their pixels.

Written with Pillow 13.0.0, numpy 2.4.6, imagecodecs 2026.3.6 and tifffile 2026.3.3; run as `python make_formats.py` in this folder.
Nothing here is random. Pillow writes the time into the colour profile.
"""

import struct
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms

HERE = Path(__file__).parent

y, x = np.mgrid[0:20, 0:30]
colours = np.stack([x * 8, y * 12, 128 + 60 * np.sin(x / 9 + y / 7)], 2).astype(np.uint8)
opacity = np.clip(x * 9, 0, 255).astype(np.uint8)
picture, transparent = Image.fromarray(colours), Image.fromarray(np.dstack([colours, opacity]))


def save_png(name):
    """What Pillow reads of a file, as the value to expect."""
    image = Image.open(HERE / name)
    image.convert("RGBA" if image.mode in ("RGBA", "P") and "transparency" in image.info else image.mode if image.mode != "P" else "RGB").save(
        HERE / (name.replace(".", "_") + ".png"))


# Formats that are only read.
picture.quantize(64).save(HERE / "small.gif")
transparent.save(HERE / "small.avif", quality=90, subsampling="4:4:4")
picture.save(HERE / "small.jp2")
(HERE / "small.jxl").write_bytes(imagecodecs.jpegxl_encode(np.dstack([colours, opacity]), lossless=True))
for name in ["small.gif", "small.avif"]:
    save_png(name)
picture.save(HERE / "formats.png")
transparent.save(HERE / "formats_alpha.png")
transparent.save(HERE / "alpha.webp", lossless=True)

# Metadata: a profile, EXIF that turns the picture and names the camera, XMP that turns it, too, and a resolution.
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
(HERE / "srgb.icc").write_bytes(profile)
exif = Image.Exif()
exif[0x0112] = 6
exif[0x010F] = "Maker"
xmp = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" \
tiff:Orientation="6"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
options = {"icc_profile": profile, "exif": exif.tobytes(), "xmp": xmp}
picture.save(HERE / "described.jpg", dpi=(300, 300), **options)
picture.save(HERE / "described.webp", **options)

# A place on Earth: the tags of GeoTIFF and GDAL, in both orders of bytes and with offsets of 64 bits.
tags = [
    (33550, "d", 3, (0.5, 0.5, 0.0), True),
    (33922, "d", 6, (0.0, 0.0, 0.0, 440720.0, 3751320.0, 0.0), True),
    (34735, "H", 16, (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32611), True),
    (34737, "s", 0, "WGS 84 / UTM zone 11N|", True),
    (42113, "s", 0, "255", True),
]
grey = opacity
for name, order, big in [("geo.tif", "<", False), ("geo_swapped.tif", ">", False), ("geo_big.tif", "<", True)]:
    tifffile.imwrite(HERE / name, grey, byteorder=order, bigtiff=big, photometric="minisblack", extratags=tags, metadata=None)
