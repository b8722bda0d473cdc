import CycleGANModels
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

/// Generators that are told what to make.
struct ConditionTests {
    private func configuration(_ conditioning: Conditioning) -> GeneratorConfiguration {
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 2)
        (configuration.conditions, configuration.conditioning, configuration.downsamplings) = (3, conditioning, 1)
        if conditioning == .planes { configuration.zeroPadding = [.ends, .blocks] }
        return configuration
    }

    private func description(_ configuration: GeneratorConfiguration) -> GeneratorDescription {
        GeneratorDescription(
            Translation(from: .a, to: .b, condition: 1), configuration: configuration, input: DomainConfiguration(),
            output: DomainConfiguration())
    }

    private func images(_ shape: [Int], seed: UInt64) -> Tensor {
        let images = Tensor.zeros(shape)
        images.fillUniform(in: -1..<1, using: TorchRandom(seed: seed))
        return images
    }

    @Test(arguments: Conditioning.allCases)
    func conditionsDecideWhatComesOut(_ conditioning: Conditioning) throws {
        let configuration = configuration(conditioning)
        try configuration.validate()
        let (network, description) = (configuration.makeGenerator(random: TorchRandom(seed: 4)), description(configuration))
        let input = images([1, 3, 16, 20], seed: 1)
        let outputs = (0..<3).map { index in
            let condition = description.condition(of: Translation(from: .a, to: .b, condition: index))
            return withoutGradients { description.translate(input, mask: nil, condition: condition, with: network) }
        }
        #expect(outputs.allSatisfy { $0.shape == [1, 3, 16, 20] })
        for (one, other) in [(0, 1), (1, 2), (0, 2)] { #expect((outputs[one] - outputs[other]).abs().max().item() > 1e-4) }
        // Each image of a batch has its own.
        let all = Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1] as [Float], shape: [3, 3])
        let batch = withoutGradients {
            description.translate(Tensor.concatenated([input, input, input]), mask: nil, condition: all, with: network)
        }
        for index in 0..<3 { expectClose(batch.narrowed(dimension: 0, start: index, length: 1), outputs[index], absolute: 1e-5) }
    }

    /// What is computed again in the backward pass sees the condition of its own pass, also where the network ran with others since.
    @Test func recomputedBlocksKeepTheirCondition() throws {
        let configuration = configuration(.modulation)
        let description = description(configuration)
        let input = images([2, 3, 16, 16], seed: 2)
        let conditions = [[1, 0, 0, 0, 1, 0], [0, 0, 1, 1, 0, 0]].map { Tensor($0.map { Float($0) }, shape: [2, 3]) }
        func gradients(recomputing: Bool) throws -> [Tensor] {
            let network = configuration.makeGenerator(random: TorchRandom(seed: 4))
            let resnet = try #require(network as? ResnetGenerator)
            resnet.checkpointsActivations = recomputing
            var images = input
            for condition in conditions { images = description.translate(images, mask: nil, condition: condition, with: network) }
            (images * images).mean().backward()
            return network.namedParameters.compactMap(\.tensor.grad)
        }
        let (plain, again) = (try gradients(recomputing: false), try gradients(recomputing: true))
        #expect(plain.count == again.count && plain.count > 20)
        for (one, other) in zip(plain, again) { expectClose(other, one, relative: 1e-4, absolute: 1e-7) }
    }

    @Test func theGraphTellsChannelsAndShapes() throws {
        let graph = configuration(.modulation).graph
        #expect(graph.inputChannels == 6 && graph.stride == 2)
        #expect(graph.nodes.count { if case .modulate(_, 3) = $0.operation { true } else { false } } == 7)
        #expect(try graph.shapes(forInput: [2, 6, 16, 16]).last == [2, 3, 16, 16])
        #expect(throws: GraphError.self) { try graph.shapes(forInput: [2, 3, 16, 16]) }
        var impossible = configuration(.modulation)
        impossible.normalization = .batch
        #expect(throws: NetworkConfigurationError.self) { try impossible.validate() }
    }
}
