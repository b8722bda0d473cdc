import Torch

/// Makes strips of values, stage by stage, of maps that someone else keeps.
final class StripEvaluation {
    let graph: Graph
    let stages: StripStages
    let shapes: [[Int]]
    let device: Device
    /// What norms normalise by, by node.
    private var scales: [Int: Tensor] = [:]
    /// Numbers of the image as a whole, by node.
    private var wholes: [Int: Tensor] = [:]
    private let readInput: (Range<Int>) throws -> Tensor
    /// The only reader of a norm, where it is an activation that can be done on the way; by norm.
    private let fusedActivations: [Int: Int]

    /// - Parameter input: Gives rows of the image, shape [1, C, rows, W].
    init(
        _ graph: Graph, _ stages: StripStages, shapes: [[Int]], device: Device, input: @escaping (Range<Int>) throws -> Tensor
    ) throws {
        precondition(graph.outputs.count == 1, "a network with \(graph.outputs.count) outputs")
        (self.graph, self.stages, self.shapes, self.device) = (graph, stages, shapes, device)
        readInput = input
        var fused: [Int: Int] = [:]
        for index in graph.nodes.indices where graph.nodes[index].normEpsilon != nil {
            let readers = graph.readers(of: index)
            guard readers.count == 1, case .activation(let activation) = graph.nodes[readers[0]].operation, activation.slope != nil,
                stages.stageOfNode[readers[0]] == stages.stageOfNode[index]
            else { continue }
            fused[index] = readers[0]
        }
        fusedActivations = fused
        try makeWholes()
    }

    /// Says what a norm normalises by.
    func setStatistics(_ statistics: MergedStatistics, of norm: Int) {
        scales[norm] = statistics.tensor(epsilon: graph.nodes[norm].normEpsilon ?? 0, on: device)
    }

    /// The target's rows.
    ///
    /// - Parameters:
    ///   - needs: The rows of all values that they take.
    ///   - read: Gives rows of a kept value.
    ///   - keep: Gets what strips hold of values that are to be kept, and the number of the first row.
    func values(
        of pass: StripPass, needs: [Int: Range<Int>], read: (Range<Int>, Int) throws -> Tensor, keep: (Int, Tensor, Int) throws -> Void
    ) throws -> Tensor {
        var strips: [Int: Tensor] = [:]
        for value in pass.read {
            strips[value] = try needs[value].map { rows in
                try (value == graph.input.index ? readInput(rows) : read(rows, value)).to(device)
            }
        }
        for index in pass.run {
            guard let own = needs[index] else { continue }
            let node = graph.nodes[index]
            // Its activation will do it.
            if fusedActivations[index] != nil { continue }
            let result = try evaluate(index, own, strips, needs)
            for reader in [index] + node.inputs.map(\.index) where reader == index || fusedActivations[reader] == index {
                for input in graph.nodes[reader].inputs where pass.isDone(input.index, behind: reader) { strips[input.index] = nil }
            }
            strips[index] = result
            if pass.kept.contains(index) { try keep(index, result, own.lowerBound) }
        }
        guard let result = strips[pass.target] else { preconditionFailure("a stage did not make its target") }
        return result
    }

    private func evaluate(_ index: Int, _ rows: Range<Int>, _ strips: [Int: Tensor], _ needs: [Int: Range<Int>]) throws -> Tensor {
        let node = graph.nodes[index]
        // An activation does the norm in front of it as well.
        if case .activation(let activation) = node.operation, let slope = activation.slope {
            let norm = node.inputs[0].index
            if fusedActivations[norm] == index {
                return try normalized(norm, by: slope, input(of: norm, for: rows, strips, needs))
            }
        }
        if node.normEpsilon != nil { return try normalized(index, by: 1, input(of: index, for: rows, strips, needs)) }
        let height = shapes[node.inputs[0].index].count == 4 ? shapes[node.inputs[0].index][2] : 0
        let inputs = try node.inputs.map { try input($0.index, of: index, for: rows, strips, needs) }
        return node.strip(rows, of: inputs, height: height)
    }

    private func normalized(_ index: Int, by slope: Double, _ strip: Tensor) -> Tensor {
        let node = graph.nodes[index]
        guard let numbers = scales[index] else { preconditionFailure("\(node.name) is read before its statistics are known") }
        guard let layer = node.layer as? BatchNorm2d else { return strip.normalized(by: numbers, slope: slope) }
        let scaled = strip.normalized(by: numbers).scaled(by: layer.weight, shiftedBy: layer.bias)
        return slope == 1 ? scaled : Activation.leakyReLU(slope: slope)(scaled)
    }

    private func input(of index: Int, for rows: Range<Int>, _ strips: [Int: Tensor], _ needs: [Int: Range<Int>]) throws -> Tensor {
        try input(graph.nodes[index].inputs[0].index, of: index, for: rows, strips, needs)
    }

    /// The rows of a value that a node takes for some of its own.
    private func input(
        _ value: Int, of index: Int, for rows: Range<Int>, _ strips: [Int: Tensor], _ needs: [Int: Range<Int>]
    ) throws -> Tensor {
        if let whole = wholes[value] { return whole }
        guard let strip = strips[value], let held = needs[value] else { preconditionFailure("a strip is read before it is made") }
        let wanted = graph.nodes[index].operation.inputRows(for: rows, height: shapes[value][2])
        return strip.rows(from: wanted.lowerBound - held.lowerBound, count: wanted.count)
    }

    /// Numbers of the image as a whole, which come from its first row.
    private func makeWholes() throws {
        let needed = graph.nodes.indices.filter { stages.isWhole[$0] }
        guard !needed.isEmpty else { return }
        var strips = [graph.input.index: try readInput(0..<1).to(device)]
        for index in needed {
            let node = graph.nodes[index]
            wholes[index] = try withTorchErrors {
                node.evaluation(
                    node.inputs.map { input in
                        if let whole = wholes[input.index] { return whole }
                        return firstRow(of: input.index, &strips)
                    })
            }
        }
    }

    /// The first row of a value that operations on single pixels make of the input.
    private func firstRow(of index: Int, _ strips: inout [Int: Tensor]) -> Tensor {
        if let strip = strips[index] { return strip }
        let node = graph.nodes[index]
        let strip = node.evaluation(node.inputs.map { firstRow(of: $0.index, &strips) })
        strips[index] = strip
        return strip
    }
}

extension Graph {
    /// The nodes that read a node's value.
    func readers(of value: Int) -> [Int] {
        nodes.indices.filter { index in nodes[index].inputs.contains { $0.index == value } }
    }

    /// The norms that look at the whole of what a node makes.
    func norms(behind value: Int) -> [Int] { readers(of: value).filter { nodes[$0].normEpsilon != nil } }
}
