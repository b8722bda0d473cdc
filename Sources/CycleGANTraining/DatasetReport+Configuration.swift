import Datasets

extension DatasetReport {
    /// Judges a data set for a training run.
    ///
    /// - Throws: `DatasetError` where sizes of the configuration contradict each other.
    public init(_ inspection: DatasetInspection, configuration: TrainingConfiguration) throws {
        let transform = try ImageTransform(
            preprocess: configuration.preprocess, loadSize: configuration.loadSize, cropSize: configuration.cropSize,
            stride: configuration.generatorDescriptions.ab.configuration.stride, smallestSide: configuration.smallestSide)
        self.init(
            inspection, domainA: configuration.domainA, domainB: configuration.domainB, transform: transform,
            needsMasks: configuration.masks)
    }
}
