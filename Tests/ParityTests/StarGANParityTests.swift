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

@Suite struct StarGANParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable {
            let name: String
            let conditioning: String
            let ganMode: GANMode
            let criticSteps: Int
            let learningRate: Double
            let targets: [[Int]]
            let losses: [[String: Double]]
            let gradientSums: [String: [Double]]
            let finalSums: [String: [Double]]
        }

        let ngf, ndf, blocks, side, steps: Int
        let runs: [Run]
    }

    private static let domains = ["A", "B", "C"].map { Domain($0) }

    private static func run(_ name: String) throws -> (run: Runs.Run, objective: StarGAN) {
        let all = try Golden.json("stargan.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == name })
        var configuration = TrainingConfiguration.defaults(for: .starGAN)
        configuration.data.domainNames = domains.map(\.name)
        configuration.data.cropSize = ImageSize(all.side)
        configuration.networks.generator = .resnet(blocks: all.blocks)
        (configuration.networks.ngf, configuration.networks.ndf) = (all.ngf, all.ndf)
        configuration.objective.ganMode = run.ganMode
        configuration.starGAN.conditioning = Conditioning(rawValue: run.conditioning) ?? .modulation
        (configuration.objective.strength, configuration.objective.strengthWeight) = (run.conditioning == "strength", 2)
        configuration.starGAN.criticSteps = run.criticSteps
        configuration.optimization.learningRate = run.learningRate
        let objective = StarGAN(configuration: configuration, device: .cpu, dtype: .float64)
        let initial = try Golden.tensors("stargan/initial-\(name).safetensors")
        for named in objective.networks { try named.network.load(initial.below(named.name), source: named.name) }
        return (run, objective)
    }

    /// An image of each domain; of the third a mirrored one of the first.
    private static func batch(_ step: Int) throws -> ImageBatch {
        let batch = try Golden.batch(step, size: 1, dtype: .float64)
        let mirrored = DomainImages(images: batch[.a].images.flipped(3))
        return ImageBatch([(domains[0], batch[.a]), (domains[1], batch[.b]), (domains[2], mirrored)], areAligned: [false, false, false])
    }

    /// In float64 the losses of every step, the gradients of the generator's first turn and the weights after the last equal PyTorch's.
    @Test(arguments: ["modulation", "planes", "lsgan", "strength"])
    func stepsEqualPyTorchs(_ name: String) throws {
        let (run, objective) = try Self.run(name)
        let tensors = ObjectiveTensors(objective, names: [:])
        var shown: [String: Double] = [:]
        for (step, expected) in run.losses.enumerated() {
            let strengths = run.conditioning == "strength" ? [Strengths([1, 0.5, 0.25 * Double(step)])] : nil
            let losses = objective.step([try Self.batch(step)], targets: [run.targets[step]], strengths: strengths)
            #expect(losses.names == objective.monitoring.lossNames)
            let read = losses.read()
            for (loss, value) in expected { expectClose(try #require(read[loss]), value, relative: 1e-6, "\(loss), step \(step + 1)") }
            // Between its turns the generator's losses are shown again.
            if step > run.criticSteps, !(step + 1).isMultiple(of: run.criticSteps) { #expect(read["class"] == shown["class"]) }
            shown = read
            guard step == 1 else { continue }
            try tensors.expectSums(tensors.gradients, run.gradientSums)
            try tensors.expect(tensors.gradients, areThoseOf: "stargan/gradients-\(name).safetensors", isComplete: false)
        }
        try tensors.expectSums(tensors.weights, run.finalSums)
    }

    /// Three batches of one image make the step of one batch of three.
    @Test func accumulatedGradientsAreThoseOfOneBatch() throws {
        let (run, objective) = try Self.run("lsgan")
        for step in 0..<run.losses.count {
            let batch = try Self.batch(step)
            let parts = Self.domains.map { ImageBatch([($0, batch[$0])], areAligned: [false]) }
            let read = objective.step(parts, targets: run.targets[step].map { [$0] }).read()
            for (loss, value) in run.losses[step] {
                expectClose(try #require(read[loss]), value, relative: 1e-6, "\(loss), step \(step + 1)")
            }
        }
    }

    @Test func eachDomainIsTranslatedToTheOthersAndBack() throws {
        let (_, objective) = try Self.run("modulation")
        let rows = objective.translations(of: try Self.batch(0)).rows
        #expect(
            rows.map(\.translation)
                == (0..<3).map { Translation(from: Self.domains[$0], to: Self.domains[($0 + 1) % 3], condition: ($0 + 1) % 3) })
        for (row, own) in zip(rows, Self.domains) {
            #expect(row.pictures.map(\.role) == [.real, .fake, .fake, .reconstructed])
            #expect(row.pictures[0].domain == own && row.pictures[3].domain == own)
            #expect(Set(row.pictures[1...2].map(\.domain)) == Set(Self.domains.filter { $0 != own }))
            // What it is told makes a difference.
            #expect((row.pictures[1].images - row.pictures[2].images).abs().max().item() > 0.01)
        }
    }
}
