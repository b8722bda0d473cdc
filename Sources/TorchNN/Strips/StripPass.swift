import Torch

/// One stage of a network that is run strip by strip: which rows of which values a strip takes.
struct StripPass {
    /// The node whose value it makes.
    let target: Int
    /// The nodes it runs, in order.
    let run: [Int]
    /// The values it reads: kept ones of earlier stages, and the input.
    let read: [Int]
    /// Of the nodes it runs, those whose values are kept for later stages.
    let kept: [Int]
    private let graph: Graph
    private let shapes: [[Int]]
    /// The last node that reads each value.
    private let lastReader: [Int: Int]

    init(_ stages: StripStages, stage: Int, kept: Set<Int>, graph: Graph, shapes: [[Int]]) {
        let nodes = stages.nodes(of: stage, kept: kept)
        target = stages.targets[stage]
        (run, read) = nodes
        self.kept = nodes.run.filter { kept.contains($0) && stages.stageOfNode[$0] == stage }
        self.graph = graph
        self.shapes = shapes
        var lastReader: [Int: Int] = [:]
        for index in nodes.run {
            for input in graph.nodes[index].inputs { lastReader[input.index] = index }
        }
        self.lastReader = lastReader
    }

    /// The rows of all values that some rows of the target take.
    func needs(for rows: Range<Int>) -> [Int: Range<Int>] {
        var needs = [target: rows]
        for index in run.reversed() {
            guard let own = needs[index] else { continue }
            for input in graph.nodes[index].inputs where shapes[input.index].count == 4 {
                let given = graph.nodes[index].operation.inputRows(for: own, height: shapes[input.index][2])
                let before = needs[input.index] ?? given
                needs[input.index] = min(before.lowerBound, given.lowerBound)..<max(before.upperBound, given.upperBound)
            }
        }
        return needs
    }

    /// Whether a value is not read by any node behind this one.
    func isDone(_ value: Int, behind node: Int) -> Bool { lastReader[value] == node && value != target }

    /// The bytes that a strip of so many rows holds at once, with what single operations take beside their inputs and outputs.
    func bytes(ofStrips rows: Int) -> Int {
        let height = shapes[target][2]
        // In the middle, where borders do not save any.
        let begin = max(0, min(height / 2, height - rows))
        let needs = needs(for: begin..<min(begin + rows, height))
        func size(_ index: Int) -> Int {
            guard let rows = needs[index] else { return 0 }
            return rows.count * bytesOfRow(index)
        }
        var held = read.reduce(0) { $0 + size($1) }
        var most = held
        for index in run {
            held += size(index)
            // Borders are added to copies.
            most = max(most, held + (graph.nodes[index].inputs.first.map { size($0.index) } ?? 0))
            for input in Set(graph.nodes[index].inputs.map(\.index)) where isDone(input, behind: index) { held -= size(input) }
        }
        return most
    }

    /// The bytes of one row of a value.
    func bytesOfRow(_ index: Int) -> Int { shapes[index][1] * shapes[index][3] * MemoryLayout<Float>.size }
}
