import Torch

/// How a network is run on an image whose maps do not fit into memory: strip by strip, with the same result.
///
/// Which values are kept from stage to stage, and whether in memory or in a file, is chosen by the time that it takes. A value that would go to
/// the file is made again in each stage that reads it where that is faster, by `secondsPerProduct` and `secondsPerByte`.
public struct StripPlan {
    /// Where a kept value lies.
    enum Home: Equatable {
        case memory
        case file(offset: Int)
    }

    let graph: Graph
    let stages: StripStages
    /// Of all values, for the whole image.
    let shapes: [[Int]]
    let passes: [StripPass]
    let homes: [Int: Home]
    /// The last stage that reads each kept value.
    let lastStage: [Int: Int]
    /// Rows of the target that each stage makes at a time.
    var rows: [Int]
    /// Bytes of the file.
    public let fileBytes: Int
    /// Bytes held at once, maps and strips.
    public let memoryBytes: Int
    /// The share of each stage in the whole time.
    let shares: [Double]

    /// Of one thread in a convolution; a guess between processors, as only its ratio to the next counts.
    private static let secondsPerProduct = 1 / 40e9
    /// Of a file that the system holds in part.
    private static let secondsPerByte = 1 / 1e9
    /// Larger strips gain nothing: what they see beyond themselves is little by then.
    private static let mostStripBytes = 200_000_000

    /// - Parameters:
    ///   - input: The shape of the image, [1, C, H, W].
    ///   - memory: Bytes that maps and strips may take together.
    ///   - threads: Those that compute.
    ///   - keepsInFile: Whether all kept values go to the file.
    /// - Throws: `GraphError` for a network that cannot be run so, or an image that does not fit it.
    public init(_ graph: Graph, input: [Int], memory: Int, threads: Int, keepsInFile: Bool = false) throws(GraphError) {
        let (stages, shapes) = (try StripStages(graph), try graph.shapes(forInput: input))
        let products = [0] + (try graph.costs(forInput: input)).map(\.multiplyAdds)
        let draft = Draft(graph: graph, stages: stages, shapes: shapes, products: products, threads: threads)
        var kept = Set(stages.kept)
        let least = draft.leastStripBytes(kept)
        guard least <= memory else { throw .needsMoreMemory(bytes: least, found: memory) }
        let forStrips = max(least, min(memory / 2, Self.mostStripBytes))
        let forMaps = keepsInFile ? 0 : memory - forStrips
        // From the largest value on: made again where that is faster than reading it.
        for value in kept.sorted(by: { draft.bytes($0) > draft.bytes($1) }) {
            let homes = draft.homes(kept, memory: forMaps)
            guard let home = homes[value], home != .memory else { continue }
            let others = kept.subtracting([value])
            guard draft.leastStripBytes(others) <= forStrips else { continue }
            if draft.seconds(others, memory: forMaps) < draft.seconds(kept, memory: forMaps) { kept = others }
        }
        let (passes, homes) = (draft.passes(kept), draft.homes(kept, memory: forMaps))
        (self.graph, self.stages, self.shapes, self.passes, self.homes) = (graph, stages, shapes, passes, homes)
        lastStage = draft.lastStage(kept)
        fileBytes = draft.fileBytes(kept, homes)
        rows = passes.map { pass in
            let height = shapes[pass.target][2]
            var rows = 1
            while rows < height, pass.bytes(ofStrips: min(2 * rows, height)) <= forStrips { rows = min(2 * rows, height) }
            return rows
        }
        memoryBytes = draft.mostInMemory(kept, homes) + (zip(passes, rows).map { $0.bytes(ofStrips: $1) }.max() ?? 0)
        let seconds = passes.indices.map { draft.seconds(of: $0, passes[$0], homes) }
        let all = seconds.reduce(0, +)
        shares = seconds.map { all > 0 ? $0 / all : 0 }
    }

    /// The strips of all stages together.
    public var stripCount: Int { zip(passes, rows).reduce(0) { $0 + (shapes[$1.0.target][2] + $1.1 - 1) / $1.1 } }

    /// A choice of kept values, and what it costs.
    private struct Draft {
        let graph: Graph
        let stages: StripStages
        let shapes: [[Int]]
        let products: [Int]
        let threads: Int

        func bytes(_ value: Int) -> Int { shapes[value].reduce(1, *) * MemoryLayout<Float>.size }

        func leastStripBytes(_ kept: Set<Int>) -> Int { passes(kept).map { $0.bytes(ofStrips: 1) }.max() ?? 0 }

        func passes(_ kept: Set<Int>) -> [StripPass] {
            stages.targets.indices.map { StripPass(stages, stage: $0, kept: kept, graph: graph, shapes: shapes) }
        }

        func lastStage(_ kept: Set<Int>) -> [Int: Int] {
            var last: [Int: Int] = [:]
            for (stage, pass) in passes(kept).enumerated() {
                for value in pass.read + pass.kept { last[value] = stage }
            }
            return last
        }

        /// Values in memory as long as there is room in all stages that they live through, the others in a file in the first gap.
        func homes(_ kept: Set<Int>, memory: Int) -> [Int: Home] {
            let last = lastStage(kept)
            func lives(_ value: Int) -> ClosedRange<Int> { stages.stageOfNode[value]...(last[value] ?? stages.stageOfNode[value]) }
            var homes: [Int: Home] = [:]
            var held = [Int](repeating: 0, count: stages.targets.count)
            for value in kept.sorted() {
                if lives(value).allSatisfy({ held[$0] + bytes(value) <= memory }) {
                    for stage in lives(value) { held[stage] += bytes(value) }
                    homes[value] = .memory
                    continue
                }
                let others = homes.compactMap { other, home -> Range<Int>? in
                    guard case .file(let offset) = home, lives(other).overlaps(lives(value)) else { return nil }
                    return offset..<offset + bytes(other)
                }
                var offset = 0
                for other in others.sorted(by: { $0.lowerBound < $1.lowerBound }) where other.lowerBound < offset + bytes(value) {
                    offset = max(offset, other.upperBound)
                }
                homes[value] = .file(offset: offset)
            }
            return homes
        }

        func fileBytes(_ kept: Set<Int>, _ homes: [Int: Home]) -> Int {
            kept.map { value in
                guard case .file(let offset) = homes[value] else { return 0 }
                return offset + bytes(value)
            }.max() ?? 0
        }

        func mostInMemory(_ kept: Set<Int>, _ homes: [Int: Home]) -> Int {
            let last = lastStage(kept)
            return stages.targets.indices.map { stage in
                kept.reduce(0) { sum, value in
                    let lives = stages.stageOfNode[value] <= stage && stage <= (last[value] ?? 0)
                    return homes[value] == .memory && lives ? sum + bytes(value) : sum
                }
            }.max() ?? 0
        }

        func seconds(_ kept: Set<Int>, memory: Int) -> Double {
            let homes = homes(kept, memory: memory)
            return passes(kept).enumerated().reduce(0) { $0 + seconds(of: $1.offset, $1.element, homes) }
        }

        func seconds(of stage: Int, _ pass: StripPass, _ homes: [Int: Home]) -> Double {
            let moved = (pass.read + pass.kept).reduce(0) { sum, value in
                if value == graph.input.index { return sum + bytes(value) }
                return homes[value] == .memory ? sum : sum + bytes(value)
            }
            let products = pass.run.reduce(0) { $0 + self.products[$1] }
            return Double(products) * secondsPerProduct / Double(max(threads, 1)) + Double(moved) * secondsPerByte
        }
    }
}
