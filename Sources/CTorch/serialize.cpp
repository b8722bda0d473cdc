// The zip container of PyTorch checkpoints: where its records lie, and writing new ones. The pickles inside are not looked at here.
#include <caffe2/serialize/inline_container.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "include/ctorch_serialize.h"
#include "internal.hpp"

using namespace ctorch;

namespace {

/// Lets libtorch read an archive in memory. Reads outside it come back short: exceptions must not cross libtorch's C zip code.
class MemoryAdapter : public caffe2::serialize::ReadAdapterInterface {
  public:
    MemoryAdapter(const void *bytes, size_t count) : bytes_(static_cast<const char *>(bytes)), count_(count) {}

    size_t size() const override { return count_; }

    size_t read(uint64_t position, void *buffer, size_t wanted, const char *) const override {
        size_t available = position < count_ ? std::min(wanted, count_ - static_cast<size_t>(position)) : 0;
        if (available > 0) memcpy(buffer, bytes_ + position, available);
        if (wanted > available) memset(static_cast<char *>(buffer) + available, 0, wanted - available);
        return available;
    }

  private:
    const char *bytes_;
    size_t count_;
};

}  // namespace

struct ct_archive_reader {
    std::shared_ptr<MemoryAdapter> adapter;
    caffe2::serialize::PyTorchStreamReader reader;

    explicit ct_archive_reader(std::shared_ptr<MemoryAdapter> source) : adapter(source), reader(source) {}
};

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

ct_archive_reader *ct_archive_open(const void *bytes, int64_t count) {
    return guard_pointer<ct_archive_reader>([&] {
        return new ct_archive_reader(std::make_shared<MemoryAdapter>(bytes, static_cast<size_t>(count)));
    });
}

void ct_archive_close(ct_archive_reader *reader) { delete reader; }

bool ct_archive_has_record(ct_archive_reader *reader, const char *name) {
    bool found = false;
    return guard([&] { found = reader->reader.hasRecord(name); }) == 0 && found;
}

int ct_archive_find(ct_archive_reader *reader, const char *name, int64_t *offset, int64_t *count) {
    return guard([&] {
        TORCH_CHECK(reader->reader.hasRecord(name), "record '", name, "' is missing");
        size_t size = reader->reader.getRecordSize(name);
        size_t start = reader->reader.getRecordOffset(name);
        size_t total = reader->adapter->size();
        TORCH_CHECK(start <= total && size <= total - start, "record '", name, "' lies outside the file");
        uint16_t method = 0;
        reader->adapter->read(reader->reader.getRecordHeaderOffset(name) + 8, &method, sizeof method, "");
        TORCH_CHECK(method == 0, "record '", name, "' is compressed, which torch.save never does");
        *offset = static_cast<int64_t>(start);
        *count = static_cast<int64_t>(size);
    });
}

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
