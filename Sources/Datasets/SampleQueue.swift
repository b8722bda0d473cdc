import Foundation

/// Hands positions of an epoch to worker threads and their samples, in order, to the consumer; holds a bounded number of samples.
final class SampleQueue: @unchecked Sendable {  // `condition` guards every access, which the compiler does not see.
    /// One sample to make. The run tells samples of an epoch that was given up from those of the present one.
    private struct Job {
        let run: Int
        let epoch: Int
        let position: Int
    }

    private let capacity: Int
    // Guards everything below; signalled on every change that a thread may wait for.
    private let condition = NSCondition()
    private var run = 0
    private var epoch = 0
    private var nextJob = 0
    private var nextTaken = 0
    private var end = 0
    private var ready: [Int: Result<UnpairedSample, DatasetError>] = [:]
    private var isStopped = false
    private var workers = 0

    /// - Parameter capacity: The most samples in the making or ready; at least what is taken at once.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Gives up the present run and begins one over positions of an epoch.
    func start(epoch: Int, positions: Range<Int>) {
        condition.withLock {
            run += 1
            self.epoch = epoch
            nextJob = positions.lowerBound
            nextTaken = positions.lowerBound
            end = positions.upperBound
            ready = [:]
            condition.broadcast()
        }
    }

    /// Makes the worker threads return and waits until they have: none of them decodes while the process exits.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
            while workers > 0 { condition.wait() }
        }
    }

    /// The threads at work.
    var workerCount: Int { condition.withLock { workers } }

    /// Waits for the next samples, fewer than `count` only at the end of the run. A failure stays in place: taking again gives it again.
    ///
    /// Where no thread is at work, because the system would not start any, the samples are made here.
    func take(_ count: Int, from dataset: UnpairedImageDataset) -> [Result<UnpairedSample, DatasetError>] {
        condition.lock()
        defer { condition.unlock() }
        let positions = nextTaken..<min(nextTaken + count, end)
        var results: [Result<UnpairedSample, DatasetError>] = []
        for position in positions {
            while ready[position] == nil {
                guard workers == 0, nextJob == position else {
                    condition.wait()
                    continue
                }
                nextJob += 1
                let job = Job(run: run, epoch: epoch, position: position)
                condition.unlock()
                let result = Self.sample(job, of: dataset)
                condition.lock()
                ready[position] = result
            }
            results += [ready[position]].compactMap { $0 }
            if case .failure? = ready[position] { return results }
        }
        for position in positions { ready[position] = nil }
        nextTaken = positions.upperBound
        condition.broadcast()
        return results
    }

    /// Makes samples until the queue is stopped; the body of a worker thread.
    func work(on dataset: UnpairedImageDataset) {
        condition.withLock { workers += 1 }
        defer {
            condition.withLock {
                workers -= 1
                condition.broadcast()
            }
        }
        while let job = nextWork() {
            let result = Self.sample(job, of: dataset)
            condition.withLock {
                guard job.run == run else { return }
                ready[job.position] = result
                condition.broadcast()
            }
        }
    }

    /// Waits for a job; `nil` when the queue is stopped.
    private func nextWork() -> Job? {
        condition.withLock {
            while !isStopped {
                if nextJob < min(end, nextTaken + capacity) {
                    nextJob += 1
                    return Job(run: run, epoch: epoch, position: nextJob - 1)
                }
                condition.wait()
            }
            return nil
        }
    }

    private static func sample(_ job: Job, of dataset: UnpairedImageDataset) -> Result<UnpairedSample, DatasetError> {
        inPool { Result { () throws(DatasetError) in try dataset.sample(epoch: job.epoch, position: job.position) } }
    }

    /// Foundation on Apple systems frees some objects only with an autorelease pool, which plain threads do not empty by themselves.
    private static func inPool<Value>(_ body: () -> Value) -> Value {
        #if canImport(ObjectiveC)
            autoreleasepool(invoking: body)
        #else
            body()
        #endif
    }
}
