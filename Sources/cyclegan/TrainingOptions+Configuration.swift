import ArgumentParser
import CycleGANTraining

extension TrainingOptions {
    /// The settings of a file, or the defaults, with the flags that were given laid over them.
    ///
    /// - Parameter config: The path of a YAML file.
    /// - Throws: `ValidationError` when no data folder is named, `ConfigurationError` for impossible values.
    func configuration(config: String?, data: String?) throws -> TrainingConfiguration {
        try applied(to: config.map { try TrainingConfiguration(contentsOf: url($0)) } ?? TrainingConfiguration(), data: data)
    }

    /// The flags and the data folder laid over settings; paths become absolute, so that they hold in any folder.
    ///
    /// - Throws: `ValidationError` when no data folder is named, `ConfigurationError` for impossible values.
    func applied(to base: TrainingConfiguration, data: String?) throws -> TrainingConfiguration {
        var configuration = base
        for change in changes { change.apply(&configuration) }
        if let data { configuration.data = data }
        configuration.data = configuration.data.isEmpty ? "" : url(configuration.data).path
        configuration.pretrained = configuration.pretrained.map { url($0).path }
        guard !configuration.data.isEmpty else {
            throw ValidationError("give DATA, the folder with trainA and trainB, or the key 'data' in the --config file")
        }
        try configuration.validate()
        return configuration
    }
}
