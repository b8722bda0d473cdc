import Foundation

/// Values made ahead by threads of its own and taken in order, while a bounded number of them waits.
///
/// The values depend on their positions alone, not on the number or the timing of the threads. To be used from one thread at a time.
/// Releasing it ends its threads and waits for what they are making.
package final class Prefetcher<Value: Sendable, Failure: Error> {
    /// Makes the value at a position; called from several threads at once.
    package typealias Make = @Sendable (_ position: Int) throws(Failure) -> Value

    // The threads hold the queue alone: the prefetcher would otherwise never be released.
    private let queue: Queue

    /// One without values, until `start(_:make:)`.
    ///
    /// - Parameters:
    ///   - workers: The most threads, and the most values in the making.
    ///   - capacity: The most values in the making or waiting.
    ///   - startThread: Starts a thread, which the system may refuse.
    package init(workers: Int, capacity: Int, startThread: @escaping (Thread) -> Void = { $0.start() }) {
        precondition(workers > 0 && capacity > 0, "workers (\(workers)) and capacity (\(capacity)) must be positive")
        queue = Queue(workers: workers, capacity: capacity, startThread: startThread)
    }

    /// One that begins at once, at position 0.
    package convenience init(count: Int, workers: Int, capacity: Int, make: @escaping Make) {
        self.init(workers: workers, capacity: capacity)
        start(0..<count, make: make)
    }

    deinit { stop() }

    /// Begins to make the values at these positions, and gives up those of before.
    package func start(_ positions: Range<Int>, make: @escaping Make) { queue.start(Run(positions, make: make)) }

    /// Waits for the next value; `nil` after the last one.
    ///
    /// - Throws: The error with which it failed to be made. It stays in place: the next call throws it again.
    package func next() throws(Failure) -> Value? { try queue.take() }

    /// Gives up all values, makes the threads return and waits until they have.
    package func stop() { queue.stop() }

    /// The threads that are running.
    package var workerCount: Int { queue.workerCount }

    /// The values of one start. What is still in the making when the run is given up ends here, where nobody looks for it.
    private final class Run {
        let make: Make
        var end, nextMade, nextTaken: Int
        var ready: [Int: Result<Value, Failure>] = [:]

        init(_ positions: Range<Int>, make: @escaping Make) {
            self.make = make
            end = positions.upperBound
            nextMade = positions.lowerBound
            nextTaken = positions.lowerBound
        }
    }

    // Unchecked, because the compiler does not see that `condition` guards every access.
    private final class Queue: @unchecked Sendable {
        private let workers, capacity: Int
        private let startThread: (Thread) -> Void
        // Guards everything below, runs included; signalled on every change that a thread may wait for.
        private let condition = NSCondition()
        private var run: Run?
        private var isStopped = false
        private var started = 0
        private var running = 0
        private var making = 0

        init(workers: Int, capacity: Int, startThread: @escaping (Thread) -> Void) {
            self.workers = workers
            self.capacity = capacity
            self.startThread = startThread
        }

        var workerCount: Int { condition.withLock { running } }

        func start(_ run: Run) {
            condition.withLock {
                self.run = run
                while started < min(workers, run.end - run.nextMade) {
                    started += 1
                    startThread(Thread { self.work() })
                }
                condition.broadcast()
            }
        }

        func stop() {
            condition.withLock {
                isStopped = true
                run = nil
                condition.broadcast()
                while running > 0 { condition.wait() }
            }
        }

        func take() throws(Failure) -> Value? {
            condition.lock()
            defer { condition.unlock() }
            guard let run else { return nil }
            while run.nextTaken < run.end {
                if let result = run.ready[run.nextTaken] {
                    let value = try result.get()
                    run.ready[run.nextTaken] = nil
                    run.nextTaken += 1
                    condition.broadcast()
                    return value
                }
                // What no thread has begun is made here: perhaps the system has not started any.
                if run.nextMade > run.nextTaken || !makeNext() { condition.wait() }
            }
            return nil
        }

        /// The body of a thread.
        private func work() {
            condition.withLock {
                // Linux takes 15 letters, and only from a thread that runs.
                Thread.current.name = "cyclegan worker"
                running += 1
                while !isStopped {
                    if !makeNext() { condition.wait() }
                }
                running -= 1
                condition.broadcast()
            }
        }

        /// Makes the next value, where there is one and room for it. To be called with the lock, which is given up meanwhile.
        private func makeNext() -> Bool {
            guard let run, run.nextMade < run.end, run.nextMade - run.nextTaken < capacity, making < workers else { return false }
            let position = run.nextMade
            run.nextMade += 1
            making += 1
            condition.unlock()
            let make = { Result { () throws(Failure) in try run.make(position) } }
            #if canImport(ObjectiveC)
                // Foundation frees some objects only with a pool, which plain threads do not empty by themselves.
                let result = autoreleasepool(invoking: make)
            #else
                let result = make()
            #endif
            condition.lock()
            making -= 1
            run.ready[position] = result
            // Nothing behind a failure is ever taken.
            if case .failure = result { run.end = min(run.end, position + 1) }
            condition.broadcast()
            return true
        }
    }
}
