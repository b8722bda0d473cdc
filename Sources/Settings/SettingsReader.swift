/// Lays the settings of a file and of the command line over the defaults of their objective.
struct SettingsReader<Root: SettingsRoot> {
    let document: SettingsDocument?
    let arguments: [SettingArgument]
    var root: Root
    let objective: Root.Objective
    /// The lines of the common values that were read, by key: they may stand in the objective's section or outside it, once.
    var lines: [String: Int?] = [:]

    /// - Parameter base: What the settings are laid over in place of the defaults; the objective stays that of the base.
    /// - Throws: `ConfigurationError` for the first setting that cannot be used.
    init(base: Root?, document: SettingsDocument?, arguments: [SettingArgument]) throws(ConfigurationError) {
        self.document = document
        self.arguments = arguments
        objective = try Self.objective(base, document, arguments)
        root = base ?? Root.defaults(for: objective)
        if let document { try read(document) }
        try readArguments()
    }

    /// The objective comes first, because defaults and keys depend on it: from the command line, or else the file.
    static func objective(
        _ base: Root?, _ document: SettingsDocument?, _ arguments: [SettingArgument]
    ) throws(ConfigurationError) -> Root.Objective {
        var scratch = base ?? Root()
        guard let setting = Root.setting(ReservedKey.objective) else { return scratch.chosenObjective }
        var place: ConfigurationError.Place?
        if let argument = arguments.last(where: { $0.key == setting.key }) {
            try setting.apply(argument, to: &scratch)
            place = setting.place(of: argument)
        } else if let document, let entry = document.entry([setting.key]) {
            try assign(setting, entry, domain: nil, in: document, to: &scratch)
            place = document.place(entry)
        }
        if let base, base.chosenObjective != scratch.chosenObjective {
            throw ConfigurationError(
                key: setting.key, value: scratch.chosenObjective.rawValue, allowed: "\(base.chosenObjective.rawValue), as it is",
                place: place)
        }
        return scratch.chosenObjective
    }

    private mutating func readArguments() throws(ConfigurationError) {
        var own: [(Setting<Root>, SettingArgument)] = []
        for argument in arguments {
            guard let setting = Root.setting(argument.key) else {
                throw ConfigurationError(key: argument.key, value: "an unknown key", allowed: "a key of a setting")
            }
            guard setting.belongs(to: objective) else { throw setting.error(argument, allowed: setting.refusal(with: objective)) }
            if try setting.parts(of: argument).domain == nil {
                try setting.apply(argument, to: &root)
            } else {
                own.append((setting, argument))
            }
        }
        // After the common values, whatever the order they were given in.
        for (setting, argument) in own { try setting.apply(argument, to: &root) }
    }
}
