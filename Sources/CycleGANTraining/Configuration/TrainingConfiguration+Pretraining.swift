import CycleGANModels
import Imaging
import Settings

/// What follows from the settings of pre-training.
extension TrainingConfiguration {
    /// The domains whose networks are pre-trained.
    public var pretrainedDomains: [Domain] { Self.domains.filter { [nil, $0].contains(pretraining.only) } }

    /// The generator that starts from what was learnt on a domain: the one that its images go into.
    public static func generatorName(from domain: Domain) -> String { domain == domains[0] ? "generatorAB" : "generatorBA" }

    /// The side of the blocks that inpainting hides, in pixels.
    public var maskBlock: Int { pretraining.maskBlock ?? max(1, min(data.cropSize.height, data.cropSize.width) / 8) }

    /// Every loss tells progress: nobody plays against anybody.
    var pretrainingMonitoring: Monitoring {
        let domains = pretrainedDomains
        let losses = domains.flatMap { (pretraining.task == .contrastive ? ["nce\($0)"] : []) + ["reconstruction\($0)"] }
        return Monitoring(
            lossNames: losses, progressLosses: losses, defaultMetric: "l1", games: [],
            reconstructions: domains.map { .init(loss: "reconstruction\($0)", weight: objective.reconstructionWeight) },
            generators: domains.map { .init(name: Self.generatorName(from: $0), translation: Translation(from: $0, to: $0)) })
    }

    func validatePretraining() throws(ConfigurationError) {
        guard objective.kind == .pretrain else { return }
        if !hasEqualChannels {
            throw ConfigurationError(
                key: "channels", value: "different numbers of channels",
                allowed: "as many in each domain with objective pretrain: a generator first learns to give what it is given")
        }
        switch pretraining.task {
        case .contrastive:
            let plain = PretrainingSettings()
            if pretraining.maskShare != plain.maskShare {
                throw refuse(
                    "maskShare", pretraining.maskShare, "its default with task contrastive, which hides nothing; or task inpainting")
            }
            if let block = pretraining.maskBlock {
                throw refuse("maskBlock", block, "nothing with task contrastive, which hides nothing; or task inpainting")
            }
            try validateContrast(for: "task contrastive")
        case .inpainting:
            let largest = min(data.cropSize.height, data.cropSize.width) / 2
            if let block = pretraining.maskBlock, block > largest {
                throw refuse("maskBlock", block, "at most half of the crop's shorter side (\(largest))")
            }
        }
    }
}
