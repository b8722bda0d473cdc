import Checkpoints
import CycleGANModels
import CycleGANObjectives
import CycleGANTraining
import Datasets
import TestSupport
import Testing
import Torch
import TorchNN

@Suite struct Pix2PixParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable {
            let name: String
            let dtype: DType
            let batchSize: Int
            let norm: Normalization
            let ganMode: String
            let l1Weight: Double
            let learningRate: Double
            let beta1: Double
            let beta2: Double
            let losses: [[String: Double]]
            let finalSums: [String: [Double]]
            let gradientSums: [String: [Double]]?
        }

        let levels: Int
        let ngf: Int
        let ndf: Int
        let layers: Int
        let steps: Int
        let runs: [Run]
    }

    /// What the golden files call the networks.
    private static let names = ["generatorAB": "generator", "discriminatorB": "discriminator"]

    private static func run(_ name: String) throws -> (run: Runs.Run, steps: Int, objective: Pix2Pix) {
        let all = try Golden.json("pix2pix.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == name })
        var configuration = TrainingConfiguration.defaults(for: .pix2pix)
        configuration.networks.generator = .unet(downsamplings: all.levels)
        (configuration.networks.ngf, configuration.networks.ndf) = (all.ngf, all.ndf)
        configuration.networks.discriminatorLayers = all.layers
        configuration.networks.normalization = run.norm
        configuration.networks.dropout = false
        configuration.objective.ganMode = try #require(GANMode(rawValue: run.ganMode))
        configuration.pix2pix.l1Weight = run.l1Weight
        configuration.optimization.learningRate = run.learningRate
        (configuration.optimization.beta1, configuration.optimization.beta2) = (run.beta1, run.beta2)
        let objective = Pix2Pix(configuration: configuration, device: .cpu, dtype: run.dtype)
        let initial = try Golden.tensors("pix2pix/initial-\(run.norm.rawValue).safetensors")
        for named in objective.networks {
            try named.network.load(initial.below(try #require(names[named.name])), source: named.name)
        }
        return (run, all.steps, objective)
    }

    /// In float64 the losses of every step, the gradients of the first and the weights after the last equal PyTorch's.
    @Test(arguments: ["batch-norm", "two-images", "lsgan", "instance-norm"])
    func stepsEqualPyTorchsInDoublePrecision(_ name: String) throws {
        let (run, steps, objective) = try Self.run(name)
        let tensors = ObjectiveTensors(objective, names: Self.names)
        for step in 0..<steps {
            let losses = objective.step([try Golden.batch(step, size: run.batchSize, dtype: run.dtype, areAligned: true)])
            #expect(losses.names == objective.monitoring.lossNames)
            #expect(Set(losses.names) == Set(run.losses[step].keys))
            for (loss, value) in losses.read() {
                expectClose(value, try #require(run.losses[step][loss]), relative: 1e-6, "\(loss), step \(step + 1)")
            }
            guard step == 0, let sums = run.gradientSums else { continue }
            try tensors.expectSums(tensors.gradients, sums)
            try tensors.expect(tensors.gradients, areThoseOf: "pix2pix/gradients.safetensors", isComplete: false)
        }
        try tensors.expectSums(tensors.weights, run.finalSums)
        if name == "batch-norm" { try tensors.expect(tensors.weights, areThoseOf: "pix2pix/final.safetensors", isComplete: true) }
    }

    /// Where no image sees the others of its batch, two batches of one image make the step of one batch of two.
    @Test func accumulatedGradientsEqualPyTorchsOfOneBatch() throws {
        let (run, steps, objective) = try Self.run("instance-norm")
        for step in 0..<steps {
            let batches = try (0..<run.batchSize).map {
                try Golden.batch(step * run.batchSize + $0, size: 1, dtype: run.dtype, areAligned: true)
            }
            for (loss, value) in objective.step(batches).read() {
                expectClose(value, try #require(run.losses[step][loss]), relative: 1e-6, "\(loss), step \(step + 1)")
            }
        }
        let tensors = ObjectiveTensors(objective, names: Self.names)
        try tensors.expectSums(tensors.weights, run.finalSums)
    }

    /// In float32 the first step agrees; later ones drift with the order of summation, so they are held to a few percent.
    @Test func stepsAgreeInSinglePrecision() throws {
        let (run, steps, objective) = try Self.run("float32")
        for step in 0..<steps {
            for (loss, value) in objective.step([try Golden.batch(step, size: run.batchSize, dtype: run.dtype, areAligned: true)]).read() {
                expectClose(value, try #require(run.losses[step][loss]), relative: step == 0 ? 1e-5 : 5e-2, "\(loss), step \(step + 1)")
            }
        }
    }

    /// The row of a pair: the input, its translation in evaluation mode, the truth.
    @Test func translationsShowThePair() throws {
        let (run, _, objective) = try Self.run("batch-norm")
        let batch = try Golden.batch(0, size: run.batchSize, dtype: run.dtype, areAligned: true)
        let row = try #require(objective.translations(of: batch).rows.first)
        #expect(row.pictures.map(\.role) == [.real, .fake, .real])
        #expect(row.pictures.map(\.domain) == [.a, .b, .b])
        expectClose(row.pictures[0].images, batch[.a].images)
        expectClose(row.pictures[2].images, batch[.b].images)
        let trained = withoutGradients { objective.generator.network(batch[.a].images) }
        // One image is normalised by its own statistics, as in training and as the published code translates.
        expectClose(row.pictures[1].images, trained, relative: 1e-9, absolute: 1e-9)
    }
}
