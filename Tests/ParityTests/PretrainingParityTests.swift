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

@Suite struct PretrainingParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable {
            let name: String
            let task: String
            let nceWeight: Double
            let reconstructionWeight: Double
            let temperature: Double
            let learningRate: Double
            let beta1: Double
            let beta2: Double
            let blockSide: Int
            let blockCount: Int
            let comparesAll: Bool
            let losses: [[String: Double]]
            let finalSums: [String: [Double]]
            let gradientSums: [String: [Double]]?
        }

        /// What was drawn in one step for one domain.
        struct Drawn: Decodable {
            struct View: Decodable {
                let brightness, saturation, contrast, amplitude, phase: Double
            }

            let views: [[View]]
            let positions: [[Int]]
            let blocks: [String: [[Int]]]
        }

        let blocks: Int
        let ngf: Int
        let width: Int
        let patches: Int
        let batchSize: Int
        let steps: Int
        let layers: [Int]
        let drawn: [[String: Drawn]]
        let runs: [Run]
    }

    /// Gives what was drawn for the golden files: by step, then by domain.
    private final class Recorded: Pretraining.Chance {
        private var views: [[Runs.Drawn.View]]
        private var rows: [[Int]]
        private var blocks: [[Int]]

        init(_ drawn: [Runs.Drawn], side: Int) {
            views = drawn.flatMap(\.views)
            rows = drawn.flatMap(\.positions)
            blocks = drawn.flatMap { $0.blocks["\(side)"] ?? [] }
        }

        func views(of shape: [Int]) -> [AlteredImages.View] {
            views.removeFirst().map { drawn in
                let values = (0..<shape[1] * shape[2] * shape[3]).map { drawn.amplitude * sin(drawn.phase + Double($0)) }
                return AlteredImages.View(
                    brightness: drawn.brightness, saturation: drawn.saturation, contrast: drawn.contrast,
                    noise: Tensor(values, shape: [1] + shape.dropFirst()))
            }
        }

        func blocks(_ wanted: Int, of count: Int) -> [Int] { blocks.removeFirst() }
        func positions(_ wanted: Int, of count: Int, layer: Int) -> [Int]? { rows.removeFirst() }
        func flip() -> Bool { true }
    }

    private static func run(_ name: String) throws -> (run: Runs.Run, all: Runs, objective: Pretraining) {
        let all = try Golden.json("pretraining.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == name })
        var configuration = TrainingConfiguration.defaults(for: .pretrain)
        configuration.networks.generator = .resnet(blocks: all.blocks)
        configuration.networks.ngf = all.ngf
        configuration.optimization.learningRate = run.learningRate
        (configuration.optimization.beta1, configuration.optimization.beta2) = (run.beta1, run.beta2)
        configuration.cut.ncePatches = run.comparesAll ? 16384 : all.patches
        (configuration.cut.nceFeatures, configuration.cut.nceTemperature) = (all.width, run.temperature)
        configuration.cut.nceWeight = run.nceWeight
        configuration.pretraining.task = try #require(PretrainingTask(rawValue: run.task))
        configuration.objective.reconstructionWeight = run.reconstructionWeight
        configuration.pretraining.maskBlock = run.blockSide
        #expect(configuration.contrastiveLayers == all.layers)
        let drawn = try all.drawn.flatMap { step in try ["A", "B"].map { try #require(step[$0]) } }
        let objective = Pretraining(
            configuration: configuration, device: .cpu, dtype: .float64, chance: Recorded(drawn, side: run.blockSide))
        let initial = try Golden.tensors("pretraining/initial.safetensors")
        for named in objective.networks { try named.network.load(initial.below(named.name), source: named.name) }
        return (run, all, objective)
    }

    /// In float64 the losses of every step, the gradients of the first and the weights after the last equal PyTorch's.
    @Test(arguments: ["contrastive", "all-positions", "uneven-weights", "inpainting", "cut-off-blocks"])
    func stepsEqualPyTorchsInDoublePrecision(_ name: String) throws {
        let (run, all, objective) = try Self.run(name)
        let tensors = ObjectiveTensors(objective, names: [:])
        for step in 0..<all.steps {
            let losses = objective.step([try Golden.batch(step, size: all.batchSize, dtype: .float64)])
            #expect(losses.names == objective.monitoring.lossNames)
            #expect(Set(losses.names) == Set(run.losses[step].keys))
            for (loss, value) in losses.read() {
                expectClose(value, try #require(run.losses[step][loss]), relative: 1e-6, "\(loss), step \(step + 1)")
            }
            guard step == 0, let sums = run.gradientSums else { continue }
            try tensors.expectSums(tensors.gradients, sums)
            try tensors.expect(tensors.gradients, areThoseOf: "pretraining/gradients-\(name).safetensors", isComplete: false)
        }
        try tensors.expectSums(tensors.weights, run.finalSums)
    }

    /// A mask of 40 % of the blocks is grey there, and the image's own elsewhere.
    @Test func holesAreAsManyAsAskedFor() throws {
        var configuration = TrainingConfiguration.defaults(for: .pretrain)
        configuration.networks.generator = .resnet(blocks: 1)
        (configuration.networks.ngf, configuration.pretraining.task) = (2, .inpainting)
        (configuration.data.cropSize, configuration.pretraining.maskBlock) = (ImageSize(32), 4)
        let objective = Pretraining(configuration: configuration, device: .cpu)
        // 64 blocks of 4 pixels, of which 0.4 · 64 = 25.6 become 26.
        let hidden = objective.hidden(.ones([3, 2, 32, 32]), by: objective.chance)
        for image in 0..<3 {
            let mask = hidden.narrowed(dimension: 0, start: image, length: 1)
            #expect(mask.sum().item() == Double(2 * (64 - 26) * 16))
        }
        #expect(BlockGrid(height: 9, width: 7, side: 4).count == 6)
        // The last block is one row of three columns.
        #expect(BlockGrid(height: 9, width: 7, side: 4).mask(hiding: [5]).sum().item() == 63 - 3)
        #expect(BlockGrid(height: 2, width: 2, side: 4).count(ofShare: 0.1) == 1)
    }

    /// Views stay within the values of images, differ from each other and from the image, and follow from the seed.
    @Test func viewsAreDrawnFromTheSeed() throws {
        let images = try Golden.batch(0, size: 2, dtype: .float32)[.a].images
        func views(_ seed: UInt64) -> [Tensor] {
            var configuration = TrainingConfiguration.defaults(for: .pretrain)
            (configuration.networks.generator, configuration.networks.ngf) = (.resnet(blocks: 1), 2)
            (configuration.cut.nceFeatures, configuration.run.seed) = (4, seed)
            let chance = Pretraining(configuration: configuration, device: .cpu).chance
            return (0..<2).map { _ in AlteredImages.apply(chance.views(of: images.shape), to: images) }
        }
        let (first, again, other) = (views(1), views(1), views(2))
        for view in first { #expect(view.abs().max().item() <= 1 && (view - images).abs().mean().item() > 0.01) }
        expectClose(first[0], again[0])
        expectClose(first[1], again[1])
        #expect((first[0] - first[1]).abs().mean().item() > 0.01 && (first[0] - other[0]).abs().mean().item() > 0.01)
    }
}
