import Imaging

extension Setting {
    /// The flag: the key in kebab case behind two dashes.
    public var flag: String { "--\(kebabKey)" }

    /// The flag that turns a switch off.
    public var negatedFlag: String { "--no-\(kebabKey)" }

    private var kebabKey: String {
        var text = ""
        for character in key {
            if character.isUppercase, text.last.map({ !$0.isUppercase && $0 != "-" }) ?? false { text.append("-") }
            text.append(character)
        }
        return text.lowercased()
    }

    /// The key with those above it in a file that this program writes, such as `cut.nceWeight`.
    func fullKey(with objective: Root.Objective) -> String { owners.isEmpty ? key : "\(objective.rawValue).\(key)" }

    /// The same for the value of one domain, such as `domains.A.channels`.
    func fullKey(of domain: Domain) -> String { "\(ReservedKey.domains).\(domain.name).\(key)" }

    /// Whether an objective has this setting.
    public func belongs(to objective: Root.Objective) -> Bool { owners.isEmpty || owners.contains(objective) }

    /// The objectives that have this setting, in their order.
    var ownersInOrder: [Root.Objective] { Root.Objective.allCases.filter(belongs) }

    /// What to say where another objective is trained.
    func refusal(with objective: Root.Objective) -> String {
        let names = ownersInOrder.map(\.rawValue)
        return "nothing with objective \(objective.rawValue); it is a setting of objective"
            + (names.count == 1 ? " \(names[0])" : "s \(names.joined(separator: ", "))")
    }
}
