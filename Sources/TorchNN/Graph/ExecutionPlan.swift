import Torch

/// A graph as a list of kernel calls, made once and run for each input.
///
/// A plan holds the layers of its graph, in which it looks up weights and state each time.
final class ExecutionPlan {
    private let steps: [Step]
    private let outputs: [Int]
    private let slotCount: Int

    /// One kernel call on tensors that lie in numbered slots; slot 0 is the input.
    struct Step {
        let action: Action
        let inputs: [Int]
        let output: Int
        /// The slots that no later step reads.
        var released: [Int] = []
    }

    enum Action {
        /// A convolution of its normalised, activated and mirrored input.
        case convolution(any FusibleConvolution, Prologue, padding: Int, border: PaddingMode, cancelsBias: Bool)
        /// A norm, an activation or both.
        case norm(Prologue)
        /// The first input, normalised and activated, plus the second.
        case sum(Prologue)
        /// Any other operation.
        case apply(([Tensor]) -> Tensor)
        /// A block, which its layer may want to run again in the backward pass.
        case block(ExecutionPlan, (any RecomputedLayer)?)
    }

    /// The plan of a whole graph.
    convenience init(_ graph: Graph) {
        self.init(FusionPass(graph, nodes: graph.nodes.indices, blocks: graph.blocks[...], input: graph.input, outputs: graph.outputs))
    }

    init(_ pass: FusionPass) {
        outputs = pass.outputSlots
        slotCount = pass.slotCount
        var (steps, isReadLater) = (pass.steps, Set(outputs))
        for index in steps.indices.reversed() {
            steps[index].released = Set(steps[index].inputs).subtracting(isReadLater).sorted()
            isReadLater.formUnion(steps[index].inputs)
        }
        self.steps = steps
    }

    /// What the graph gives for an input, and of a block perhaps the network's condition.
    func callAsFunction(_ inputs: Tensor...) -> [Tensor] { self(inputs) }

    private func callAsFunction(_ given: [Tensor]) -> [Tensor] {
        var slots = [Tensor?](repeating: nil, count: slotCount)
        func read(_ slot: Int) -> Tensor {
            guard let tensor = slots[slot] else { preconditionFailure("slot \(slot) of a plan is read while it is empty") }
            return tensor
        }
        for (slot, tensor) in given.enumerated() { slots[slot] = tensor }
        for step in steps {
            let inputs = step.inputs.map(read)
            for slot in step.released { slots[slot] = nil }
            slots[step.output] = step.action(inputs)
        }
        return outputs.map(read)
    }

    /// What a graph with one output gives.
    func output(for inputs: Tensor...) -> Tensor { output(for: inputs) }

    fileprivate func output(for inputs: [Tensor]) -> Tensor {
        let outputs = self(inputs)
        precondition(outputs.count == 1, "a graph with \(outputs.count) outputs has no single one")
        return outputs[0]
    }
}

extension ExecutionPlan.Action {
    func callAsFunction(_ inputs: [Tensor]) -> Tensor {
        switch self {
        case .convolution(let layer, let prologue, let padding, let border, let cancelsBias):
            return layer(inputs[0], prologue: prologue, padding: padding, border: border, cancelsBias: cancelsBias)
        case .norm(let prologue): return inputs[0].fusedNorm(prologue)
        case .sum(let prologue): return inputs[0].fusedNorm(prologue, adding: inputs[1])
        case .apply(let operation): return operation(inputs)
        case .block(let plan, let layer):
            guard let layer, layer.checkpointsActivations else { return plan.output(for: inputs) }
            // No gradient flows to the condition.
            return checkpointed(inputs[0], random: layer.random) { plan.output(for: [$0] + inputs.dropFirst()) }
        }
    }
}
