/// In which order the stages of a network make their strips where none waits for the whole image.
struct StreamSchedule {
    let graph: Graph
    let stages: StripStages
    let shapes: [[Int]]
    let passes: [StripPass]
    /// The stages that read each kept value.
    private let readers: [Int: [Int]]

    /// - Throws: `GraphError` for a network that cannot be run so, or an image that does not fit it.
    init(_ graph: Graph, input: [Int]) throws(GraphError) {
        let (stages, shapes) = (try StripStages(graph), try graph.shapes(forInput: input))
        let kept = Set(stages.kept)
        let passes = stages.targets.indices.map { StripPass(stages, stage: $0, kept: kept, graph: graph, shapes: shapes) }
        (self.graph, self.stages, self.shapes, self.passes) = (graph, stages, shapes, passes)
        var readers: [Int: [Int]] = [:]
        for (stage, pass) in passes.enumerated() {
            for value in pass.read where value != graph.input.index { readers[value, default: []].append(stage) }
        }
        self.readers = readers
    }

    /// Rows of the output.
    var height: Int { shapes[stages.targets[stages.targets.count - 1]][2] }

    /// The most that a strip of any stage holds, in bytes, for so many rows of the output.
    func stripBytes(_ rows: Int) -> Int { passes.indices.map { passes[$0].bytes(ofStrips: self.rows(rows, of: $0)) }.max() ?? 0 }

    /// The most that maps and strips hold at once, in bytes.
    func memoryBytes(rows: Int) -> Int {
        var (held, most) = (0, 0)
        var bounds: [Int: Range<Int>] = [:]
        let strips = passes.indices.map { passes[$0].bytes(ofStrips: self.rows(rows, of: $0)) }
        run(
            rows: rows,
            make: { stage, _, needs in
                for value in passes[stage].kept {
                    let (before, end) = (bounds[value] ?? 0..<0, needs[value]?.upperBound ?? 0)
                    guard end > before.upperBound else { continue }
                    held += (end - before.upperBound) * passes[stage].bytesOfRow(value)
                    bounds[value] = before.lowerBound..<end
                }
                // A map is copied where rows come to it or go.
                let copied = passes[stage].kept.map { (bounds[$0]?.count ?? 0) * passes[stage].bytesOfRow($0) }.max() ?? 0
                most = max(most, held + copied + strips[stage])
            },
            drop: { value, start in
                guard let before = bounds[value], start > before.lowerBound else { return }
                let first = min(start, before.upperBound)
                held -= (first - before.lowerBound) * passes[0].bytesOfRow(value)
                bounds[value] = first..<before.upperBound
            })
        return most
    }

    /// Goes through the strips of all stages.
    ///
    /// - Parameters:
    ///   - rows: Of the output, made at a time.
    ///   - make: Told the stage, the rows of its target, and those of all values that they take.
    ///   - drop: Told a kept value, and the first row that is still read.
    func run(
        rows: Int, make: (Int, Range<Int>, [Int: Range<Int>]) throws -> Void, drop: (Int, Int) -> Void
    ) rethrows {
        var progress = Progress(
            made: passes.map { _ in 0 }, ends: [:], firstRead: passes.map { _ in [:] })
        for begin in stride(from: 0, to: height, by: rows) {
            try advance(passes.count - 1, to: min(begin + rows, height), rows: rows, &progress, make, drop)
        }
    }

    /// How far the stages are.
    private struct Progress {
        /// Rows of each stage's target.
        var made: [Int]
        /// Rows of each kept value.
        var ends: [Int: Int]
        /// By stage and value, the first row that its next strip reads.
        var firstRead: [[Int: Int]]
    }

    private func advance(
        _ stage: Int, to end: Int, rows: Int, _ progress: inout Progress, _ make: (Int, Range<Int>, [Int: Range<Int>]) throws -> Void,
        _ drop: (Int, Int) -> Void
    ) rethrows {
        let (pass, height) = (passes[stage], shapes[passes[stage].target][2])
        while progress.made[stage] < end {
            let strip = progress.made[stage]..<min(end, progress.made[stage] + self.rows(rows, of: stage))
            let needs = pass.needs(for: strip)
            for value in pass.read where value != graph.input.index {
                guard let needed = needs[value] else { continue }
                let maker = stages.stageOfNode[value]
                while progress.ends[value, default: 0] < needed.upperBound {
                    let (made, all) = (progress.made[maker], shapes[passes[maker].target][2])
                    precondition(made < all, "a stage made less than is read of it")
                    try advance(maker, to: min(all, made + self.rows(rows, of: maker)), rows: rows, &progress, make, drop)
                }
            }
            try make(stage, strip, needs)
            progress.made[stage] = strip.upperBound
            for value in pass.kept { progress.ends[value] = max(progress.ends[value, default: 0], needs[value]?.upperBound ?? 0) }
            let next = strip.upperBound < height ? pass.needs(for: strip.upperBound..<height) : nil
            for value in pass.read where value != graph.input.index {
                progress.firstRead[stage][value] = next.map { $0[value]?.lowerBound ?? 0 } ?? Int.max
                drop(value, (readers[value] ?? []).map { progress.firstRead[$0][value] ?? 0 }.min() ?? 0)
            }
        }
    }

    /// Rows of a stage's target that go with so many of the output.
    private func rows(_ rows: Int, of stage: Int) -> Int {
        max(1, (rows * shapes[passes[stage].target][2] + height - 1) / height)
    }
}
