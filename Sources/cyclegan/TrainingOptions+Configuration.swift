import ArgumentParser
import CycleGANTraining
import Foundation

extension TrainingOptions {
    /// Lays the flags and DATA over a configuration, makes its paths absolute and checks it.
    ///
    /// - Throws: `ValidationError` where no data is given at all, and `ConfigurationError`.
    func applied(to base: TrainingConfiguration, data: String?) throws -> TrainingConfiguration {
        var configuration = base
        for change in changes { change.apply(&configuration) }
        if let data { configuration.data = data }
        // Absolute, so that the run can go on from any folder.
        configuration.data = configuration.data.isEmpty ? "" : url(configuration.data).path
        configuration.pretrained = configuration.pretrained.map { url($0).path }
        guard !configuration.data.isEmpty else {
            throw ValidationError("give DATA, the folder with trainA and trainB, or the key 'data' in the --config file")
        }
        try configuration.validate()
        return configuration
    }
}
