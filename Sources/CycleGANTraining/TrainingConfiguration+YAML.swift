import CycleGANModels
import Datasets
import Foundation
import Imaging
import Support
import TorchNN
import Yams

extension TrainingConfiguration {
    /// Reads a YAML file over the defaults. Keys are those of this type, in camel case.
    ///
    /// - Throws: `ConfigurationError` for unknown keys and impossible values, `FileError` or Yams' error with the line for
    ///   files that cannot be read.
    public init(contentsOf url: URL) throws {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw ConfigurationError(key: url.path, value: "the file", allowed: "a readable YAML file in UTF-8")
        }
        try self.init(yaml: text, file: url.path)
    }

    init(yaml: String, file: String) throws {
        var merged = try Self.mapping(YAMLEncoder().encode(TrainingConfiguration()), file: file)
        // A file with nothing in it but comments is a configuration of defaults.
        let given = try Yams.compose(yaml: yaml) == nil ? Node.Mapping([]) : Self.mapping(yaml, file: file)
        try Self.merge(given, into: &merged, prefix: "", file: file)
        do {
            self = try YAMLDecoder().decode(TrainingConfiguration.self, from: .mapping(merged))
        } catch let error as DecodingError {
            throw ConfigurationError(decoding: error, node: .mapping(merged), file: file)
        } catch {
            throw ConfigurationError(key: "domainA or domainB", value: "its value", allowed: "\(error)", file: file)
        }
        do {
            try validate()
        } catch var error as ConfigurationError {
            error.file = file
            throw error
        }
    }

    /// Writes the whole configuration atomically.
    public func write(to url: URL) throws {
        try AtomicFile.write(Data(yaml().utf8), to: url)
    }

    /// The encoder writes every fraction as a power of ten; people read 0.5 more easily than 5e-1.
    private func yaml() throws -> String {
        func readable(_ node: Node) -> Node {
            switch node {
            case .mapping(let mapping): .mapping(Node.Mapping(mapping.map { ($0.key, readable($0.value)) }))
            case .sequence(let sequence): .sequence(Node.Sequence(sequence.map(readable)))
            case .scalar(let scalar) where scalar.style == .plain && scalar.string.contains("e"):
                Double(scalar.string).map { Node("\($0)") } ?? node
            default: node
            }
        }
        let text = try YAMLEncoder().encode(self)
        return try Yams.compose(yaml: text).map { try Yams.serialize(node: readable($0)) } ?? text
    }

    /// Every setting in the order of the file, as (key, value).
    public var settings: [(key: String, value: String)] {
        guard let text = try? yaml() else { return [] }
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (parts[0], parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
    }

    private static func mapping(_ yaml: String, file: String) throws -> Node.Mapping {
        guard let mapping = try Yams.compose(yaml: yaml)?.mapping else {
            throw ConfigurationError(key: "the file", value: "its content", allowed: "keys and values, such as 'epochs: 100'", file: file)
        }
        return mapping
    }

    private static let knownKeys: [String: Set<String>] = [
        "": Set(CodingKeys.allCases.map(\.rawValue)),
        "domainA": ["channels", "bitDepth", "valueRange", "flip", "background"],
        "domainB": ["channels", "bitDepth", "valueRange", "flip", "background"],
    ]

    private static func merge(_ given: Node.Mapping, into merged: inout Node.Mapping, prefix: String, file: String) throws {
        let known = knownKeys[prefix] ?? []
        for (keyNode, value) in given {
            let key = keyNode.string ?? ""
            guard known.contains(key) else {
                let path = prefix.isEmpty ? key : "\(prefix).\(key)"
                throw ConfigurationError(
                    key: path, value: "this key", allowed: "the keys \(known.sorted().joined(separator: ", "))", file: file)
            }
            if prefix.isEmpty, knownKeys[key] != nil {
                guard let inner = value.mapping else {
                    throw ConfigurationError(key: key, value: value.string ?? "a list", allowed: "keys and values", file: file)
                }
                var domain = merged[keyNode]?.mapping ?? Node.Mapping([])
                try merge(inner, into: &domain, prefix: key, file: file)
                merged[keyNode] = .mapping(domain)
            } else {
                merged[keyNode] = value
            }
        }
    }

    /// What may stand behind a key, in words.
    static func allowedValues(_ key: String) -> String? {
        func list(_ values: [String]) -> String { values.joined(separator: ", ") }
        return switch CodingKeys(rawValue: key) {
        case .preprocess: list(Preprocess.allCases.map(\.rawValue))
        case .pairing: list(Pairing.allCases.map(\.rawValue))
        case .generator: list(GeneratorArchitecture.presets.map(\.rawValue)) + ", or resnetN with N blocks"
        case .discriminator: list(DiscriminatorArchitecture.allCases.map(\.rawValue))
        case .normalization: list(Normalization.allCases.map(\.rawValue))
        case .initialization: list(WeightInitialization.allCases.map(\.rawValue))
        case .ganMode: list(GANMode.allCases.map(\.rawValue))
        case .learningRatePolicy: list(LearningRatePolicy.allCases.map(\.rawValue))
        case .loadSize, .cropSize: "N or HxW, such as 256 or 256x512"
        default: nil
        }
    }
}

extension ConfigurationError {
    /// The error of a decoder, in terms of key, value and what is allowed.
    init(decoding error: DecodingError, node: Node, file: String) {
        let (path, fallback): ([any CodingKey], String) =
            switch error {
            case .typeMismatch(let type, let context): (context.codingPath, "a value of type \(type)")
            case .valueNotFound(let type, let context): (context.codingPath, "a value of type \(type)")
            case .keyNotFound(let key, let context): (context.codingPath + [key], "a value")
            case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
            @unknown default: ([], "another value")
            }
        let names = path.map(\.stringValue)
        let value = names.reduce(Optional(node)) { $0?[$1] }
        self.init(
            key: names.joined(separator: "."), value: value?.string ?? "a list or mapping",
            allowed: names.first.flatMap(TrainingConfiguration.allowedValues) ?? fallback, file: file)
    }
}
