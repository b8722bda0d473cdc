// Errors: the last message per thread, and scopes that collect the first one.
#include <string>

#include "internal.hpp"

namespace {
thread_local std::string last_error;
thread_local int scope_depth = 0;
thread_local bool scope_failed = false;
thread_local std::string scope_error;
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

extern "C" {

const char *ct_last_error(void) { return last_error.c_str(); }

void ct_error_scope_begin(void) {
    if (scope_depth++ == 0) scope_failed = false;
}

const char *ct_error_scope_end(void) {
    scope_depth--;
    return scope_failed ? scope_error.c_str() : nullptr;
}

bool ct_error_scope_record(const char *message) {
    if (scope_depth == 0) return false;
    if (!scope_failed) {
        scope_failed = true;
        scope_error = message;
    }
    return true;
}

ct_tensor *ct_undefined(void) { return ctorch::wrap(at::Tensor()); }

}  // extern "C"
