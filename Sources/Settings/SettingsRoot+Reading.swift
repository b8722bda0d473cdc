extension SettingsRoot {
    /// The settings of a file and of the command line, laid over the defaults of their objective, or over those of a run that goes on.
    ///
    /// - Throws: `ConfigurationError` for the first setting that cannot be used, with its file and line or its flag.
    public static func configuration(
        over base: Self? = nil, document: SettingsDocument? = nil, arguments: [SettingArgument] = []
    ) throws(ConfigurationError) -> Self {
        let root = try SettingsReader(base: base, document: document, arguments: arguments).root
        do throws(ConfigurationError) {
            try root.validate()
        } catch {
            throw root.located(error, document: document, arguments: arguments)
        }
        return root
    }

    /// The objective that a file and the command line choose.
    ///
    /// - Throws: `ConfigurationError` where they name none that is known.
    public static func objective(
        document: SettingsDocument?, arguments: [SettingArgument]
    ) throws(ConfigurationError) -> Objective {
        try SettingsReader<Self>.objective(nil, document, arguments)
    }

    /// Says where the setting of an error was given.
    private func located(
        _ error: ConfigurationError, document: SettingsDocument?, arguments: [SettingArgument]
    ) -> ConfigurationError {
        let path = error.key.split(separator: ".").map(String.init)
        guard error.place == nil, let key = path.last, let setting = Self.setting(key) else { return error }
        var located = error
        if let argument = arguments.last(where: { $0.key == key }) {
            located.place = setting.place(of: argument)
        } else if let document {
            let paths = [path, [key], [chosenObjective.rawValue, key]]
            located.place = paths.lazy.compactMap { document.entry($0) }.first.map { document.place($0) } ?? .file(document.file, line: nil)
        }
        return located
    }
}

extension SettingsDocument {
    func place(_ entry: Entry) -> ConfigurationError.Place { .file(file, line: entry.line) }
}
