import Dispatch
import Foundation
import Synchronization

/// Notices SIGINT and SIGTERM, so that a run can save before it ends; a second signal ends the process at once.
final class SignalMonitor: Sendable {
    private let caught = Mutex<Int32?>(nil)
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// The signal that asked the run to stop.
    var signal: Int32? { caught.withLock { $0 } }

    init() {
        for number in [SIGINT, SIGTERM] {
            // The default action would end the process before the source could fire.
            Foundation.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.notice(number) }
            source.activate()
            sources.withLock { $0.append(source) }
        }
    }

    private func notice(_ number: Int32) {
        let isSecond = caught.withLock { first in
            defer { first = first ?? number }
            return first != nil
        }
        if isSecond { _exit(128 + number) }
        FileHandle.standardError.write(Data("\nStopping after this step and saving; once more to stop at once.\n".utf8))
    }
}
