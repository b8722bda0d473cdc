import ArgumentParser
import Foundation
import Settings

extension SettingsRoot {
    /// The settings of the command line over those of a file, as a new run takes them.
    ///
    /// - Parameters:
    ///   - config: The path of a YAML file.
    ///   - preset: Settings of an objective that the command line stands for besides: over the file's, and under its own flags.
    ///   - base: Settings that hold where neither file nor flags say anything.
    /// - Throws: `ConfigurationError` with the line of the file or the flag.
    public static func configuration(
        config: String?, arguments: [SettingArgument], preset: (Objective) -> [SettingArgument] = { _ in [] },
        base: (SettingsDocument?) -> [SettingArgument] = { _ in [] }
    ) throws -> Self {
        let document = try config.map { path throws(ConfigurationError) in try SettingsDocument(contentsOf: URL(filePath: path)) }
        let objective = try objective(document: document, arguments: arguments)
        return try configuration(document: document, arguments: base(document) + preset(objective) + arguments)
    }

    /// The settings of the command line over those of a run that goes on.
    ///
    /// - Throws: `ValidationError` for a setting that a run cannot change, `ConfigurationError` for values that do not fit the others.
    public static func configuration(resuming run: Self, arguments: [SettingArgument]) throws -> Self {
        try checkChangeableOnResume(arguments)
        return try configuration(over: run, arguments: arguments)
    }

    /// Checks that settings may change when a run goes on.
    ///
    /// - Throws: `ValidationError` naming the first flag that may not, and those that may.
    public static func checkChangeableOnResume(_ arguments: [SettingArgument]) throws {
        guard let fixed = arguments.compactMap({ setting($0.key) }).first(where: { $0.onResume != .changeable }) else { return }
        let possible = flagsChangeableOnResume.joined(separator: ", ")
        throw ValidationError("\(fixed.flag) cannot change when a run is resumed; possible: \(possible)")
    }

    /// The flags that are possible beside `--resume`, sorted.
    public static var flagsChangeableOnResume: [String] {
        table.filter { $0.onResume == .changeable && $0.hasFlag }.map(\.flag).sorted()
    }
}
