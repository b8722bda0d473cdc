import CycleGANTraining

/// The settings in which configurations differ.
struct ConfigurationDifferences: Equatable {
    /// A setting and its value in each configuration.
    struct Setting: Equatable {
        /// With those above it, such as `domains.A.channels`.
        let key: String
        /// `nil` where the setting is not given.
        let values: [String?]
    }

    /// The settings that are not the same everywhere, in the order of the configuration file.
    let differing: [Setting]
    /// The number of settings that are the same everywhere.
    let equalCount: Int

    init(of configurations: [TrainingConfiguration]) {
        let flat = configurations.map(\.settings)
        var keys: [String] = []
        for settings in flat {
            var place = 0
            for (key, _) in settings {
                // A key that only some give stands behind the one that it follows there.
                if let index = keys.firstIndex(of: key) {
                    place = index + 1
                    continue
                }
                keys.insert(key, at: place)
                place += 1
            }
        }
        let values = flat.map { settings in Dictionary(settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) }
        let settings = keys.map { key in Setting(key: key, values: values.map { $0[key] }) }
        differing = settings.filter { Set($0.values).count > 1 }
        equalCount = settings.count - differing.count
    }
}
