#!/usr/bin/env python3
"""Time, memory and disk of the translation of an image that is larger than the memory.

    Benchmarks/large.py PICTURE MODEL [--size 20000x15000] [--memory 2GB] [--program .build/release/cyclegan] [-- FLAGS ...]

PICTURE is scaled up to the size (width x height), in a folder for temporary files beside which the results lie as well; FLAGS go to `translate`.
Prints the seconds that pass, the processor's, the most memory that the process ever held, and what it says of its maps.
Needs Pillow.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", type=Path)
    parser.add_argument("model")
    parser.add_argument("--size", default="20000x15000")
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--program", default=".build/release/cyclegan")
    parser.add_argument("--folder", type=Path, help="on a disk with room for maps; by default the system's for temporary files")
    arguments = sys.argv[1:]
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, flags = parser.parse_args(arguments[:end]), arguments[end + 1 :]
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        Image.MAX_IMAGE_PIXELS = None
        picture = Image.open(options.picture).convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
        picture.save(folder / "large.tif", compression="tiff_deflate")
        del picture
        command = [options.program, "translate", str(folder / "large.tif"), "--model", options.model, "--output", str(folder / "result.tif")]
        start = time.monotonic()
        process = subprocess.Popen([*command, "--memory", options.memory, *flags], stderr=subprocess.PIPE, text=True)
        notes = [line.strip() for line in process.stderr if "strip" in line or "rror" in line]
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        if status != 0:
            raise SystemExit("\n".join(notes) or f"status {status}")
        megapixels = width * height / 1e6
        print(f"{options.size}, --memory {options.memory}: {seconds:.0f} s ({seconds / megapixels:.3f} s per megapixel)")
        print(f"processor: {usage.ru_utime:.0f} s and {usage.ru_stime:.0f} s of the system; most memory: {usage.ru_maxrss / 1000:.0f} MB")
        print(notes[0].rpartition(": ")[2] if notes else "as a whole")


if __name__ == "__main__":
    main()
