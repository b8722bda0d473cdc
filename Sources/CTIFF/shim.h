// libtiff behind one function: all samples of one directory of a TIFF file in memory, as they are stored.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

typedef struct {
    const unsigned char *data;
    uint64_t size;
    uint64_t position;
} CTIFFSource;

static tmsize_t ctiff_read(thandle_t handle, void *buffer, tmsize_t count) {
    CTIFFSource *source = (CTIFFSource *)handle;
    if (count < 0 || source->position >= source->size) return 0;
    uint64_t left = source->size - source->position;
    uint64_t taken = (uint64_t)count < left ? (uint64_t)count : left;
    memcpy(buffer, source->data + source->position, taken);
    source->position += taken;
    return (tmsize_t)taken;
}

static tmsize_t ctiff_write(thandle_t handle, void *buffer, tmsize_t count) {
    (void)handle, (void)buffer, (void)count;
    return 0;
}

static toff_t ctiff_seek(thandle_t handle, toff_t offset, int whence) {
    CTIFFSource *source = (CTIFFSource *)handle;
    if (whence == SEEK_SET) source->position = offset;
    if (whence == SEEK_CUR) source->position += offset;
    if (whence == SEEK_END) source->position = source->size + offset;
    return source->position;
}

static int ctiff_close(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t ctiff_size(thandle_t handle) { return ((CTIFFSource *)handle)->size; }

/// What a directory's samples are, as its reader has to know before it takes memory.
typedef struct {
    uint32_t width, height;
    uint16_t samples, bits;
} CTIFFShape;

/// Copies a decoded strip or tile of some samples of each pixel to its place.
static inline void ctiff_place(
    const unsigned char *chunk, uint32_t chunkWidth, uint32_t rows, uint32_t columns, uint32_t left, uint32_t top, size_t sampleSize,
    uint16_t first, uint16_t count, const CTIFFShape *shape, unsigned char *pixels) {
    const size_t pixelSize = sampleSize * shape->samples, chunkPixel = sampleSize * count;
    for (uint32_t row = 0; row < rows; row++) {
        const unsigned char *from = chunk + (size_t)row * chunkWidth * chunkPixel;
        unsigned char *to = pixels + ((size_t)(top + row) * shape->width + left) * pixelSize + first * sampleSize;
        if (count == shape->samples) {
            memcpy(to, from, (size_t)columns * pixelSize);
        } else {
            for (uint32_t column = 0; column < columns; column++) memcpy(to + column * pixelSize, from + column * chunkPixel, chunkPixel);
        }
    }
}

/// Decodes all strips or tiles; true where every one could be.
static inline bool ctiff_chunks(TIFF *tiff, const CTIFFShape *shape, size_t sampleSize, unsigned char *pixels) {
    const bool isTiled = TIFFIsTiled(tiff) != 0;
    uint16_t planar = PLANARCONFIG_CONTIG;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    const uint16_t planes = planar == PLANARCONFIG_SEPARATE ? shape->samples : 1, count = planar == PLANARCONFIG_SEPARATE ? 1 : shape->samples;
    uint32_t chunkWidth = shape->width, chunkHeight = shape->height;
    if (isTiled) {
        if (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &chunkWidth) || !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &chunkHeight)) return false;
    } else {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &chunkHeight);
        if (chunkHeight > shape->height) chunkHeight = shape->height;
    }
    const tmsize_t size = isTiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    const uint64_t whole = (uint64_t)shape->width * shape->height * shape->samples * sampleSize;
    if (chunkWidth == 0 || chunkHeight == 0 || size <= 0) return false;
    // A tile may be larger than the image, but not by much: its memory is taken whatever the file holds.
    if ((uint64_t)size > 4 * whole + (1 << 26)) return false;
    if ((uint64_t)size < (uint64_t)chunkWidth * (isTiled ? chunkHeight : 1) * count * sampleSize) return false;
    unsigned char *chunk = (unsigned char *)_TIFFmalloc(size);
    if (chunk == NULL) return false;
    bool isWhole = true;
    for (uint16_t plane = 0; plane < planes && isWhole; plane++) {
        for (uint32_t top = 0; top < shape->height && isWhole; top += chunkHeight) {
            for (uint32_t left = 0; left < shape->width && isWhole; left += chunkWidth) {
                const uint32_t rows = chunkHeight < shape->height - top ? chunkHeight : shape->height - top;
                const uint32_t columns = chunkWidth < shape->width - left ? chunkWidth : shape->width - left;
                const uint64_t needed = (uint64_t)chunkWidth * rows * count * sampleSize;
                const tmsize_t found = isTiled ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, left, top, 0, plane), chunk, size)
                                               : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, top, plane), chunk, size);
                isWhole = found >= 0 && (uint64_t)found >= needed;
                if (isWhole) ctiff_place(chunk, chunkWidth, rows, columns, left, top, sampleSize, plane, count, shape, pixels);
            }
        }
    }
    _TIFFfree(chunk);
    return isWhole;
}

/// Decodes rows of samples of other than whole bytes, each row from a byte of its own; true where all could be.
static inline bool ctiff_rows(TIFF *tiff, const CTIFFShape *shape, size_t rowSize, unsigned char *pixels) {
    uint16_t planar = PLANARCONFIG_CONTIG;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    if (TIFFIsTiled(tiff) || planar != PLANARCONFIG_CONTIG || TIFFScanlineSize(tiff) != (tmsize_t)rowSize) return false;
    for (uint32_t row = 0; row < shape->height; row++) {
        if (TIFFReadScanline(tiff, pixels + row * rowSize, row, 0) < 0) return false;
    }
    return true;
}

/// Decodes one directory into room for all of its samples: interleaved, in the machine's byte order, rows of packed bits from a byte of their
/// own. The directory has to be of the shape that is given. True where all of it could be decoded.
static inline bool ctiff_decode(const void *data, size_t size, unsigned directory, const CTIFFShape *shape, void *pixels) {
    CTIFFSource source = {(const unsigned char *)data, size, 0};
    // Without M the file would be mapped, without U written.
    TIFF *tiff = TIFFClientOpen(
        "image", "rm", (thandle_t)&source, ctiff_read, ctiff_write, ctiff_seek, ctiff_close, ctiff_size, NULL, NULL);
    if (tiff == NULL) return false;
    uint32_t width = 0, height = 0;
    uint16_t samples = 1, bits = 1;
    bool isDecoded = TIFFSetDirectory(tiff, (tdir_t)directory) && TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width)
                     && TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height) && TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples)
                     && TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits) && width == shape->width && height == shape->height
                     && samples == shape->samples && bits == shape->bits;
    if (isDecoded) {
        isDecoded = bits % 8 == 0 ? ctiff_chunks(tiff, shape, bits / 8, (unsigned char *)pixels)
                                  : ctiff_rows(tiff, shape, ((size_t)width * samples * bits + 7) / 8, (unsigned char *)pixels);
    }
    TIFFClose(tiff);
    return isDecoded;
}
