import Datasets
import Foundation
import Imaging
import Torch

/// A measure of how well the networks translate the validation images; it may look at them one batch at a time.
public protocol ValidationMetric: AnyObject {
    /// The values that it gives.
    var values: [ValidationValue] { get }
    /// Forgets all batches.
    func reset()
    /// Takes in what the networks made of a batch.
    func update(_ batch: TranslatedBatch) throws
    /// The values over all batches since the reset, by name; values that cannot be told are missing.
    func compute() throws -> [String: Double]
}

/// The name of a value and which way is up.
public struct ValidationValue: Equatable, Sendable {
    /// The name in logs and files, such as `cycleA`.
    public var name: String
    /// Whether a higher value is better.
    public var isHigherBetter: Bool

    /// A value of a metric.
    public init(name: String, isHigherBetter: Bool) {
        self.name = name
        self.isHigherBetter = isHigherBetter
    }
}

/// Measures an objective's networks on validation images.
public final class Validator {
    private let dataset: any ImageDataset
    private let metrics: [any ValidationMetric]
    private let workers: Int
    private let imageCounts: [Domain: Int]

    /// - Parameters:
    ///   - dataset: The validation images, prepared without chance, each A with the B of its place.
    ///   - metrics: The names of their values must differ.
    public init(dataset: any ImageDataset, metrics: [any ValidationMetric], workers: Int) {
        self.dataset = dataset
        self.metrics = metrics
        self.workers = workers
        imageCounts = Dictionary(uniqueKeysWithValues: dataset.domains.map { ($0, dataset.imageSources(of: $0).count) })
    }

    /// The number of validation images of a domain.
    public func imageCount(of domain: Domain) -> Int { imageCounts[domain, default: 0] }

    /// All values that the metrics give.
    public var values: [ValidationValue] { metrics.flatMap(\.values) }

    /// The values of all metrics by name, over every validation image.
    ///
    /// - Throws: Errors of the images and of the metrics.
    func validate(_ objective: any TrainingObjective, device: Device) throws -> [String: Double] {
        for metric in metrics { metric.reset() }
        let loader = DataLoader(dataset: dataset, batchSize: 1, workers: workers)
        loader.start(epoch: 0)
        var position = 0
        while let batch = try loader.next() {
            let all = try withTorchErrors { objective.translations(of: batch.moved(to: device)) }
            let translated = newPictures(of: all, position: position)
            position += 1
            for metric in metrics { try metric.update(translated) }
        }
        return try metrics.reduce(into: [:]) { values, metric in values.merge(try metric.compute()) { $1 } }
    }

    /// Leaves out images that were seen at an earlier position: the smaller domain is repeated in the batches, and every image counts once.
    private func newPictures(of batch: TranslatedBatch, position: Int) -> TranslatedBatch {
        TranslatedBatch(
            rows: batch.rows.map { row in
                TranslatedBatch.Row(row.translation, row.pictures.filter { position < imageCounts[row.source(of: $0), default: 0] })
            })
    }
}
