import ArgumentParser
import Settings

/// Names a section of the settings by a type, so that each has an option group of its own.
///
/// The parser makes the type of an option group without arguments, and keeps one value of each type.
public protocol SectionMarker {
    associatedtype Root: SettingsRoot
    /// Made once: the parser asks for them many times.
    static var flags: SectionFlags<Root> { get }
}

/// The flags of a section of the settings, in the order of the table.
public struct SectionFlags<Root: SettingsRoot>: Sendable {
    /// The section's name in the help.
    public let title: String
    let all: [SettingFlag<Root>]

    /// Those of all settings of a section that have a flag.
    public init(_ section: Root.Section) {
        title = section.title
        all = Root.settings(of: section).filter(\.hasFlag).map { SettingFlag($0) }
    }
}

/// The flags of one section of the settings, all made from the table.
///
/// The parser finds the flags of a type with `Mirror`, and their values with `Decodable`; here the first is a list of definitions made from
/// the table, and the second asks for the same names.
public struct SectionOptions<Marker: SectionMarker>: ParsableArguments, CustomReflectable {
    /// The settings that were given, in the order of the table.
    public private(set) var arguments: [SettingArgument] = []

    public init() {}

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: FlagKey.self)
        arguments = try Marker.flags.all.flatMap { flag in try flag.arguments(in: container) }
    }

    public var customMirror: Mirror {
        let children: [Mirror.Child] = Marker.flags.all.flatMap(\.definitions).map { ("_\($0.name)", $0.wrapper) }
        return Mirror(self, children: children, displayStyle: .struct)
    }

    /// Checks what was given, as far as that can be without the other settings.
    public func validate() throws {
        for argument in arguments {
            guard let setting = Marker.Root.setting(argument.key) else { continue }
            do throws(ConfigurationError) {
                try setting.check(argument)
            } catch {
                throw ValidationError(error.description)
            }
        }
        for flag in Marker.flags.all {
            if let contradiction = flag.contradiction(in: arguments) { throw ValidationError(contradiction) }
        }
    }
}
