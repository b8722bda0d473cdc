import Checkpoints
import CycleGANModels
import CycleGANObjectives
import CycleGANTraining
import Datasets
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@Suite struct DistillationParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable, GoldenSteps {
            let name: String
            let batchSize: Int
            let ganMode: String
            let imitationWeight: Double
            let featureWeight: Double
            let losses: [[String: Double]]
            let gradientSums: [String: [Double]]
            let finalSums: [String: [Double]]
        }

        let widths: [Int]
        let ngf: Int
        let ndf: Int
        let runs: [Run]
    }

    private static let names = ["generatorAB": "generator", "discriminatorB": "discriminator"]

    private static func run(_ name: String) throws -> (run: Runs.Run, objective: Distillation) {
        let all = try Golden.json("distillation.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == name })
        var configuration = TrainingConfiguration.defaults(for: .distill)
        (configuration.networks.generator, configuration.networks.widths) = (.mobile(blocks: 2), all.widths)
        configuration.networks.ndf = all.ndf
        configuration.objective.ganMode = try #require(GANMode(rawValue: run.ganMode))
        (configuration.distillation.imitationWeight, configuration.distillation.featureWeight) = (run.imitationWeight, run.featureWeight)
        let initial = try Golden.tensors("distillation/initial.safetensors")
        let large = GeneratorConfiguration(architecture: .resnet(blocks: 3), filters: all.ngf)
        let network = large.makeGenerator(initialization: nil)
        try network.load(initial.below("teacher"), source: "teacher")
        let description = GeneratorDescription(.aToB, configuration: large, input: DomainConfiguration(), output: DomainConfiguration())
        let objective = Distillation(
            configuration: configuration, teacher: Teacher(network, description, translation: .aToB), device: .cpu, dtype: .float64)
        for named in objective.networks { try named.network.load(initial.below(names[named.name] ?? named.name), source: named.name) }
        return (run, objective)
    }

    /// In float64 the losses of every step, the gradients of the first and the weights after the last equal PyTorch's.
    @Test(arguments: ["plain", "two-images"]) func stepsEqualPyTorchs(_ name: String) throws {
        let (run, objective) = try Self.run(name)
        #expect(objective.notices.isEmpty)
        try ObjectiveTensors(objective, names: Self.names).expect(
            run, gradients: "distillation/\(name)-gradients.safetensors", losses: objective.monitoring.lossNames
        ) { step in objective.step([try Golden.batch(step, size: run.batchSize, dtype: .float64)]) }
    }

    /// Where no image sees the others of its batch, two batches of one image make the step of one batch of two.
    @Test func accumulatedGradientsEqualPyTorchsOfOneBatch() throws {
        let (run, objective) = try Self.run("two-images")
        for (step, expected) in run.losses.enumerated() {
            let batches = try (0..<2).map { try Golden.batch(step * 2 + $0, size: 1, dtype: .float64) }
            for (loss, value) in objective.step(batches).read() {
                expectClose(value, try #require(expected[loss]), relative: 1e-6, "\(loss), step \(step + 1)")
            }
        }
    }

    @Test func translationsShowTheTeachers() throws {
        let (_, objective) = try Self.run("plain")
        let row = try #require(objective.translations(of: Golden.batch(0, size: 1, dtype: .float64)).rows.first)
        #expect(row.pictures.map(\.role) == [.real, .fake, .teacher] && row.pictures.map(\.domain) == [.a, .b, .b])
    }
}
