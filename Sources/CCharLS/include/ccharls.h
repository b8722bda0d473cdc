// JPEG-LS through CharLS, which is loaded when a picture first needs it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t width, height;
    int32_t bits_per_sample, component_count;
    /// Whether all samples of a component come before those of the next.
    bool is_planar;
} CCharLSFrame;

/// Whether CharLS is installed.
bool ccharls_is_available(void);

/// Reads the header of a codestream. Returns 0, or the number of CharLS' error.
int ccharls_read_header(const void *source, size_t size, CCharLSFrame *frame);

/// Decodes a codestream to samples of one or two bytes, whose number the header gives. Returns 0, or the number of CharLS' error.
int ccharls_decode(const void *source, size_t size, void *samples, size_t samples_size);

#ifdef __cplusplus
}
#endif
