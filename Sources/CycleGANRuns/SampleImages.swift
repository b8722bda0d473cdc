import CycleGANTraining
import Datasets
import Foundation
import Settings
import Support

/// The images whose translations are shown while training.
struct SampleImages {
    /// One sample each.
    let batches: [ImageBatch]
    /// Whose images they are.
    let split: Split
    /// What a person should know about them.
    private(set) var notices: [String] = []

    /// Where they come from, for people.
    var origin: String {
        let kind =
            switch split {
            case .train: "training"
            case .test: "test"
            case .validation: "validation"
            }
        return "The samples are \(counted(batches.count, "\(kind) image")) of each domain, the same ones all the time"
            + (split == .train ? "; the networks are trained on them." : ". The networks are not trained on them.")
    }

    private static let count = 4

    /// Takes those that the configuration names, else some that are evenly spread over the validation or test images, or over the training
    /// images where there are no others.
    ///
    /// - Throws: `ConfigurationError` for names that no split has, and errors of the training images.
    init(_ configuration: TrainingConfiguration) throws {
        let shown = configuration.deterministic
        var notices: [String] = []
        for split in [Split.validation, .test] where configuration.hasImages(split) {
            do {
                guard let batches = try Self.batches(shown, split) else { continue }
                self.init(batches: batches, split: split, notices: notices)
                return
            } catch {
                notices.append("the sample pictures come from other images: \(error)")
            }
        }
        guard let batches = try Self.batches(shown, .train) else {
            throw ConfigurationError(
                key: "sampleImages", value: configuration.data.sampleImages.joined(separator: ","),
                allowed: "names of files of one split, such as \(try Self.example(shown))")
        }
        self.init(batches: batches, split: .train, notices: notices)
    }

    private init(batches: [ImageBatch], split: Split, notices: [String]) {
        (self.batches, self.split, self.notices) = (batches, split, notices)
    }

    /// `nil` where a name that was asked for is not among the images.
    private static func batches(_ configuration: TrainingConfiguration, _ split: Split) throws -> [ImageBatch]? {
        let dataset = try configuration.dataset(split)
        guard let positions = positions(of: configuration.data.sampleImages, in: dataset) else { return nil }
        return try positions.map { try ImageBatch([dataset.sample(epoch: 1, position: $0)], of: dataset) }
    }

    /// The samples that show files of these names; evenly spread ones without names.
    static func positions(of names: [String], in dataset: any ImageDataset) -> [Int]? {
        guard !names.isEmpty else {
            let shown = min(count, dataset.count)
            return (0..<shown).map { ($0 * 2 + 1) * dataset.count / (2 * shown) }
        }
        let folders = dataset.domains.map { domain in (folder: dataset.folder(of: domain), sources: dataset.imageSources(of: domain)) }
        var positions: [Int] = []
        for name in names {
            // In file order, the sample at a position shows the file of each domain that is there, from the start again in a smaller one.
            let found = folders.lazy.compactMap { folder, sources -> Int? in
                let file = folder.files.firstIndex { $0 == name || URL(filePath: $0).lastPathComponent == name }
                return file.flatMap { file in sources.firstIndex { $0.url == folder.url(file) } }
            }.first
            guard let found else { return nil }
            positions.append(found)
        }
        return positions
    }

    private static func example(_ configuration: TrainingConfiguration) throws -> String {
        let dataset = try configuration.dataset(.train)
        return dataset.folder(of: dataset.domains[0]).files.first ?? "a.jpg"
    }
}
