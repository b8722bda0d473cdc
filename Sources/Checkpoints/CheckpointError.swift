import Foundation
import Support

/// Why a file of weights could not be read, written or loaded into a network.
public enum CheckpointError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The system did not let the file be read.
    case unreadable(file: String, reason: String)
    /// The system did not let the file be written, or its format cannot hold the content.
    case unwritable(file: String, reason: String)
    /// The file is in no known format; `found` describes how it begins.
    case unknownFormat(file: String, found: String)
    /// The file is something else, as its beginning tells: what, and how to get the weights.
    case notWeights(file: String, what: String, advice: String)
    /// The file breaks the rules of its format, as a cut-off download does.
    case damaged(file: String, reason: String)
    /// The file's pickle wants to call something that is not part of a plain set of tensors.
    case refused(file: String, global: String)
    /// The file is intact, and holds something that cannot be represented here.
    case unsupported(file: String, what: String)
    /// The weights belong to another network.
    case mismatch(source: String, StateDictMismatch)
    /// A folder lacks networks; `available` are the weight files that are there.
    case missingNetworks(folder: String, lookedFor: [String], available: [String])

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason)"
        case .unwritable(let file, let reason):
            "\(file): cannot be written: \(reason)"
        case .unknownFormat(let file, let found):
            "\(file): not a file of weights: it begins with \(quoted(found)); "
                + "a safetensors file or a PyTorch file written by torch.save (.pth, .pt) is needed"
        case .notWeights(let file, let what, let advice): "\(file): \(what), not weights; \(advice)"
        case .damaged(let file, let reason):
            "\(file): damaged: \(quoted(reason, limit: 600)); download or copy the file again"
        case .refused(let file, let global):
            "\(file): refused: the file asks for \(quoted(global)) and so holds more than tensors, such as a whole module; in Python, with "
                + "the code that made it and only if you trust it (this runs what is in it), save the weights alone:\n"
                + "  model = torch.load(\"\(URL(filePath: file).lastPathComponent)\", map_location=\"cpu\", weights_only=False)\n"
                + "  torch.save(model.state_dict(), \"weights.pth\")"
        case .unsupported(let file, let what):
            "\(file): not supported: \(quoted(what, limit: 600))"
        case .mismatch(let source, let mismatch):
            "\(source): the weights do not fit the network: \(mismatch)"
        case .missingNetworks(let folder, let lookedFor, let available):
            "\(folder): no complete set of networks; looked for \(lookedFor.joined(separator: ", ")); "
                + (available.isEmpty ? "the folder holds no .safetensors, .pth or .pt file" : "found \(Self.list(available))")
        }
    }

    /// The first few of `names`, and how many more there are.
    static func list(_ names: [String], limit: Int = 5) -> String {
        let shown = names.prefix(limit).map { quoted($0) }.joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}

/// How a state dict differs from what a network needs.
public struct StateDictMismatch: Equatable, Sendable, CustomStringConvertible {
    /// A tensor of the same name in both, with different shapes.
    public struct Shape: Equatable, Sendable {
        /// The tensor's name.
        public let name: String
        /// The state dict's shape.
        public let found: [Int]
        /// The network's shape.
        public let expected: [Int]
    }

    /// The network's tensors that the state dict lacks.
    public let missing: [String]
    /// The state dict's tensors that the network does not have.
    public let unexpected: [String]
    /// Tensors whose shapes differ.
    public let shapes: [Shape]

    /// Whether there are no differences.
    public var isEmpty: Bool { count == 0 }
    /// The number of differences.
    public var count: Int { missing.count + unexpected.count + shapes.count }

    /// Compares names and shapes.
    ///
    /// - Parameter tolerating: Whether a name may be there or be missing.
    package init(
        between found: [(name: String, shape: [Int])], and expected: [(name: String, shape: [Int])],
        tolerating isTolerable: (_ name: String, _ isMissing: Bool) -> Bool
    ) {
        let there = Dictionary(found.map { ($0.name, $0.shape) }) { first, _ in first }
        let known = Set(expected.map(\.name))
        missing = expected.map(\.name).filter { there[$0] == nil && !isTolerable($0, true) }
        unexpected = found.map(\.name).filter { !known.contains($0) && !isTolerable($0, false) }
        shapes = expected.compactMap { name, shape in
            guard let found = there[name], found != shape else { return nil }
            return Shape(name: name, found: found, expected: shape)
        }
    }

    public var description: String {
        differences + "; make the network with the settings that the weights were trained with "
            + "(architecture, width, channels, normalisation, dropout)"
    }

    /// The differences, the first few of each kind by name.
    package var differences: String {
        var parts: [String] = []
        if !missing.isEmpty { parts.append("missing \(CheckpointError.list(missing))") }
        if !unexpected.isEmpty { parts.append("unexpected \(CheckpointError.list(unexpected))") }
        if !shapes.isEmpty {
            let texts = shapes.map { "\($0.name) is \($0.found), the network's is \($0.expected)" }
            parts.append("other shapes: \(CheckpointError.list(texts))")
        }
        return parts.joined(separator: "; ")
    }
}
