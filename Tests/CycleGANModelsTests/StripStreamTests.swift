import CycleGANModels
import TestSupport
import Testing
import Torch

@testable import TorchNN

/// Networks in one pass, with the statistics of the image itself, against the same networks on the whole image.
@Suite(.serialized) struct StripStreamTests {
    private func statistics(_ graph: Graph, _ image: Tensor) throws -> [Int: MergedStatistics] {
        var found: [Int: MergedStatistics] = [:]
        let plan = try StripPlan(graph, input: image.shape, memory: 100_000_000, threads: 1)
        let execution = StripExecution(plan) { image.narrowed(dimension: 2, start: $0.lowerBound, length: $0.count) }
        execution.statistics = { index, measured in
            found[index] = measured
            return measured
        }
        try execution.run(output: { _, _ in })
        return found
    }

    @Test(arguments: StripTests.configurations.indices) func aPassEqualsTheWhole(_ index: Int) throws {
        let (name, configuration) = StripTests.configurations[index]
        let random = TorchRandom(seed: UInt64(index))
        let generator = configuration.makeGenerator(random: random)
        generator.setTraining(false)
        let graph = Graph(of: generator)
        for (height, width) in [(96, 40), (56, 64), (320, 32)] {
            let image = StripTests.image(for: configuration, height: height, width: width, random)
            try withoutGradients {
                let (whole, statistics) = (generator(image), try statistics(graph, image))
                var seen: [Int] = []
                for memory in [250_000, 600_000, 100_000_000] {
                    guard let stream = try? StripStream(graph, input: image.shape, memory: memory) else {
                        #expect(memory < 1_000_000)
                        continue
                    }
                    var (strips, next, share) = ([Tensor](), 0, 0.0)
                    try stream.run(
                        by: statistics, input: { image.narrowed(dimension: 2, start: $0.lowerBound, length: $0.count) },
                        progress: { share = $0 },
                        output: { strip, start in
                            #expect(start == next)
                            next += strip.shape[2]
                            strips.append(strip)
                        })
                    let difference = (Tensor.concatenated(strips, dimension: 2) - whole).abs().max().item()
                    #expect(difference < 2e-5, "\(name), \(image.shape), \(memory): \(difference) in \(stream.stripCount) strips")
                    #expect(stream.memoryBytes <= memory && share == 1 && strips.count == stream.stripCount)
                    seen.append(strips.count)
                }
                #expect(seen.last == 1 && (image.shape[2] < 320 || seen[0] > 1), "\(name): \(seen)")
            }
        }
    }

    @Test func tooLittleMemoryIsRefused() throws {
        let graph = Graph(
            of: GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4).makeGenerator(random: TorchRandom(seed: 1)))
        #expect {
            try StripStream(graph, input: [1, 3, 64, 4096], memory: 100_000)
        } throws: { error in
            guard case .needsMoreMemory(let bytes, 100_000) = error as? GraphError else { return false }
            return bytes > 100_000
        }
    }
}
