import ArgumentParser
import CycleGANTraining

extension TrainingOptions {
    /// Settings with the flags that were given and DATA laid over them; paths are absolute, so that they hold in any folder.
    ///
    /// - Throws: `ValidationError` where there is no data folder, `ConfigurationError` for impossible values.
    func configuration(over base: TrainingConfiguration, data: String?) throws -> TrainingConfiguration {
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
