// One transfer over HTTP by the system's libcurl, which is loaded when it is first needed: it is a library of Debian's that Swift's own
// programs need, and no program that downloads nothing waits for it or fails without it.
#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is asked for and who gets it. Each function returns 0 to go on and anything else to end the transfer.
typedef struct {
    const char *address;
    const char *agent;
    /// Lines of the request's header, such as "Range: bytes=5-".
    const char *const *headers;
    size_t header_count;
    /// Whether plain HTTP is allowed where the server sends the request elsewhere.
    int allows_plain;
    /// The most seconds until there is a connection, and without a byte of an answer.
    long connect_seconds;
    long stall_seconds;
    void *context;
    /// A line of an answer's header; with redirections there are several answers, each begins with a line "HTTP/...".
    int (*on_header)(void *context, const char *bytes, size_t count);
    /// A piece of an answer's body.
    int (*on_body)(void *context, const char *bytes, size_t count);
} cc_request;

/// Why `cc_transfer` ended: libcurl's numbers, and three of its own.
enum {
    cc_done = 0,
    cc_no_host = 6,
    cc_no_proxy = 5,
    cc_no_connection = 7,
    cc_cut_off = 18,
    cc_refused_by_caller = 23,
    cc_too_slow = 28,
    cc_no_tls = 35,
    cc_too_many_redirects = 47,
    cc_got_nothing = 52,
    cc_send_failed = 55,
    cc_receive_failed = 56,
    cc_bad_certificate = 60,
    cc_bad_certificate_file = 77,
    cc_bad_issuer = 83,
    cc_bad_pinned_key = 90,
    cc_bad_certificate_status = 91,
    cc_stream_failed = 92,
    cc_no_library = -1,
    cc_no_memory = -2,
    cc_proxy_refused = -3,
};

/// Performs a request and returns when it has ended; `message` gets what libcurl says of a failure.
int cc_transfer(const cc_request *request, char *message, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
