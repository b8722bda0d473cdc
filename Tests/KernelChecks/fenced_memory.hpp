// Memory between guard pages.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

/// Floats that are all NaN at first, so that one which is read before it is written shows, next to pages that nobody may touch.
class FencedMemory {
    char *pages = nullptr;
    size_t mapped = 0;
    float *floats = nullptr, *slack_begin = nullptr, *slack_end = nullptr;
    int64_t size = 0;

public:
    FencedMemory() = default;
    /// - `at_end`: whether the floats lie in front of a guard page, to as few bytes as their alignment leaves, or behind one.
    FencedMemory(int64_t count, bool at_end, size_t alignment = sizeof(float)) : size(count) {
        const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), bytes = static_cast<size_t>(count) * sizeof(float);
        const size_t inner = (bytes + page - 1) / page * page;
        mapped = inner + 2 * page;
        void *data = mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (data == MAP_FAILED || mprotect(static_cast<char *>(data) + page, inner, PROT_READ | PROT_WRITE) != 0) __builtin_trap();
        pages = static_cast<char *>(data);
        const size_t offset = at_end ? inner - (bytes + alignment - 1) / alignment * alignment : 0;
        floats = reinterpret_cast<float *>(pages + page + offset);
        auto *all = reinterpret_cast<float *>(pages + page);
        slack_begin = at_end ? floats + count : all;
        slack_end = at_end ? all + inner / sizeof(float) : all;
        for (float *value = all; value < all + inner / sizeof(float); value++) *value = std::numeric_limits<float>::quiet_NaN();
    }
    FencedMemory(FencedMemory &&other) noexcept { *this = std::move(other); }
    FencedMemory &operator=(FencedMemory &&other) noexcept {
        std::swap(pages, other.pages);
        std::swap(mapped, other.mapped);
        std::swap(floats, other.floats);
        std::swap(slack_begin, other.slack_begin);
        std::swap(slack_end, other.slack_end);
        std::swap(size, other.size);
        return *this;
    }
    ~FencedMemory() {
        if (pages) munmap(pages, mapped);
    }

    float *data() const { return floats; }
    int64_t count() const { return size; }
    /// Whether nothing was written between the floats and the guard page behind them.
    bool is_slack_untouched() const {
        for (float *value = slack_begin; value < slack_end; value++) {
            if (*value == *value) return false;
        }
        return true;
    }
};
