import Checkpoints
import Foundation
import Imaging
import Support
import Torch

/// Computes Inception features of image files and of images in memory.
public final class FeatureExtractor {
    /// Feature vectors by feature, each [N, width], float32, on the CPU.
    public typealias Features = [InceptionFeature: Tensor]

    /// How images are prepared.
    public let featureProtocol: FeatureProtocol
    private let network: InceptionV3
    private let wanted: Set<InceptionFeature>
    // Larger batches are no faster on a CPU and take more memory.
    private let batchSize: Int
    private let workers: Int

    /// - Parameters:
    ///   - weights: Those of the Inception network.
    ///   - workers: Threads that decode and scale files ahead of the network.
    /// - Throws: `CheckpointError.mismatch` where the weights are those of another network.
    public init(
        weights: MetricWeights, featureProtocol: FeatureProtocol, features: Set<InceptionFeature>, device: Device, batchSize: Int = 8,
        workers: Int = 2
    ) throws {
        precondition(!features.isEmpty && batchSize > 0, "at least one feature and a positive batch size (\(batchSize)) are needed")
        network = try InceptionV3(weights.stateDict, source: weights.source, device: device)
        self.featureProtocol = featureProtocol
        wanted = features
        self.batchSize = batchSize
        self.workers = workers
    }

    /// Computes the features of files in order, batch by batch, so that memory does not grow with their number.
    ///
    /// - Parameter body: Gets the features of a batch, and the number of files that are done with it.
    /// - Throws: `ImageError` for a file that cannot be read, `MetricError` for one whose channels do not fit or whose features are not
    ///   finite, `TorchError` where memory runs out, and what `body` throws.
    public func forEachBatch(of files: [URL], _ body: (_ features: Features, _ done: Int) throws -> Void) throws {
        let featureProtocol = featureProtocol
        let inputs = Prefetcher(count: files.count, workers: workers, capacity: batchSize + workers) { index in
            try featureProtocol.input(PixelImage(contentsOf: files[index]), name: files[index].path)
        }
        for start in stride(from: 0, to: files.count, by: batchSize) {
            let end = min(start + batchSize, files.count)
            var planes = ContiguousArray<Float>()
            planes.reserveCapacity((end - start) * Self.inputCount)
            for _ in start..<end { planes += try inputs.next() ?? [] }
            let features = try self.features(planes, count: end - start)
            try Self.check(features, names: files[start..<end].map(\.path))
            try body(features, end)
        }
    }

    /// The features of all files, [N, width] by feature.
    ///
    /// - Parameter progress: Called after each batch with the number of files done.
    /// - Throws: As `forEachBatch(of:_:)`.
    public func features(of files: [URL], progress: (_ done: Int) -> Void = { _ in }) throws -> Features {
        var batches: [InceptionFeature: [Tensor]] = [:]
        try forEachBatch(of: files) { features, done in
            for (feature, values) in features { batches[feature, default: []].append(values) }
            progress(done)
        }
        return batches.mapValues { Tensor.concatenated($0) }
    }

    /// The features of images, as they would be if these were written to 8-bit files and read again.
    ///
    /// - Throws: `MetricError` as for files.
    public func features(of images: [PixelImage], name: String) throws -> Features {
        var planes = ContiguousArray<Float>()
        for image in images { planes += try featureProtocol.input(image, name: name) }
        let features = try self.features(planes, count: images.count)
        try Self.check(features, names: images.map { _ in name })
        return features
    }

    private func features(_ planes: ContiguousArray<Float>, count: Int) throws -> Features {
        let size = FeatureProtocol.inputSize
        let images = Tensor(sharing: planes, shape: [count, 3, size.height, size.width])
        return try withTorchErrors { network(images, features: wanted).mapValues { $0.to(.cpu) } }
    }

    private static let inputCount = 3 * FeatureProtocol.inputSize.height * FeatureProtocol.inputSize.width

    private static func check(_ features: Features, names: [String]) throws(MetricError) {
        for (feature, values) in features where !values.isAllFinite {
            let broken = names.indices.first { !values.selected(dimension: 0, index: $0).isAllFinite } ?? 0
            throw .notFinite(path: names[broken], what: "its Inception feature \(feature.rawValue)")
        }
    }
}
