import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Torch
import TorchNN

/// A generator that another one learns from.
public struct Teacher {
    /// The generator in evaluation mode.
    let network: any Layer
    let description: GeneratorDescription
    let translation: Translation

    /// - Parameters:
    ///   - network: A generator without masks; it is put in evaluation mode, and its weights get no gradients.
    ///   - translation: What is learnt of it; `description` must offer it.
    public init(_ network: any Layer, _ description: GeneratorDescription, translation: Translation) {
        network.setTraining(false)
        network.setRequiresGrad(false)
        (self.network, self.description, self.translation) = (network, description, translation)
    }
}

/// One generator that is to translate as another one does, from images of the input domain alone.
///
/// Li et al., "GAN Compression", arXiv 2003.08936: the difference from the teacher's translations, differences between inner maps behind 1×1
/// convolutions that bring the student's to the teacher's channels, and a discriminator. That one learns to tell the student's translations
/// from the teacher's, so that no images of the output domain are needed.
public final class Distillation: TrainingObjective {
    /// The name of the convolutions that bring inner maps to the teacher's channels.
    public static let adapters = "adapters"
    /// The generator that learns.
    public var generator: AveragedGenerator { oneWay.generator }
    /// The discriminator of its translations.
    public var adversary: Adversary { oneWay.adversary }
    public let monitoring: Monitoring
    /// What a person should know, such as that inner maps cannot be compared.
    public let notices: [String]
    let oneWay: OneWayNetworks
    let settings: DistillationSettings
    let adapters: FeatureAdapters?
    private let teacher: Teacher
    private let student: FeatureEncoder?
    private let model: FeatureEncoder?
    private let adapterOptimizer: Adam?

    /// Builds the networks on the CPU from the configuration's seed, so that every device starts alike, and moves them to `device`.
    ///
    /// - Parameter teacher: Translates between the configuration's domains.
    public init(configuration: TrainingConfiguration, teacher: Teacher, device: Device, dtype: DType = .float32) {
        let networks = NetworkBuilder(configuration: configuration, device: device, dtype: dtype)
        oneWay = OneWayNetworks(networks)
        settings = configuration.distillation
        monitoring = configuration.monitoring
        self.teacher = teacher
        teacher.network.convert(to: dtype)
        teacher.network.move(to: device)
        let places = FeaturePlaces(student: oneWay.generator.network, teacher: teacher.network)
        guard settings.featureWeight > 0, let places else {
            (adapters, adapterOptimizer, student, model) = (nil, nil, nil, nil)
            notices = settings.featureWeight > 0 ? ["inner maps are not compared: the two generators have none of the same size"] : []
            return
        }
        let adapters = FeatureAdapters(from: places.studentChannels, to: places.teacherChannels)
        networks.prepare(adapters)
        (self.adapters, notices) = (adapters, [])
        adapterOptimizer = networks.optimizer(
            [NamedNetwork(Self.adapters, adapters)], learningRate: configuration.optimization.learningRateG)
        do throws(GraphError) {
            student = try FeatureEncoder(oneWay.generator.network, at: places.student + [FeatureEncoder.output])
            model = try FeatureEncoder(teacher.network, at: places.teacher + [FeatureEncoder.output])
        } catch {
            preconditionFailure("the places to compare are not those of the generators: \(error)")
        }
    }

    public var networks: [NamedNetwork] { oneWay.networks + (adapters.map { [NamedNetwork(Self.adapters, $0)] } ?? []) }

    public var optimizers: [NamedOptimizer] {
        oneWay.optimizers + (adapterOptimizer.map { [NamedOptimizer("adapters", $0)] } ?? [])
    }

    public var publishedGenerators: [PublishedGenerator] { [generator.published] }

    public func synchronizeAverages() { generator.synchronizeAverage() }

    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        let (a, b) = oneWay.domains
        let images = batch[a].images
        let fake = generator.evaluating { generator.description.translate(images, mask: nil, with: generator.inference) }
        let taught = taught(images).output
        return TranslatedBatch(rows: [
            TranslatedBatch.Row(oneWay.translation, [.init(.real, a, images), .init(.fake, b, fake), .init(.teacher, b, taught)])
        ])
    }

    /// What the teacher makes of images, and its inner maps.
    private func taught(_ images: Tensor) -> (features: [Tensor], output: Tensor) {
        withoutGradients {
            let input = teacher.description.networkInput(images, condition: teacher.description.condition(of: teacher.translation))
            guard let model else { return ([], teacher.network(input).contiguous()) }
            let results = model(input)
            return (Array(results.dropLast()), results[results.count - 1].contiguous())
        }
    }

    private func made(_ images: Tensor) -> (features: [Tensor], output: Tensor) {
        let results = oneWay.optimization.autocasting(images) { student?($0) ?? [generator.network($0)] }
        return (Array(results.dropLast()), results[results.count - 1].contiguous())
    }

    /// One step as the published code takes it: the discriminator, then generator and adapters together.
    ///
    /// With weights w, the student S, the teacher T and inner maps sᵢ, tᵢ, the generator minimises
    /// `w.adversarial · GAN(D(S(A))) + w.imitation · L1(S(A), T(A)) + w.feature · Σᵢ MSE(adapterᵢ(sᵢ), tᵢ)`.
    public func step(_ batches: [ImageBatch]) -> StepLosses {
        for named in optimizers { named.optimizer.zeroGrad() }
        let images = batches.map { $0[oneWay.domains.a].images }
        let taught = images.map(taught)
        // The graphs of several batches would take the memory that accumulating saves. But a second pass would draw other dropout masks
        // and count its batch twice in running statistics.
        let keepsGraphs = batches.count == 1 || !oneWay.isGeneratorBatchIndependent
        let kept = keepsGraphs ? images.map(made) : nil
        return oneWay.step(shares: batches.shares, projectionOptimizer: adapterOptimizer) { index in
            let fake = kept?[index].output ?? withoutGradients { made(images[index]).output }
            return adversary.losses(real: taught[index].output, fake: fake.detached())
        } generatorLosses: { index in
            losses(of: kept?[index] ?? made(images[index]), taught: taught[index])
        }
    }

    private func losses(
        of made: (features: [Tensor], output: Tensor), taught: (features: [Tensor], output: Tensor)
    ) -> [NamedLoss] {
        var losses = [
            NamedLoss("adversarial", adversary.generatorLoss(made.output) * oneWay.adversarialWeight),
            NamedLoss("imitation", made.output.l1Loss(taught.output) * settings.imitationWeight),
        ]
        if settings.featureWeight > 0 {
            let differences = adapters.map { adapters in
                oneWay.optimization.autocasting(made.output) { _ in adapters.differences(made.features, taught.features) }
            }
            losses.append(NamedLoss("features", (differences ?? made.output.sum() * 0) * settings.featureWeight))
        }
        return losses
    }
}

// MARK: - Checkpoint

extension Distillation {
    public func saveState(to checkpoint: inout StateDict) { oneWay.saveState(to: &checkpoint) }

    public func restoreState(from checkpoint: StateDict, file: String) throws {
        try oneWay.restoreState(from: checkpoint, file: file)
    }
}
