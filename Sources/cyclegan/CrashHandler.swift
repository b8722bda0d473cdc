import Foundation

/// Ends a crashed program at once with one line. Swift's own handler would look for a backtrace first, which takes minutes in a program as
/// large as libtorch; whoever wants that sets `SWIFT_BACKTRACE`.
enum CrashHandler {
    static func install() {
        guard ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] == nil else { return }
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT] {
            _ = signal(number) { number in
                // No memory may be asked for here, and no lock taken.
                let text: StaticString =
                    switch number {
                    case SIGSEGV: "cyclegan: crashed: segmentation fault"
                    case SIGBUS: "cyclegan: crashed: bus error"
                    case SIGFPE: "cyclegan: crashed: arithmetic error"
                    case SIGABRT: "cyclegan: crashed: aborted"
                    default: "cyclegan: crashed: illegal instruction"
                    }
                let rest: StaticString = " (a fault of this program; SWIFT_BACKTRACE=enable=yes shows where)\n"
                _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
                _ = write(STDERR_FILENO, rest.utf8Start, rest.utf8CodeUnitCount)
                // Delivered again when this returns, and then it ends the process with the signal's status.
                _ = signal(number, SIG_DFL)
                raise(number)
            }
        }
    }
}
