import CycleGANModels
import Foundation
import TestSupport
import Testing
import Torch

@testable import TorchNN

/// What norms normalise by, where someone else than the image says it.
@Suite(.serialized) struct StripStatisticsTests {
    private func random(_ shape: [Int], seed: UInt64) -> Tensor {
        let tensor = Tensor.empty(shape)
        tensor.fillUniform(in: -1..<1, using: TorchRandom(seed: seed))
        return tensor
    }

    private func generator(_ change: (inout GeneratorConfiguration) -> Void = { _ in }) -> any Layer {
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 4)
        change(&configuration)
        let generator = configuration.makeGenerator(random: TorchRandom(seed: 3))
        generator.setTraining(false)
        return generator
    }

    private func run(
        _ graph: Graph, _ image: Tensor, memory: Int, _ statistics: ((Int, MergedStatistics) throws -> MergedStatistics)?
    ) throws -> Tensor {
        let plan = try StripPlan(graph, input: image.shape, memory: memory, threads: 1)
        #expect((plan.stripCount > plan.passes.count) == (memory < 10_000_000))
        let execution = StripExecution(plan) { image.narrowed(dimension: 2, start: $0.lowerBound, length: $0.count) }
        execution.statistics = statistics
        var strips: [Tensor] = []
        try withoutGradients { try execution.run(output: { strip, _ in strips.append(strip) }) }
        return Tensor.concatenated(strips, dimension: 2)
    }

    /// A batch norm that is given its running statistics is that batch norm in evaluation.
    @Test func givenStatisticsAreUsed() throws {
        let random = TorchRandom(seed: 4)
        let byImage = generator { ($0.normalization, $0.normalizesByImage) = (.batch, true) }
        withoutGradients {
            byImage.forEachModule { module in
                guard let norm = module as? BatchNorm2d else { return }
                norm.runningMean.fillUniform(in: -0.5..<0.5, using: random)
                norm.runningVariance.fillUniform(in: 0.5..<2, using: random)
            }
        }
        let (graph, image) = (Graph(of: byImage), self.random([1, 3, 48, 40], seed: 5))
        let given = try run(graph, image, memory: 100_000_000) { index, measured in
            let norm = try #require(graph.nodes[index].layer as? BatchNorm2d)
            let (means, variances) = (norm.runningMean.array(of: Float.self), norm.runningVariance.array(of: Float.self))
            return MergedStatistics(
                count: measured.count, means: means.map(Double.init), squares: variances.map { Double($0) * measured.count })
        }
        byImage.forEachModule { ($0 as? BatchNorm2d)?.evaluatesByImage = false }
        #expect((given - withoutGradients { byImage(image) }).abs().max().item() < 1e-5)
    }

    /// Each norm is asked once, with the same numbers whatever the strips; what was measured changes nothing.
    @Test func measuredStatisticsAreThoseOfTheImage() throws {
        let generator = generator()
        let (graph, image) = (Graph(of: generator), random([1, 3, 256, 40], seed: 6))
        var (whole, strips): ([Int: MergedStatistics], [Int: MergedStatistics]) = ([:], [:])
        let result = try run(graph, image, memory: 100_000_000) { index, measured in
            whole[index] = measured
            return measured
        }
        _ = try run(graph, image, memory: 1_000_000) { index, measured in
            #expect(strips[index] == nil)
            strips[index] = measured
            return measured
        }
        #expect(whole.keys.sorted() == graph.nodes.indices.filter { graph.nodes[$0].normEpsilon != nil } && whole.count == strips.count)
        for (index, numbers) in whole {
            let other = try #require(strips[index])
            #expect(zip(numbers.means, other.means).allSatisfy { abs($0 - $1) < 1e-5 })
            #expect(zip(numbers.variances, other.variances).allSatisfy { abs($0 - $1) < 1e-4 * max($0, 1e-3) })
        }
        #expect((result - withoutGradients { generator(image) }).abs().max().item() < 2e-5)
    }

    /// What another process did of an image is taken up behind any stage, with the same result bit for bit.
    @Test(arguments: ["plain", "batch by image", "told", "unet"]) func stagesAreTakenUp(name: String) throws {
        struct Stopped: Error {}
        let configuration = try #require(StripTests.configurations.first { $0.name == name }).configuration
        let generator = configuration.makeGenerator(random: TorchRandom(seed: 3))
        generator.setTraining(false)
        let image = random([1, 3 + configuration.conditions, 64, 64], seed: 9)
        let plan = try StripPlan(Graph(of: generator), input: image.shape, memory: 120_000, threads: 1, keepsInFile: true)
        func run(_ file: MemoryFile, from progress: StripProgress, stopsBehind stage: Int?) throws -> (Tensor?, StripProgress) {
            let execution = StripExecution(plan, file: file) { image.narrowed(dimension: 2, start: $0.lowerBound, length: $0.count) }
            execution.progress = progress
            execution.stageDone = { if $0.stages == stage { throw Stopped() } }
            var strips: [Tensor] = []
            do {
                try withoutGradients { try execution.run(output: { strip, _ in strips.append(strip) }) }
            } catch is Stopped {
                // As it is written down between two processes.
                let state = try JSONDecoder().decode(StripProgress.self, from: JSONEncoder().encode(execution.progress))
                #expect(state == execution.progress)
                return (nil, state)
            }
            return (Tensor.concatenated(strips, dimension: 2), execution.progress)
        }
        let whole = try #require(try run(MemoryFile(count: plan.fileBytes), from: StripProgress(), stopsBehind: nil).0)
        for stage in 1..<plan.passes.count {
            let file = MemoryFile(count: plan.fileBytes)
            let (none, progress) = try run(file, from: StripProgress(), stopsBehind: stage)
            #expect(none == nil && progress.stages == stage)
            let result = try #require(try run(file, from: progress, stopsBehind: nil).0)
            #expect((result - whole).abs().max().item() == 0, "\(stage)")
        }
        var other = try StripPlan(Graph(of: generator), input: image.shape, memory: 100_000_000, threads: 1, keepsInFile: true)
        let taken = other.takeStrips(of: plan.layout)
        #expect(!taken || other.rows == plan.rows)
    }

    @Test func statisticsAreMixed() {
        let first = MergedStatistics(count: 10, means: [1, -2], squares: [20, 40])
        let second = MergedStatistics(count: 5, means: [3, 2], squares: [5, 0])
        let mixed = first.mixed(with: second, weight: 0.25)
        #expect(mixed.count == 10 && mixed.means == [1.5, -1] && mixed.variances == [0.75 * 2 + 0.25 * 1, 0.75 * 4])
        #expect(first.mixed(with: second, weight: 0) == first && first.mixed(with: second, weight: 1).means == second.means)
    }
}
