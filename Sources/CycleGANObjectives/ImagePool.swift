import CycleGANTraining
import Support
import Torch

/// A history of generated images, which keeps a discriminator from chasing the newest ones only.
///
/// Shrivastava et al., arXiv 1612.07828, with the reference's rule: until the pool is full every image is stored and returned; then,
/// with probability 1/2, a random stored image is returned and replaced by the new one, else the new one is returned.
public final class ImagePool {
    /// The number of images kept; 0 passes every image through.
    public let capacity: Int
    /// The stored images, each of shape [1, C, H, W].
    public private(set) var images: [Tensor] = []
    private(set) var random: SplitMix64

    init(capacity: Int, random: SplitMix64) {
        self.capacity = capacity
        self.random = random
    }

    /// An empty pool.
    ///
    /// - Parameters:
    ///   - capacity: The number of images kept; 0 passes every image through.
    ///   - seed: Decides, with the stream, which images are given.
    ///   - stream: A number of its own for each pool of a seed.
    public convenience init(capacity: Int, seed: UInt64, stream: UInt64) {
        self.init(capacity: capacity, random: SplitMix64(seed: seed, stream))
    }

    /// Images for the discriminator, as many as given.
    ///
    /// - Parameter batch: Generated images, shape [N, C, H, W], cut off from the graph.
    public func query(_ batch: Tensor) -> Tensor {
        guard capacity > 0 else { return batch }
        return Tensor.concatenated((0..<batch.shape[0]).map { exchange(batch.narrowed(dimension: 0, start: $0, length: 1)) })
    }

    /// Images for a discriminator that judges more than the generators make: all of the given ones, then different stored ones.
    ///
    /// The pool takes in the new images as `query` does. While it fills there may be fewer stored images than wanted.
    /// - Parameters:
    ///   - batch: Generated images, shape [N, C, H, W], cut off from the graph.
    ///   - extra: How many stored images are wanted.
    public func query(_ batch: Tensor, extra: Int) -> Tensor {
        guard extra > 0 else { return query(batch) }
        var stored = images
        let drawn = (0..<min(extra, stored.count)).map { _ in stored.remove(at: random.integer(below: stored.count)) }
        _ = query(batch)
        return Tensor.concatenated([batch] + drawn)
    }

    private func exchange(_ image: Tensor) -> Tensor {
        // Clones: a slice would keep the whole batch alive.
        if images.count < capacity {
            images.append(image.cloned())
            return image
        }
        guard random.uniform() > 0.5 else { return image }
        let index = random.integer(below: capacity)
        let stored = images[index]
        images[index] = image.cloned()
        return stored
    }

    /// Continues from a saved state.
    func restore(images: [Tensor], random: SplitMix64) {
        self.images = images
        self.random = random
    }
}
