import Foundation

/// Values made ahead by threads of its own and taken in order, while a bounded number of them waits.
///
/// To be used from one thread at a time. Releasing it ends its threads and waits for what they are making.
package final class OrderedPrefetch<Value: Sendable> {
    private let queue: Queue

    /// - Parameters:
    ///   - capacity: The most values in the making or waiting.
    ///   - make: Makes the value at a position; called from the threads.
    package init(count: Int, workers: Int, capacity: Int, make: @escaping @Sendable (Int) throws -> Value) {
        precondition(workers > 0 && capacity > 0, "workers (\(workers)) and capacity (\(capacity)) must be positive")
        let queue = Queue(count: count, capacity: capacity, make: make)
        self.queue = queue
        for _ in 0..<min(workers, count) {
            let thread = Thread { queue.work() }
            thread.name = "cyclegan prefetch"
            thread.start()
        }
    }

    deinit { queue.stop() }

    /// Waits for the next value; `nil` after the last one.
    ///
    /// - Throws: The error with which it failed to be made.
    package func next() throws -> Value? { try queue.take()?.get() }

    // Unchecked, because the compiler does not see that `condition` guards every access.
    private final class Queue: @unchecked Sendable {
        private let count, capacity: Int
        private let make: @Sendable (Int) throws -> Value
        // Guards everything below; signalled on every change that a thread may wait for.
        private let condition = NSCondition()
        private var nextMade = 0
        private var nextTaken = 0
        private var ready: [Int: Result<Value, any Error>] = [:]
        private var isStopped = false
        private var workers = 0

        init(count: Int, capacity: Int, make: @escaping @Sendable (Int) throws -> Value) {
            self.count = count
            self.capacity = capacity
            self.make = make
        }

        func work() {
            condition.withLock { workers += 1 }
            while let position = nextPosition() {
                let result = Result { try make(position) }
                condition.withLock {
                    ready[position] = result
                    condition.broadcast()
                }
            }
            condition.withLock {
                workers -= 1
                condition.broadcast()
            }
        }

        /// Where no thread is at work, because the system would not start any, the value is made here.
        func take() -> Result<Value, any Error>? {
            condition.lock()
            defer { condition.unlock() }
            guard nextTaken < count else { return nil }
            while true {
                if let result = ready.removeValue(forKey: nextTaken) {
                    nextTaken += 1
                    condition.broadcast()
                    return result
                }
                guard workers == 0, nextMade == nextTaken else {
                    condition.wait()
                    continue
                }
                nextMade += 1
                let position = nextTaken
                condition.unlock()
                let result = Result { try make(position) }
                condition.lock()
                ready[position] = result
            }
        }

        func stop() {
            condition.withLock {
                isStopped = true
                condition.broadcast()
                while workers > 0 { condition.wait() }
            }
        }

        private func nextPosition() -> Int? {
            condition.withLock {
                while !isStopped, nextMade < count {
                    if nextMade < nextTaken + capacity {
                        nextMade += 1
                        return nextMade - 1
                    }
                    condition.wait()
                }
                return nil
            }
        }
    }
}
