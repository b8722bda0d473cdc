// Memory of large tensors on the CPU.
#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

#include "internal.hpp"

namespace {

/// Puts large tensors into address space of their own, each into the smallest gap it fits, and keeps that of freed ones for the next.
///
/// A training step gives all of it back at its end. In the heap small things that last would lie in between, so that each step would find
/// smaller gaps than the one before and the process would grow; and the system would clear the memory again and again.
class TensorMemory final : public c10::Allocator {
    static constexpr size_t smallest = 64 << 10;
    // Equal places in pages share few places in a cache, so tensors of whole pages do not follow each other without a distance.
    static constexpr size_t line = 64, distance = 5 * line;

    c10::Allocator *const others = c10::GetCPUAllocator();
    char *const begin;
    const size_t size;
    std::mutex mutex;
    std::map<char *, size_t> gaps;
    std::set<std::pair<size_t, char *>> gaps_by_size;
    std::unordered_map<char *, size_t> taken;

    TensorMemory(char *begin, size_t size) : begin(begin), size(size) { add_gap(begin, size); }

    void add_gap(char *at, size_t bytes) {
        gaps.emplace(at, bytes);
        gaps_by_size.emplace(bytes, at);
    }

    void remove_gap(std::map<char *, size_t>::iterator gap) {
        gaps_by_size.erase({gap->second, gap->first});
        gaps.erase(gap);
    }

    char *take(size_t bytes) {
        const std::lock_guard<std::mutex> lock(mutex);
        const auto found = gaps_by_size.lower_bound({bytes, nullptr});
        if (found == gaps_by_size.end()) return nullptr;
        const auto [room, at] = *found;
        remove_gap(gaps.find(at));
        if (room > bytes) add_gap(at + bytes, room - bytes);
        taken.emplace(at, bytes);
        return at;
    }

    void give_back(char *at) {
        const std::lock_guard<std::mutex> lock(mutex);
        const auto entry = taken.find(at);
        size_t bytes = entry->second;
        taken.erase(entry);
        const auto next = gaps.lower_bound(at);
        if (next != gaps.begin()) {
            if (const auto previous = std::prev(next); previous->first + previous->second == at) {
                at = previous->first;
                bytes += previous->second;
                remove_gap(previous);
            }
        }
        if (next != gaps.end() && at + bytes == next->first) {
            bytes += next->second;
            remove_gap(next);
        }
        add_gap(at, bytes);
    }

    static void release(void *data) {
        auto &memory = *shared();
        auto *at = static_cast<char *>(data);
        if (at >= memory.begin && at < memory.begin + memory.size) {
            memory.give_back(at);
        } else {
            memory.others->raw_deleter()(data);
        }
    }

public:
    /// As much address space as there is memory; null where it cannot be had.
    static TensorMemory *shared() {
        // Never destroyed: tensors may outlive static objects.
        static auto *memory = [] {
            const auto size = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
            auto *begin = static_cast<char *>(ctorch::map_large_pages(size));
            return begin ? new TensorMemory(begin, size) : nullptr;
        }();
        return memory;
    }

    c10::DataPtr allocate(size_t bytes) override {
        char *data = bytes < smallest ? nullptr : take((bytes + distance + line - 1) / line * line);
        return data ? c10::DataPtr(data, data, &release, at::kCPU) : others->allocate(bytes);
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void *to, const void *from, size_t bytes) const override { default_copy_data(to, from, bytes); }
};

thread_local int64_t allocations_until_failure = -1;

/// Lets allocations fail where tests want them to.
class FailingMemory final : public c10::Allocator {
    c10::Allocator *const memory = c10::GetCPUAllocator();

public:
    c10::DataPtr allocate(size_t bytes) override {
        ctorch::fail_allocation_if_wanted();
        return memory->allocate(bytes);
    }
    c10::DeleterFnPtr raw_deleter() const override { return memory->raw_deleter(); }
    void copy_data(void *to, const void *from, size_t bytes) const override { memory->copy_data(to, from, bytes); }
};

}  // namespace

void ctorch::fail_allocation_if_wanted() {
    if (allocations_until_failure > 0) allocations_until_failure--;
    TORCH_CHECK_WITH(OutOfMemoryError, allocations_until_failure != 0, "no memory, as a test wants it");
}

void *ctorch::map_large_pages(size_t bytes) noexcept {
    void *data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) return nullptr;
#if defined(__linux__)
    madvise(data, bytes, MADV_HUGEPAGE);
#endif
    return data;
}

extern "C" {

void ct_retain_freed_memory(void) {
    if (auto *memory = TensorMemory::shared()) c10::SetCPUAllocator(memory, /*priority=*/1);
}

void ct_fail_allocations(int64_t after) {
    static FailingMemory memory;
    // One more than succeed: the one that reaches zero fails, and all behind it.
    allocations_until_failure = after < 0 ? -1 : after + 1;
    c10::SetCPUAllocator(&memory, /*priority=*/2);
}

}  // extern "C"
