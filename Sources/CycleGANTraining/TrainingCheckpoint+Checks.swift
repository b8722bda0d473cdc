import Checkpoints
import Foundation
import Settings
import Support

extension TrainingCheckpoint {
    /// Checks that a file says it is a checkpoint of this format.
    ///
    /// - Throws: `CheckpointStateError` naming the version that it is of.
    static func checkVersion(_ metadata: [String: String], file: URL) throws(CheckpointStateError) {
        guard let version = metadata[versionKey] else {
            throw CheckpointStateError(
                file: file.path, problem: "it is no training checkpoint; expected checkpoints/latest.safetensors of a run")
        }
        guard version == formatVersion else {
            throw CheckpointStateError(
                file: file.path,
                problem: "its format version is \(version), this program reads version \(formatVersion): a run of another version "
                    + "cannot go on; start a new one")
        }
    }

    /// Checks that a checkpoint is large enough for the generators of a configuration, before memory is taken for them.
    ///
    /// - Throws: `CheckpointStateError`; a file that is missing is left to whoever reads it.
    static func checkSize(of url: URL, for configuration: TrainingConfiguration) throws(CheckpointStateError) {
        guard let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize else { return }
        // Weights and both of Adam's moments.
        let needed = 3 * MemoryLayout<Float>.size * configuration.generatorConfiguration.leastWeightCount
        guard size >= needed else {
            throw CheckpointStateError(
                file: url.path,
                problem: "it has \(size) bytes, and a generator of config.yaml needs at least \(needed): config.yaml was changed since")
        }
    }

    /// Checks that a run goes on with the settings and the images that it was started with.
    ///
    /// - Parameter imageChanges: Which images are missing and new, where they have changed; `nil` where it is not known.
    /// - Throws: `CheckpointStateError` naming what has changed.
    func checkFits(
        _ configuration: TrainingConfiguration, data: DataFingerprint, imageChanges: () -> String? = { nil }, file: String
    ) throws {
        let decoder = JSONDecoder()
        func saved<Value: Decodable>(_ key: String) throws -> Value {
            guard let text = stateDict.metadata[key], let value = try? decoder.decode(Value.self, from: Data(text.utf8)) else {
                throw CheckpointStateError(file: file, problem: "its '\(key)' entry is missing or damaged")
            }
            return value
        }
        // A table of pairs may have moved with the images; whether its pairs are the same these tell.
        let changes = configuration.changes(since: try saved("configuration")).filter {
            !$0.key.hasSuffix("pairs") || $0.before == nil || $0.now == nil
        }
        guard changes.isEmpty else {
            throw CheckpointStateError(
                file: file,
                problem:
                    "config.yaml was changed since: \(changes.map(\.description).joined(separator: ", "))",
                remedies: [.other("put it back"), .startFrom(checkpoint: file)])
        }
        let trainedOn: DataFingerprint = try saved("data")
        guard trainedOn == data else {
            throw CheckpointStateError(
                file: file,
                problem: "the images in \(configuration.data.folder) are not those of the start: \(trainedOn) then, \(data) now"
                    + (imageChanges().map { "; \($0)" } ?? ""),
                remedies: [.other("put them back"), .startFrom(checkpoint: file)])
        }
    }
}

extension TrainingConfiguration {
    /// Checks that a file does not say that its networks are of an objective with other ones.
    ///
    /// - Throws: `CheckpointStateError` naming both.
    package func checkObjective(ofNetworksWith metadata: [String: String], file: URL) throws(CheckpointStateError) {
        let wanted = objective.kind
        guard let found = ObjectiveKind(metadata: metadata), found != wanted, found != .pretrain,
            !(found.isContrastive && wanted.isContrastive)
        else { return }
        throw CheckpointStateError(
            file: file.path,
            problem: "its networks were trained with objective \(found.rawValue), expected those of objective \(wanted.rawValue)",
            remedies: [.other("give another one, or a folder of network files")])
    }
}

extension ObjectiveKind {
    /// What the networks of a checkpoint were trained for, from its metadata; `nil` where these do not say.
    package init?(metadata: [String: String]) {
        guard let text = metadata["configuration"],
            let settings = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)),
            let kind = settings["objective"].flatMap(ObjectiveKind.init(rawValue:))
        else { return nil }
        self = kind
    }
}
