import Torch

/// Runs a network in one pass over an image, where it is known what norms normalise by.
///
/// Each stage makes rows when a later one reads them, and a map holds them as long as they are still read: nothing is made twice, and no file is
/// needed. Nothing is trained: call it inside `withoutGradients`.
public struct StripStream {
    /// Bytes held at once.
    public let memoryBytes: Int
    /// The strips of the output.
    public var stripCount: Int { (schedule.height + rows - 1) / rows }
    private let schedule: StreamSchedule
    /// Of the output, made at a time.
    private let rows: Int

    /// As in `StripPlan`.
    private static let mostStripBytes = 200_000_000

    /// - Parameters:
    ///   - input: The shape of the image, [1, C, H, W].
    ///   - memory: Bytes that maps and strips may take together.
    /// - Throws: `GraphError` for a network that cannot be run so, or an image that does not fit it.
    public init(_ graph: Graph, input: [Int], memory: Int) throws(GraphError) {
        schedule = try StreamSchedule(graph, input: input)
        var rows = 1
        while rows < schedule.height, schedule.stripBytes(2 * rows) <= min(memory / 2, Self.mostStripBytes) { rows *= 2 }
        var needed = schedule.memoryBytes(rows: rows)
        while rows > 1, needed > memory {
            rows /= 2
            needed = schedule.memoryBytes(rows: rows)
        }
        guard needed <= memory else { throw .needsMoreMemory(bytes: needed, found: memory) }
        (self.rows, memoryBytes) = (rows, needed)
    }

    /// Runs the network.
    ///
    /// - Parameters:
    ///   - statistics: Of each norm that looks at the whole image, by its place among the network's nodes.
    ///   - input: Gives rows of the image, shape [1, C, rows, W], from the first on and some of them twice.
    ///   - progress: Told the share of the work that is done, from 0 to 1.
    ///   - output: Gets the output's rows in order, shape [1, C, rows, W], and the number of the first of them.
    /// - Throws: What reading and writing throw, and `TorchError`.
    public func run(
        by statistics: [Int: MergedStatistics], device: Device = .cpu, input: @escaping (Range<Int>) throws -> Tensor,
        progress: (Double) throws -> Void = { _ in }, output: (Tensor, Int) throws -> Void
    ) throws {
        let evaluation = try StripEvaluation(
            schedule.graph, schedule.stages, shapes: schedule.shapes, device: device, input: input)
        for (norm, values) in statistics { evaluation.setStatistics(values, of: norm) }
        var windows: [Int: MapWindow] = [:]
        try schedule.run(
            rows: rows,
            make: { stage, strip, needs in
                let result = try withTorchErrors {
                    try evaluation.values(
                        of: schedule.passes[stage], needs: needs,
                        read: { rows, value in windows[value, default: MapWindow()].strip(rows) },
                        keep: { value, strip, start in windows[value, default: MapWindow()].append(strip, from: start) })
                }
                guard stage == schedule.passes.count - 1 else { return }
                try output(result, strip.lowerBound)
                try progress(Double(strip.upperBound) / Double(schedule.height))
            },
            drop: { value, start in windows[value]?.drop(below: start) })
    }
}

/// The rows of a map that are still read, with the channels of each pixel side by side.
private struct MapWindow {
    private var extent = WindowExtent()
    /// Shape [1, rows, W, C], one below the other.
    private var pieces: [Tensor] = []

    /// Appends what a strip [1, C, rows, W] of rows from `first` on holds beyond those that are there.
    mutating func append(_ strip: Tensor, from first: Int) {
        let fresh = first + strip.shape[2] - extent.end
        guard fresh > 0 else { return }
        pieces.append(strip.rows(from: extent.end - first, count: fresh).permuted([0, 2, 3, 1]).contiguous())
        extent.append(fresh)
    }

    /// Some rows, shape [1, C, rows, W].
    mutating func strip(_ rows: Range<Int>) -> Tensor {
        precondition(extent.start <= rows.lowerBound && rows.upperBound <= extent.end, "rows \(rows) are read of \(extent)")
        if let dropped = extent.join() {
            var below = dropped
            let kept = pieces.compactMap { piece -> Tensor? in
                defer { below = max(0, below - piece.shape[1]) }
                return below < piece.shape[1] ? piece.narrowed(dimension: 1, start: below, length: piece.shape[1] - below) : nil
            }
            pieces = [Tensor.concatenated(kept, dimension: 1)]
        }
        return pieces[0].narrowed(dimension: 1, start: rows.lowerBound - extent.start, length: rows.count).permuted([0, 3, 1, 2])
    }

    mutating func drop(below first: Int) { if extent.drop(below: first) { pieces = [] } }
}

/// Which rows a window holds, in how many pieces.
struct WindowExtent {
    private(set) var start = 0
    private(set) var end = 0
    private var pieces = 0
    private var firstNeeded = 0

    mutating func append(_ rows: Int) {
        end += rows
        pieces += 1
    }

    /// Makes one piece of several, without the rows that are no longer read.
    ///
    /// - Returns: How many rows go; `nil` where there is one piece already.
    mutating func join() -> Int? {
        guard pieces > 1 else { return nil }
        let dropped = firstNeeded - start
        (start, pieces) = (firstNeeded, 1)
        return dropped
    }

    /// - Returns: Whether nothing is left.
    mutating func drop(below first: Int) -> Bool {
        firstNeeded = min(max(first, firstNeeded), end)
        guard firstNeeded == end, pieces > 0 else { return false }
        (start, pieces) = (end, 0)
        return true
    }
}
