import CycleGANModels
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANCompression

@Suite struct StudentStartTests {
    private static var input: Tensor {
        let image = Tensor.empty([1, 3, 24, 32])
        image.fillUniform(in: -1..<1, using: TorchRandom(seed: 5))
        return image
    }

    private func network(_ configuration: GeneratorConfiguration) -> any Layer {
        let network = configuration.makeGenerator(random: TorchRandom(seed: 3))
        // Larger than those of training, so that differences show.
        withoutGradients {
            for parameter in network.parameters { parameter.fillNormal(standardDeviation: 0.2, using: TorchRandom(seed: 4)) }
        }
        network.setTraining(false)
        return network
    }

    /// Sets the channels of a group that are not among the first `kept` to zero, and all that reads them.
    private func silence(_ network: any Layer, keeping kept: [Int: Int]) throws {
        let graph = Graph(of: network)
        let groups = try ChannelGroups(graph)
        func zero(_ tensor: Tensor, dimension: Int, from kept: Int) {
            tensor.detached().narrowed(dimension: dimension, start: kept, length: tensor.shape[dimension] - kept).fill(0)
        }
        withoutGradients {
            for group in groups.groups where !group.isFixed {
                guard let kept = kept[group.count] else { continue }
                for (nodes, isMaker) in [(group.makers, true), (group.readers, false)] {
                    for node in nodes.map({ graph.nodes[$0] }) {
                        let isTransposed = if case .transposedConvolution = node.operation { true } else { false }
                        for (name, tensor) in node.tensors {
                            if name == "bias", isMaker { zero(tensor, dimension: 0, from: kept) }
                            if name == "weight" { zero(tensor, dimension: isMaker == isTransposed ? 1 : 0, from: kept) }
                        }
                    }
                }
            }
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let configuration: GeneratorConfiguration

        init(_ name: String, _ change: (inout GeneratorConfiguration) -> Void = { _ in }) {
            var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 8)
            change(&configuration)
            (testDescription, self.configuration) = (name, configuration)
        }
    }

    static let cases = [
        Case("plain"), Case("resize") { $0.upsampling = .resize },
        Case("antialias") { ($0.antialias, $0.antialiasUpsampling) = (true, true) },
        Case("no norm") { $0.normalization = .none }, Case("light") { $0.architecture = .mobile(blocks: 2) },
        Case("attention") { $0.attentionScales = [4] },
    ]

    /// Channels without weights change nothing, so nothing changes when they are left out: by either judgement.
    @Test(arguments: cases, ImportanceCriterion.allCases) func channelsThatDoNothingAreLeftOut(
        _ test: Case, _ criterion: ImportanceCriterion
    ) throws {
        let large = network(test.configuration)
        // Queries and keys have an eighth of the channels.
        try silence(large, keeping: [8: 5, 16: 11, 32: 24, 4: 3])
        var smaller = test.configuration
        smaller.filters = 5
        smaller.widths = GeneratorWidths([5, 11, 24, 24, 24, 11, 5], downsamplings: 2, blocks: 2)
        try smaller.validate()
        let small = smaller.makeGenerator(initialization: nil)
        try StudentStart(large, criterion: criterion, inputs: [Self.input]).fill(small)
        small.setTraining(false)
        withoutGradients { expectClose(small(Self.input), large(Self.input), absolute: 1e-4) }
    }

    /// The first singular vectors are the best product: what is left are the other singular values.
    @Test func theBestProductIsFound() {
        let weight = Tensor.empty([6, 4, 3, 3], dtype: .float64)
        weight.fillNormal(using: TorchRandom(seed: 8))
        let (depthwise, pointwise) = StudentStart.separated(weight)
        #expect(depthwise.shape == [4, 1, 3, 3] && pointwise.shape == [6, 4, 1, 1])
        let product = pointwise * depthwise.reshaped([1, 4, 3, 3])
        let left = (weight - product).square().sum([0, 2, 3])
        let matrices = weight.reshaped([6, 4, 9]).permuted([1, 2, 0]).contiguous()
        for channel in 0..<4 {
            let matrix = matrices.selected(dimension: 0, index: channel)
            let values = matrix.matmul(matrix.permuted([1, 0])).contiguous().symmetricEigenvalues().array(of: Double.self)
            let others = values.reduce(0, +) - (values.max() ?? 0)
            expectClose(left.array(of: Double.self)[channel], others, relative: 1e-6, "channel \(channel)")
        }
    }

    /// On the picture that scales were measured on, a network whose convolutions are products becomes a light one without a change.
    @Test func productsBecomeSeparableConvolutions() throws {
        let configuration = GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 8)
        let large = network(configuration)
        withoutGradients {
            for node in Graph(of: large).nodes where node.name.contains("conv_block") {
                guard let weight = node.tensors.first(where: { $0.name == "weight" })?.tensor.detached() else { continue }
                let parts = StudentStart.separated(weight)
                weight.copy(from: parts.pointwise * parts.depthwise.reshaped([1, weight.shape[1], 3, 3]))
            }
        }
        var light = configuration
        light.architecture = .mobile(blocks: 2)
        let student = light.makeGenerator(initialization: nil)
        try StudentStart(large, inputs: [Self.input]).fill(student)
        student.setTraining(false)
        // Epsilon of the norm in between is all that differs.
        withoutGradients { expectClose(student(Self.input), large(Self.input), absolute: 2e-3) }
    }

    /// A student of one translation has the weights of its teacher, without what tells that one which translation is wanted.
    @Test(arguments: [Conditioning.modulation, .planes]) func studentsAreToldNothing(_ conditioning: Conditioning) throws {
        var told = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4)
        (told.conditions, told.conditioning) = (3, conditioning)
        if conditioning == .planes { told.normalization = .affineInstance }
        let large = network(told)
        let input = Tensor.concatenated([Self.input, Tensor.ones([1, 3, 24, 32])], dimension: 1)
        var single = told
        single.conditions = 0
        let student = single.makeGenerator(initialization: nil)
        try StudentStart(large, inputs: [input]).fill(student)
        let (own, all) = (student.stateDict(), large.stateDict())
        for (name, tensor) in own {
            let taught = try #require(all[name])
            expectClose(tensor, name == "model.1.weight" ? taught.narrowed(dimension: 1, start: 0, length: 3) : taught, name)
        }
    }

    @Test func otherLayersAreRefused() throws {
        let large = network(GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 4))
        let start = try StudentStart(large, inputs: [Self.input])
        let deeper = GeneratorConfiguration(architecture: .resnet(blocks: 3), filters: 4).makeGenerator(initialization: nil)
        #expect(throws: CompressionError.unfit(file: "the small generator", found: "12 layers", allowed: "10, as many as its teacher has"))
        {
            try start.fill(deeper)
        }
        let wider = GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 5).makeGenerator(initialization: nil)
        #expect(throws: CompressionError.unfit(file: "widths", found: "5 channels", allowed: "at most 4, as the teacher has there")) {
            try start.fill(wider)
        }
    }
}
