import Datasets
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives
@testable import CycleGANTraining

/// Pairs inside a CycleGAN, against the formula, in float64.
@Suite struct PairLossTests {
    private static func objective(pairs: String?) -> CycleGAN {
        var configuration = TrainingConfiguration()
        configuration.networks.generator = .resnet(blocks: 1)
        (configuration.networks.ngf, configuration.networks.ndf, configuration.networks.discriminatorLayers) = (2, 2, 1)
        configuration.objective.poolSize = 0
        configuration.cycleGAN.pairs = pairs
        configuration.cycleGAN.pairWeight = 3
        return CycleGAN(configuration: configuration, device: .cpu, dtype: .float64)
    }

    private static func images(seed: UInt64) -> DomainImages {
        let images = Tensor.empty([3, 3, 16, 16], dtype: .float64)
        images.fillUniform(in: -1..<1, using: TorchRandom(seed: seed))
        return DomainImages(images: images)
    }

    private static func batch(_ areAligned: [Bool]) -> ImageBatch {
        ImageBatch([(.a, images(seed: 1)), (.b, images(seed: 2))], areAligned: areAligned)
    }

    @Test(arguments: [[true, true, true], [false, true, true], [false, false, true], [false, false, false]])
    func onlyPairsCountAndTheOthersAddZeros(_ areAligned: [Bool]) throws {
        let objective = Self.objective(pairs: "pairs.csv")
        let batch = Self.batch(areAligned)
        let (a, b) = (batch[.a].images, batch[.b].images)
        func expected(_ fake: Tensor, _ real: Tensor) -> Double {
            let differences = (fake - real).abs().mean([1, 2, 3]).array(of: Double.self)
            return 3 * zip(differences, areAligned).reduce(0) { $0 + ($1.1 ? $1.0 : 0) } / 3
        }
        let (pairA, pairB) = (expected(objective.generatorBA.network(b), a), expected(objective.generatorAB.network(a), b))
        let losses = objective.step([batch])
        #expect(losses.names == objective.monitoring.lossNames)
        let values = losses.read()
        expectClose(try #require(values["pairA"]), pairA, relative: 1e-9, absolute: 1e-12)
        expectClose(try #require(values["pairB"]), pairB, relative: 1e-9, absolute: 1e-12)
    }

    @Test func withoutPairsThereIsNoSuchLoss() {
        #expect(Self.objective(pairs: nil).step([Self.batch([true, true, true])]).read().keys.allSatisfy { !$0.hasPrefix("pair") })
    }

    @Test func generatorsLearnFromPairs() {
        let (plain, paired) = (Self.objective(pairs: nil), Self.objective(pairs: "pairs.csv"))
        for objective in [plain, paired] { _ = objective.step([Self.batch([true, true, true])]) }
        let differences = zip(plain.generatorAB.network.namedParameters, paired.generatorAB.network.namedParameters)
            .map { ($0.tensor - $1.tensor).abs().max().item() }
        #expect((differences.max() ?? 0) > 1e-6)
    }
}
