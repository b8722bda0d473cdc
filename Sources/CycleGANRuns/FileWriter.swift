import Dispatch
import Synchronization

/// Writes files on threads of its own, a bounded number at a time.
final class FileWriter: Sendable {
    private let slots: DispatchSemaphore
    private let queue = DispatchQueue(label: "cyclegan writer", attributes: .concurrent)
    private let group = DispatchGroup()
    private let full = Mutex(false)
    private let onRecord: @Sendable (TranslationRecord, Int) -> Void

    init(width: Int, onRecord: @escaping @Sendable (TranslationRecord, Int) -> Void) {
        slots = DispatchSemaphore(value: width)
        self.onRecord = onRecord
    }

    /// Whether there is no room for more.
    var isDiskFull: Bool { full.withLock { $0 } }

    func tell(_ record: TranslationRecord, _ index: Int) {
        full.withLock { isFull in
            onRecord(record, index)
            isFull = isFull || record.isDiskFull
        }
    }

    /// Writes a file as soon as one of the threads is free.
    func add(_ index: Int, _ write: @escaping @Sendable () -> TranslationRecord) {
        slots.wait()
        queue.async(group: group) { [self] in
            tell(write(), index)
            slots.signal()
        }
    }

    /// Waits until all files are written.
    func wait() { group.wait() }
}
