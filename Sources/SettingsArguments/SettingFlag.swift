import ArgumentParser
import Settings

/// The flag of a setting, or the two of a switch.
struct SettingFlag<Root: SettingsRoot>: Sendable {
    /// A name, under which the parser keeps what it finds, and the property wrapper that defines the flag.
    typealias Definition = (name: String, wrapper: any Sendable)

    let setting: Setting<Root>
    /// What the parser is told.
    let definitions: [Definition]

    init(_ setting: Setting<Root>) {
        self.setting = setting
        definitions = setting.definitions
    }

    /// What the parser found.
    func arguments(in container: KeyedDecodingContainer<FlagKey>) throws -> [SettingArgument] {
        let texts: [String]
        switch (setting.isPerDomain, setting.kind.isSwitch) {
        case (false, false):
            texts = [try container.decode(Option<String?>.self, forKey: FlagKey(setting.name)).wrappedValue].compactMap { $0 }
        case (false, true):
            texts = [try container.decode(Flag<Bool?>.self, forKey: FlagKey(setting.name)).wrappedValue].compactMap { $0.map { "\($0)" } }
        case (true, let isSwitch):
            let isNegated = try isSwitch && container.decode(Flag<Bool>.self, forKey: FlagKey(setting.negatedName)).wrappedValue
            texts = (isNegated ? ["false"] : []) + (try container.decode(Option<[String]>.self, forKey: FlagKey(setting.name)).wrappedValue)
        }
        return texts.map { SettingArgument(key: setting.key, text: $0) }
    }

    /// What to say where a switch is on and off for all domains: the parser does not tell which of two flags came last.
    func contradiction(in arguments: [SettingArgument]) -> String? {
        let common = arguments.filter { $0.key == setting.key && !$0.text.contains("=") }.map { $0.text.lowercased() }
        guard setting.kind.isSwitch, Set(common).count > 1 else { return nil }
        return "\(setting.flag): found true and false for all domains; allowed: one of them, such as \(setting.negatedFlag)"
    }
}

extension Setting {
    fileprivate var definitions: [SettingFlag<Root>.Definition] {
        switch (isPerDomain, kind.isSwitch) {
        case (false, false):
            let option = Option<String?>(
                name: .customLong(name), parsing: kind.mayBeNegative ? .unconditional : .next,
                help: help(placeholder: kind.placeholder), completion: completion(kind.choices))
            return [(name, option)]
        case (false, true):
            return [(name, Flag<Bool?>(name: .customLong(name), inversion: .prefixedNo, help: help()))]
        case (true, let isSwitch):
            let own = Root.domains.flatMap { domain in kind.choices.map { "\(domain.name)=\($0)" } }
            let example = Root.domains.first.map { "|\($0.name)=\(kind.placeholder)" } ?? ""
            let option = Option<[String]>(
                wrappedValue: [], name: .customLong(name), parsing: kind.mayBeNegative ? .unconditionalSingleValue : .singleValue,
                help: help(placeholder: kind.placeholder + example),
                completion: completion(kind.choices + own))
            guard isSwitch else { return [(name, option)] }
            let negation = Flag<Bool>(
                wrappedValue: false, name: .customLong(negatedName), help: ArgumentHelp("The same as \(flag) false."))
            return [(name, option), (negatedName, negation)]
        }
    }

    fileprivate var name: String { String(flag.dropFirst(2)) }
    fileprivate var negatedName: String { String(negatedFlag.dropFirst(2)) }

    private func completion(_ choices: [String]) -> CompletionKind? { choices.isEmpty ? nil : .list(choices) }

    /// The help with the values, where they are few, and the default.
    private func help(placeholder: String? = nil) -> ArgumentHelp {
        let choices = kind.isSwitch ? [] : kind.choices
        let values = choices.isEmpty ? nil : "values: \(choices.joined(separator: ", "))"
        let notes = [values, defaultArgument.map { "default: \($0)" }].compactMap { $0 }
        return ArgumentHelp(
            help + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"),
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
