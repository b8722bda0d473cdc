import Foundation

/// Runs the jobs of an actor on one thread of its own, so that work of seconds does not hold up the tasks of others, and libraries that keep
/// threads or memory for each thread that calls them meet the same one always.
package final class ThreadExecutor: SerialExecutor {
    // The thread holds the queue alone: the executor would otherwise never be released.
    private let queue = Queue()

    /// - Parameter name: Of the thread; Linux shows 15 letters.
    package init(name: String) {
        let thread = Thread { [queue] in queue.work(as: name) }
        // As the main thread has: libtorch and libvips go deep.
        thread.stackSize = 8 << 20
        thread.start()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        queue.add(UnownedJob(job), asUnownedSerialExecutor())
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Lets the thread end behind the jobs that are there.
    package func stop() { queue.stop() }

    // Unchecked, because the compiler does not see that `condition` guards every access.
    private final class Queue: @unchecked Sendable {
        private let condition = NSCondition()
        private var jobs: [(job: UnownedJob, executor: UnownedSerialExecutor)] = []
        private var isStopped = false

        func add(_ job: UnownedJob, _ executor: UnownedSerialExecutor) {
            condition.withLock {
                jobs.append((job, executor))
                condition.signal()
            }
        }

        func stop() {
            condition.withLock {
                isStopped = true
                condition.signal()
            }
        }

        func work(as name: String) {
            Thread.current.name = name
            while let (job, executor) = next() { job.runSynchronously(on: executor) }
        }

        private func next() -> (UnownedJob, UnownedSerialExecutor)? {
            condition.withLock {
                while jobs.isEmpty, !isStopped { condition.wait() }
                return jobs.isEmpty ? nil : jobs.removeFirst()
            }
        }
    }
}
