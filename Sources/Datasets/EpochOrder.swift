import Support
import Synchronization

/// The order in which an epoch visits a number of indices: a shuffle by seed and epoch, or the plain order.
final class EpochOrder: Sendable {
    let count: Int
    private let seed: UInt64
    private let isShuffled: Bool
    // Only saves making the permutation of an epoch again for each of its samples.
    private let latest = Mutex<(epoch: Int, indices: [Int])?>(nil)

    init(count: Int, seed: UInt64, isShuffled: Bool) {
        self.count = count
        self.seed = seed
        self.isShuffled = isShuffled
    }

    /// The index behind a position of an epoch; may be called from any thread.
    func index(epoch: Int, position: Int) -> Int {
        isShuffled ? indices(epoch: epoch)[position] : position
    }

    /// The index behind each position of an epoch.
    func indices(epoch: Int) -> [Int] {
        guard isShuffled else { return Array(0..<count) }
        return latest.withLock { latest in
            if let latest, latest.epoch == epoch { return latest.indices }
            var generator = SplitMix64(seed: seed, UInt64(bitPattern: Int64(epoch)))
            let indices = generator.permutation(count)
            latest = (epoch, indices)
            return indices
        }
    }
}
