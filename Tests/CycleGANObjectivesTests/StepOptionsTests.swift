import Checkpoints
import CycleGANModels
import Datasets
import Settings
import Support
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives
@testable import CycleGANTraining

/// Options of the step, against formulas and against each other, in float64.
@Suite struct StepOptionsTests {
    private static func objective(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> CycleGAN {
        var configuration = TrainingConfiguration()
        configuration.networks.generator = .resnet(blocks: 1)
        configuration.networks.ngf = 2
        configuration.networks.ndf = 2
        configuration.networks.discriminatorLayers = 1
        configuration.objective.poolSize = 0
        configuration.networks.initGain = 0.3
        change(&configuration)
        return CycleGAN(configuration: configuration, device: .cpu, dtype: .float64)
    }

    private static func images(_ count: Int, seed: UInt64, height: Int = 16, width: Int = 16) -> Tensor {
        let images = Tensor.empty([count, 3, height, width], dtype: .float64)
        images.fillUniform(in: -1..<1, using: TorchRandom(seed: seed))
        return images
    }

    private static func batch(_ count: Int = 1, seed: UInt64 = 1, extra: Int = 0) -> ImageBatch {
        var batch = ImageBatch(
            a: DomainImages(images: images(count, seed: seed)), b: DomainImages(images: images(count, seed: seed + 100)))
        if extra > 0 { (batch[.a].extraImages, batch[.b].extraImages) = (images(extra, seed: seed + 200), images(extra, seed: seed + 300)) }
        return batch
    }

    private static func weights(_ objective: CycleGAN) -> [(name: String, tensor: Tensor)] {
        objective.networks.flatMap { named in named.network.namedTensors.map { ("\(named.name).\($0.name)", $0.tensor.detached().cloned()) }
        }
    }

    /// Networks that see images alone get those of both domains in one batch where they are of one size; the losses are the same.
    @Test(arguments: [(16, 16), (20, 24)]) func lossesAreThoseOfEachImageAlone(_ height: Int, _ width: Int) {
        let objective = Self.objective()
        let (realA, realB) = (Self.images(1, seed: 1), Self.images(1, seed: 2, height: height, width: width))
        let (ab, ba) = (objective.generatorAB.network, objective.generatorBA.network)
        let (fakeB, fakeA) = (ab(realA), ba(realB))
        func judged(_ discriminator: any Layer, _ real: Tensor, _ fake: Tensor) -> Double {
            (((discriminator(real) - 1).square().mean() + discriminator(fake).square().mean()) * 0.5).item()
        }
        let expected = [
            "adversarialAB": (objective.adversaryB.network(fakeB) - 1).square().mean().item(),
            "cycleA": ba(fakeB).l1Loss(realA).item() * 10,
            "cycleB": ab(fakeA).l1Loss(realB).item() * 10, "identityA": ba(realA).l1Loss(realA).item() * 5,
            "identityB": ab(realB).l1Loss(realB).item() * 5, "discriminatorA": judged(objective.adversaryA.network, realA, fakeA),
            "discriminatorB": judged(objective.adversaryB.network, realB, fakeB),
        ]
        let losses = objective.step([ImageBatch(a: DomainImages(images: realA), b: DomainImages(images: realB))]).read()
        for (name, value) in expected { expectClose(losses[name] ?? .nan, value, relative: 1e-9, name) }
    }

    /// bfloat16 has 8 bits: losses stay within a few percent of float32's, and weights and losses are float32 themselves.
    @Test func shortNumbersGiveNearlyTheSameLosses() throws {
        func losses(_ precision: Precision) throws -> [String: Double] {
            var configuration = TrainingConfiguration()
            configuration.networks.generator = .resnet(blocks: 1)
            (configuration.networks.ngf, configuration.networks.ndf, configuration.networks.discriminatorLayers) = (8, 8, 1)
            (configuration.networks.initGain, configuration.run.precision) = (0.1, precision)
            let objective = CycleGAN(configuration: configuration, device: .cpu)
            let batch = ImageBatch(
                a: DomainImages(images: Self.images(1, seed: 1).to(.float32)), b: DomainImages(images: Self.images(1, seed: 2).to(.float32))
            )
            let losses = objective.step([batch])
            #expect(losses.values.dtype == .float32)
            #expect(objective.networks.allSatisfy { $0.network.parameters.allSatisfy { $0.dtype == .float32 } })
            return losses.read()
        }
        let (short, whole) = (try losses(.bf16), try losses(.f32))
        #expect(short != whole)
        for (name, value) in whole { expectClose(short[name] ?? .nan, value, relative: 0.05, name) }
    }

    @Test func halfPrecisionNeedsAGPU() {
        var configuration = TrainingConfiguration()
        configuration.run.precision = .f16
        let error = #expect(throws: ConfigurationError.self) { try configuration.configureProcessor(for: .cpu) }
        #expect(error.map { "\($0)" }?.contains("precision: found f16 on the CPU; allowed: f32 or bf16") == true)
    }

    /// Several small batches change the weights as one large batch does, also where the last one is smaller.
    @Test func accumulatedBatchesAreOneLargeBatch() {
        let (whole, parts) = (Self.objective(), Self.objective())
        let large = Self.batch(3)
        func part(_ start: Int, _ length: Int) -> ImageBatch {
            ImageBatch(
                a: DomainImages(images: large[.a].images.narrowed(dimension: 0, start: start, length: length)),
                b: DomainImages(images: large[.b].images.narrowed(dimension: 0, start: start, length: length)))
        }
        for step in 1...2 {
            let expected = whole.step([large]).read()
            for (name, value) in parts.step([part(0, 2), part(2, 1)]).read() {
                expectClose(value, expected[name] ?? .nan, relative: 1e-9, "\(name), step \(step)")
            }
        }
        for (mine, theirs) in zip(Self.weights(parts), Self.weights(whole)) where !mine.name.hasSuffix("bias") {
            expectClose(mine.tensor, theirs.tensor, relative: 1e-5, absolute: 1e-7, mine.name)
        }
    }

    @Test func theAverageFollowsByItsFormula() throws {
        let objective = Self.objective { $0.networks.ema = 0.75 }
        var expected = Self.weights(objective)
        for step in 0..<3 {
            _ = objective.step([Self.batch(seed: UInt64(step))])
            expected = zip(expected, Self.weights(objective)).map { ($0.name, $0.tensor * 0.75 + $1.tensor * 0.25) }
        }
        let published = objective.publishedGenerators.flatMap { generator in
            generator.network.namedTensors.map { ("\(generator.name).\($0.name)", $0.tensor) }
        }
        #expect(!published.isEmpty)
        for (name, tensor) in published {
            expectClose(tensor, try #require(expected.first { $0.name == name }).tensor, relative: 1e-12, name)
        }
        // What is shown is what the averages make.
        let shown = try #require(objective.translations(of: Self.batch())[.fake, .b])
        let averaged = try #require(objective.publishedGenerators[0].network as? any Layer)
        let average = withoutGradients { averaged(Self.batch()[.a].images) }
        expectClose(shown, average, "fakeB")
    }

    /// At first the average is nearly the weights: the decay after n steps is (1 + n) / (10 + n) until that is the given one.
    @Test func theAverageWarmsUp() throws {
        let objective = Self.objective { ($0.networks.ema, $0.networks.emaWarmup) = (0.2, true) }
        var expected = Self.weights(objective)
        for (step, decay) in [1.0 / 10, 2.0 / 11, 0.2, 0.2].enumerated() {
            _ = objective.step([Self.batch(seed: UInt64(step))])
            expected = zip(expected, Self.weights(objective)).map { ($0.name, $0.tensor * decay + $1.tensor * (1 - decay)) }
        }
        for (name, tensor) in objective.publishedGenerators[1].network.namedTensors {
            expectClose(tensor, try #require(expected.first { $0.name == "generatorBA.\(name)" }).tensor, relative: 1e-12, name)
        }
        // Other weights are another start.
        objective.synchronizeAverages()
        let start = Self.weights(objective)
        _ = objective.step([Self.batch()])
        let (name, tensor) = try #require(objective.publishedGenerators[0].network.namedTensors.first.map { ($0.name, $0.tensor) })
        let pair = try #require(zip(start, Self.weights(objective)).first { $0.0.name == "generatorAB.\(name)" })
        expectClose(tensor, pair.0.tensor * 0.1 + pair.1.tensor * 0.9, relative: 1e-12, name)
    }

    /// A penalty every third batch, three times as large, and none between.
    @Test func aLazyPenaltyIsRareAndLarge() {
        // The rate is so low that the networks stay what they are.
        func change(_ configuration: inout TrainingConfiguration) {
            (configuration.objective.gradientPenalty, configuration.optimization.learningRate) = (.r1, 1e-15)
        }
        let every = Self.objective(change)
        let lazy = Self.objective {
            change(&$0)
            $0.objective.penaltyInterval = 3
        }
        for step in 0..<7 {
            let expected = every.step([Self.batch()]).read()
            for (name, value) in lazy.step([Self.batch()]).read() {
                let factor = name.hasPrefix("gradientPenalty") ? (step.isMultiple(of: 3) ? 3.0 : 0) : 1
                expectClose(value, (expected[name] ?? .nan) * factor, relative: 1e-6, "\(name), step \(step)")
            }
        }
    }

    @Test func cycleWeightsFallAndFeaturesGrow() {
        let schedule = CycleSchedule(decay: 0.5, features: 0.8)
        for (progress, all, pixels, features) in [(0.0, 1.0, 1.0, 0.0), (0.5, 0.75, 0.45, 0.3), (1, 0.5, 0.1, 0.4)] {
            let factors = schedule.factors(at: progress)
            for (found, expected) in [(factors.all, all), (factors.pixels, pixels), (factors.features, features)] {
                expectClose(found, expected, relative: 1e-12)
            }
        }
        // Half of the run is over: cycle and identity losses are three quarters of what they were.
        let (plain, late) = (Self.objective(), Self.objective { $0.cycleGAN.cycleDecay = 0.5 })
        late.begin(at: 0.5)
        let (before, after) = (plain.step([Self.batch()]).read(), late.step([Self.batch()]).read())
        for (name, value) in before {
            let factor = name.hasPrefix("cycle") || name.hasPrefix("identity") ? 0.75 : 1
            expectClose(after[name] ?? .nan, value * factor, relative: name.hasPrefix("discriminator") ? 0.05 : 1e-9, name)
        }
    }

    @Test func clippedGradientsHaveTheGivenNorm() {
        // The rate is so low that the gradients of the discriminators hardly depend on the generators' step.
        let (free, clipped) = (
            Self.objective { $0.optimization.learningRate = 1e-12 },
            Self.objective { ($0.optimization.learningRate, $0.optimization.clipGradient) = (1e-12, 0.01) }
        )
        for objective in [free, clipped] { _ = objective.step([Self.batch()]) }
        func norm(_ optimizer: Adam) -> Double {
            let squares = optimizer.groups.flatMap(\.parameters).compactMap { $0.tensor.grad?.square().sum().item() }
            return squares.reduce(0, +).squareRoot()
        }
        #expect(norm(free.generatorOptimizer) > 0.01)
        #expect(norm(free.discriminatorOptimizer) > 0.01)
        expectClose(norm(clipped.generatorOptimizer), 0.01, relative: 1e-3)
        expectClose(norm(clipped.discriminatorOptimizer), 0.01, relative: 1e-3)
    }

    @Test func eachOptimiserHasItsOwnRate() {
        let objective = Self.objective { ($0.optimization.learningRateG, $0.optimization.learningRateD) = (1e-4, 4e-4) }
        #expect(objective.generatorOptimizer.groups.map(\.learningRate) == [1e-4])
        #expect(objective.discriminatorOptimizer.groups.map(\.learningRate) == [4e-4])
        #expect(Self.objective { $0.optimization.learningRateD = 1e-3 }.generatorOptimizer.groups.map(\.learningRate) == [2e-4])
    }

    /// A pool of stored images: all new ones, then different stored ones, fewer while there are not enough.
    @Test func aLargerDiscriminatorBatchDrawsFromThePool() {
        let pool = ImagePool(capacity: 5, random: SplitMix64(seed: 1))
        func image(_ value: Int) -> Tensor { .full([1, 1, 1, 1], Double(value)) }
        for number in 1...40 {
            let stored = Set(pool.images.map { $0.item() })
            let drawn = pool.query(image(number), extra: 3).to(.float64).array(of: Double.self)
            #expect(drawn.first == Double(number))
            #expect(drawn.count == 1 + min(3, number - 1))
            #expect(Set(drawn).count == drawn.count)
            #expect(Set(drawn.dropFirst()).isSubset(of: stored))
            #expect(pool.images.count == min(number, 5))
        }
    }

    /// The loss over the newest image, all stored ones and as many real ones, while the pool fills and when it is full.
    @Test func theDiscriminatorJudgesAsManyRealAsGeneratedImages() {
        let objective = Self.objective { ($0.objective.poolSize, $0.objective.discriminatorBatch) = (3, 4) }
        for step in 0..<4 {
            let batch = Self.batch(seed: UInt64(step), extra: 3)
            let stored = objective.adversaryA.pool.images
            #expect(stored.count == step)
            let expected = withoutGradients {
                let fakes = Tensor.concatenated([objective.generatorBA.network(batch[.b].images)] + stored)
                let reals = Tensor.concatenated([batch[.a].images, batch[.a].extraImages ?? batch[.a].images])
                    .narrowed(dimension: 0, start: 0, length: 1 + step)
                return GANMode.lsgan.discriminatorLoss(
                    realScores: objective.adversaryA.network(reals), fakeScores: objective.adversaryA.network(fakes))
            }
            expectClose(objective.step([batch]).read()["discriminatorA"] ?? .nan, expected.item(), relative: 1e-9, "step \(step)")
        }
    }

    @Test func aPenaltyIsALossOfItsOwn() {
        for kind in [GradientPenalty.wganGP, .zeroCentered, .r1] {
            let objective = Self.objective { $0.objective.gradientPenalty = kind }
            #expect(objective.monitoring.lossNames.suffix(2) == ["gradientPenaltyA", "gradientPenaltyB"])
            let losses = objective.step([Self.batch()])
            #expect(losses.names == objective.monitoring.lossNames)
            #expect(!losses.read().values.contains { !$0.isFinite })
        }
        let wasserstein = Self.objective { $0.objective.ganMode = .wganGP }
        #expect(wasserstein.adversaryA.configuration.gradientPenalty == .wganGP)
        #expect(wasserstein.adversaryA.configuration.penaltyWeight == 10)
    }

    /// Both sides see augmented images, and the generators get gradients through the augmentation.
    @Test func augmentationReachesBothSides() {
        let (plain, augmented) = (Self.objective(), Self.objective { $0.objective.diffAugment = true })
        let (plainLosses, losses) = (plain.step([Self.batch()]).read(), augmented.step([Self.batch()]).read())
        #expect(losses["cycleA"] == plainLosses["cycleA"])
        #expect(losses["adversarialAB"] != plainLosses["adversarialAB"])
        #expect(losses["discriminatorA"] != plainLosses["discriminatorA"])
        #expect(!augmented.generatorAB.network.parameters.contains { $0.grad == nil })
    }

    /// Everything that has a state goes on as if nothing had happened.
    @Test func aRestoredObjectiveGoesOnAlike() throws {
        func make() -> CycleGAN {
            Self.objective {
                (
                    $0.objective.poolSize, $0.objective.discriminatorBatch, $0.networks.ema, $0.objective.diffAugment,
                    $0.objective.gradientPenalty, $0.networks.emaWarmup, $0.objective.penaltyInterval
                ) = (3, 4, 0.9, true, .zeroCentered, true, 3)
            }
        }
        let first = make()
        for step in 0..<4 { _ = first.step([Self.batch(seed: UInt64(step), extra: 3)]) }
        var saved = StateDict()
        first.saveState(to: &saved)
        let second = make()
        for (mine, theirs) in zip(second.networks, first.networks) { try mine.network.load(theirs.network.stateDict(), source: mine.name) }
        withoutGradients {
            for (mine, theirs) in zip(second.optimizers, first.optimizers) {
                for (to, from) in zip(mine.optimizer.namedState, theirs.optimizer.namedState) { to.tensor.copy(from: from.tensor) }
            }
        }
        try second.restoreState(from: saved, file: "saved")
        for step in 4..<7 {
            let batch = Self.batch(seed: UInt64(step), extra: 3)
            #expect(first.step([batch]).read() == second.step([batch]).read())
        }
        for (mine, theirs) in zip(second.publishedGenerators, first.publishedGenerators) {
            for (a, b) in zip(mine.network.namedTensors, theirs.network.namedTensors) {
                #expect(a.tensor.array(of: Double.self) == b.tensor.array(of: Double.self), "\(mine.name).\(a.name)")
            }
        }
    }
}
