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
        var most = 0
        var windows: [Int: WindowExtent] = [:]
        let strips = passes.indices.map { passes[$0].bytes(ofStrips: self.rows(rows, of: $0)) }
        func bytes(_ value: Int) -> Int { (windows[value].map { $0.end - $0.start } ?? 0) * passes[0].bytesOfRow(value) }
        run(
            rows: rows,
            make: { stage, _, needs in
                var held = windows.keys.reduce(0) { $0 + bytes($1) }
                for value in passes[stage].read {
                    let before = bytes(value)
                    guard windows[value]?.join() != nil else { continue }
                    most = max(most, held + bytes(value))
                    held += bytes(value) - before
                }
                for value in passes[stage].kept {
                    let end = needs[value]?.upperBound ?? 0
                    let fresh = end - windows[value, default: WindowExtent()].end
                    guard fresh > 0 else { continue }
                    windows[value, default: WindowExtent()].append(fresh)
                    held += fresh * passes[0].bytesOfRow(value)
                }
                most = max(most, held + strips[stage])
            },
            drop: { value, start in _ = windows[value]?.drop(below: start) })
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
                    let wanted = passes[maker].target == value ? needed.upperBound : made + self.rows(rows, of: maker)
                    try advance(maker, to: min(all, wanted), rows: rows, &progress, make, drop)
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
