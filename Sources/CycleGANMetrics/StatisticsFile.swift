import Checkpoints
import Foundation
import Torch

/// Statistics of features in a file: `.npz` as pytorch-fid reads and writes it (`mu` [D] and `sigma` [D, D]), or safetensors with the same
/// names. Files written here also say how many images there were and what the features depend on.
public enum StatisticsFile {
    /// The formats, by their extensions.
    public enum Format: String, CaseIterable, Sendable {
        case npz, safetensors
    }

    /// Reads a file in the format of its extension.
    ///
    /// - Returns: The statistics, and their provenance where the file tells.
    /// - Throws: `CheckpointError` for a file that cannot be read, `MetricError.invalidStatistics` for content that is no statistics.
    public static func read(_ url: URL) throws -> (statistics: FeatureStatistics, provenance: FeatureProvenance?) {
        let wanted = ["mu", "sigma"]
        let contents =
            switch try format(of: url) {
            case .npz: try NumpyArchive.read(url, where: wanted.contains)
            case .safetensors: try SafetensorsFile.read(url)
            }
        func invalid(_ reason: String) -> MetricError { .invalidStatistics(path: url.path, reason: reason) }
        guard let mean = contents["mu"]?.to(.float64), let covariance = contents["sigma"]?.to(.float64) else {
            throw invalid("it lacks the array mu or sigma (found: \(contents.names.joined(separator: ", ")))")
        }
        guard mean.rank == 1, mean.count > 0, covariance.shape == [mean.count, mean.count] else {
            throw invalid("mu has the shape \(mean.shape) and sigma \(covariance.shape), not [D] and [D, D]")
        }
        guard mean.isAllFinite, covariance.isAllFinite else { throw invalid("a number is not finite") }
        let asymmetry = (covariance - covariance.permuted([1, 0])).abs().max().item()
        // Sums in float32 leave differences of this size.
        guard asymmetry <= 1e-5 * covariance.abs().max().item() else { throw invalid("sigma is not symmetric") }
        let count = contents.metadata["count"].flatMap { Int($0) }.flatMap { $0 >= 2 ? $0 : nil }
        return (
            FeatureStatistics(path: url.path, count: count, mean: mean, covariance: covariance),
            FeatureProvenance(metadata: contents.metadata)
        )
    }

    /// Writes a file in the format of its extension; it appears as a whole or not at all.
    ///
    /// - Throws: `CheckpointError.unwritable`, `MetricError.invalidStatistics` for an unknown extension.
    public static func write(_ statistics: FeatureStatistics, provenance: FeatureProvenance?, to url: URL) throws {
        var metadata = provenance?.metadata ?? [:]
        metadata["count"] = statistics.count.map(String.init)
        let contents = StateDict([("mu", statistics.mean), ("sigma", statistics.covariance)], metadata: metadata)
        switch try format(of: url) {
        case .npz: try NumpyArchive.write(contents, to: url)
        case .safetensors: try SafetensorsFile.write(contents, to: url)
        }
    }

    private static func format(of url: URL) throws(MetricError) -> Format {
        guard let format = Format(rawValue: url.pathExtension.lowercased()) else {
            throw .invalidStatistics(path: url.path, reason: "its extension is neither .npz nor .safetensors")
        }
        return format
    }
}
