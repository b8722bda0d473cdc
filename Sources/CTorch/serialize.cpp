// Writing the zip container of PyTorch checkpoints. The pickles inside are not looked at here.
#include <caffe2/serialize/inline_container.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "include/ctorch_serialize.h"
#include "internal.hpp"

using namespace ctorch;

struct ct_archive_writer {
    std::FILE *file;
    int failure = 0;
    // Failed writes are remembered here and not reported to libtorch, whose destructor would write again and throw.
    caffe2::serialize::PyTorchStreamWriter writer{[this](const void *bytes, size_t count) {
        if (failure == 0 && fwrite(bytes, 1, count, file) != count) failure = errno != 0 ? errno : EIO;
        return count;
    }};

    explicit ct_archive_writer(std::FILE *file) : file(file) {}
    ct_archive_writer(const ct_archive_writer &) = delete;
    ct_archive_writer &operator=(const ct_archive_writer &) = delete;

    ~ct_archive_writer() {
        // The writer's destructor still wants to complete an abandoned archive; the file is closed by then.
        if (failure == 0) failure = ECANCELED;
        close();
    }

    void close() {
        if (file != nullptr && fclose(file) != 0 && failure == 0) failure = errno;
        file = nullptr;
    }

    void check() const { TORCH_CHECK(failure == 0, strerror(failure)); }
};

extern "C" {

ct_archive_writer *ct_archive_create(const char *path) {
    return guard_pointer<ct_archive_writer>([&] {
        std::FILE *file = fopen(path, "wb");
        TORCH_CHECK(file != nullptr, strerror(errno));
        return new ct_archive_writer(file);
    });
}

int ct_archive_add(ct_archive_writer *writer, const char *name, const void *bytes, int64_t count) {
    return guard([&] {
        writer->writer.writeRecord(name, bytes, static_cast<size_t>(count));
        writer->check();
    });
}

int ct_archive_finish(ct_archive_writer *writer) {
    return guard([&] {
        writer->writer.writeEndOfFile();
        writer->close();
        writer->check();
    });
}

void ct_archive_free(ct_archive_writer *writer) { delete writer; }

}  // extern "C"
