// Errors: the last message per thread, and scopes that collect the first one.
#include <optional>
#include <string>
#include <vector>

#include "internal.hpp"

namespace {
thread_local std::string last_error;
// The first error of each open scope, the innermost last.
thread_local std::vector<std::optional<std::string>> scopes;
thread_local std::string ended_scope_error;
}  // namespace

void ctorch::store_exception() noexcept {
    try {
        throw;
    } catch (const c10::Error &error) {
        last_error = error.what_without_backtrace();
    } catch (const std::exception &error) {
        last_error = error.what();
    } catch (...) {
        last_error = "unknown C++ exception";
    }
}

using namespace ctorch;

extern "C" {

const char *ct_last_error(void) { return last_error.c_str(); }

void ct_error_scope_begin(void) { scopes.emplace_back(); }

const char *ct_error_scope_end(void) {
    auto error = std::move(scopes.back());
    scopes.pop_back();
    if (!error) return nullptr;
    ended_scope_error = std::move(*error);
    return ended_scope_error.c_str();
}

bool ct_error_scope_record(const char *message) {
    if (scopes.empty()) return false;
    if (!scopes.back()) scopes.back() = message;
    return true;
}

ct_tensor *ct_undefined(void) {
    return guard_tensor([] { return at::Tensor(); });
}

}  // extern "C"
