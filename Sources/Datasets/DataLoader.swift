import Foundation

/// Batches of a data set in order, decoded and augmented ahead by threads of its own.
///
/// The batches depend on the data set, the epoch and the batch size alone, not on the number or the timing of the threads. To be
/// used from one thread at a time. Releasing the loader ends its threads and waits for what they are decoding.
public final class DataLoader {
    /// The source of the samples.
    public let dataset: UnpairedImageDataset
    /// Samples per batch; the last batch of an epoch may be smaller.
    public let batchSize: Int
    /// Receives each warning once, on the thread that calls `next()`.
    public var onWarning: (String) -> Void = { _ in }
    /// How long `next()` has taken, in all, in seconds: the wait for samples, and stacking them.
    public private(set) var waitingSeconds = 0.0

    let queue: SampleQueue
    private var warnedTopics: Set<String> = []

    /// Starts the threads, which wait for `start(epoch:fromBatch:)`.
    ///
    /// - Parameters:
    ///   - workers: The number of threads.
    ///   - prefetch: How many batches are held ready ahead of the one in use, which bounds the memory.
    public init(dataset: UnpairedImageDataset, batchSize: Int = 1, workers: Int = 2, prefetch: Int = 4) {
        precondition(
            batchSize > 0 && workers > 0 && prefetch > 0,
            "batch size (\(batchSize)), workers (\(workers)) and prefetch (\(prefetch)) must be positive")
        self.dataset = dataset
        self.batchSize = batchSize
        let queue = SampleQueue(capacity: batchSize * prefetch)
        self.queue = queue
        for _ in 0..<workers {
            // The closure must not hold the loader, or the loader would never be released.
            let thread = Thread { queue.work(on: dataset) }
            thread.name = "cyclegan data loader"
            thread.start()
        }
    }

    deinit { queue.stop() }

    /// The number of batches of an epoch.
    public var batchCount: Int { (dataset.count + batchSize - 1) / batchSize }

    /// Begins an epoch, or goes on with it at a batch, and gives up what was prepared before.
    public func start(epoch: Int, fromBatch batch: Int = 0) {
        precondition((0...batchCount).contains(batch), "batch \(batch) is outside the epoch's \(batchCount) batches")
        queue.start(epoch: epoch, positions: min(batch * batchSize, dataset.count)..<dataset.count)
    }

    /// The next batch, or `nil` after the last of the epoch.
    ///
    /// - Throws: `DatasetError` where a domain has no usable file, or where the images of a batch differ in size.
    public func next() throws -> UnpairedBatch? {
        let begin = ContinuousClock.now
        defer { waitingSeconds += (ContinuousClock.now - begin) / .seconds(1) }
        let samples = try queue.take(batchSize, from: dataset).map { try $0.get() }
        for notice in samples.flatMap(\.notices) where warnedTopics.insert(notice.topic).inserted {
            onWarning(notice.description)
        }
        return samples.isEmpty ? nil : try UnpairedBatch(samples, domainA: dataset.domainA, domainB: dataset.domainB)
    }
}
