import Imaging

/// The one description of a setting, of which its key in files, its flag, its help, its checks and its documentation are made.
public struct Setting<Root: SettingsRoot>: Sendable {
    /// Its key in files, in camel case.
    public let key: String
    /// The part of the settings it belongs to.
    public let section: Root.Section
    /// What it does, in sentences.
    public let help: String
    /// How its values are described.
    public let kind: ValueKind
    /// The allowed values in words.
    public let allowed: String
    /// Whether it may change when a run goes on.
    public let onResume: ResumeRule
    /// The objectives that have it; empty for all of them.
    public let owners: Set<Root.Objective>
    /// What holds where it has no value, in words.
    public let absence: String?
    /// Whether it can be given on the command line.
    public let hasFlag: Bool
    /// Whether domains can have values of their own.
    public let isPerDomain: Bool

    let path: PartialKeyPath<Root> & Sendable
    let forms: @Sendable (Root) -> Forms
    /// Sets the value of one domain or of all. False where the form or the value is not allowed, and nothing changes.
    let assign: @Sendable (inout Root, SettingForm, Domain?) -> Bool

    /// Whether some domain has a value of its own.
    package func hasOverrides(in root: Root) -> Bool { !forms(root).overrides.isEmpty }

    /// The common value, and those of domains that differ.
    struct Forms: Equatable {
        let common: SettingForm
        var overrides: [Domain: SettingForm] = [:]
    }
}

/// Whether a setting may change when a run goes on.
public enum ResumeRule: Sendable {
    /// What has been trained depends on it.
    case fixed
    /// It may.
    case changeable
    /// It matters at the start alone; a run that goes on does not look at it.
    case atStart
}

extension Setting {
    /// Describes a setting that is the same for all domains.
    ///
    /// - Parameters:
    ///   - key: Its key in camel case; the flag is the same in kebab case.
    ///   - path: Where its value is kept.
    ///   - section: The part of the settings it belongs to.
    ///   - allowed: Which values of its type are allowed.
    ///   - onResume: Whether it may change when a run goes on.
    ///   - owners: The objectives that have it; empty for all of them.
    ///   - absence: What holds without a value, such as `all cores`.
    ///   - hasFlag: Whether it can be given on the command line.
    ///   - help: What it does; default and values are added.
    public init<Value: SettingValue>(
        _ key: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ section: Root.Section, allowed: Allowed<Value.Bare> = .any,
        onResume: ResumeRule, of owners: Set<Root.Objective> = [], absence: String? = nil, hasFlag: Bool = true, help: String
    ) {
        self.init(
            key: key, section: section, help: help, kind: Value.kind, allowed: allowed.words, onResume: onResume, owners: owners,
            absence: absence, hasFlag: hasFlag, isPerDomain: false, path: path,
            forms: { Forms(common: $0[keyPath: path].form) },
            assign: { root, form, _ in
                guard let value = Value(form: form), value.bare.map(allowed.accepts) ?? true else { return false }
                root[keyPath: path] = value
                return true
            })
    }

    /// Describes a setting that can differ by domain.
    ///
    /// A value for all domains takes the place of those that some had. The parameters are those of `init`.
    public static func perDomain<Value: SettingValue>(
        _ key: String, _ path: WritableKeyPath<Root, PerDomain<Value>> & Sendable, _ section: Root.Section,
        allowed: Allowed<Value.Bare> = .any, onResume: ResumeRule, of owners: Set<Root.Objective> = [], absence: String? = nil,
        hasFlag: Bool = true, help: String
    ) -> Setting {
        Setting(
            key: key, section: section, help: help, kind: Value.kind, allowed: allowed.words, onResume: onResume, owners: owners,
            absence: absence, hasFlag: hasFlag, isPerDomain: true, path: path,
            forms: { root in
                let value = root[keyPath: path]
                return Forms(common: value.common.form, overrides: value.overrides.mapValues(\.form))
            },
            assign: { root, form, domain in
                guard let value = Value(form: form), value.bare.map(allowed.accepts) ?? true else { return false }
                if let domain {
                    root[keyPath: path][domain] = value
                } else {
                    root[keyPath: path] = PerDomain(value)
                }
                return true
            })
    }
}
