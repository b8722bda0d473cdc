import Settings

/// Something to try against a failure: settings for another run, or what no setting does.
public struct Remedy: Codable, Equatable, Sendable, CustomStringConvertible {
    /// The settings with their values, as a flag takes them.
    public let settings: [SettingArgument]
    /// What else there is to say.
    public let note: String?

    /// Settings to give a run.
    package init(_ settings: [SettingArgument], note: String? = nil) {
        self.settings = settings
        self.note = note
    }

    /// A setting to give a run.
    package init(_ key: String, _ value: some SettingValue, note: String? = nil) {
        self.init([SettingArgument(key, value)], note: note)
    }

    /// What no setting does.
    package init(_ note: String) {
        self.init([], note: note)
    }

    /// In terms of the settings: `spectralNorm true and discriminatorNorm none`.
    public var description: String { text { "\($0.key) \($0.text)" } }

    /// The remedy with its settings in other words.
    public func text(separator: String = " and ", _ setting: (SettingArgument) -> String) -> String {
        let settings = settings.map(setting).joined(separator: separator)
        guard let note else { return settings }
        return settings.isEmpty ? note : "\(settings) (\(note))"
    }
}

extension SettingArgument {
    package init(_ key: String, _ value: some SettingValue) {
        self.init(key: key, text: value.form.text)
    }
}

extension TrainingConfiguration {
    /// Those remedies that can be tried: none that this configuration has already or that do not go with it.
    func usable(_ remedies: [Remedy]) -> [Remedy] {
        remedies.filter { remedy in
            guard !remedy.settings.isEmpty else { return true }
            guard let changed = try? Self.configuration(over: self, arguments: remedy.settings) else { return false }
            return changed != self
        }
    }
}
