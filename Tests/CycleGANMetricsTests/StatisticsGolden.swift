import Checkpoints
import CycleGANMetrics
import Foundation
import Torch

/// What scripts/make_statistics.py computed.
struct StatisticsGolden: Decodable {
    struct Frechet: Decodable {
        let pytorchFID, torchFidelity: Double
        let firstRank, secondRank: Int
    }
    struct Kernel: Decodable {
        struct Subset: Decodable { let first, second: [Int] }
        let mean, standardDeviation: Double
        let subsets: [Subset]
    }
    struct Spread: Decodable { let mean, standardDeviation: Double }
    struct Manifolds: Decodable { let precision, recall, fScore: Double }

    let frechet, frechetOfFew: Frechet
    let kid: Kernel
    let inceptionScore: [String: Spread]
    let precisionRecall, precisionRecallInBlocks: Manifolds

    static func url(_ name: String) -> URL { Bundle.module.bundleURL.appending(path: "Golden/\(name)") }

    static func read() throws -> StatisticsGolden {
        try JSONDecoder().decode(StatisticsGolden.self, from: Data(contentsOf: url("statistics.json")))
    }

    /// Tensors that the script made, by name.
    static func tensors() throws -> StateDict { try SafetensorsFile.read(url("statistics.safetensors")) }

    /// One of the script's sets of features.
    static func features(_ name: String) throws -> FeatureSet {
        guard let values = try tensors()[name] else { throw CheckpointError.damaged(file: "statistics.safetensors", reason: "no \(name)") }
        return try FeatureSet(path: name, values: values)
    }
}
