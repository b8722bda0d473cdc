import Imaging

/// A setting as it was given on the command line.
public struct SettingArgument: Codable, Equatable, Sendable {
    /// The key of the setting.
    public let key: String
    /// The value as a flag takes it; for one domain with its name in front, such as `A=1`.
    public let text: String

    public init(key: String, text: String) {
        self.key = key
        self.text = text
    }
}

extension Setting {
    /// Checks what was given behind the flag, as far as that can be without the other settings.
    ///
    /// - Throws: `ConfigurationError` with the flag, what was found and what is allowed.
    public func check(_ argument: SettingArgument) throws(ConfigurationError) {
        var scratch = Root()
        try apply(argument, to: &scratch)
    }

    func apply(_ argument: SettingArgument, to root: inout Root) throws(ConfigurationError) {
        let (domain, text) = try parts(of: argument)
        guard assign(&root, .scalar(text), domain) else {
            let meant = near(text).map { near in (domain.map { "\($0.name)=" } ?? "") + near }
            throw error(argument, allowed: allowed, suggestion: meant)
        }
    }

    /// The domain that an argument is for, `nil` for all, and the value.
    func parts(of argument: SettingArgument) throws(ConfigurationError) -> (domain: Domain?, text: String) {
        guard isPerDomain, let sign = argument.text.firstIndex(of: "=") else { return (nil, argument.text) }
        let name = String(argument.text[..<sign])
        guard let domain = Root.domain(name) else { throw error(argument, allowed: "\(allowed) for \(Root.domainNames)") }
        return (domain, String(argument.text[argument.text.index(after: sign)...]))
    }

    func error(_ argument: SettingArgument, allowed: String, suggestion: String? = nil) -> ConfigurationError {
        ConfigurationError(key: key, value: argument.text, allowed: allowed, suggestion: suggestion, place: place(of: argument))
    }

    /// The value that was perhaps meant, where values have names.
    func near(_ text: String) -> String? {
        let names = kind.choices.filter { Int($0) == nil && $0 != text }
        return kind.isSwitch || text.count < 3 ? nil : nearest(to: text, in: names)
    }

    func place(of argument: SettingArgument) -> ConfigurationError.Place {
        .argument(kind.isSwitch && argument.text == "false" ? negatedFlag : flag)
    }
}
