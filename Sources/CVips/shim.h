// Non-variadic wrappers over libvips, whose operations take their options as a variable argument list that Swift cannot call.
// Functions that return an image return a new reference, or NULL with a message in libvips' error buffer.
#pragma once

#include <dlfcn.h>
#include <fontconfig/fontconfig.h>
#include <stdbool.h>
#include <string.h>
#include <vips/vips.h>

typedef enum {
    /// Neither read nor written by libvips.
    CVIPS_FILE_NONE,
    CVIPS_FILE_JPEG,
    CVIPS_FILE_PNG,
    CVIPS_FILE_WEBP,
    CVIPS_FILE_TIFF,
    /// Only read by libvips.
    CVIPS_FILE_PPM,
    /// These and the following, too.
    CVIPS_FILE_GIF,
    CVIPS_FILE_JP2,
    CVIPS_FILE_HEIF,
    CVIPS_FILE_JXL,
    /// Scans of microscopes, opened by name.
    CVIPS_FILE_SLIDE,
} CVipsFileFormat;

static inline void cvips_ignore_message(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data) {
    (void)domain, (void)level, (void)message, (void)data;
}

/// Blocks every loader and saver of libvips but those called here: ImageMagick, SVG, PDF and many others stay out of reach.
/// libvips before 8.13 cannot block any; nothing here calls them.
static inline void cvips_block_formats(void) {
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 13
    static const char *const needed[] = {
        "VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer", "VipsForeignLoadTiffBuffer",
        "VipsForeignLoadPpmSource",  "VipsForeignSaveJpegBuffer", "VipsForeignSavePngBuffer", "VipsForeignSaveWebpBuffer",
        "VipsForeignSaveTiffBuffer", "VipsForeignLoadJp2kBuffer", "VipsForeignSaveJpegFile",   "VipsForeignSavePngFile",
        "VipsForeignSaveTiffFile",
    };
    vips_operation_block_set("VipsForeign", TRUE);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) vips_operation_block_set(needed[i], FALSE);
#endif
}

/// Starts libvips without its operation cache, with one thread per operation (callers bring their own) and without messages on
/// standard error. Call once, before anything else here. Returns whether it worked.
static inline bool cvips_start(const char *program) {
    // Without a home it finds none of its modules (ImageMagick, PDF, HEIF and others), which would take 50 ms to load; see cvips_can_load.
    g_setenv("VIPSHOME", "/nonexistent", TRUE);
    if (vips_init(program) != 0) return false;
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    cvips_block_formats();
    g_log_set_handler("VIPS", G_LOG_LEVEL_MASK, cvips_ignore_message, NULL);
    return true;
}

/// What `dladdr` tells, which not every C library declares without being asked.
typedef struct {
    const char *library;
    void *base;
    const char *symbol;
    void *address;
} CVipsPlace;

/// Loads one of libvips' modules, from the folder beside the library. It stays, since libvips keeps what it registers.
static inline bool cvips_load_module(const char *name) {
    CVipsPlace place;
    int (*locate)(const void *, CVipsPlace *);
    *(void **)&locate = dlsym(dlopen(NULL, RTLD_LAZY), "dladdr");
    if (locate == NULL || locate((const void *)vips_version, &place) == 0) return false;
    char *folder = g_path_get_dirname(place.library);
    char *path = g_strdup_printf("%s/vips-modules-%d.%d/vips-%s.so", folder, vips_version(0), vips_version(1), name);
    void *module = dlopen(path, RTLD_LAZY);
    g_free(folder);
    g_free(path);
    const char *(*start)(void *) = NULL;
    if (module != NULL) *(void **)&start = dlsym(module, "g_module_check_init");
    return start != NULL && start(NULL) == NULL;
}

/// Whether a format is there that may be in a module of its own, such as `heif`, with classes named `Heif`. Of these its loader from memory alone
/// is let in.
static inline bool cvips_can_load(const char *name, const char *classes) {
    char *operation = g_strdup_printf("%sload_buffer", name);
    bool found = vips_type_find("VipsOperation", operation) != 0;
    if (!found && cvips_load_module(name)) found = vips_type_find("VipsOperation", operation) != 0;
    g_free(operation);
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 13
    static const char *const kinds[] = {"VipsForeignLoad%s", "VipsForeignSave%s", "VipsForeignLoad%sBuffer"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char *kind = g_strdup_printf(kinds[i], classes);
        vips_operation_block_set(kind, i < 2);
        g_free(kind);
    }
#endif
    return found;
}

/// Whether OpenSlide is there, which may be in a module of its own. Of its loaders that of files alone is let in.
static inline bool cvips_can_load_slides(void) {
    bool found = vips_type_find("VipsOperation", "openslideload") != 0;
    if (!found && cvips_load_module("openslide")) found = vips_type_find("VipsOperation", "openslideload") != 0;
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 13
    vips_operation_block_set("VipsForeignLoadOpenslide", TRUE);
    vips_operation_block_set("VipsForeignLoadOpenslideFile", FALSE);
#endif
    return found;
}

/// Opens the largest picture of a slide, in three colours over white; decodes on demand.
static inline VipsImage *cvips_open_slide(const char *path) {
    VipsImage *slide = NULL, *result = NULL;
    if (vips_openslideload(path, &slide, "level", 0, NULL) != 0) return NULL;
    const double white[] = {255};
    VipsArrayDouble *background = vips_array_double_new(white, 1);
    vips_flatten(slide, &result, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    g_object_unref(slide);
    return result;
}

/// Takes the calling thread's failure out of the error buffer. Free with `g_free`.
static inline char *cvips_take_error(void) { return vips_error_buffer_copy(); }

static inline void cvips_release(VipsImage *image) { g_object_unref(image); }

/// Opens one of the pictures of an encoded image, from 0: reads the header, decodes on demand. The data must outlive the image. Formats that hold
/// one picture only have a page 0.
static inline VipsImage *cvips_open_page(const void *data, size_t size, CVipsFileFormat format, int page) {
    VipsImage *image = NULL;
    void *buffer = (void *)data;
    VipsSource *source;
    if (page != 0 && format != CVIPS_FILE_WEBP && format != CVIPS_FILE_TIFF && format != CVIPS_FILE_GIF) {
        vips_error("open", "the format has one page");
        return NULL;
    }
    switch (format) {
    case CVIPS_FILE_NONE:
    case CVIPS_FILE_SLIDE:
        vips_error("open", "the format is not read from memory");
        break;
    case CVIPS_FILE_JPEG:
        vips_jpegload_buffer(buffer, size, &image, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case CVIPS_FILE_PNG:
        vips_pngload_buffer(buffer, size, &image, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case CVIPS_FILE_WEBP:
        vips_webpload_buffer(
            buffer, size, &image, "page", page, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case CVIPS_FILE_TIFF:
        vips_tiffload_buffer(
            buffer, size, &image, "page", page, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case CVIPS_FILE_PPM:
        source = vips_source_new_from_memory(data, size);
        if (source == NULL) return NULL;
        vips_ppmload_source(source, &image, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        g_object_unref(source);
        break;
    case CVIPS_FILE_GIF:
        vips_gifload_buffer(
            buffer, size, &image, "page", page, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case CVIPS_FILE_JP2:
        vips_jp2kload_buffer(buffer, size, &image, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case CVIPS_FILE_HEIF:
        vips_heifload_buffer(buffer, size, &image, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    case CVIPS_FILE_JXL:
        vips_jxlload_buffer(buffer, size, &image, "fail_on", VIPS_FAIL_ON_ERROR, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
        break;
    }
    return image;
}

/// Opens the first or only picture of an encoded image.
static inline VipsImage *cvips_open(const void *data, size_t size, CVipsFileFormat format) {
    return cvips_open_page(data, size, format, 0);
}

/// An image's integer metadata, or `missing` where it has none of that name.
static inline int cvips_integer(VipsImage *image, const char *name, int missing) {
    int value;
    if (vips_image_get_typeof(image, name) != G_TYPE_INT || vips_image_get_int(image, name, &value) != 0) return missing;
    return value;
}

/// Turns and mirrors an image upright as its EXIF orientation says.
static inline VipsImage *cvips_upright(VipsImage *image) {
    VipsImage *upright = NULL;
    // Turning reads columns, which a streaming decoder cannot give.
    VipsImage *memory = vips_image_copy_memory(image);
    if (memory == NULL) return NULL;
    vips_autorot(memory, &upright, NULL);
    g_object_unref(memory);
    return upright;
}

static inline VipsImage *cvips_to_srgb(VipsImage *image) {
    VipsImage *result = NULL;
    vips_colourspace(image, &result, VIPS_INTERPRETATION_sRGB, NULL);
    return result;
}

/// Makes sRGB of 8 bits by the profile in the file; NULL without one, and with one that cannot be used.
static inline VipsImage *cvips_profile_to_srgb(VipsImage *image) {
    VipsImage *result = NULL;
    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0) return NULL;
    if (vips_icc_transform(image, &result, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_PERCEPTUAL, "black_point_compensation", TRUE, "depth", 8, NULL) != 0) {
        vips_error_clear();
        return NULL;
    }
    return result;
}

static inline VipsImage *cvips_cast(VipsImage *image, VipsBandFormat format) {
    VipsImage *result = NULL;
    vips_cast(image, &result, format, NULL);
    return result;
}

/// Each pixel as a square of so many.
static inline VipsImage *cvips_zoom(VipsImage *image, int factor) {
    VipsImage *result = NULL;
    VipsImage *memory = vips_image_copy_memory(image);
    if (memory == NULL) return NULL;
    vips_zoom(memory, &result, factor, factor, NULL);
    g_object_unref(memory);
    return result;
}

/// A rectangle, decoded on demand.
static inline VipsImage *cvips_crop(VipsImage *image, int x, int y, int width, int height) {
    VipsImage *result = NULL;
    vips_extract_area(image, &result, x, y, width, height, NULL);
    return result;
}

/// All pixels, interleaved by row, or NULL with a message. Free with `g_free`.
static inline void *cvips_pixels(VipsImage *image, size_t *size) {
    const size_t row_size = VIPS_IMAGE_SIZEOF_LINE(image);
    char *pixels = g_try_malloc(row_size * image->Ysize);
    if (pixels == NULL) {
        vips_error("pixels", "out of memory");
        return NULL;
    }
    // In strips on the calling thread: vips_image_write_to_memory would start threads for every image, a third of the time for a
    // small JPEG.
    VipsRegion *region = vips_region_new(image);
    for (int top = 0; region != NULL && top < image->Ysize; top += 16) {
        VipsRect strip = {0, top, image->Xsize, VIPS_MIN(16, image->Ysize - top)};
        if (vips_region_prepare(region, &strip) != 0) {
            g_object_unref(region);
            region = NULL;
            break;
        }
        for (int row = top; row < top + strip.height; row++)
            memcpy(pixels + row * row_size, VIPS_REGION_ADDR(region, 0, row), row_size);
    }
    if (region == NULL) {
        g_free(pixels);
        return NULL;
    }
    g_object_unref(region);
    *size = row_size * image->Ysize;
    return pixels;
}

/// Wraps pixels, interleaved by row; they must outlive the image.
static inline VipsImage *cvips_wrap(
    const void *pixels, size_t size, int width, int height, int bands, VipsBandFormat format, VipsInterpretation interpretation) {
    VipsImage *result = NULL;
    VipsImage *image = vips_image_new_from_memory(pixels, size, width, height, bands, format);
    if (image == NULL) return NULL;
    vips_copy(image, &result, "interpretation", interpretation, NULL);
    g_object_unref(image);
    return result;
}

/// How long each picture of an animation is shown, in milliseconds; NULL for other images. Belongs to the image.
static inline const int *cvips_delays(VipsImage *image, int *count) {
    int *delays = NULL;
    if (vips_image_get_typeof(image, "delay") == 0 || vips_image_get_array_int(image, "delay", &delays, count) != 0) return NULL;
    return delays;
}

/// Makes an image one of several pictures below each other.
static inline void cvips_set_pages(VipsImage *image, int height, const int *delays, int count, int loop) {
    vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, height);
    vips_image_set_array_int(image, "delay", delays, count);
    vips_image_set_int(image, "loop", loop);
}

/// The number of colours that an image's ICC profile is for (3 RGB, 1 grey), or 0 for others and for none. The profile's header names its colour
/// space at byte 16: ICC.1:2022, 7.2.
static inline int cvips_profile_colours(VipsImage *image) {
    const void *profile;
    size_t size;
    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0 || vips_image_get_blob(image, VIPS_META_ICC_NAME, &profile, &size) != 0)
        return 0;
    if (size < 128) return 0;
    const char *space = (const char *)profile + 16;
    return memcmp(space, "RGB ", 4) == 0 ? 3 : memcmp(space, "GRAY", 4) == 0 ? 1 : 0;
}

static inline void *cvips_copy_field(VipsImage *from, const char *name, GValue *value, void *to) {
    static const char *const kept[] = {VIPS_META_EXIF_NAME, VIPS_META_XMP_NAME, VIPS_META_IPTC_NAME, VIPS_META_ICC_NAME, "resolution-unit"};
    bool is_kept = g_str_has_prefix(name, "exif-ifd") && !g_str_has_suffix(name, "-Orientation");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) is_kept = is_kept || strcmp(name, kept[i]) == 0;
    if (is_kept) vips_image_set((VipsImage *)to, name, value);
    return NULL;
}

/// Gives an image, which nothing else may use, what another one says besides its pixels: EXIF without a small picture, XMP, IPTC, the resolution
/// and an ICC profile, where it is for so many colours. The pixels are upright.
static inline void cvips_copy_metadata(VipsImage *from, VipsImage *to, int colours) {
    vips_image_map(from, cvips_copy_field, to);
    if (cvips_profile_colours(from) != colours) vips_image_remove(to, VIPS_META_ICC_NAME);
    to->Xres = from->Xres;
    to->Yres = from->Yres;
    if (vips_image_get_typeof(to, VIPS_META_EXIF_NAME) != 0) vips_image_set_int(to, VIPS_META_ORIENTATION, 1);
    const void *text;
    size_t size;
    if (vips_image_get_typeof(to, VIPS_META_XMP_NAME) == 0 || vips_image_get_blob(to, VIPS_META_XMP_NAME, &text, &size) != 0) return;
    // XMP may say how the picture is to be turned, too.
    char *upright = g_memdup2(text, size);
    static const char *const marks[] = {"tiff:Orientation=\"", "tiff:Orientation='", "<tiff:Orientation>"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        char *mark = g_strstr_len(upright, (gssize)size, marks[i]);
        char *digit = mark == NULL ? upright + size : mark + strlen(marks[i]);
        if (digit < upright + size && *digit >= '2' && *digit <= '8') *digit = '1';
    }
    vips_image_set_blob_copy(to, VIPS_META_XMP_NAME, upright, size);
    g_free(upright);
}

/// Encodes an image; `quality` (1...100) is for JPEG and WebP. Free the result with `g_free`.
static inline void *cvips_encode(VipsImage *image, CVipsFileFormat format, int quality, size_t *size) {
    void *buffer = NULL;
    switch (format) {
    case CVIPS_FILE_JPEG:
        vips_jpegsave_buffer(image, &buffer, size, "Q", quality, NULL);
        break;
    case CVIPS_FILE_PNG:
        vips_pngsave_buffer(image, &buffer, size, NULL);
        break;
    case CVIPS_FILE_WEBP:
        vips_webpsave_buffer(image, &buffer, size, "Q", quality, NULL);
        break;
    case CVIPS_FILE_TIFF:
        vips_tiffsave_buffer(image, &buffer, size, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, NULL);
        break;
    case CVIPS_FILE_NONE:
    case CVIPS_FILE_PPM:
    case CVIPS_FILE_GIF:
    case CVIPS_FILE_JP2:
    case CVIPS_FILE_HEIF:
    case CVIPS_FILE_JXL:
    case CVIPS_FILE_SLIDE:
        vips_error("encode", "the format is not written by libvips");
        break;
    }
    return buffer;
}

/// Gives rows of an image, interleaved; called by threads of libvips. Returns whether it could.
typedef bool (*CVipsRows)(void *context, int top, int count, void *pixels);

typedef struct {
    CVipsRows rows;
    void *context;
    /// Bytes of a row.
    size_t length;
} CVipsRowSource;

static inline int cvips_generate(VipsRegion *region, void *sequence, void *a, void *b, gboolean *stop) {
    (void)sequence, (void)b, (void)stop;
    const CVipsRowSource *source = a;
    const VipsRect *part = &region->valid;
    size_t pixel = VIPS_IMAGE_SIZEOF_PEL(region->im);
    char *row = g_try_malloc(source->length);
    bool is_done = row != NULL;
    for (int y = part->top; is_done && y < part->top + part->height; y++) {
        is_done = source->rows(source->context, y, 1, row);
        if (is_done) memcpy(VIPS_REGION_ADDR(region, part->left, y), row + part->left * pixel, part->width * pixel);
    }
    g_free(row);
    if (!is_done) vips_error("rows", "the pixels cannot be read");
    return is_done ? 0 : -1;
}

/// An image whose rows someone gives when they are asked for; `source` must outlive it.
static inline VipsImage *cvips_rows(
    CVipsRowSource *source, int width, int height, int bands, VipsBandFormat format, VipsInterpretation interpretation) {
    VipsImage *image = vips_image_new();
    vips_image_init_fields(image, width, height, bands, format, VIPS_CODING_NONE, interpretation, 1.0, 1.0);
    source->length = VIPS_IMAGE_SIZEOF_LINE(image);
    if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, NULL) == 0 &&
        vips_image_generate(image, NULL, cvips_generate, NULL, source, NULL) == 0)
        return image;
    g_object_unref(image);
    return NULL;
}

/// Encodes an image into a file while its pixels are made, from the top down. Returns whether it worked.
static inline bool cvips_encode_file(VipsImage *image, const char *path, CVipsFileFormat format, int quality, bool pyramid) {
    // Places of 32 bits reach as far as 4 GB; what is compressed can be larger than what was before.
    bool is_big = VIPS_IMAGE_SIZEOF_IMAGE(image) > 4000000000u;
    switch (format) {
    case CVIPS_FILE_JPEG:
        return vips_jpegsave(image, path, "Q", quality, NULL) == 0;
    case CVIPS_FILE_PNG:
        return vips_pngsave(image, path, NULL) == 0;
    case CVIPS_FILE_TIFF:
        if (pyramid)
            return vips_tiffsave(
                       image, path, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "bigtiff", TRUE, "tile", TRUE, "tile_width", 256,
                       "tile_height", 256, "pyramid", TRUE, NULL) == 0;
        return vips_tiffsave(image, path, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "bigtiff", is_big, NULL) == 0;
    default:
        vips_error("encode", "the format is not written row by row");
        return false;
    }
}

/// Renders one line of text as RGBA in a Pango font such as "Symbola 96"; one point is one pixel.
static inline VipsImage *cvips_text(const char *text, const char *font) {
    VipsImage *result = NULL;
    vips_text(&result, text, "font", font, "dpi", 72, "rgba", TRUE, NULL);
    return result;
}

/// The characters of an installed font family, or NULL where no such font is installed. Free with `FcCharSetDestroy`.
static inline FcCharSet *cvips_font_characters(const char *family) {
    FcCharSet *result = NULL;
    FcPattern *pattern = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, NULL);
    FcObjectSet *properties = FcObjectSetBuild(FC_CHARSET, NULL);
    FcFontSet *fonts = FcFontList(NULL, pattern, properties);
    for (int i = 0; fonts != NULL && i < fonts->nfont; i++) {
        FcCharSet *characters;
        if (FcPatternGetCharSet(fonts->fonts[i], FC_CHARSET, 0, &characters) != FcResultMatch) continue;
        if (result == NULL) result = FcCharSetCreate();
        FcCharSetMerge(result, characters, NULL);
    }
    if (fonts != NULL) FcFontSetDestroy(fonts);
    FcObjectSetDestroy(properties);
    FcPatternDestroy(pattern);
    return result;
}
