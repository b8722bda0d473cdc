import Foundation
import Synchronization

extension Array where Element: Sendable {
    /// The results of a closure for all elements, in order, computed by several threads; each thread holds one element at a time.
    ///
    /// - Parameters:
    ///   - workers: The number of threads.
    ///   - progress: Called from the threads, one at a time, with how many elements are done.
    /// - Throws: The error of the first element, in order, whose closure fails; elements not yet begun are then left out.
    func concurrentMap<Result: Sendable>(
        workers: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }, _ transform: @escaping @Sendable (Element) throws -> Result
    ) throws -> [Result] {
        precondition(workers > 0, "the number of workers must be positive, not \(workers)")
        let state = Mutex(MapState<Result>(count: count))
        // Threads of its own: on a busy machine Dispatch gives one.
        let running = DispatchGroup()
        for _ in 0..<Swift.min(workers, count) {
            running.enter()
            let thread = Thread {
                while let index = state.withLock({ $0.takeIndex() }) {
                    let outcome = Swift.Result { try transform(self[index]) }
                    state.withLock { state in
                        state.outcomes[index] = outcome
                        if case .failure = outcome { state.next = self.count }
                        state.done += 1
                        progress(state.done)
                    }
                }
                running.leave()
            }
            thread.name = "cyclegan metric"
            thread.start()
        }
        running.wait()
        return try state.withLock { try $0.outcomes.compactMap { try $0?.get() } }
    }
}

/// What the threads of a map share.
private struct MapState<Value: Sendable>: Sendable {
    var next = 0
    var done = 0
    var outcomes: [Result<Value, any Error>?]

    init(count: Int) { outcomes = Array(repeating: nil, count: count) }

    mutating func takeIndex() -> Int? {
        guard next < outcomes.count else { return nil }
        defer { next += 1 }
        return next
    }
}
