import Datasets
import Foundation
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
    private let dataset: UnpairedImageDataset
    private let metrics: [any ValidationMetric]
    private let workers: Int

    /// - Parameters:
    ///   - dataset: The validation images, prepared without chance, each A with the B of its place.
    ///   - metrics: The names of their values must differ.
    public init(dataset: UnpairedImageDataset, metrics: [any ValidationMetric], workers: Int) {
        self.dataset = dataset
        self.metrics = metrics
        self.workers = workers
    }

    /// The validation images of both domains.
    public var imageCounts: (a: Int, b: Int) { (dataset.folderA.files.count, dataset.folderB.files.count) }

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
            // The smaller domain is repeated in the batches; every image counts once.
            let isNew: [Domain: Bool] = [.a: position < dataset.folderA.files.count, .b: position < dataset.folderB.files.count]
            position += 1
            let all = try withTorchErrors { objective.translations(of: batch.moved(to: device)) }
            let translated = TranslatedBatch(rows: all.rows.filter { row in row.first.map { isNew[$0.domain] ?? true } ?? false })
            for metric in metrics { try metric.update(translated) }
        }
        return try metrics.reduce(into: [:]) { values, metric in values.merge(try metric.compute()) { $1 } }
    }
}
