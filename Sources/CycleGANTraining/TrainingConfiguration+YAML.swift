import Foundation
import Imaging
import Support
import Yams

extension TrainingConfiguration {
    /// Reads a YAML file over the defaults. Keys are those of this type, in camel case.
    ///
    /// - Throws: `ConfigurationError` naming the file and the key, or the line where the text is no YAML.
    public init(contentsOf url: URL) throws {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            guard FileManager.default.fileExists(atPath: url.path) else {
                throw ConfigurationError(key: url.path, value: "no such file", allowed: "the path of a YAML file")
            }
            throw ConfigurationError(key: url.path, value: "no text that can be read", allowed: "a YAML file in UTF-8")
        }
        try self.init(yaml: text, file: url.path)
    }

    init(yaml: String, file: String) throws {
        try self.init(unvalidatedYAML: yaml, file: file)
        do {
            try validate()
        } catch var error as ConfigurationError {
            error.file = file
            throw error
        }
    }

    /// Reads settings that need not fit together, such as the part of them that a checkpoint keeps.
    init(unvalidatedYAML yaml: String, file: String) throws {
        if let excess = YAMLLimits.excess(in: yaml) {
            throw ConfigurationError(key: "the text", value: excess.found, allowed: excess.allowed, file: file)
        }
        var merged = try Self.mapping(YAMLEncoder().encode(TrainingConfiguration()), file: file)
        // A file with nothing in it but comments is a configuration of defaults.
        let given: Node.Mapping
        do {
            given = try Yams.compose(yaml: yaml) == nil ? Node.Mapping([]) : Self.mapping(yaml, file: file)
        } catch let error as YamlError {
            throw ConfigurationError(yaml: error, file: file)
        }
        try Self.merge(given, into: &merged, prefix: "", file: file)
        do {
            self = try YAMLDecoder().decode(TrainingConfiguration.self, from: .mapping(merged))
        } catch let error as DecodingError {
            throw ConfigurationError(decoding: error, node: .mapping(merged), file: file)
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
        return text.split(separator: "\n").reduce(into: []) { settings, line in
            let item = line.trimmingCharacters(in: .whitespaces)
            if item.hasPrefix("- "), let last = settings.indices.last {
                // An element of the list that the key above it has as its value.
                settings[last].value += (settings[last].value.isEmpty ? "" : ", ") + item.dropFirst(2)
            } else {
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                settings.append((parts[0], parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""))
            }
        }
    }

    private static func mapping(_ yaml: String, file: String) throws -> Node.Mapping {
        let node = try Yams.compose(yaml: yaml)
        guard let mapping = node?.mapping else {
            throw ConfigurationError(
                key: "the whole text", value: node.map(ConfigurationError.text) ?? "nothing",
                allowed: "keys and values, such as 'epochs: 100'", file: file)
        }
        return mapping
    }

    private static let knownKeys: [String: Set<String>] = {
        let domainKeys = Set(DomainConfiguration.CodingKeys.allCases.map(\.rawValue))
        return ["": Set(CodingKeys.allCases.map(\.rawValue)), "domainA": domainKeys, "domainB": domainKeys]
    }()

    private static func merge(_ given: Node.Mapping, into merged: inout Node.Mapping, prefix: String, file: String) throws {
        let known = knownKeys[prefix] ?? []
        for (keyNode, value) in given {
            let key = ConfigurationError.text(keyNode)
            guard known.contains(key) else {
                let path = prefix.isEmpty ? key : "\(prefix).\(key)"
                throw ConfigurationError(
                    key: path, value: "an unknown key", allowed: "the keys \(known.sorted().joined(separator: ", "))", file: file)
            }
            if prefix.isEmpty, knownKeys[key] != nil {
                guard let inner = value.mapping else {
                    throw ConfigurationError(key: key, value: ConfigurationError.text(value), allowed: "keys and values", file: file)
                }
                var domain = merged[keyNode]?.mapping ?? Node.Mapping([])
                try merge(inner, into: &domain, prefix: key, file: file)
                merged[keyNode] = .mapping(domain)
            } else {
                merged[keyNode] = value
            }
        }
    }
}
