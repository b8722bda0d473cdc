// libcurl by its stable binary interface (libcurl.so.4, since 2006); the numbers are those of curl/curl.h.
#include "ccurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

enum {
    option_write_data = 10001,
    option_url = 10002,
    option_error_buffer = 10010,
    option_agent = 10018,
    option_headers = 10023,
    option_header_data = 10029,
    option_write_function = 20011,
    option_header_function = 20079,
    option_no_progress = 43,
    option_progress_data = 10057,
    option_progress_function = 20219,
    option_follow = 52,
    option_redirections = 68,
    option_connect_timeout = 78,
    option_no_signal = 99,
    option_protocols = 181,
    option_redirect_protocols = 182,
    option_suppress_connect_headers = 265,
    info_connect_code = 0x200000 + 22,
    protocol_http = 1,
    protocol_https = 2,
    error_size = 256,
    global_all = 3,
    ended_by_progress = 42,
};

struct curl_slist;

struct {
    int (*global_init)(long flags);
    void *(*init)(void);
    int (*set)(void *handle, int option, ...);
    int (*perform)(void *handle);
    int (*info)(void *handle, int what, ...);
    void (*cleanup)(void *handle);
    const char *(*describe)(int code);
    struct curl_slist *(*append)(struct curl_slist *list, const char *line);
    void (*free_list)(struct curl_slist *list);
} curl;

bool is_loaded = false;
char problem[error_size] = "";

void load() {
    const char *const names[] = {
#ifdef __APPLE__
        "/usr/lib/libcurl.4.dylib",
#else
        "libcurl.so.4", "libcurl-gnutls.so.4",
#endif
    };
    void *library = nullptr;
    for (size_t i = 0; i < sizeof names / sizeof *names && !library; ++i) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return;
    }
    const struct {
        const char *name;
        void *place;
    } functions[] = {
        {"curl_global_init", &curl.global_init}, {"curl_easy_init", &curl.init},       {"curl_easy_setopt", &curl.set},
        {"curl_easy_perform", &curl.perform},    {"curl_easy_cleanup", &curl.cleanup}, {"curl_easy_strerror", &curl.describe},
        {"curl_slist_append", &curl.append},     {"curl_slist_free_all", &curl.free_list}, {"curl_easy_getinfo", &curl.info},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; ++i) {
        void *address = dlsym(library, functions[i].name);
        if (!address) {
            snprintf(problem, sizeof problem, "it has no function %s", functions[i].name);
            return;
        }
        memcpy(functions[i].place, &address, sizeof address);
    }
    is_loaded = curl.global_init(global_all) == 0;
    if (!is_loaded) snprintf(problem, sizeof problem, "it cannot be initialised");
}

/// A transfer that goes on.
struct Transfer {
    const cc_request *request;
    /// When the last bytes came, by a clock that is never set.
    time_t last;
};

time_t now() {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

size_t take_header(char *bytes, size_t size, size_t count, void *context) {
    auto *transfer = static_cast<Transfer *>(context);
    const cc_request *request = transfer->request;
    transfer->last = now();
    return request->on_header(request->context, bytes, size * count) == 0 ? size * count : 0;
}

size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    auto *transfer = static_cast<Transfer *>(context);
    const cc_request *request = transfer->request;
    transfer->last = now();
    // Nothing taken of something ends the transfer; a piece may be empty.
    return request->on_body(request->context, bytes, size * count) == 0 ? size * count : (size * count == 0);
}

// libcurl asks once a second at least. Its own limit of speed looks at means of several seconds.
int check_progress(void *context, int64_t, int64_t, int64_t, int64_t) {
    const auto *transfer = static_cast<const Transfer *>(context);
    return now() - transfer->last > transfer->request->stall_seconds;
}

}  // namespace

int cc_transfer(const cc_request *request, char *message, size_t capacity) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (!is_loaded) {
        snprintf(message, capacity, "%s", problem);
        return cc_no_library;
    }
    snprintf(message, capacity, "there is no memory for it");
    void *handle = curl.init();
    if (!handle) return cc_no_memory;
    curl_slist *list = nullptr;
    for (size_t i = 0; i < request->header_count; ++i) {
        curl_slist *longer = curl.append(list, request->headers[i]);
        if (!longer) {
            curl.free_list(list);
            curl.cleanup(handle);
            return cc_no_memory;
        }
        list = longer;
    }
    char error[error_size] = "";
    Transfer transfer = {request, now()};
    const long both = protocol_http | protocol_https;
    curl.set(handle, option_url, request->address);
    curl.set(handle, option_agent, request->agent);
    curl.set(handle, option_headers, list);
    curl.set(handle, option_error_buffer, error);
    curl.set(handle, option_header_function, take_header);
    curl.set(handle, option_header_data, &transfer);
    curl.set(handle, option_write_function, take_body);
    curl.set(handle, option_write_data, &transfer);
    curl.set(handle, option_protocols, both);
    curl.set(handle, option_redirect_protocols, request->allows_plain ? both : static_cast<long>(protocol_https));
    curl.set(handle, option_follow, 1L);
    curl.set(handle, option_redirections, 10L);
    // The answer of a proxy that a tunnel goes through is none of the server.
    curl.set(handle, option_suppress_connect_headers, 1L);
    curl.set(handle, option_no_signal, 1L);
    curl.set(handle, option_connect_timeout, request->connect_seconds);
    curl.set(handle, option_no_progress, 0L);
    curl.set(handle, option_progress_function, check_progress);
    curl.set(handle, option_progress_data, &transfer);
    int code = curl.perform(handle);
    if (code == ended_by_progress) {
        code = cc_too_slow;
        snprintf(message, capacity, "nothing came for %ld seconds", request->stall_seconds);
    } else if (code != cc_done) {
        snprintf(message, capacity, "%s", error[0] ? error : curl.describe(code));
        long answer = 0;
        if (curl.info(handle, info_connect_code, &answer) == 0 && answer != 0 && (answer < 200 || answer > 299)) {
            code = cc_proxy_refused;
            snprintf(message, capacity, "it answered %ld", answer);
        }
    }
    curl.free_list(list);
    curl.cleanup(handle);
    return code;
}
