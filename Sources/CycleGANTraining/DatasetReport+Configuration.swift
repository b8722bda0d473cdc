import Datasets

extension DatasetReport {
    /// Judges a data set for a training run.
    ///
    /// - Parameter naming: How the reader calls a setting, given its key.
    /// - Throws: `DatasetError` where sizes of the configuration contradict each other.
    public init(_ inspection: DatasetInspection, configuration: TrainingConfiguration, naming: @escaping (_ key: String) -> String = { $0 })
        throws
    {
        self.init(inspection, preparations: try configuration.preparations(), needsMasks: configuration.data.masks, naming: naming)
    }
}
