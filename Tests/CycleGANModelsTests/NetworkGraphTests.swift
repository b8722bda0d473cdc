import CycleGANModels
import Testing
import Torch
import TorchNN

/// What networks say about themselves.
@Suite struct NetworkGraphTests {
    private func lines(_ graph: Graph) -> [String] { graph.nodes.dropFirst().map { "\($0.name) \($0.operation)" } }

    @Test func aResnetIsWhatThePaperSays() {
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), usesDropout: true)
        configuration.downsamplings = 1
        configuration.attentionScales = [1]
        let norm = ["instance norm", "ReLU"]
        let block = [
            "conv_block.0 mirrored border 1", "conv_block.1 convolution 3x3", "conv_block.2 instance norm", "conv_block.3 ReLU",
            "conv_block.4 dropout 0.5", "conv_block.5 mirrored border 1", "conv_block.6 convolution 3x3", "conv_block.7 instance norm",
        ]
        func numbered(_ start: Int, _ operations: [String]) -> [String] {
            operations.enumerated().map { "model.\(start + $0) \($1)" }
        }
        #expect(
            lines(configuration.graph)
                == numbered(0, ["mirrored border 3", "convolution 7x7"] + norm + ["convolution 3x3 / 2"] + norm)
                + block.map { "model.7.\($0)" } + ["model.7 add"]
                + numbered(8, ["transposed convolution 3x3 x 2"] + norm)
                + ["query", "key", "value"].map { "model.11.\($0) convolution 1x1" }
                + numbered(11, ["self-attention", "mirrored border 3", "convolution 7x7", "tanh"]))
    }

    @Test func upsamplingsAreOperationsOfTheirOwn() {
        func upsampling(_ kind: Upsampling, antialias: Bool) -> [String] {
            var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), normalization: .none)
            configuration.downsamplings = 1
            configuration.upsampling = kind
            configuration.antialiasUpsampling = antialias
            let lines = lines(configuration.graph)
            let start = (lines.firstIndex { $0.hasSuffix("add") } ?? 0) + 1
            return lines[start...].prefix { !$0.hasSuffix("ReLU") }.map {
                $0.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
            }
        }
        #expect(upsampling(.resize, antialias: false) == ["nearest upsampling x 2", "mirrored border 1", "convolution 3x3"])
        #expect(upsampling(.pixelshuffle, antialias: false) == ["mirrored border 1", "convolution 3x3", "pixel shuffle x 2"])
        #expect(upsampling(.deconv, antialias: true) == ["repeated border 1", "blur 4x4 x 2", "convolution 3x3"])
    }

    @Test func aUnetJoinsWhatItSkips() throws {
        let graph = GeneratorConfiguration(architecture: .unet(downsamplings: 5), normalization: .batch, usesDropout: true).graph
        let innermost = "model.model.1.model.3.model.3.model.3"
        #expect(
            lines(graph).filter { $0.hasPrefix(innermost + ".") || $0.hasPrefix(innermost + " ") } == [
                "\(innermost).model.0 leaky ReLU 0.2", "\(innermost).model.1 convolution 4x4 / 2", "\(innermost).model.2 ReLU",
                "\(innermost).model.3 transposed convolution 4x4 x 2", "\(innermost).model.4 batch norm", "\(innermost) concatenate",
            ])
        let skip = graph[try graph.value(at: innermost)]
        #expect(skip.inputs.map { graph[$0].name } == ["\(innermost).model.0", "\(innermost).model.4"])
        #expect(graph.blocks.map(\.name).first == "model" && graph.blocks.count == 5)
    }

    @Test func discriminatorsAreChains() {
        let patch = DiscriminatorConfiguration(layerCount: 1, spectralNorm: true).graph
        #expect(
            lines(patch) == [
                "model.0 convolution 4x4 / 2, spectral norm", "model.1 leaky ReLU 0.2", "model.2 convolution 4x4, spectral norm",
                "model.3 instance norm", "model.4 leaky ReLU 0.2", "model.5 convolution 4x4, spectral norm",
            ])
        #expect(
            lines(DiscriminatorConfiguration(architecture: .pixel, normalization: .batch).graph) == [
                "net.0 convolution 1x1", "net.1 leaky ReLU 0.2", "net.2 convolution 1x1", "net.3 batch norm", "net.4 leaky ReLU 0.2",
                "net.5 convolution 1x1",
            ])
    }

    /// Node by node, a graph has the tensors of the network, under the names of its state dict.
    @Test func namesAreThoseOfTheStateDict() {
        let networks: [(graph: Graph, network: any Layer)] =
            GraphExecutionTests.generators.map { ($0.graph, $0.makeGenerator(initialization: nil)) }
            + GraphExecutionTests.discriminators.map { ($0.graph, $0.makeDiscriminator(initialization: nil)) }
        for (graph, network) in networks {
            let tensors = graph.nodes.flatMap { node in node.tensors.map { ("\(node.name).\($0.name)", $0.tensor.shape) } }
            let expected = network.namedTensors.map { ($0.name, $0.tensor.shape) }
            #expect(Dictionary(uniqueKeysWithValues: tensors) == Dictionary(uniqueKeysWithValues: expected))
            #expect(graph.parameterCount == network.parameterCount)
            for node in graph.nodes {
                let weight = node.tensors.first { ["weight", "weight_orig"].contains($0.name) }?.tensor
                if let shape = node.operation.weightShape { #expect(weight?.shape == shape, "\(node.name)") }
            }
            #expect(graph.nodes.allSatisfy { $0.tensors.isEmpty || !$0.name.isEmpty })
        }
    }

    /// The formulas that follow from the architectures, against what the graphs say.
    @Test func sizesFollowFromTheGraph() {
        for downsamplings in NetworkLimits.resnetDownsamplings {
            for (antialias, upsampling) in [(false, Upsampling.deconv), (true, .deconv), (false, .resize), (true, .pixelshuffle)] {
                var resnet = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2)
                (resnet.downsamplings, resnet.antialias, resnet.upsampling) = (downsamplings, antialias, upsampling)
                resnet.antialiasUpsampling = antialias
                #expect(resnet.stride == 1 << downsamplings)
                // Mirroring takes 4 pixels of the image, and 2 of the smallest maps.
                #expect(resnet.smallestSide == max(4, 2 << downsamplings))
            }
        }
        for levels in [5, 8, 12] {
            let unet = GeneratorConfiguration(architecture: .unet(downsamplings: levels), filters: 2)
            #expect(unet.stride == 1 << levels && unet.smallestSide == 1 << levels)
        }
        for layers in NetworkLimits.discriminatorLayers {
            // After the halvings two convolutions take a pixel each.
            #expect(DiscriminatorConfiguration(filters: 1, layerCount: layers).smallestSide == 3 << layers)
        }
        #expect(DiscriminatorConfiguration(architecture: .pixel).smallestSide == 1)
    }

    /// The largest networks that can be described are asked about before memory is taken for them.
    @Test func questionsTakeNoMemory() {
        var largest = GeneratorConfiguration(architecture: .resnet(blocks: 100), filters: 2048)
        largest.downsamplings = 3
        #expect(largest.graph.parameterCount > 200 * 9 << 28 && largest.leastWeightCount == 200 * 9 << 28)
        let resnet = GeneratorConfiguration()
        #expect(resnet.graph.parameterCount == resnet.makeGenerator(initialization: nil).parameterCount)
    }
}
