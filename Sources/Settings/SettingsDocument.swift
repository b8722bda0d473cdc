import Foundation
import Yams

/// The keys and values of a YAML file with their lines, before any is given a meaning.
public struct SettingsDocument: Sendable {
    /// The path of the file, for messages.
    public let file: String
    let entries: [Entry]

    /// A key and what stands behind it.
    struct Entry {
        let key: String
        let line: Int?
        let content: Content
    }

    enum Content {
        case form(SettingForm)
        case mapping([Entry])
        /// Something that no setting has, in words.
        case other(String)

        var text: String {
            switch self {
            case .form(.nothing): "nothing"
            case .form(.list(let texts)):
                // Of a long list, as much as a message shows.
                "[\(texts.prefix(40).joined(separator: ", "))\(texts.count > 40 ? ", ..." : "")]"
            case .form(.scalar(let text)), .other(let text): text
            case .mapping: "keys and values"
            }
        }
    }

    /// Whether the file has a setting, for all domains or for one.
    public func names(_ key: String, domains: [String]) -> Bool {
        let paths = [[key]] + domains.map { [ReservedKey.domains, $0, key] }
        return paths.contains { entry($0) != nil }
    }

    /// Reads a file.
    ///
    /// - Throws: `ConfigurationError` where there is no such file, and as `init(yaml:file:)` does.
    public init(contentsOf url: URL) throws(ConfigurationError) {
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

    /// Reads a text; one with nothing in it but comments has no entries.
    ///
    /// - Throws: `ConfigurationError` with the line where the text is no YAML, has a key twice, or holds more than settings ever do.
    public init(yaml: String, file: String) throws(ConfigurationError) {
        self.file = file
        if let excess = YAMLLimits.excess(in: yaml) {
            throw ConfigurationError(key: "the text", value: excess.found, allowed: excess.allowed, place: .file(file, line: nil))
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw ConfigurationError(yaml: error, file: file)
        }
        guard let node else {
            entries = []
            return
        }
        guard case .mapping(let mapping) = node else {
            let found = Content(node, depth: 0).text
            throw ConfigurationError(
                key: "the whole text", value: found, allowed: "keys and values, such as 'epochs: 100'",
                place: .file(file, line: node.mark?.line))
        }
        entries = Self.entries(mapping, depth: 1)
    }

    fileprivate static func entries(_ mapping: Node.Mapping, depth: Int) -> [Entry] {
        mapping.map { key, value in
            Entry(key: Content(key, depth: depth).text, line: key.mark?.line, content: Content(value, depth: depth))
        }
    }

    /// What stands behind a key, and behind those above it in front of it.
    func entry(_ path: [String]) -> Entry? {
        path.reduce((entries, nil)) { found, key -> ([Entry], Entry?) in
            guard let entry = found.0.first(where: { $0.key == key }) else { return ([], nil) }
            guard case .mapping(let inner) = entry.content else { return ([], entry) }
            return (inner, entry)
        }.1
    }
}

extension SettingsDocument.Content {
    /// Settings stand at most in the third level: `domains`, a domain, a key.
    private static let levels = 3

    fileprivate init(_ node: Node, depth: Int) {
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && SettingForm.standsForNothing(scalar.string)
            self = .form(isNothing ? .nothing : .scalar(scalar.string))
        case .sequence(let sequence):
            let texts = sequence.compactMap { $0.scalar?.string }
            self = texts.count == sequence.count ? .form(.list(texts)) : .other("a list of other than single values")
        case .mapping(let mapping):
            self = depth < Self.levels ? .mapping(SettingsDocument.entries(mapping, depth: depth + 1)) : .other("keys and values")
        case .alias:
            self = .other("an alias")
        }
    }
}
