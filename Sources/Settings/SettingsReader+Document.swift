import Imaging

extension SettingsReader {
    /// Lays a file over what has been read: the common values with those of the objective, then those of single domains.
    mutating func read(_ document: SettingsDocument) throws(ConfigurationError) {
        for entry in document.entries where entry.key != ReservedKey.domains {
            if let setting = Root.setting(entry.key) {
                try readCommon(setting, entry, path: entry.key, in: document)
            } else if let owner = Root.Objective(rawValue: entry.key) {
                try readSection(of: owner, entry, in: document)
            } else {
                let known = Root.table.filter { $0.belongs(to: objective) }.map(\.key) + [ReservedKey.domains, objective.rawValue]
                throw unknown(entry, path: entry.key, known: known, document)
            }
        }
        // After the common values, which replace those of single domains.
        if let entry = document.entry([ReservedKey.domains]) { try readDomains(entry, in: document) }
    }

    private mutating func readCommon(
        _ setting: Setting<Root>, _ entry: SettingsDocument.Entry, path: String, in document: SettingsDocument
    ) throws(ConfigurationError) {
        if let line = lines.updateValue(entry.line, forKey: setting.key) {
            let again = line.map { "the key at line \($0), too" } ?? "the key twice"
            throw ConfigurationError(key: path, value: again, allowed: "each key once", place: document.place(entry))
        }
        guard setting.belongs(to: objective) else {
            throw ConfigurationError(
                key: path, value: entry.content.text, allowed: setting.refusal(with: objective), place: document.place(entry))
        }
        // Chosen by now, perhaps otherwise by the command line.
        guard setting.key != ReservedKey.objective else { return }
        try Self.assign(setting, entry, path: path, domain: nil, in: document, to: &root)
    }

    private mutating func readSection(
        of owner: Root.Objective, _ entry: SettingsDocument.Entry, in document: SettingsDocument
    ) throws(ConfigurationError) {
        let inner = try keys(of: entry, path: entry.key, in: document)
        guard owner == objective else {
            throw ConfigurationError(
                key: entry.key, value: "settings of objective \(owner.rawValue)",
                allowed: "those of objective \(objective.rawValue), which is chosen", place: document.place(entry))
        }
        let own = Root.table.filter { !$0.owners.isEmpty && $0.belongs(to: owner) }.map(\.key)
        for inner in inner {
            let path = "\(entry.key).\(inner.key)"
            guard let setting = Root.setting(inner.key) else { throw unknown(inner, path: path, known: own, document) }
            guard !setting.owners.isEmpty else {
                throw ConfigurationError(
                    key: path, value: "a setting of all objectives", allowed: "it outside '\(entry.key):'", place: document.place(inner))
            }
            try readCommon(setting, inner, path: path, in: document)
        }
    }

    private mutating func readDomains(_ entry: SettingsDocument.Entry, in document: SettingsDocument) throws(ConfigurationError) {
        for domainEntry in try keys(of: entry, path: entry.key, in: document) {
            let path = "\(entry.key).\(domainEntry.key)"
            guard let domain = Root.domain(domainEntry.key) else {
                throw ConfigurationError(
                    key: path, value: "an unknown domain", allowed: Root.domainNames, place: document.place(domainEntry))
            }
            for inner in try keys(of: domainEntry, path: path, in: document) {
                let path = "\(path).\(inner.key)"
                guard let setting = Root.setting(inner.key), setting.isPerDomain else {
                    let known = Root.table.filter { $0.isPerDomain && $0.belongs(to: objective) }.map(\.key)
                    throw unknown(inner, path: path, known: known, document)
                }
                guard setting.belongs(to: objective) else {
                    throw ConfigurationError(
                        key: path, value: inner.content.text, allowed: setting.refusal(with: objective), place: document.place(inner))
                }
                try Self.assign(setting, inner, path: path, domain: domain, in: document, to: &root)
            }
        }
    }

    /// The keys below one; a section with nothing in it has none.
    private func keys(of entry: SettingsDocument.Entry, path: String, in document: SettingsDocument) throws(ConfigurationError)
        -> [SettingsDocument.Entry]
    {
        switch entry.content {
        case .mapping(let inner): return inner
        case .form(.nothing): return []
        default:
            throw ConfigurationError(key: path, value: entry.content.text, allowed: "keys and values", place: document.place(entry))
        }
    }

    static func assign(
        _ setting: Setting<Root>, _ entry: SettingsDocument.Entry, path: String? = nil, domain: Domain?, in document: SettingsDocument,
        to root: inout Root
    ) throws(ConfigurationError) {
        guard case .form(let form) = entry.content, setting.assign(&root, form, domain) else {
            throw ConfigurationError(
                key: path ?? entry.key, value: entry.content.text, allowed: setting.allowed, suggestion: setting.near(entry.content.text),
                place: document.place(entry))
        }
    }

    private func unknown(
        _ entry: SettingsDocument.Entry, path: String, known: [String], _ document: SettingsDocument
    ) -> ConfigurationError {
        // A domain can be given a known key that is the same for all of them.
        let found = Root.setting(entry.key) == nil ? "an unknown key" : "a setting that is the same for all domains"
        let near = Root.setting(entry.key) == nil ? nearest(to: entry.key, in: known) : nil
        return ConfigurationError(
            key: path, value: found, allowed: "the keys \(known.sorted().joined(separator: ", "))", suggestion: near,
            place: document.place(entry))
    }
}
