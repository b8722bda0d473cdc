import CycleGANTraining
import Datasets
import Imaging
import Torch
import TorchNN

extension StarGAN {
    /// The losses of the generator, in the order in which a step returns them.
    var generatorLossNames: [String] { ["adversarial", "class", "reconstruction"] + (configuration.objective.strength ? ["input"] : []) }

    /// Some images and what they are to become.
    private struct Task {
        let images: Tensor
        /// By position in `domains`.
        let sources: [Int]
        let targets: [Int]
        /// How strongly; without a strength, wholly.
        let strengths: Strengths?
    }

    /// One update of the discriminator and, every `criticSteps` steps, one of the generator on the same images.
    ///
    /// With x of domain s, drawn targets t and y = G(x, t), the discriminator minimises its adversarial loss on x and y, classWeight times the
    /// cross-entropy of telling s from x, and the gradient penalty; the generator its adversarial loss on y, classWeight times the
    /// cross-entropy of telling t from y, and reconstructionWeight times the mean absolute difference of x and G(y, s). With a strength of each
    /// image, which the generator is told there and back, the first two count so much, and strengthWeight times what it lacks to 1 times the mean
    /// absolute difference of x and y is added.
    public func step(_ batches: [ImageBatch]) -> StepLosses {
        let tasks = batches.map { task($0, targets: nil, strengths: nil) }
        return step(tasks, shares: batches.shares)
    }

    /// The same with given targets, by position in `domains`: those of each batch's images, domain by domain.
    public func step(_ batches: [ImageBatch], targets: [[Int]], strengths: [Strengths]? = nil) -> StepLosses {
        let tasks = batches.indices.map { task(batches[$0], targets: targets[$0], strengths: strengths?[$0]) }
        return step(tasks, shares: batches.shares)
    }

    private func task(_ batch: ImageBatch, targets given: [Int]?, strengths givenStrengths: Strengths?) -> Task {
        var sources: [Int] = []
        for domain in batch.domains {
            guard let index = domains.firstIndex(of: domain) else { preconditionFailure("the batch has images of \(domain)") }
            sources += Array(repeating: index, count: batch[domain].images.shape[0])
        }
        let images = Tensor.concatenated(batch.domains.map { batch[$0].images })
        let targets = given ?? sources.map { _ in self.targets.integer(below: domains.count) }
        guard configuration.objective.strength else { return Task(images: images, sources: sources, targets: targets, strengths: nil) }
        let drawn = givenStrengths ?? Strengths(count: sources.count, random: &strengths)
        return Task(images: images, sources: sources, targets: targets, strengths: drawn)
    }

    private func step(_ tasks: [Task], shares: [Double]) -> StepLosses {
        for named in optimizers { named.optimizer.zeroGrad() }
        steps += 1
        discriminator.setRequiresGrad(true)
        let ofDiscriminator = backpropagate(tasks, shares, discriminatorLosses)
        optimization.update(discriminatorOptimizer)

        // Frozen: the generator's step needs the gradients that pass through the discriminator, not its own.
        discriminator.setRequiresGrad(false)
        if steps.isMultiple(of: configuration.starGAN.criticSteps) {
            latest = StepLosses(backpropagate(tasks, shares, generatorLosses), shares: shares)
            optimization.update(generatorOptimizer)
            generator.updateAverage()
        } else if latest == nil {
            // Before the generator's first turn its losses are measured alone.
            latest = withoutGradients { StepLosses(tasks.map(generatorLosses), shares: shares) }
        }
        optimization.finish()
        let ours = StepLosses(ofDiscriminator, shares: shares)
        guard let latest else { return ours }
        return latest.joined(with: ours)
    }

    private func backpropagate(_ tasks: [Task], _ shares: [Double], _ losses: (Task) -> [NamedLoss]) -> [[NamedLoss]] {
        zip(tasks, shares).map { task, share in
            let losses = losses(task)
            optimization.backpropagate(losses, share: share)
            return losses.map { $0.detached() }
        }
    }

    private func translate(_ images: Tensor, to indices: [Int], _ strengths: Strengths?) -> Tensor {
        optimization.autocasting(images) {
            generator.description.translate($0, mask: nil, condition: conditions(indices, strengths, like: $0), with: generator.network)
        }
    }

    private func judge(_ images: Tensor) -> (scores: Tensor, logits: Tensor) {
        let judged = optimization.autocasting(images) { input -> [Tensor] in
            let (scores, logits) = discriminator.judge(input)
            return [scores, logits]
        }
        return (judged[0], judged[1])
    }

    private func discriminatorLosses(_ task: Task) -> [NamedLoss] {
        let fake = withoutGradients { translate(task.images, to: task.targets, task.strengths) }
        let (realScores, logits) = judge(task.images)
        let loss = configuration.objective.ganMode.discriminatorLoss(realScores: realScores, fakeScores: judge(fake).scores)
        var losses = [
            NamedLoss("discriminator", loss),
            NamedLoss("discriminatorClass", crossEntropies(logits, task.sources).mean() * configuration.starGAN.classWeight),
        ]
        let penalty = configuration.effectiveGradientPenalty
        if penalty != .none {
            let points = penalty.points(real: task.images, fake: fake) { count in
                let shares = Tensor.empty([count, 1, 1, 1])
                shares.fillUniform(in: 0..<1, using: penaltyRandom)
                return shares.to(fake.dtype).to(fake.device)
            }
            let weight = configuration.objective.gradientPenaltyWeight ?? penalty.publishedWeight
            losses.append(NamedLoss("gradientPenalty", penalty.value(of: { judge($0).scores }, at: points) * weight))
        }
        return losses
    }

    private func generatorLosses(_ task: Task) -> [NamedLoss] {
        let fake = translate(task.images, to: task.targets, task.strengths)
        let (scores, logits) = judge(fake)
        let back = translate(fake, to: task.sources, task.strengths)
        let (mode, settings) = (configuration.objective.ganMode, configuration.objective)
        /// The mean over images, each times its strength.
        func mean(_ tensor: Tensor, _ value: (Tensor) -> Tensor) -> Tensor { task.strengths?.mean(of: tensor, value) ?? value(tensor) }
        var values = [
            mean(scores) { mode.generatorLoss(fakeScores: $0) } * settings.adversarialWeight,
            mean(crossEntropies(logits, task.targets)) { $0.mean() } * configuration.starGAN.classWeight,
            back.l1Loss(task.images) * settings.reconstructionWeight,
        ]
        if let strengths = task.strengths {
            values.append(strengths.rest.mean(of: fake - task.images) { $0.abs().mean() } * settings.strengthWeight)
        }
        return zip(generatorLossNames, values).map { NamedLoss($0, $1) }
    }

    /// Of each image log Σ exp(logits) - logit of its own domain, shape [N].
    private func crossEntropies(_ logits: Tensor, _ indices: [Int]) -> Tensor {
        logits.logSumExp(dimension: 1) - (logits * conditions(indices, like: logits)).sum([1])
    }
}
