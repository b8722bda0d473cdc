import Imaging

/// All settings of a run, in structs by section, with a table that describes each once.
public protocol SettingsRoot: Equatable, Sendable {
    /// The parts that files, help and documentation are divided into, in their order.
    associatedtype Section: SettingsSection
    /// What is trained; each may have settings and defaults of its own. The setting with the key `objective` chooses it.
    associatedtype Objective: SettingChoice, Hashable where Objective.RawValue == String

    /// The defaults, with the objective that holds where none is chosen.
    init()

    /// One description of each setting.
    static var table: [Setting<Self>] { get }

    /// The domains that can have values of their own.
    static var domains: [Domain] { get }

    /// The defaults of an objective, which is chosen in them.
    static func defaults(for objective: Objective) -> Self

    /// The objective that is chosen.
    var chosenObjective: Objective { get }

    /// Checks that all settings fit together; each alone has been checked by its description.
    ///
    /// - Throws: `ConfigurationError` with a key of the table.
    func validate() throws(ConfigurationError)
}

/// A part of the settings.
public protocol SettingsSection: CaseIterable, Hashable, Sendable {
    /// Its name in the help, in files and in the documentation.
    var title: String { get }
}

/// The keys that are no setting's.
enum ReservedKey {
    /// Has the values of single domains below it.
    static let domains = "domains"
    /// Is a setting of every table: the one that chooses the objective.
    static let objective = "objective"
}

extension SettingsRoot {
    /// The setting with a key.
    public static func setting(_ key: String) -> Setting<Self>? { table.first { $0.key == key } }

    /// The settings of a section in the order of the table.
    public static func settings(of section: Section) -> [Setting<Self>] { table.filter { $0.section == section } }

    static func domain(_ name: String) -> Domain? { domains.first { $0.name == name } }

    /// The domains in words.
    static var domainNames: String { "the domains \(domains.map(\.name).joined(separator: ", "))" }
}
