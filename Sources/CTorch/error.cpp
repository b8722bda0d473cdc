// Errors: the last message per thread, and scopes that collect the first one.
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "internal.hpp"

namespace {
struct Failure {
    std::string message;
    bool is_of_memory = false;
};
thread_local Failure last_error;
// The first error of each open scope, the innermost last.
thread_local std::vector<std::optional<Failure>> scopes;
thread_local Failure ended_scope_error;

Failure failure(const c10::Error &error) {
    // libtorch's allocator for the CPU has no type of its own for its failure.
    const std::string beginning = "DefaultCPUAllocator: can't allocate memory: you tried to allocate ", end = " bytes";
    const auto &message = error.msg();
    if (const auto found = message.find(beginning); found != std::string::npos) {
        const auto size = message.substr(found + beginning.size());
        return {"no memory for " + size.substr(0, size.find(end)) + end, true};
    }
    return {error.what_without_backtrace(), dynamic_cast<const c10::OutOfMemoryError *>(&error) != nullptr};
}
}  // namespace

void ctorch::store_exception() noexcept {
    try {
        throw;
    } catch (const c10::Error &error) {
        last_error = failure(error);
    } catch (const std::bad_alloc &) {
        last_error = {"no memory for small things", true};
    } catch (const std::exception &error) {
        last_error = {error.what()};
    } catch (...) {
        last_error = {"unknown C++ exception"};
    }
}

using namespace ctorch;

extern "C" {

bool ct_last_error_is_of_memory(void) { return last_error.is_of_memory; }
const char *ct_last_error(void) { return last_error.message.c_str(); }

void ct_error_scope_begin(void) { scopes.emplace_back(); }

const char *ct_error_scope_end(bool *is_of_memory) {
    auto error = std::move(scopes.back());
    scopes.pop_back();
    if (!error) return nullptr;
    ended_scope_error = std::move(*error);
    *is_of_memory = ended_scope_error.is_of_memory;
    return ended_scope_error.message.c_str();
}

bool ct_error_scope_record(const char *message, bool is_of_memory) {
    if (scopes.empty()) return false;
    if (!scopes.back()) scopes.back() = {message, is_of_memory};
    return true;
}

ct_tensor *ct_undefined(void) {
    return guard_tensor([] { return at::Tensor(); });
}

}  // extern "C"
