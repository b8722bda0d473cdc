import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives

@Suite struct StrengthParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable, GoldenSteps {
            let name: GANMode
            let strengths: [[[Double]]]
            let losses: [[String: Double]]
            let gradientSums: [String: [Double]]
            let finalSums: [String: [Double]]
        }

        let ngf, ndf, blocks, batch: Int
        let strengthWeight: Double
        let runs: [Run]
    }

    /// In float64 the losses of every step, the gradients of the first and the weights after the last equal PyTorch's.
    @Test(arguments: [GANMode.lsgan, .hinge])
    func stepsEqualPyTorchs(_ mode: GANMode) throws {
        let all = try Golden.json("strength.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == mode })
        var configuration = TrainingConfiguration()
        configuration.networks.generator = .resnet(blocks: all.blocks)
        (configuration.networks.ngf, configuration.networks.ndf) = (all.ngf, all.ndf)
        (configuration.objective.ganMode, configuration.objective.strength) = (mode, true)
        configuration.objective.strengthWeight = all.strengthWeight
        let objective = CycleGAN(configuration: configuration, device: .cpu, dtype: .float64)
        let initial = try Golden.tensors("strength/initial.safetensors")
        for named in objective.networks { try named.network.load(initial.below(named.name), source: named.name) }
        try ObjectiveTensors(objective, names: [:]).expect(
            run, gradients: "strength/gradients-\(mode.rawValue).safetensors", losses: objective.monitoring.lossNames
        ) { step in
            let given = run.strengths[step].map { Strengths($0) }
            return objective.step([try Golden.batch(step, size: all.batch, dtype: .float64)], strengths: [(given[0], given[1])])
        }
    }

    /// At no strength the image comes back bit for bit; the drawn ones are 1 half of the time.
    @Test func noStrengthIsTheImageItself() throws {
        var configuration = TrainingConfiguration()
        (configuration.networks.generator, configuration.networks.ngf, configuration.networks.ndf) = (.resnet(blocks: 1), 2, 2)
        configuration.objective.strength = true
        let objective = CycleGAN(configuration: configuration, device: .cpu)
        let batch = try Golden.batch(0, size: 1, dtype: .float32)
        let (generator, image) = (objective.generatorAB, batch[.a].images)
        func made(_ strength: Double) -> Tensor {
            let condition = generator.description.condition(of: .aToB, strength: strength)
            return withoutGradients { generator.description.translate(image, mask: nil, condition: condition, with: generator.network) }
        }
        #expect(made(0).array(of: Float.self) == image.array(of: Float.self))
        let distances = [0.25, 0.5, 0.75, 1].map { (made($0) - image).abs().mean().item() }
        #expect(zip(distances, distances.dropFirst()).allSatisfy { $0 < $1 } && distances[0] > 0.001)
        let drawn = Strengths(count: 2000, random: &objective.strengths).values
        #expect(drawn.allSatisfy { (0...1).contains($0) })
        #expect(abs(drawn.count { $0 == 1 } - 1000) < 150)
        #expect(abs(drawn.filter { $0 < 1 }.reduce(0, +) / 1000 - 0.5) < 0.1)
        let row = try #require(objective.translations(of: batch).rows.first)
        #expect(row.pictures.map(\.role) == [.real, .quarter, .half, .threeQuarters, .fake, .reconstructed, .identity])
    }
}
