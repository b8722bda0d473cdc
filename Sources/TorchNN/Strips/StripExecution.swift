import Torch

/// Runs a network on one image strip by strip, as a plan says, with the result of the whole image.
///
/// Nothing is trained: call it inside `withoutGradients`.
public final class StripExecution {
    /// Gives each norm the statistics that it normalises by, in place of those that were measured before it; these where it is nil.
    ///
    /// `norm` is the place of the norm among the network's nodes, the same in each run of the same network. Only norms that look at the whole
    /// image ask.
    public var statistics: ((_ norm: Int, _ measured: MergedStatistics) throws -> MergedStatistics)?
    private let plan: StripPlan
    private let device: Device
    private let file: (any MapFile)?
    private var maps: [Int: KeptMap] = [:]
    /// What norms normalise by, by node.
    private var scales: [Int: Tensor] = [:]
    /// Numbers of the image as a whole, by node.
    private var wholes: [Int: Tensor] = [:]
    private let readInput: (Range<Int>) throws -> Tensor
    /// The only reader of a norm, where it is an activation that can be done on the way; by norm.
    private let fusedActivations: [Int: Int]

    /// - Parameters:
    ///   - file: For maps, where the plan has any there.
    ///   - input: Gives rows of the image, shape [1, C, rows, W]. They are asked for from the first on, with some twice, again in each stage
    ///     that begins with the image.
    public init(_ plan: StripPlan, device: Device = .cpu, file: (any MapFile)? = nil, input: @escaping (Range<Int>) throws -> Tensor) {
        self.plan = plan
        self.device = device
        self.file = file
        readInput = input
        var fused: [Int: Int] = [:]
        for index in plan.graph.nodes.indices where plan.graph.nodes[index].normEpsilon != nil {
            let readers = Self.readers(of: index, in: plan.graph)
            guard readers.count == 1, case .activation(let activation) = plan.graph.nodes[readers[0]].operation, activation.slope != nil,
                plan.stages.stageOfNode[readers[0]] == plan.stages.stageOfNode[index]
            else { continue }
            fused[index] = readers[0]
        }
        fusedActivations = fused
    }

    /// Runs the network.
    ///
    /// - Parameters:
    ///   - progress: Told the share of the work that is done, from 0 to 1.
    ///   - output: Gets the output's rows in order, shape [1, C, rows, W], and the number of the first of them.
    /// - Throws: What reading, writing or the file throw, and `TorchError`.
    public func run(progress: (Double) throws -> Void = { _ in }, output: (Tensor, Int) throws -> Void) throws {
        precondition(plan.graph.outputs.count == 1, "a network with \(plan.graph.outputs.count) outputs")
        try makeWholes()
        var done = 0.0
        for (stage, pass) in plan.passes.enumerated() {
            let isLast = stage == plan.passes.count - 1
            let norms = isLast ? [] : Self.readers(of: pass.target, in: plan.graph).filter { plan.graph.nodes[$0].normEpsilon != nil }
            let (height, rows) = (plan.shapes[pass.target][2], plan.rows[stage])
            var merged = norms.map { _ in MergedStatistics(channels: plan.shapes[pass.target][1]) }
            for value in pass.kept {
                maps[value] = KeptMap(shape: plan.shapes[value], home: plan.homes[value] ?? .memory, file: file)
            }
            for begin in stride(from: 0, to: height, by: rows) {
                let strip = begin..<min(begin + rows, height)
                let result = try withTorchErrors { try values(of: pass, strip) }
                for (index, norm) in norms.enumerated() {
                    merged[index].add(result, epsilon: plan.graph.nodes[norm].normEpsilon ?? 0)
                }
                if isLast { try output(result, begin) }
                try progress(done + plan.shares[stage] * Double(strip.upperBound) / Double(height))
            }
            done += plan.shares[stage]
            for (index, norm) in norms.enumerated() {
                let given = try statistics?(norm, merged[index]) ?? merged[index]
                scales[norm] = given.tensor(epsilon: plan.graph.nodes[norm].normEpsilon ?? 0, on: device)
            }
            for (value, last) in plan.lastStage where last == stage { maps[value] = nil }
        }
    }

    /// The target's rows; what is kept of others is kept.
    private func values(of pass: StripPass, _ rows: Range<Int>) throws -> Tensor {
        let needs = pass.needs(for: rows)
        var strips: [Int: Tensor] = [:]
        for value in pass.read { strips[value] = try needs[value].map { try read($0, of: value) } }
        for index in pass.run {
            guard let own = needs[index] else { continue }
            let node = plan.graph.nodes[index]
            // Its activation will do it.
            if fusedActivations[index] != nil { continue }
            let result = try evaluate(index, own, strips, needs)
            for reader in [index] + node.inputs.map(\.index) where reader == index || fusedActivations[reader] == index {
                for input in plan.graph.nodes[reader].inputs where pass.isDone(input.index, behind: reader) { strips[input.index] = nil }
            }
            strips[index] = result
            if pass.kept.contains(index) { try maps[index]?.append(result, from: own.lowerBound) }
        }
        guard let result = strips[pass.target] else { preconditionFailure("a stage did not make its target") }
        return result
    }

    private func evaluate(_ index: Int, _ rows: Range<Int>, _ strips: [Int: Tensor], _ needs: [Int: Range<Int>]) throws -> Tensor {
        let node = plan.graph.nodes[index]
        // An activation does the norm in front of it as well.
        if case .activation(let activation) = node.operation, let slope = activation.slope {
            let norm = node.inputs[0].index
            if fusedActivations[norm] == index {
                return try normalized(norm, by: slope, input(of: norm, for: rows, strips, needs))
            }
        }
        if node.normEpsilon != nil { return try normalized(index, by: 1, input(of: index, for: rows, strips, needs)) }
        let height = plan.shapes[node.inputs[0].index].count == 4 ? plan.shapes[node.inputs[0].index][2] : 0
        let inputs = try node.inputs.map { try input($0.index, of: index, for: rows, strips, needs) }
        return node.strip(rows, of: inputs, height: height)
    }

    private func normalized(_ index: Int, by slope: Double, _ strip: Tensor) -> Tensor {
        let node = plan.graph.nodes[index]
        guard let numbers = scales[index] else { preconditionFailure("\(node.name) is read before its statistics are known") }
        guard let layer = node.layer as? BatchNorm2d else { return strip.normalized(by: numbers, slope: slope) }
        let scaled = strip.normalized(by: numbers).scaled(by: layer.weight, shiftedBy: layer.bias)
        return slope == 1 ? scaled : Activation.leakyReLU(slope: slope)(scaled)
    }

    private func input(of index: Int, for rows: Range<Int>, _ strips: [Int: Tensor], _ needs: [Int: Range<Int>]) throws -> Tensor {
        try input(plan.graph.nodes[index].inputs[0].index, of: index, for: rows, strips, needs)
    }

    /// The rows of a value that a node takes for some of its own.
    private func input(
        _ value: Int, of index: Int, for rows: Range<Int>, _ strips: [Int: Tensor], _ needs: [Int: Range<Int>]
    ) throws -> Tensor {
        if let whole = wholes[value] { return whole }
        guard let strip = strips[value], let held = needs[value] else { preconditionFailure("a strip is read before it is made") }
        let wanted = plan.graph.nodes[index].operation.inputRows(for: rows, height: plan.shapes[value][2])
        return strip.rows(from: wanted.lowerBound - held.lowerBound, count: wanted.count)
    }

    private func read(_ rows: Range<Int>, of value: Int) throws -> Tensor {
        if value == plan.graph.input.index { return try readInput(rows).to(device) }
        guard let map = maps[value] else { preconditionFailure("a map is read that was not kept") }
        return try map.strip(rows).to(device)
    }

    private static func readers(of value: Int, in graph: Graph) -> [Int] {
        graph.nodes.indices.filter { index in graph.nodes[index].inputs.contains { $0.index == value } }
    }

    /// Numbers of the image as a whole, which come from its first row.
    private func makeWholes() throws {
        let needed = plan.graph.nodes.indices.filter { plan.stages.isWhole[$0] }
        guard !needed.isEmpty else { return }
        var strips = [plan.graph.input.index: try readInput(0..<1).to(device)]
        for index in needed {
            let node = plan.graph.nodes[index]
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
        let node = plan.graph.nodes[index]
        let strip = node.evaluation(node.inputs.map { firstRow(of: $0.index, &strips) })
        strips[index] = strip
        return strip
    }
}
