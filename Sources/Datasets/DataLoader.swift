import Support

/// Batches of a data set in order, decoded and augmented ahead by threads of its own.
///
/// The batches depend on the data set, the epoch and the batch size alone, not on the number or the timing of the threads. To be
/// used from one thread at a time. Releasing the loader ends its threads and waits for what they are decoding.
public final class DataLoader {
    /// The source of the samples.
    public let dataset: any ImageDataset
    /// Samples per batch; the last batch of an epoch may be smaller.
    public let batchSize: Int
    /// Receives each warning once, on the thread that calls `next()`.
    public var onWarning: (String) -> Void = { _ in }
    /// How long `next()` has taken, in all, in seconds: the wait for samples, and stacking them.
    public private(set) var waitingSeconds = 0.0

    let samples: Prefetcher<ImageSample, DatasetError>
    private var warnedTopics: Set<String> = []

    /// One without batches, until `start(epoch:fromBatch:)`.
    ///
    /// - Parameters:
    ///   - workers: The number of threads.
    ///   - prefetch: How many batches are held ready ahead of the one in use, which bounds the memory.
    public init(dataset: any ImageDataset, batchSize: Int = 1, workers: Int = 2, prefetch: Int = 4) {
        precondition(
            batchSize > 0 && workers > 0 && prefetch > 0,
            "batch size (\(batchSize)), workers (\(workers)) and prefetch (\(prefetch)) must be positive")
        self.dataset = dataset
        self.batchSize = batchSize
        samples = Prefetcher(workers: workers, capacity: batchSize * prefetch)
    }

    /// The number of batches of an epoch.
    public var batchCount: Int { (dataset.count + batchSize - 1) / batchSize }

    /// Begins an epoch, or goes on with it at a batch, and gives up what was prepared before.
    public func start(epoch: Int, fromBatch batch: Int = 0) {
        precondition((0...batchCount).contains(batch), "batch \(batch) is outside the epoch's \(batchCount) batches")
        // The threads must not hold the loader, or it would never be released.
        samples.start(min(batch * batchSize, dataset.count)..<dataset.count) { [dataset] position throws(DatasetError) in
            try dataset.sample(epoch: epoch, position: position)
        }
    }

    /// The next batch, or `nil` after the last of the epoch.
    ///
    /// - Throws: `DatasetError` where a domain has no usable file, or where the images of a batch differ in size.
    public func next() throws -> ImageBatch? {
        let begin = ContinuousClock.now
        defer { waitingSeconds += (ContinuousClock.now - begin) / .seconds(1) }
        var batch: [ImageSample] = []
        while batch.count < batchSize, let sample = try samples.next() { batch.append(sample) }
        for notice in batch.flatMap(\.notices) where warnedTopics.insert(notice.topic).inserted {
            onWarning(notice.description)
        }
        return batch.isEmpty ? nil : try ImageBatch(batch, of: dataset)
    }
}
