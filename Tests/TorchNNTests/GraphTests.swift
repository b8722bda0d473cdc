import TestSupport
import Testing
import Torch

@testable import TorchNN

/// x + body(x), whose parts are named.
private final class Residual: Module, Layer {
    let body: Sequential

    init(_ layers: [any Layer]) {
        body = Sequential(layers)
    }

    func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.appendBlock(from: input) { graph in graph.append(.add, to: input, graph.append(body, to: input)) }
    }
}

/// A layer that says nothing about itself.
private final class Doubling: Module, Layer {
    func callAsFunction(_ input: Tensor) -> Tensor { input * 2 }
}

@Suite struct GraphTests {
    private func convolution(_ channels: Int, padding: Int = 0) -> Conv2d {
        let layer = Conv2d(inputChannels: channels, outputChannels: channels, kernelSize: 3, padding: padding)
        WeightInitialization.kaiming.apply(to: layer, using: TorchRandom(seed: 3))
        withoutGradients { layer.bias?.fill(0.5) }
        return layer
    }

    private func images(_ shape: [Int]) -> Tensor {
        let tensor = Tensor.empty(shape, dtype: .float64)
        tensor.fillNormal(using: TorchRandom(seed: 4))
        return tensor
    }

    private func network() -> Sequential {
        let network = Sequential([
            convolution(2, padding: 1), InstanceNorm2d(), Identity(), LeakyReLU(),
            Residual([ReflectionPad2d(1), convolution(2), InstanceNorm2d()]), Doubling(), Sequential([ReLU(), convolution(2)]),
        ])
        network.convert(to: .float64)
        return network
    }

    @Test func nodesHaveTheNamesOfTheirLayers() {
        let graph = Graph(of: network())
        #expect(
            graph.nodes.map { "\($0.name): \($0.operation) of \($0.inputs.map(\.index))" } == [
                ": input of []", "0: convolution 3x3 of [0]", "1: instance norm of [1]", "3: leaky ReLU 0.2 of [2]",
                "4.body.0: mirrored border 1 of [3]", "4.body.1: convolution 3x3 of [4]", "4.body.2: instance norm of [5]",
                "4: add of [3, 6]", "5: Doubling of [7]", "6.0: ReLU of [8]", "6.1: convolution 3x3 of [9]",
            ])
        #expect(graph.blocks.map(\.name) == ["4"] && graph.blocks.map(\.nodes) == [4..<8])
        #expect(graph.blocks.map(\.input.index) == [3] && graph.blocks.map(\.output.index) == [7])
        // A layer that does nothing stands for what it is given.
        #expect(graph.places["2"] == graph.places["1"] && graph.places[""] == graph.outputs[0])
        #expect(graph.nodes[1].tensors.map(\.name) == ["weight", "bias"] && graph.nodes[1].parameterCount == 38)
    }

    @Test func aGraphRunsAsItsLayersDo() {
        let network = network()
        let input = images([2, 2, 9, 8])
        let normalized = LeakyReLU()(InstanceNorm2d()(network.layers[0](input)))
        guard let block = network.layers[4] as? Residual, let last = network.layers[6] as? Sequential else {
            Issue.record("the network should have a block and a chain")
            return
        }
        let added = normalized + block.body.layers.reduce(normalized) { $1($0) }
        expectClose(network(input), last.layers.reduce(added * 2) { $1($0) }, relative: 1e-9, absolute: 1e-12)
    }

    /// The kernel calls of a part of a graph, in words.
    private func calls(_ pass: FusionPass) -> [String] {
        func text(_ prologue: Prologue) -> String {
            (prologue.epsilon == nil ? "" : " norm") + (prologue.slope.map { " slope \($0)" } ?? "")
        }
        return pass.steps.map { step in
            switch step.action {
            case .convolution(_, let prologue, let padding, let border, let cancelsBias):
                "convolution\(text(prologue)), \(border) \(padding)\(cancelsBias ? ", bias left out" : "")"
            case .norm(let prologue): "norm:\(text(prologue))"
            case .sum(let prologue): "sum:\(text(prologue))"
            case .apply: "other"
            case .block: "block"
            }
        }
    }

    private func pass(_ graph: Graph) -> FusionPass {
        FusionPass(graph, nodes: graph.nodes.indices, blocks: graph.blocks[...], input: graph.input, outputs: graph.outputs)
    }

    @Test func neighboursRunAsOne() throws {
        let network = Sequential([
            ReflectionPad2d(1), convolution(2), InstanceNorm2d(), ReLU(), convolution(2, padding: 1), InstanceNorm2d(), ReLU(),
            Residual([ReflectionPad2d(1), convolution(2), InstanceNorm2d()]),
            ConvTranspose2d(inputChannels: 2, outputChannels: 2, kernelSize: 3), BatchNorm2d(channels: 2), ReLU(), ReflectionPad2d(1),
            convolution(2), Tanh(), InstanceNorm2d(), ReLU(),
        ])
        let graph = Graph(of: network)
        #expect(
            calls(pass(graph)) == [
                "convolution, reflect 1, bias left out", "convolution norm slope 0.0, zero 1, bias left out", "norm: norm slope 0.0",
                "block", "convolution, zero 0", "other", "convolution slope 0.0, reflect 1", "other", "norm: norm slope 0.0",
            ])
        let block = try #require(graph.blocks.first)
        let inner = FusionPass(graph, nodes: block.nodes, blocks: [], input: block.input, outputs: [block.output])
        #expect(calls(inner) == ["convolution, reflect 1, bias left out", "sum: norm"])
        // What is wanted or read twice is made once: here the border, and an activation that stands alone.
        #expect(calls(pass(try graph.selecting(["0", "1"]))) == ["other", "convolution, zero 0"])
        #expect(calls(pass(try graph.selecting(["10", "12"]))).suffix(2) == ["other", "convolution, reflect 1"])
    }

    /// Weights are looked up when a graph runs.
    @Test func replacedWeightsAreUsed() {
        let network = Sequential([convolution(2), Tanh()])
        let input = images([1, 2, 5, 5])
        let before = network(input.to(.float32))
        network.convert(to: .float64)
        expectClose(network(input), before.to(.float64), relative: 1e-4, absolute: 1e-5)
        withoutGradients { for parameter in network.parameters { parameter.fill(0) } }
        #expect(network(input).array(of: Double.self).allSatisfy { $0 == 0 })
    }

    @Test func networksAreReleased() {
        weak var released: Module?
        weak var releasedBlock: Module?
        for _ in 0..<2 {
            let network = Sequential([Residual([convolution(2, padding: 1)]), SelfAttention2d(channels: 2)])
            let block = Residual([convolution(2, padding: 1)])
            (released, releasedBlock) = (network, block)
            let input = Tensor.ones([1, 2, 4, 4])
            #expect(network(input).shape == block(input).shape)
        }
        #expect(released == nil && releasedBlock == nil)
    }

    @Test func theBiasOfAFeatureIsNotLeftOut() throws {
        let network = Sequential([convolution(2), InstanceNorm2d()])
        network.convert(to: .float64)
        let input = images([1, 2, 6, 6])
        let found = try network.features(at: ["0", FeatureEncoder.output, "0"], of: input)
        let expected = network.layers[0](input)
        for (found, expected) in zip(found, [expected, InstanceNorm2d()(expected), expected]) {
            expectClose(found, expected, relative: 1e-12, absolute: 1e-13)
        }
    }

    @Test func selectionsHaveOnlyWhatLeadsToThem() throws {
        let graph = try Graph(of: network()).selecting(["4", "3"])
        #expect(graph.outputs.map { graph[$0].name } == ["4", "3"])
        #expect(graph.nodes.count == 8 && graph.blocks.count == 1)
        // With something inside it wanted, a block is no unit any more.
        let inner = try Graph(of: network()).selecting(["4.body.1"])
        #expect(inner.nodes.count == 6 && inner.blocks.isEmpty)
        #expect(inner.nodes.map(\.name) == ["", "0", "1", "3", "4.body.0", "4.body.1"])
        let error = #expect(throws: GraphError.self) { try FeatureEncoder(network(), at: ["9"]) }
        #expect(error?.description.hasPrefix("there is no layer '9'; the network has 0, 1, 2, 3, 4, 4.body, 4.body.0") == true)
    }

    @Test func sizesThatDoNotFitAreNamed() {
        let network = Sequential([ReflectionPad2d(3), convolution(2)])
        let graph = Graph(of: network)
        #expect(graph.inputChannels == 2 && graph.smallestSide() == 4)
        func message(_ shape: [Int]) -> String? { #expect(throws: GraphError.self) { try graph.shapes(forInput: shape) }?.description }
        #expect(
            message([1, 2, 3, 9]) == "0, mirrored border 3: found inputs of 1x2x3x9; needed: more than 3 pixels a side, which are mirrored")
        #expect(message([1, 3, 9, 9]) == "1, convolution 3x3: found inputs of 1x3x15x15; needed: 2 channels")
        #expect(
            #expect(throws: GraphError.self) { try Graph(of: Sequential([Doubling()])).shapes(forInput: [1]) }
                == .unknownOperation(layer: "0", type: "Doubling"))
    }

    /// What failed inside `withTorchErrors` goes through a graph to the end of the scope.
    @Test func failedOperationsPassThrough() throws {
        let network = network()
        let error = #expect(throws: TorchError.self) { try withTorchErrors { network(Tensor.ones([1, 5, 8, 8])) } }
        #expect(error?.message.contains("5, 8, 8") == true, "\(error?.message ?? "")")
    }

    @Test func weightsWithoutMemoryHaveShapes() {
        let layer = withoutWeightMemory { Conv2d(inputChannels: 1 << 20, outputChannels: 1 << 20, kernelSize: 3) }
        #expect(layer.weight.shape == [1 << 20, 1 << 20, 3, 3])
        #expect(Graph(of: Sequential([layer])).parameterCount == 9 << 40 + 1 << 20)
        #expect(Conv2d(inputChannels: 1, outputChannels: 1, kernelSize: 1).weight.isContiguous)
    }
}
