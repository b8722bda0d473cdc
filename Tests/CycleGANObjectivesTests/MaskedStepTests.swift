import CycleGANModels
import Datasets
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives
@testable import CycleGANTraining

@Suite struct MaskedStepTests {
    private func configuration(composite: Bool = true) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.networks.generator = .resnet(blocks: 1)
        (configuration.networks.ngf, configuration.networks.ndf, configuration.networks.discriminatorLayers) = (4, 4, 1)
        (configuration.data.masks, configuration.data.composite) = (true, composite)
        (configuration.data.maskDiscriminator, configuration.cycleGAN.maskCycle) = (true, true)
        return configuration
    }

    private func waves(_ shape: [Int], _ frequency: Double) -> Tensor {
        let values = (0..<shape.reduce(1, *)).map { index in (Double(index * index % 97) * frequency).truncatingRemainder(dividingBy: 2) - 1
        }
        return Tensor(values, shape: shape)
    }

    private func mask(_ isInside: (Int, Int) -> Bool) -> Tensor {
        Tensor((0..<2 * 256).map { isInside($0 % 256 / 16, $0 % 16 + $0 / 256) ? 1.0 : 0 }, shape: [2, 1, 16, 16])
    }

    private var batch: ImageBatch {
        ImageBatch(
            a: DomainImages(images: waves([2, 3, 16, 16], 0.37), masks: mask { y, x in y > 3 && x < 9 }),
            b: DomainImages(images: waves([2, 3, 16, 16], 0.59), masks: mask { y, x in (y + x) % 5 < 2 }))
    }

    /// The mean over the elements of (values - target)².
    private func meanSquare(_ scores: Tensor, _ target: Double) -> Double {
        let values = scores.detached().array(of: Double.self)
        return values.reduce(0) { $0 + ($1 - target) * ($1 - target) } / Double(values.count)
    }

    /// Each loss from the networks' outputs, with plain loops: fakeB = m · G(A, m) + (1 - m) · A, the discriminator judges (fakeB, m),
    /// and the cycle loss is the sum of m · |reconstructed - A| over channels times the pixels of m.
    @Test(arguments: [true, false]) func theLossesAreThoseOfTheFormulas(_ composite: Bool) throws {
        let objective = CycleGAN(configuration: configuration(composite: composite), device: .cpu, dtype: .float64)
        let batch = batch
        let (maskA, maskB) = (try #require(batch[.a].masks), try #require(batch[.b].masks))
        var expected: [String: Double] = [:]
        withoutGradients {
            func translate(_ images: Tensor, _ mask: Tensor, _ generator: any Layer) -> Tensor {
                let output = generator(Tensor.concatenated([images, mask], dimension: 1))
                guard composite else { return output }
                let (inside, outside) = (output.array(of: Double.self), images.array(of: Double.self))
                let weights = mask.expanded(to: images.shape).contiguous().array(of: Double.self)
                return Tensor(weights.indices.map { weights[$0] * inside[$0] + (1 - weights[$0]) * outside[$0] }, shape: images.shape)
            }
            for (name, other, real, mask, there, back, judge) in [
                (
                    "A", "AB", batch[.a].images, maskA, objective.generatorAB.network, objective.generatorBA.network,
                    objective.adversaryB.network
                ),
                (
                    "B", "BA", batch[.b].images, maskB, objective.generatorBA.network, objective.generatorAB.network,
                    objective.adversaryA.network
                ),
            ] {
                let fake = translate(real, mask, there)
                expected["adversarial" + other] = meanSquare(judge(Tensor.concatenated([fake, mask], dimension: 1)), 1)
                let reconstructed = translate(fake, mask, back).array(of: Double.self)
                let (pixels, inside) = (real.array(of: Double.self), mask.expanded(to: real.shape).contiguous().array(of: Double.self))
                let sum = pixels.indices.reduce(0) { $0 + inside[$1] * abs(reconstructed[$1] - pixels[$1]) }
                expected["cycle" + name] = 10 * sum / inside.reduce(0, +)
                let same = translate(real, mask, back).array(of: Double.self)
                expected["identity" + name] = 5 * pixels.indices.reduce(0) { $0 + abs(same[$1] - pixels[$1]) } / Double(pixels.count)
                expected["fake" + (name == "A" ? "B" : "A")] = meanSquare(judge(Tensor.concatenated([fake, mask], dimension: 1)), 0)
                let own = name == "A" ? objective.adversaryA.network : objective.adversaryB.network
                expected["real" + name] = meanSquare(own(Tensor.concatenated([real, mask], dimension: 1)), 1)
            }
        }
        for domain in ["A", "B"] {
            let parts = [expected.removeValue(forKey: "real" + domain), expected.removeValue(forKey: "fake" + domain)]
            expected["discriminator" + domain] = parts.compactMap { $0 }.reduce(0, +) / 2
        }
        let losses = objective.step([batch]).read()
        #expect(Set(losses.keys) == Set(expected.keys))
        for (name, value) in expected { expectClose(try #require(losses[name]), value, relative: 1e-10, name) }
    }

    @Test func discriminatorsAndPoolsHoldTheMaskAsOneMoreChannel() throws {
        let objective = CycleGAN(configuration: configuration(), device: .cpu, dtype: .float64)
        let batch = batch
        _ = objective.step([batch])
        for (pool, mask) in [(objective.adversaryA.pool, batch[.b].masks), (objective.adversaryB.pool, batch[.a].masks)] {
            #expect(pool.images.map(\.shape) == [[1, 4, 16, 16], [1, 4, 16, 16]])
            let stored = Tensor.concatenated(pool.images).narrowed(dimension: 1, start: 3, length: 1).contiguous()
            #expect(try stored.array(of: Double.self) == #require(mask).array(of: Double.self))
        }
    }

    @Test func outsideTheMaskImagesAreExactlyTheInput() throws {
        let description = configuration().generatorDescription(.aToB)
        let generator = description.configuration.makeGenerator(random: TorchRandom(seed: 1))
        let (images, mask) = (waves([2, 3, 16, 16], 0.37).to(.float32), mask { y, x in x > y }.to(.float32))
        let output = withoutGradients { description.translate(images, mask: mask, with: generator) }.array(of: Float.self)
        let direct = withoutGradients { generator(Tensor.concatenated([images, mask], dimension: 1)) }.array(of: Float.self)
        let (input, inside) = (images.array(of: Float.self), mask.expanded(to: images.shape).contiguous().array(of: Float.self))
        for index in output.indices { #expect(output[index] == (inside[index] == 1 ? direct[index] : input[index])) }
    }

    @Test func anEmptyMaskHasNoCycleLoss() {
        let objective = CycleGAN(configuration: configuration(composite: false), device: .cpu)
        let batch = ImageBatch(
            a: DomainImages(images: .zeros([1, 3, 16, 16]), masks: .zeros([1, 1, 16, 16])),
            b: DomainImages(images: .ones([1, 3, 16, 16]), masks: .ones([1, 1, 16, 16])))
        let losses = objective.step([batch]).read()
        #expect(losses["cycleA"] == 0 && losses["cycleB"] ?? 0 > 0)
        #expect(losses.values.allSatisfy { $0.isFinite })
    }

    @Test func thePicturesShowTheMasksInTheChannelsOfTheirDomain() throws {
        let objective = CycleGAN(configuration: configuration(), device: .cpu, dtype: .float64)
        let batch = batch
        let translated = objective.translations(of: batch)
        #expect(
            translated.rows.map { $0.pictures.map { "\($0.role.rawValue)\($0.domain)" } } == [
                ["realA", "maskA", "fakeB", "reconstructedA", "identityA"], ["realB", "maskB", "fakeA", "reconstructedB", "identityB"],
            ])
        let shown = PixelImage(
            tensor: try #require(translated[.mask, .a]).narrowed(dimension: 0, start: 1, length: 1), domain: DomainConfiguration())
        let mask = try #require(batch[.a].masks).narrowed(dimension: 0, start: 1, length: 1).contiguous().array(of: Double.self)
        #expect(shown.bytes == mask.flatMap { Array(repeating: $0 == 1 ? 255 : 0, count: 3) })
    }
}
