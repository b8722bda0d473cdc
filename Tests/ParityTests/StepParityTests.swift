import Checkpoints
import CycleGANModels
import Datasets
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives
@testable import CycleGANTraining

@Suite struct StepParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable {
            let name: String
            let dtype: DType
            let steps: Int
            let batchSize: Int
            let norm: Normalization
            let ganMode: String
            let cycleWeightA: Double
            let cycleWeightB: Double
            let identityWeight: Double
            let losses: [[String: Double]]
            let finalSums: [String: [Double]]
        }

        let blocks: Int
        let ngf: Int
        let ndf: Int
        let runs: [Run]
    }

    private static func run(_ name: String) throws -> (run: Runs.Run, objective: CycleGAN) {
        let all = try Golden.json("step.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == name })
        var configuration = TrainingConfiguration()
        configuration.networks.generator = .resnet(blocks: all.blocks)
        configuration.networks.ngf = all.ngf
        configuration.networks.ndf = all.ndf
        configuration.networks.normalization = run.norm
        configuration.objective.ganMode = try #require(GANMode(rawValue: run.ganMode))
        configuration.cycleGAN.cycleWeightA = run.cycleWeightA
        configuration.cycleGAN.cycleWeightB = run.cycleWeightB
        configuration.cycleGAN.identityWeight = run.identityWeight
        let objective = CycleGAN(configuration: configuration, device: .cpu, dtype: run.dtype)
        let initial = try Golden.tensors("step/initial-\(run.norm.rawValue).safetensors")
        for named in objective.networks { try named.network.load(initial.below(named.name), source: named.name) }
        return (run, objective)
    }

    private static func weights(_ objective: CycleGAN) -> [(name: String, tensor: Tensor)] {
        objective.networks.flatMap { named in named.network.namedTensors.map { ("\(named.name).\($0.name)", $0.tensor.detached()) } }
    }

    /// In float64 the losses of every step and the weights after the last equal PyTorch's.
    @Test(arguments: ["float64", "vanilla", "hinge", "no-identity", "uneven-weights", "batch-of-two", "batch-norm"])
    func stepsEqualPyTorchsInDoublePrecision(_ name: String) throws {
        let (run, objective) = try Self.run(name)
        for step in 0..<run.steps {
            let losses = objective.step([try Golden.batch(step, size: run.batchSize, dtype: run.dtype)]).read()
            #expect(Set(losses.keys) == Set(run.losses[step].filter { run.identityWeight > 0 || !$0.key.hasPrefix("identity") }.keys))
            for (loss, value) in losses {
                expectClose(value, try #require(run.losses[step][loss]), relative: 1e-6, "\(loss), step \(step + 1)")
            }
        }
        for (key, tensor) in Self.weights(objective) {
            let expected = try #require(run.finalSums[key])
            // Sums of numbers of either sign: the error is relative to the root of the sum of squares.
            let size = expected[1].squareRoot()
            expectClose(tensor.to(.float64).sum().item(), expected[0], absolute: 1e-6 * size, "\(key)")
            expectClose(tensor.to(.float64).square().sum().item(), expected[1], absolute: 1e-6 * size * size, "\(key)")
        }
        if name == "float64" {
            let final = try Golden.tensors("step/final-float64.safetensors")
            for (key, tensor) in Self.weights(objective) {
                expectClose(tensor, try final.golden(key).to(.float64), relative: 1e-6, absolute: 1e-8, key)
            }
        }
    }

    /// In float32 the first step agrees; later ones drift with the order of summation, so they are held to a few percent.
    @Test func stepsAgreeInSinglePrecision() throws {
        let (run, objective) = try Self.run("float32")
        for step in 0..<run.steps {
            for (loss, value) in objective.step([try Golden.batch(step, size: 1, dtype: .float32)]).read() {
                expectClose(value, try #require(run.losses[step][loss]), relative: step == 0 ? 1e-5 : 5e-2, "\(loss), step \(step + 1)")
            }
            guard step == 0 else { continue }
            let first = try Golden.tensors("step/first-float32.safetensors")
            for (key, tensor) in Self.weights(objective) where !Self.isBiasBeforeNorm(key) {
                // A gradient near zero may take the other sign, and Adam's first step is the learning rate whatever its size.
                let distance = (tensor - (try first.golden(key))).abs()
                #expect(distance.max().item() <= 4.1e-4, "\(key)")
                #expect(distance.mean().item() < 1e-5, "\(key)")
            }
        }
    }

    /// An instance norm cancels such a bias, so its gradient is rounding noise, which Adam scales up to whole steps.
    private static func isBiasBeforeNorm(_ key: String) -> Bool {
        guard key.hasSuffix(".bias") else { return false }
        let isFirstOfDiscriminator = key.hasPrefix("discriminator") && key.hasSuffix("model.0.bias")
        let isLast = key.hasSuffix("model.11.bias") || key.hasSuffix("model.19.bias")
        return !isFirstOfDiscriminator && !isLast
    }

    /// Three steps of the reference implementation itself, from its own files.
    @Test func stepsEqualTheReferencesOwn() throws {
        var configuration = TrainingConfiguration()
        configuration.networks.generator = .resnet(blocks: 6)
        configuration.networks.ngf = 8
        configuration.networks.ndf = 8
        let objective = CycleGAN(configuration: configuration, device: .cpu)
        let files = try KeyMap.networkFiles(in: Golden.url("reference-step/init"))
        for named in objective.networks {
            let file = try #require(files[named.name])
            try named.network.load(StateDict.read(from: file), source: file.path)
        }
        let expected = try Golden.json("reference-step/losses.json", as: [[String: Double]].self)
        for step in 0..<3 {
            func image(_ domain: String) throws -> Tensor {
                try PixelImage(contentsOf: Golden.url("reference-step/data/train\(domain)/\(step).png")).tensor(for: DomainConfiguration())
            }
            let batch = ImageBatch(a: DomainImages(images: try image("A")), b: DomainImages(images: try image("B")))
            let losses = objective.step([batch]).read()
            for (reference, value) in expected[step] {
                let name = try #require(KeyMap.lossName(forReference: reference))
                // The reference ran in float32 with other kernels: the first step agrees, later ones drift.
                expectClose(try #require(losses[name]), value, relative: step == 0 ? 1e-5 : 2e-2, "\(name), step \(step + 1)")
            }
        }
    }
}
