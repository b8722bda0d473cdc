import ArgumentParser
import Settings

/// The flag of a setting, or the two of a switch.
struct SettingFlag<Root: SettingsRoot> {
    let setting: Setting<Root>

    /// What the parser is told: a name, under which it keeps what it finds, and the property wrapper that defines the flag.
    var definitions: [(name: String, wrapper: Any)] {
        switch (setting.isPerDomain, setting.kind.isSwitch) {
        case (false, false):
            let option = Option<String?>(
                name: .customLong(name), parsing: setting.kind.mayBeNegative ? .unconditional : .next,
                help: help(placeholder: setting.kind.placeholder), completion: completion(setting.kind.choices))
            return [(name, option)]
        case (false, true):
            return [(name, Flag<Bool?>(name: .customLong(name), inversion: .prefixedNo, help: help()))]
        case (true, let isSwitch):
            let own = Root.domains.flatMap { domain in setting.kind.choices.map { "\(domain.name)=\($0)" } }
            let example = Root.domains.first.map { "|\($0.name)=\(setting.kind.placeholder)" } ?? ""
            let option = Option<[String]>(
                wrappedValue: [], name: .customLong(name), parsing: setting.kind.mayBeNegative ? .unconditionalSingleValue : .singleValue,
                help: help(placeholder: setting.kind.placeholder + example),
                completion: completion(setting.kind.choices + own))
            guard isSwitch else { return [(name, option)] }
            let negation = Flag<Bool>(
                wrappedValue: false, name: .customLong(negatedName), help: ArgumentHelp("The same as \(setting.flag) false."))
            return [(name, option), (negatedName, negation)]
        }
    }

    /// What the parser found.
    func arguments(in container: KeyedDecodingContainer<FlagKey>) throws -> [SettingArgument] {
        let texts: [String]
        switch (setting.isPerDomain, setting.kind.isSwitch) {
        case (false, false):
            texts = [try container.decode(Option<String?>.self, forKey: FlagKey(name)).wrappedValue].compactMap { $0 }
        case (false, true):
            texts = [try container.decode(Flag<Bool?>.self, forKey: FlagKey(name)).wrappedValue].compactMap { $0.map { "\($0)" } }
        case (true, let isSwitch):
            let isNegated = try isSwitch && container.decode(Flag<Bool>.self, forKey: FlagKey(negatedName)).wrappedValue
            texts = (isNegated ? ["false"] : []) + (try container.decode(Option<[String]>.self, forKey: FlagKey(name)).wrappedValue)
        }
        return texts.map { SettingArgument(key: setting.key, text: $0) }
    }

    /// What to say where a switch is on and off for all domains: the parser does not tell which of two flags came last.
    func contradiction(in arguments: [SettingArgument]) -> String? {
        let common = arguments.filter { $0.key == setting.key && !$0.text.contains("=") }.map { $0.text.lowercased() }
        guard setting.kind.isSwitch, Set(common).count > 1 else { return nil }
        return "\(setting.flag): found true and false for all domains; allowed: one of them, such as \(setting.negatedFlag)"
    }

    private var name: String { String(setting.flag.dropFirst(2)) }
    private var negatedName: String { String(setting.negatedFlag.dropFirst(2)) }

    private func completion(_ choices: [String]) -> CompletionKind? { choices.isEmpty ? nil : .list(choices) }

    /// The help with the values, where they are few, and the default.
    private func help(placeholder: String? = nil) -> ArgumentHelp {
        let choices = setting.kind.isSwitch ? [] : setting.kind.choices
        let values = choices.isEmpty ? nil : "values: \(choices.joined(separator: ", "))"
        let notes = [values, setting.defaultArgument.map { "default: \($0)" }].compactMap { $0 }
        return ArgumentHelp(
            setting.help + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"),
            valueName: placeholder)
    }
}

/// The name of a flag as the parser's key.
struct FlagKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) {
        stringValue = name
    }

    init?(stringValue: String) {
        self.init(stringValue)
    }

    init?(intValue: Int) { return nil }
}
