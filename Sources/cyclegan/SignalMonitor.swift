import Dispatch
import Foundation
import Support
import Synchronization

/// Notices SIGINT, SIGTERM and SIGHUP, so that work can be ended in good order; a second signal ends the process at once.
final class SignalMonitor {
    private let caught: Caught
    private let sources: [any DispatchSourceSignal]

    /// The signal that asked the run to stop.
    var signal: Int32? { caught.number.withLock { $0 } }
    /// Whether there was one, for other threads.
    var isStopped: @Sendable () -> Bool { { [caught] in caught.number.withLock { $0 != nil } } }

    /// - Parameter answer: What is said to the first signal.
    init(_ answer: String = "Stopping after this step and saving; once more to stop at once.") {
        let caught = Caught(answer)
        self.caught = caught
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            // The default action would end the process before the source could fire.
            let previous = Foundation.signal(number, SIG_IGN)
            // A signal that was ignored from the start, as nohup has it, stays ignored.
            if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { caught.notice(number) }
            source.activate()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }

    /// The signal, written by the queue of the sources and read by the working thread.
    private final class Caught: Sendable {
        let number = Mutex<Int32?>(nil)
        private let answer: String

        init(_ answer: String) { self.answer = answer }

        func notice(_ signal: Int32) {
            let isSecond = number.withLock { first in
                defer { first = first ?? signal }
                return first != nil
            }
            if isSecond { _exit(128 + signal) }
            StandardStreams.writeError("\n\(answer)\n")
        }
    }
}
