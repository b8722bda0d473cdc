/// A setting's value at two times, `nil` where it had none.
public struct SettingChange: Equatable, Sendable, CustomStringConvertible {
    /// The full key, such as `domains.A.channels`.
    public let key: String
    /// In the checkpoint.
    public let before: String?
    /// In the configuration.
    public let now: String?

    package init(key: String, before: String?, now: String?) {
        (self.key, self.before, self.now) = (key, before, now)
    }

    /// `ngf was 64 and is 32`.
    public var description: String { "\(key) was \(before ?? "not given") and is \(now ?? "not given")" }
}

extension SettingsRoot {
    /// Every setting with a value, as (full key, value), such as (`domains.A.channels`, `1`); by section, in the order of the table.
    public var settings: [(key: String, value: String)] {
        sections.joined().flatMap(rows).map { (key: $0.key, value: $0.form.text) }
    }

    /// The settings that a run cannot change once it has begun, by full key, for checkpoints.
    public var fixedSettings: [String: String] {
        let rows = fixedTable.flatMap(rows)
        return Dictionary(rows.map { ($0.key, $0.form.text) }, uniquingKeysWith: { $1 })
    }

    /// What is not as in the `fixedSettings` of a checkpoint.
    ///
    /// A setting that is younger than the checkpoint had its default then.
    public func changes(since fixed: [String: String]) -> [SettingChange] {
        let now = fixedSettings
        let defaults = Self.defaults(for: chosenObjective).fixedSettings
        let common = Set(fixedTable.map { $0.fullKey(with: chosenObjective) })
        let ordered = fixedTable.flatMap { setting in
            [setting.fullKey(with: chosenObjective)] + (setting.isPerDomain ? Self.domains.map { setting.fullKey(of: $0) } : [])
        }
        let others = fixed.keys.filter { !ordered.contains($0) }.sorted()
        return (ordered + others).compactMap { key in
            let before = fixed[key] ?? (common.contains(key) ? defaults[key] : nil)
            return before == now[key] ? nil : SettingChange(key: key, before: before, now: now[key])
        }
    }

    /// The settings that the chosen objective has, by section.
    var sections: [[Setting<Self>]] {
        Section.allCases.map { Self.settings(of: $0).filter { $0.belongs(to: chosenObjective) } }
    }

    private var fixedTable: [Setting<Self>] { sections.joined().filter { $0.onResume == .fixed } }

    /// A setting's common value, and those of domains that differ.
    private func rows(_ setting: Setting<Self>) -> [(key: String, form: SettingForm)] {
        let own = setting.forms(self).overrides
        return [common(setting)].compactMap { $0 }.map { (setting.fullKey(with: chosenObjective), $0) }
            + Self.domains.compactMap { domain in own[domain].map { (setting.fullKey(of: domain), $0) } }
    }

    /// A setting's value for all domains; `nil` where it has none and has none by default either.
    func common(_ setting: Setting<Self>) -> SettingForm? {
        let form = setting.forms(self).common
        return form == .nothing && setting.forms(Self.defaults(for: chosenObjective)).common == .nothing ? nil : form
    }
}
