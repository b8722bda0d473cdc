// CharLS by its C interface of version 2 (libcharls.so.2); the functions and structures are those of charls/charls_jpegls_decoder.h.
#include "ccharls.h"

#include <dlfcn.h>
#include <pthread.h>

#include <type_traits>

namespace {

struct decoder;

struct frame_info {
    uint32_t width, height;
    int32_t bits_per_sample, component_count;
};

struct {
    decoder *(*create)();
    void (*destroy)(const decoder *);
    int (*set_source)(decoder *, const void *, size_t);
    int (*read_header)(decoder *);
    int (*frame)(const decoder *, frame_info *);
    int (*interleave)(const decoder *, int *);
    int (*size)(const decoder *, uint32_t stride, size_t *);
    int (*decode)(decoder *, void *, size_t, uint32_t stride);
} charls;

bool is_loaded = false;

void load() {
#ifdef __APPLE__
    void *library = dlopen("libcharls.2.dylib", RTLD_NOW | RTLD_LOCAL);
#else
    void *library = dlopen("libcharls.so.2", RTLD_NOW | RTLD_LOCAL);
#endif
    if (library == nullptr) return;
    bool is_complete = true;
    auto find = [&](auto &function, const char *name) {
        void *symbol = dlsym(library, name);
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(symbol);
        is_complete = is_complete && symbol != nullptr;
    };
    find(charls.create, "charls_jpegls_decoder_create");
    find(charls.destroy, "charls_jpegls_decoder_destroy");
    find(charls.set_source, "charls_jpegls_decoder_set_source_buffer");
    find(charls.read_header, "charls_jpegls_decoder_read_header");
    find(charls.frame, "charls_jpegls_decoder_get_frame_info");
    find(charls.interleave, "charls_jpegls_decoder_get_interleave_mode");
    find(charls.size, "charls_jpegls_decoder_get_destination_size");
    find(charls.decode, "charls_jpegls_decoder_decode_to_buffer");
    is_loaded = is_complete;
}

// Its own out-of-memory error, and what is told where it is not there.
constexpr int no_memory = 1;

/// Calls `body` with a decoder that has read the header.
template <typename Body> int with_decoder(const void *source, size_t size, Body body) {
    if (!ccharls_is_available()) return no_memory;
    decoder *decoder = charls.create();
    if (decoder == nullptr) return no_memory;
    int status = charls.set_source(decoder, source, size);
    if (status == 0) status = charls.read_header(decoder);
    if (status == 0) status = body(decoder);
    charls.destroy(decoder);
    return status;
}

}  // namespace

bool ccharls_is_available(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_loaded;
}

int ccharls_read_header(const void *source, size_t size, CCharLSFrame *frame) {
    return with_decoder(source, size, [=](decoder *decoder) {
        frame_info info = {};
        int interleave = 0;
        int status = charls.frame(decoder, &info);
        if (status == 0) status = charls.interleave(decoder, &interleave);
        *frame = {info.width, info.height, info.bits_per_sample, info.component_count, interleave == 0};
        return status;
    });
}

int ccharls_decode(const void *source, size_t size, void *samples, size_t samples_size) {
    return with_decoder(source, size, [=](decoder *decoder) {
        size_t needed = 0;
        int status = charls.size(decoder, 0, &needed);
        if (status == 0 && needed != samples_size) status = no_memory;
        return status != 0 ? status : charls.decode(decoder, samples, samples_size, 0);
    });
}
