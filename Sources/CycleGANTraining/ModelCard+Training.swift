import CycleGANModels

extension ModelCard {
    /// The card of the generators of a run at some point of it.
    init(_ progress: TrainingProgress, data: DataFingerprint, configuration: TrainingConfiguration) {
        self.init()
        objective = configuration.objective.kind.rawValue
        steps = progress.step
        epoch = progress.lastEpoch
        self.data = "\(data)"
        preprocessing = Set(
            TrainingConfiguration.domains.map { domain in
                let (rule, size) = (configuration.domains.preprocess[domain], configuration.domains.loadSize[domain])
                return "\(rule.rawValue) of \(size) to \(configuration.data.cropSize) (height x width)"
            }
        ).sorted().joined(separator: ", ")
        best = progress.best.map { Score(metric: $0.metric, value: $0.value, epoch: $0.epoch) }
        note = configuration.run.note
        licence = configuration.run.licence
    }
}
