import Checkpoints
import CycleGANModels
import Datasets
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives
@testable import CycleGANTraining

@Suite struct CUTParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable {
            let name: String
            let dtype: DType
            let batchSize: Int
            let norm: Normalization
            let ganMode: String
            let adversarialWeight: Double
            let nceWeight: Double
            let identity: Bool
            let flipEquivariance: Bool
            let temperature: Double
            let negativesFromBatch: Bool
            let learningRate: Double
            let beta1: Double
            let beta2: Double
            let positions: Bool
            let flips: [Bool]
            let losses: [[String: Double]]
            let finalSums: [String: [Double]]
            let gradientSums: [String: [Double]]?
        }

        let blocks: Int
        let ngf: Int
        let ndf: Int
        let layers: Int
        let width: Int
        let steps: Int
        let nceLayers: [Int]
        let runs: [Run]
    }

    /// Gives what was drawn for the golden files: flips by step, positions by step, contrast and layer.
    private final class Recorded: PatchContrast.Chance {
        private var flips: [Bool]
        private var rows: [[Int]] = []

        /// - Parameter positions: Shape [steps, contrasts, layers, patches]; without an identity only the first contrast draws.
        init(flips: [Bool], positions: Tensor?, hasIdentity: Bool) {
            self.flips = flips
            guard let positions else { return }
            let used = hasIdentity ? positions : positions.narrowed(dimension: 1, start: 0, length: 1)
            let (values, length) = (used.contiguous().array(of: Int64.self).map(Int.init), used.shape[3])
            rows = stride(from: 0, to: values.count, by: length).map { Array(values[$0..<$0 + length]) }
        }

        func positions(_ wanted: Int, of count: Int, layer: Int) -> [Int]? { rows.removeFirst() }
        func flip() -> Bool { flips.removeFirst() }
    }

    /// What the golden files call the networks.
    private static let names = ["generatorAB": "generator", "discriminatorB": "discriminator", "projection": "projection"]

    private static func run(_ name: String) throws -> (run: Runs.Run, steps: Int, objective: CUT) {
        let all = try Golden.json("cut.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == name })
        var configuration = TrainingConfiguration.defaults(for: .cut)
        configuration.networks.generator = .resnet(blocks: all.blocks)
        (configuration.networks.ngf, configuration.networks.ndf) = (all.ngf, all.ndf)
        configuration.networks.discriminatorLayers = all.layers
        configuration.networks.normalization = run.norm
        configuration.objective.ganMode = try #require(GANMode(rawValue: run.ganMode))
        configuration.objective.adversarialWeight = run.adversarialWeight
        configuration.optimization.learningRate = run.learningRate
        (configuration.optimization.beta1, configuration.optimization.beta2) = (run.beta1, run.beta2)
        let drawn = try run.positions ? Golden.tensors("cut/positions.safetensors").golden("positions") : nil
        configuration.cut = CUTSettings(
            ncePatches: drawn?.shape[3] ?? 16384, nceFeatures: all.width, nceTemperature: run.temperature, nceWeight: run.nceWeight,
            nceIdentity: run.identity, flipEquivariance: run.flipEquivariance, nceNegatives: run.negativesFromBatch ? .batch : .image)
        #expect(configuration.contrastiveLayers == all.nceLayers)
        let chance = Recorded(flips: run.flips, positions: drawn, hasIdentity: run.identity)
        let objective = CUT(configuration: configuration, device: .cpu, dtype: run.dtype, chance: chance)
        let initial = try Golden.tensors("cut/initial-\(run.norm.rawValue).safetensors")
        for named in objective.networks {
            try named.network.load(initial.below(try #require(names[named.name])), source: named.name)
        }
        return (run, all.steps, objective)
    }

    /// In float64 the losses of every step, the gradients of the first and the weights after the last equal PyTorch's.
    @Test(arguments: [
        "cut", "cut-positions", "fastcut", "fastcut-positions", "two-images", "negatives-from-batch", "identity-and-flip", "uneven-weights",
        "batch-norm",
    ])
    func stepsEqualPyTorchsInDoublePrecision(_ name: String) throws {
        let (run, steps, objective) = try Self.run(name)
        let tensors = ObjectiveTensors(objective, names: Self.names)
        for step in 0..<steps {
            let losses = objective.step([try Golden.batch(step, size: run.batchSize, dtype: run.dtype)])
            #expect(losses.names == objective.monitoring.lossNames)
            #expect(Set(losses.names) == Set(run.losses[step].keys))
            for (loss, value) in losses.read() {
                expectClose(value, try #require(run.losses[step][loss]), relative: 1e-6, "\(loss), step \(step + 1)")
            }
            guard step == 0, let sums = run.gradientSums else { continue }
            try tensors.expectSums(tensors.gradients, sums)
            try tensors.expect(tensors.gradients, areThoseOf: "cut/gradients-\(name).safetensors", isComplete: false)
        }
        try tensors.expectSums(tensors.weights, run.finalSums)
        if run.gradientSums != nil {
            try tensors.expect(tensors.weights, areThoseOf: "cut/final-\(name).safetensors", isComplete: true)
        }
    }

    /// Two batches of one image make the step of one batch of two, where all positions are compared.
    @Test func accumulatedGradientsEqualThoseOfOneBatch() throws {
        let (run, _, whole) = try Self.run("cut")
        let (_, _, parts) = try Self.run("cut")
        let both = try Golden.batch(0, size: 2, dtype: run.dtype)
        let losses = whole.step([both]).read()
        let accumulated = parts.step(try (0..<2).map { try Golden.batch($0, size: 1, dtype: run.dtype) }).read()
        for (name, value) in losses { expectClose(try #require(accumulated[name]), value, relative: 1e-9, name) }
        for (first, second) in zip(whole.networks, parts.networks) {
            for (one, other) in zip(first.network.namedParameters, second.network.namedParameters) {
                let (a, b) = (try #require(one.tensor.grad), try #require(other.tensor.grad))
                expectClose(b, a, relative: 1e-6, absolute: 1e-9, one.name)
            }
        }
    }

    /// In float32 the first step agrees; later ones drift with the order of summation, so they are held to a few percent.
    @Test(arguments: ["cut-float32", "fastcut-float32"])
    func stepsAgreeInSinglePrecision(_ name: String) throws {
        let (run, steps, objective) = try Self.run(name)
        for step in 0..<steps {
            for (loss, value) in objective.step([try Golden.batch(step, size: run.batchSize, dtype: run.dtype)]).read() {
                expectClose(value, try #require(run.losses[step][loss]), relative: step == 0 ? 1e-5 : 5e-2, "\(loss), step \(step + 1)")
            }
        }
    }
}
