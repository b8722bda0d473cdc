import Torch

/// Turns the nodes of a graph, or of one block, into kernel calls.
///
/// A norm, an activation and a mirrored border are held back until the convolution that reads them, which does them on the way; a norm and an
/// activation also until the sum. What several operations read is computed once.
struct FusionPass {
    private(set) var steps: [ExecutionPlan.Step] = []
    private(set) var slotCount = 1
    private(set) var outputSlots: [Int] = []
    private let graph: Graph
    private var readers: [Graph.Value: [Reader]] = [:]
    private var held: [Graph.Value: Held] = [:]

    private enum Reader {
        case node(Operation)
        case block
        case outside
    }

    /// A tensor in a slot, and what is still to be done to it, in this order.
    private struct Held {
        let slot: Int
        var prologue = Prologue()
        var border: Int?
    }

    /// - Parameters:
    ///   - nodes: The part of the graph.
    ///   - blocks: The blocks in that part.
    ///   - input: The value that the part reads; it is in slot 0.
    ///   - condition: Another one, in slot 1.
    ///   - outputs: The values that are wanted of it.
    init(
        _ graph: Graph, nodes: Range<Int>, blocks: ArraySlice<Graph.Block>, input: Graph.Value, condition: Graph.Value? = nil,
        outputs: [Graph.Value]
    ) {
        self.graph = graph
        held[input] = Held(slot: 0)
        if let condition {
            held[condition] = Held(slot: 1)
            slotCount = 2
        }
        let units = Self.units(nodes, blocks)
        for unit in units {
            switch unit {
            case .node(let index):
                let node = graph.nodes[index]
                for input in node.inputs { readers[input, default: []].append(.node(node.operation)) }
            case .block(let block, _):
                for value in [block.input, block.condition].compactMap({ $0 }) { readers[value, default: []].append(.block) }
            }
        }
        for output in outputs { readers[output, default: []].append(.outside) }
        for unit in units {
            switch unit {
            case .node(let index): append(graph.nodes[index], Graph.Value(index: index))
            case .block(let block, let inner):
                let pass = FusionPass(
                    graph, nodes: block.nodes, blocks: inner, input: block.input, condition: block.condition, outputs: [block.output])
                let plan = ExecutionPlan.Action.block(ExecutionPlan(pass), block.layer as? any RecomputedLayer)
                held[block.output] = emit(plan, [block.input, block.condition].compactMap { $0 }.map { settled($0) })
            }
        }
        outputSlots = outputs.map { settled($0) }
    }

    private mutating func append(_ node: Graph.Node, _ value: Graph.Value) {
        switch node.operation {
        case .input: break
        case .instanceNorm(let epsilon):
            var images = heldInput(of: node) { $0.prologue == Prologue() && $0.border == nil }
            images.prologue.epsilon = epsilon
            keep(images, as: value)
        case .activation(let activation): append(activation, node, value)
        case .padding(.reflect, let padding):
            var images = heldInput(of: node) { $0.border == nil }
            images.border = padding
            keep(images, as: value)
        case .convolution, .transposedConvolution:
            guard let layer = node.layer as? any FusibleConvolution else { return appendUnfused(node, value) }
            let images = heldInput(of: node) { $0.border == nil || layer.takesReflection && layer.padding == 0 }
            held[value] = emit(
                .convolution(
                    layer, images.prologue, padding: images.border ?? layer.padding, border: images.border == nil ? .zero : .reflect,
                    cancelsBias: isOnlyNormalized(value)), [images.slot])
        case .add where node.inputs.count == 2 && held[node.inputs[1]]?.border == nil:
            let residual = settled(node.inputs[0])
            let images = heldValue(node.inputs[1])
            held[value] = emit(.sum(images.prologue), [images.slot, residual])
        default: appendUnfused(node, value)
        }
    }

    private mutating func appendUnfused(_ node: Graph.Node, _ value: Graph.Value) {
        held[value] = emit(.apply(node.evaluation), node.inputs.map { settled($0) })
    }

    private mutating func append(_ activation: Activation, _ node: Graph.Node, _ value: Graph.Value) {
        guard let slope = activation.slope else { return appendUnfused(node, value) }
        var images = heldInput(of: node) { $0.prologue.slope == nil && $0.border == nil }
        // Without a norm, and read more than once, it is an operation like others: there is nothing to fuse it with.
        if images.prologue.epsilon == nil, readers[value, default: []].count > 1 {
            held[value] = emit(.apply(node.evaluation), [images.slot])
            return
        }
        images.prologue.slope = slope
        keep(images, as: value)
    }

    /// The bias of a convolution whose output only an instance norm reads changes nothing.
    private func isOnlyNormalized(_ value: Graph.Value) -> Bool {
        let readers = readers[value, default: []]
        guard readers.count == 1, case .node(.instanceNorm) = readers[0] else { return false }
        return true
    }

    /// Holds back what is to be done to a tensor if one operation reads it, which may take it along; else does it.
    private mutating func keep(_ images: Held, as value: Graph.Value) {
        held[value] = images
        let readers = readers[value, default: []]
        if readers.count == 1, case .node = readers[0] { return }
        _ = settled(value)
    }

    /// The input of a node, with what was held back done unless that satisfies `condition`.
    private mutating func heldInput(of node: Graph.Node, where condition: (Held) -> Bool) -> Held {
        let images = heldValue(node.inputs[0])
        return condition(images) ? images : Held(slot: settled(node.inputs[0]))
    }

    /// The slot of a value, after what was held back has been done.
    private mutating func settled(_ value: Graph.Value) -> Int {
        var images = heldValue(value)
        if images.prologue != Prologue() {
            images = Held(slot: emit(.norm(images.prologue), [images.slot]).slot, border: images.border)
        }
        if let padding = images.border {
            images = emit(.apply(Operation.padding(.reflect, padding).evaluation), [images.slot])
        }
        held[value] = images
        return images.slot
    }

    private func heldValue(_ value: Graph.Value) -> Held {
        guard let images = held[value] else { preconditionFailure("\(graph[value].name) is read before it is computed") }
        return images
    }

    private mutating func emit(_ action: ExecutionPlan.Action, _ inputs: [Int]) -> Held {
        steps.append(ExecutionPlan.Step(action: action, inputs: inputs, output: slotCount))
        slotCount += 1
        return Held(slot: slotCount - 1)
    }

    private enum Unit {
        case node(Int)
        /// A block with the blocks inside it.
        case block(Graph.Block, ArraySlice<Graph.Block>)
    }

    /// Nodes and outermost blocks in order.
    private static func units(_ nodes: Range<Int>, _ blocks: ArraySlice<Graph.Block>) -> [Unit] {
        var (units, blocks, next) = ([Unit](), blocks, nodes.lowerBound)
        while next < nodes.upperBound {
            if let block = blocks.first, block.nodes.lowerBound == next {
                let inner = blocks.dropFirst().prefix { block.nodes.contains($0.nodes.lowerBound) }
                units.append(.block(block, inner))
                blocks = blocks[inner.endIndex...]
                next = block.nodes.upperBound
            } else {
                units.append(.node(next))
                next += 1
            }
        }
        return units
    }
}
