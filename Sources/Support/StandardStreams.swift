// Alone, so that its `stdout` can be used.
#if canImport(Glibc)
    @preconcurrency import Glibc
#else
    @preconcurrency import Darwin
#endif

/// Standard output and error, whose reader may have gone, whose terminal may be closed and whose disk may be full.
package enum StandardStreams {
    /// Turns the signals of a write that cannot be done into errors of that write: a reader that has gone, a file that may not grow.
    package static func ignoreSignals() {
        for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
    }

    /// Writes to standard error. What cannot be shown is no reason to stop.
    package static func writeError(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes.removeFirst(written)
        }
    }

    /// Ends the process without taking libraries down, which threads of theirs that are on their way out may still use.
    package static func end(_ status: Int32) -> Never {
        fflush(nil)
        _exit(status)
    }

    /// Hands over what was printed.
    ///
    /// - Throws: `FileError` where some of it could not be written.
    package static func flushOutput() throws(FileError) {
        let isFlushed = fflush(stdout) == 0
        let code = errno
        guard isFlushed, ferror(stdout) == 0 else {
            throw FileError(path: "standard output", operation: "write", code: isFlushed ? EIO : code)
        }
    }
}
