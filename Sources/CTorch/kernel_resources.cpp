// Scratch memory, packed weights and the choice of kernels.
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "internal.hpp"
#include "kernels.hpp"

namespace {

/// A piece of memory of its own. It lies outside of the heap, where what lasts leaves gaps between tensors that do not.
class Memory {
    void *data = nullptr;
    size_t bytes = 0;

public:
    Memory() = default;
    explicit Memory(int64_t count) : bytes(static_cast<size_t>(count) * sizeof(float)) {
        ctorch::fail_allocation_if_wanted();
        data = ctorch::map_large_pages(bytes);
        TORCH_CHECK_WITH(OutOfMemoryError, data, "no memory for ", bytes, " bytes of the kernels' own");
    }
    Memory(Memory &&other) noexcept : data(std::exchange(other.data, nullptr)), bytes(other.bytes) {}
    Memory &operator=(Memory &&other) noexcept {
        std::swap(data, other.data);
        std::swap(bytes, other.bytes);
        return *this;
    }
    ~Memory() {
        if (data) munmap(data, bytes);
    }

    float *get() const { return static_cast<float *>(data); }
    int64_t count() const { return static_cast<int64_t>(bytes / sizeof(float)); }
};

at::Tensor on_large_pages(int64_t count) {
    constexpr int64_t worth_it = 1 << 18;
    if (count < worth_it) return at::empty({count}, at::kFloat);
    auto *memory = new Memory(count);
    return at::from_blob(memory->get(), {count}, [memory](void *) { delete memory; }, at::kFloat);
}

/// A piece of memory that grows.
class GrowingMemory {
    Memory memory;

public:
    float *operator()(int64_t count) {
        if (memory.count() < count) {
            memory = {};
            memory = Memory(count);
        }
        return memory.get();
    }
};

float *scratch(kernels::Scratch purpose, int member, int64_t count) {
    thread_local std::vector<GrowingMemory> pieces;
    const auto index = static_cast<size_t>(purpose) + static_cast<size_t>(member);
    if (pieces.size() <= index) pieces.resize(index + 1);
    return pieces[index](count);
}

/// For weights that are packed for one use.
thread_local GrowingMemory borrowed;

/// Packed weights by identity, version and order.
class PackedWeights {
    struct Entry {
        c10::weak_intrusive_ptr<c10::TensorImpl> weight;
        int64_t version;
        at::Tensor packed;
        uint64_t last_use;

        bool is_of(const at::Tensor &tensor) const {
            return !weight.expired() && weight._unsafe_get_target() == tensor.unsafeGetTensorImpl();
        }
    };
    // The generators of a training step at 256x256 need 375 MiB for the way forward, then as much for the way back.
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

    /// Memory for a packed weight: new while there is room, else that of the weight of the same size that was not asked for longest, unless
    /// all were met of late, as happens when more weights than there is room for take turns. Pieces of other sizes would leave gaps in the
    /// process's memory.
    at::Tensor room(int64_t size) {
        auto oldest = entries.end();
        for (auto entry = entries.begin(); entry != entries.end();) {
            const auto next = std::next(entry);
            if (entry->second.weight.expired()) {
                remove(entry);
            } else if (entry->second.packed.numel() == size && entry->second.packed.use_count() == 1
                       && (oldest == entries.end() || entry->second.last_use < oldest->second.last_use)) {
                oldest = entry;
            }
            entry = next;
        }
        if (bytes + static_cast<size_t>(size) * sizeof(float) <= capacity) return on_large_pages(size);
        const bool is_free = oldest != entries.end() && uses - oldest->second.last_use > entries.size();
        return is_free ? remove(oldest) : at::Tensor();
    }

public:
    /// Whether the weight as it is now is there.
    bool has(const at::Tensor &weight, const kernels::Convolution &convolution, bool transposed) {
        if (weight.is_inference()) return false;
        const std::lock_guard<std::mutex> lock(mutex);
        const auto found = entries.find(key(weight, convolution, transposed));
        return found != entries.end() && found->second.is_of(weight) && found->second.version == weight._version();
    }

    /// The packed weight, kept where `keeps` says so; `pack(tensor)` fills a tensor, and `borrow()` gives one that lasts until its next call.
    template <class Pack, class Borrow>
    at::Tensor get(const at::Tensor &weight, const kernels::Convolution &convolution, bool transposed, bool keeps, int64_t size,
                   Pack pack, Borrow borrow) {
        const auto packed_into = [&](at::Tensor tensor) {
            pack(tensor);
            return tensor;
        };
        // What was computed a moment ago, as by spectral norm, is not met again.
        if (weight.is_inference() || !weight.is_leaf()) return packed_into(borrow());
        const std::lock_guard<std::mutex> lock(mutex);
        uses++;
        const size_t key = PackedWeights::key(weight, convolution, transposed);
        if (auto found = entries.find(key); found != entries.end()) {
            auto &entry = found->second;
            if (entry.is_of(weight)) {
                entry.last_use = uses;
                if (entry.version == weight._version()) return entry.packed;
                // Another thread may still read the old one.
                if (entry.packed.use_count() > 1) return packed_into(borrow());
                entry.version = weight._version();
                return packed_into(entry.packed);
            }
            remove(found);
        }
        const auto memory = keeps ? room(size) : at::Tensor();
        if (!memory.defined()) return packed_into(borrow());
        const auto packed = packed_into(memory);
        bytes += packed.nbytes();
        entries.emplace(key, Entry{c10::weak_intrusive_ptr<c10::TensorImpl>(weight.getIntrusivePtr()), weight._version(), packed, uses});
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
        if (std::strcmp(name, "int8") == 0) kernels = CT_KERNELS_INT8;
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
    return {at::get_num_threads(), scratch};
}

bool is_packed(const at::Tensor &weight, const kernels::Convolution &convolution, bool transposed) {
    return packed_weights().has(weight, convolution, transposed);
}

at::Tensor packed_weight(const at::Tensor &weight, const kernels::Convolution &convolution, bool transposed, bool keeps) {
    if (!convolution.packs_weight) return weight.contiguous();
    const auto &table = kernel_table();
    const auto size = table.packed_size(convolution, transposed);
    const auto pack = [&](const at::Tensor &packed) {
        const auto dense = weight.contiguous();
        table.pack(convolution, dense.const_data_ptr<float>(), transposed, packed.mutable_data_ptr<float>(), kernel_resources());
    };
    const auto borrow = [&] { return at::from_blob(borrowed(size), {size}, at::kFloat); };
    return packed_weights().get(weight, convolution, transposed, keeps, size, pack, borrow);
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
ct_caches ct_get_caches(void) {
    const auto &caches = kernels::caches();
    using Source = kernels::Caches::Source;
    const auto source = caches.source == Source::system        ? CT_CACHES_OF_SYSTEM
                        : caches.source == Source::environment ? CT_CACHES_OF_ENVIRONMENT
                                                               : CT_CACHES_ASSUMED;
    return {caches.second, caches.third, caches.sharers, source};
}
bool ct_can_parse_caches(const char *text) {
    kernels::Caches caches{};
    return kernels::parse_caches(text, caches);
}
bool ct_multiplies_bytes(void) { return ctorch::kernel_table().multiplies_bytes(); }
int ct_kernel_thread_count(void) { return kernels::team_size(at::get_num_threads()); }
void ct_use_instruction_set(int index) {
    if (ct_instruction_set(index)) choice().table = kernels::all_for_this_machine()[index];
}

}  // extern "C"
