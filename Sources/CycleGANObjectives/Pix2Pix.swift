import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Torch
import TorchNN

/// One generator, whose translations are to be the truth of their pair, and a discriminator that sees them beside the input.
///
/// Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", arXiv 1611.07004.
public final class Pix2Pix: TrainingObjective {
    /// Images of A to images of B.
    public var generator: AveragedGenerator { oneWay.generator }
    /// The discriminator of pairs: an image of A and one of B as one image with the channels of both.
    public var adversary: Adversary { oneWay.adversary }
    public let monitoring: Monitoring
    let oneWay: OneWayNetworks
    let l1Weight: Double

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    public init(configuration: TrainingConfiguration, device: Device, dtype: DType = .float32) {
        precondition(!configuration.objective.diffAugment, "diffAugment would mix the colours of both images of a pair")
        oneWay = OneWayNetworks(NetworkBuilder(configuration: configuration, device: device, dtype: dtype))
        l1Weight = configuration.pix2pix.l1Weight
        monitoring = configuration.monitoring
    }

    public var networks: [NamedNetwork] { oneWay.networks }

    public var optimizers: [NamedOptimizer] { oneWay.optimizers }

    public var publishedGenerators: [PublishedGenerator] { [generator.published] }

    public var notices: [String] { [] }

    public func synchronizeAverages() { generator.synchronizeAverage() }

    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        let domains = oneWay.domains
        let (a, b) = (batch[domains.a].images, batch[domains.b].images)
        let fake = generator.evaluating { generator.description.translate(a, mask: nil, with: generator.inference) }
        return TranslatedBatch(rows: [
            TranslatedBatch.Row(
                oneWay.translation,
                [.init(.real, domains.a, a), .init(.fake, domains.b, fake), .init(.real, domains.b, b)])
        ])
    }
}

// MARK: - Checkpoint

extension Pix2Pix {
    public func saveState(to checkpoint: inout StateDict) { oneWay.saveState(to: &checkpoint) }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        try oneWay.restoreState(from: checkpoint, file: file)
    }
}
