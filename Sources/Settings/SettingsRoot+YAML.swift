import Imaging
import Yams

extension SettingsRoot {
    /// All settings as a file: by section in the order of the table, the objective's own and those of single domains in mappings of theirs.
    ///
    /// Reading it gives an equal value.
    ///
    /// - Throws: What Yams throws for text that is none.
    public func yaml() throws -> String {
        var parts: [String] = []
        func add(_ comment: String, _ pairs: [(Node, Node)]) throws {
            guard !pairs.isEmpty else { return }
            parts.append("# \(comment)\n" + (try Yams.serialize(node: Node(pairs), width: -1, allowUnicode: true)))
        }
        for (section, settings) in zip(Section.allCases, sections) {
            try add(section.title, pairs(settings.filter(\.owners.isEmpty)))
        }
        let own = pairs(sections.joined().filter { !$0.owners.isEmpty })
        let name = chosenObjective.rawValue
        try add("What only objective \(name) has", own.isEmpty ? [] : [(Node(name), Node(own))])
        let domains = Self.domains.map { (Node($0.name), overrides(of: $0)) }.filter { !$0.1.isEmpty }.map { ($0, Node($1)) }
        try add("Where a domain differs", domains.isEmpty ? [] : [(Node(ReservedKey.domains), Node(domains))])
        return parts.joined(separator: "\n")
    }

    private func pairs(_ settings: [Setting<Self>]) -> [(Node, Node)] {
        settings.compactMap { setting in common(setting).map { (Node(setting.key), Node($0)) } }
    }

    private func overrides(of domain: Domain) -> [(Node, Node)] {
        sections.joined().compactMap { setting in
            setting.forms(self).overrides[domain].map { (Node(setting.key), Node($0)) }
        }
    }
}

extension Node {
    fileprivate init(_ form: SettingForm) {
        switch form {
        case .nothing: self.init("null")
        case .scalar(let text): self.init(scalarText: text)
        case .list(let texts): self.init(texts.map { Node(scalarText: $0) }, .implicit, .flow)
        }
    }

    /// The emitter quotes what would be read as other than one text; what would be read as no value is left to us.
    private init(scalarText text: String) {
        self = SettingForm.standsForNothing(text) ? Node(text, .implicit, .singleQuoted) : Node(text)
    }
}
