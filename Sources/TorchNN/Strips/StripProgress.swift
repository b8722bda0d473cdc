/// How far a network in strips is, behind one of its stages: with the file of maps, all that is needed to go on from there.
public struct StripProgress: Codable, Equatable, Sendable {
    /// The stages that are done.
    public internal(set) var stages = 0
    /// What norms normalise by, by their place among the network's nodes.
    public internal(set) var statistics: [Int: MergedStatistics] = [:]

    /// At the begin.
    public init() {}
}

/// Where a plan keeps its maps, and how large its strips are.
public struct StripLayout: Codable, Equatable, Sendable {
    fileprivate let shapes: [[Int]]
    fileprivate let targets: [Int]
    fileprivate let offsets: [Int: Int]
    fileprivate let rows: [Int]
}

extension StripPlan {
    /// Where it keeps its maps, and how large its strips are.
    public var layout: StripLayout {
        let offsets = homes.compactMapValues { home -> Int? in
            guard case .file(let offset) = home else { return nil }
            return offset
        }
        return StripLayout(shapes: shapes, targets: stages.targets, offsets: offsets, rows: rows)
    }

    /// Takes the strips of another plan that keeps its maps in the same places: sums in another order would differ in their last digits.
    ///
    /// - Returns: Whether it does.
    public mutating func takeStrips(of other: StripLayout) -> Bool {
        let own = layout
        guard own.shapes == other.shapes, own.targets == other.targets, own.offsets == other.offsets else { return false }
        rows = other.rows
        return true
    }
}
