/// Which axis of the voxels runs along which direction of the patient, to the nearest.
///
/// The rotation nearest to the affine decides, axis by axis, the least oblique first: what nibabel's `io_orientation` does.
struct Orientation: Equatable {
    /// For right, front and head: the axis of the voxels, 0...2.
    let axes: [Int]
    /// Whether that axis runs the other way: towards left, back or feet.
    let isReversed: [Bool]

    init(affine: [[Double]]) {
        let rotation = Self.rotation(affine.map { Array($0.prefix(3)) })
        // From the axis that follows a direction most closely to the one that does least.
        let strength = (0..<3).map { column in (0..<3).map { rotation[$0][column] * rotation[$0][column] }.max() ?? 0 }
        let order = (0..<3).sorted { strength[$0] != strength[$1] ? strength[$0] > strength[$1] : $0 < $1 }
        var axes = [Int?](repeating: nil, count: 3)
        var isReversed = [false, false, false]
        for axis in order {
            var best: Int?
            for direction in 0..<3 where axes[direction] == nil {
                if abs(rotation[direction][axis]) > best.map({ abs(rotation[$0][axis]) }) ?? -1 { best = direction }
            }
            guard let best else { continue }
            axes[best] = axis
            isReversed[best] = rotation[best][axis] < 0
        }
        self.axes = axes.enumerated().map { $1 ?? $0 }
        self.isReversed = isReversed
    }

    /// The orthogonal matrix nearest to an affine's part without its scales, by Newton's iteration for the polar decomposition.
    private static func rotation(_ matrix: [[Double]]) -> [[Double]] {
        let scales = (0..<3).map { column in (0..<3).reduce(0) { $0 + matrix[$1][column] * matrix[$1][column] }.squareRoot() }
        let start = matrix.map { row in row.indices.map { scales[$0] > 0 ? row[$0] / scales[$0] : row[$0] } }
        var result = start
        for _ in 0..<30 {
            guard let inverse = inverseTransposed(result) else { return start }
            result = (0..<3).map { row in (0..<3).map { (result[row][$0] + inverse[row][$0]) / 2 } }
        }
        return result
    }

    private static func inverseTransposed(_ m: [[Double]]) -> [[Double]]? {
        func cofactor(_ row: Int, _ column: Int) -> Double {
            let (a, b, c, d) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3)
            return m[a][c] * m[b][d] - m[a][d] * m[b][c]
        }
        let determinant = (0..<3).reduce(0) { $0 + m[0][$1] * cofactor(0, $1) }
        guard abs(determinant) > 1e-9 else { return nil }
        return (0..<3).map { row in (0..<3).map { cofactor(row, $0) / determinant } }
    }
}
