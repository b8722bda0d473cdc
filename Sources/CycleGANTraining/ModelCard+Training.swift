import CycleGANModels

extension ModelCard {
    /// The card of the generators of a run at some point of it.
    init(_ progress: TrainingProgress, data: DataFingerprint, configuration: TrainingConfiguration) {
        self.init()
        objective = configuration.objective.kind.rawValue
        steps = progress.step
        epoch = progress.lastEpoch
        self.data = "\(data)"
        let rules = Set(configuration.trainedDomains.map { configuration.domains.preprocess[$0].rawValue }).sorted()
        preprocessing = "preprocess \(rules.joined(separator: " and ")), crop \(configuration.data.cropSize) (height x width)"
        best = progress.best.map { Score(metric: $0.metric, value: $0.value, epoch: $0.epoch) }
        note = configuration.run.note
        licence = configuration.run.licence
    }
}
