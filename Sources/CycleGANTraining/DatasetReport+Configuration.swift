import Datasets

extension DatasetReport {
    /// Judges a data set for a training run.
    ///
    /// - Throws: `DatasetError` where sizes of the configuration contradict each other.
    public init(_ inspection: DatasetInspection, configuration: TrainingConfiguration) throws {
        self.init(inspection, preparations: try configuration.preparations(), needsMasks: configuration.data.masks)
    }
}
