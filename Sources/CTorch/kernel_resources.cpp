// Scratch memory, packed weights and the choice of kernels.
#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "internal.hpp"
#include "kernels.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace {

/// Memory on large pages, where the system has them: they save the processor most of its walks through page tables.
float *allocate(int64_t count) {
    constexpr size_t page = size_t{2} << 20;
    const size_t bytes = (static_cast<size_t>(count) * sizeof(float) + page - 1) / page * page;
    auto *data = static_cast<float *>(std::aligned_alloc(page, bytes));
    TORCH_CHECK(data, "no memory for ", bytes, " bytes of the kernels' own");
#if defined(__linux__)
    madvise(data, bytes, MADV_HUGEPAGE);
#endif
    return data;
}

at::Tensor on_large_pages(int64_t count) {
    constexpr int64_t worth_it = 1 << 18;
    if (count < worth_it) return at::empty({count}, at::kFloat);
    return at::from_blob(allocate(count), {count}, [](void *data) { std::free(data); }, at::kFloat);
}

/// One growing piece of memory per slot.
class Scratch {
    struct Piece {
        float *data = nullptr;
        int64_t count = 0;
    };
    // One more than the kernels ask for, for weights that are packed for one use.
    Piece pieces[kernels::scratch_slots + 1];

public:
    ~Scratch() {
        for (auto &piece : pieces) std::free(piece.data);
    }

    float *operator()(int slot, int64_t count) {
        auto &piece = pieces[slot];
        if (piece.count >= count) return piece.data;
        std::free(piece.data);
        piece = {};
        piece = {allocate(count), count};
        return piece.data;
    }
};

thread_local Scratch scratch;

/// Packed weights by identity, version and order. What was not asked for longest makes room for what is.
class PackedWeights {
    struct Entry {
        c10::weak_intrusive_ptr<c10::TensorImpl> weight;
        int64_t version;
        at::Tensor packed;
        uint64_t last_use;
    };
    // The generators of a training step at 256x256 need 340 MiB for the way forward, then as much for the way back.
    static constexpr size_t capacity = size_t{384} << 20;
    std::mutex mutex;
    std::unordered_map<size_t, Entry> entries;
    size_t bytes = 0;
    uint64_t uses = 0;

    static size_t key(const at::Tensor &weight, const kernels::Convolution &c, bool transposed) {
        size_t key = std::hash<const void *>()(weight.unsafeGetTensorImpl());
        for (int64_t value : {c.stride, static_cast<int64_t>(c.method), int64_t{transposed}, int64_t{ctorch::kernel_table().lanes}}) {
            key = key * 31 + static_cast<size_t>(value);
        }
        return key;
    }

    at::Tensor remove(std::unordered_map<size_t, Entry>::iterator entry) {
        auto packed = entry->second.packed;
        bytes -= packed.nbytes();
        entries.erase(entry);
        return packed;
    }

    /// Makes room; memory of the right size that nobody reads any more is handed out again.
    at::Tensor make_room(int64_t size) {
        at::Tensor room;
        const auto keep = [&](const at::Tensor &packed) {
            if (packed.use_count() == 1 && packed.numel() == size) room = packed;
        };
        for (auto entry = entries.begin(); entry != entries.end();) {
            const auto next = std::next(entry);
            if (entry->second.weight.expired()) keep(remove(entry));
            entry = next;
        }
        while (!entries.empty() && bytes + static_cast<size_t>(size) * sizeof(float) > capacity) {
            keep(remove(std::min_element(entries.begin(), entries.end(),
                                         [](const auto &a, const auto &b) { return a.second.last_use < b.second.last_use; })));
        }
        return room.defined() ? room : on_large_pages(size);
    }

public:
    /// The packed weight; `pack(tensor)` fills a tensor, and `borrow()` gives one that lasts until its next call.
    template <class Pack, class Borrow>
    at::Tensor get(const at::Tensor &weight, const kernels::Convolution &convolution, bool transposed, int64_t size, Pack pack,
                   Borrow borrow) {
        const auto packed_into = [&](at::Tensor tensor) {
            pack(tensor);
            return tensor;
        };
        // What was computed a moment ago, as by spectral norm, is not met again.
        const bool fits = static_cast<size_t>(size) * sizeof(float) <= capacity;
        if (weight.is_inference() || !weight.is_leaf() || !fits) return packed_into(borrow());
        const std::lock_guard<std::mutex> lock(mutex);
        const size_t key = PackedWeights::key(weight, convolution, transposed);
        if (auto found = entries.find(key); found != entries.end()) {
            auto &entry = found->second;
            if (!entry.weight.expired() && entry.weight._unsafe_get_target() == weight.unsafeGetTensorImpl()) {
                entry.last_use = ++uses;
                if (entry.version == weight._version()) return entry.packed;
                // Another thread may still read the old one.
                if (entry.packed.use_count() > 1) return packed_into(borrow());
                entry.version = weight._version();
                return packed_into(entry.packed);
            }
            remove(found);
        }
        const auto packed = packed_into(make_room(size));
        bytes += packed.nbytes();
        entries.emplace(key, Entry{c10::weak_intrusive_ptr<c10::TensorImpl>(weight.getIntrusivePtr()), weight._version(), packed, ++uses});
        return packed;
    }
};

PackedWeights &packed_weights() {
    static auto *weights = new PackedWeights();  // Never destroyed: threads may outlive static objects.
    return *weights;
}

/// What CYCLEGAN_KERNELS says, until somebody sets it; and the instruction set in use.
struct Choice {
    std::atomic<ct_kernels> kernels = CT_KERNELS_AUTO;
    std::atomic<const kernels::Table *> table = kernels::all_for_this_machine()[0];

    Choice() {
        const char *name = std::getenv("CYCLEGAN_KERNELS");
        if (!name) return;
        if (std::strcmp(name, "accurate") == 0) kernels = CT_KERNELS_ACCURATE;
        if (std::strcmp(name, "libtorch") == 0) kernels = CT_KERNELS_LIBTORCH;
    }
};

Choice &choice() {
    static Choice value;
    return value;
}

}  // namespace

namespace ctorch {


ct_kernels kernel_choice() noexcept { return choice().kernels; }
const kernels::Table &kernel_table() noexcept { return *choice().table; }

kernels::Resources kernel_resources() {
    return {at::get_num_threads(), [](int slot, int64_t count) { return scratch(slot, count); }};
}

at::Tensor packed_weight(const at::Tensor &weight, const kernels::Convolution &convolution, bool transposed) {
    if (!convolution.packs_weight) return weight.contiguous();
    const auto &table = kernel_table();
    const auto size = table.packed_size(convolution, transposed);
    const auto pack = [&](const at::Tensor &packed) {
        const auto dense = weight.contiguous();
        table.pack(convolution, dense.const_data_ptr<float>(), transposed, packed.mutable_data_ptr<float>(), kernel_resources());
    };
    const auto borrow = [&] { return at::from_blob(scratch(kernels::scratch_slots, size), {size}, at::kFloat); };
    return packed_weights().get(weight, convolution, transposed, size, pack, borrow);
}

}  // namespace ctorch

extern "C" {

ct_kernels ct_get_kernels(void) { return ctorch::kernel_choice(); }
void ct_set_kernels(ct_kernels kernels) { choice().kernels = kernels; }

const char *ct_instruction_set(int index) {
    const auto *const *tables = kernels::all_for_this_machine();
    for (int i = 0; tables[i]; i++) {
        if (i == index) return tables[i]->name;
    }
    return nullptr;
}
void ct_use_instruction_set(int index) {
    if (ct_instruction_set(index)) choice().table = kernels::all_for_this_machine()[index];
}

}  // extern "C"
