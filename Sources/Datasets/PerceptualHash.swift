import Foundation
import Imaging

/// 64 bits that change little when an image is recompressed, scaled, brightened or dimmed.
///
/// The image is scaled to 32 x 32 and made grey. A bit says whether one of the 8 x 8 lowest coefficients of the two-dimensional DCT-II is
/// above their median, rows of vertical frequency first, the highest bit for the lowest frequencies (pHash: Zauner 2010, "Implementation and
/// benchmarking of perceptual image hash functions"; the same bits as `phash` of Python's imagehash gives for that grey image). A mirrored,
/// turned or differently cropped image has an unrelated hash.
struct PerceptualHash: Sendable, Hashable {
    /// The side of the image that is hashed.
    static let side = 32
    /// Up to this many differing bits, two images count as nearly the same.
    static let nearDistance = 4

    let bits: UInt64

    init(bits: UInt64) {
        self.bits = bits
    }

    /// `nil` for images that are nearly of one colour: their coefficients are noise, which says nothing about likeness.
    init?(_ image: PixelImage) {
        self.init(greyLevels: Self.greyLevels(image))
    }

    /// - Parameter levels: 32 x 32 levels of any scale, row by row.
    init?(greyLevels levels: [Float]) {
        precondition(levels.count == Self.side * Self.side, "\(levels.count) levels are not a \(Self.side)x\(Self.side) image")
        guard levels.allSatisfy(\.isFinite), !Self.isFlat(levels) else { return nil }
        let coefficients = Self.lowFrequencies(levels.map(Double.init))
        let sorted = coefficients.sorted()
        let median = (sorted[31] + sorted[32]) / 2
        bits = coefficients.reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) }
    }

    /// The number of bits that differ.
    func distance(to other: PerceptualHash) -> Int {
        (bits ^ other.bits).nonzeroBitCount
    }

    private static func greyLevels(_ image: PixelImage) -> [Float] {
        let small = image.resized(to: ImageSize(side))
        let grey = DomainConfiguration(channels: 1, bitDepth: BitDepth(small.format))
        if let converted = try? small.converted(to: grey) { return converted.sampleLevels }
        // Bands that are no colours, such as those of satellites, count alike.
        let levels = small.sampleLevels
        return stride(from: 0, to: levels.count, by: small.bands).map { start in
            levels[start..<start + small.bands].reduce(0, +) / Float(small.bands)
        }
    }

    /// Whether the standard deviation is at most a hundredth of the largest level: the scale must not matter, since 16-bit images often
    /// use a small part of theirs.
    private static func isFlat(_ levels: [Float]) -> Bool {
        let mean = levels.reduce(0) { $0 + Double($1) } / Double(levels.count)
        let variance = levels.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(levels.count)
        return variance.squareRoot() <= 0.01 * levels.reduce(0) { max($0, abs(Double($1))) }
    }

    /// The 8 x 8 coefficients of lowest frequency, without normalisation: 4 · ΣΣ level · cos(π·u·(2y+1)/64) · cos(π·v·(2x+1)/64).
    static func lowFrequencies(_ levels: [Double]) -> [Double] {
        var columns = [Double](repeating: 0, count: 8 * side)
        for u in 0..<8 {
            for y in 0..<side {
                let weight = 2 * cosines[u * side + y]
                for x in 0..<side { columns[u * side + x] += weight * levels[y * side + x] }
            }
        }
        return (0..<64).map { index in
            let (u, v) = (index / 8, index % 8)
            return (0..<side).reduce(0) { $0 + 2 * cosines[v * side + $1] * columns[u * side + $1] }
        }
    }

    private static let cosines = (0..<8 * side).map { cos(Double.pi * Double($0 / side) * Double(2 * ($0 % side) + 1) / Double(2 * side)) }

    /// The hashes that are linked by distances of at most `distance`, as groups of two or more indices in rising order.
    ///
    /// Two hashes that differ in at most d bits agree in at least one of d + 1 pieces, so only hashes with an equal piece are compared.
    static func groups(_ hashes: [PerceptualHash], within distance: Int = nearDistance) -> [[Int]] {
        var groups = DisjointSets(count: hashes.count)
        for piece in 0...distance {
            let bits = (piece * 64 / (distance + 1))..<((piece + 1) * 64 / (distance + 1))
            let mask = (UInt64(1) << UInt64(bits.count)) &- 1
            for bucket in Dictionary(grouping: hashes.indices, by: { hashes[$0].bits >> UInt64(bits.lowerBound) & mask }).values {
                for (position, first) in bucket.enumerated() {
                    for second in bucket[(position + 1)...] where hashes[first].distance(to: hashes[second]) <= distance {
                        groups.join(first, second)
                    }
                }
            }
        }
        return groups.all.filter { $0.count > 1 }
    }
}

/// Numbers in groups that can be joined.
private struct DisjointSets {
    private var parents: [Int]

    init(count: Int) {
        parents = Array(0..<count)
    }

    mutating func join(_ first: Int, _ second: Int) {
        let (a, b) = (root(first), root(second))
        parents[max(a, b)] = min(a, b)
    }

    /// The groups by their smallest number, each in rising order.
    var all: [[Int]] {
        var sets = self
        return Dictionary(grouping: parents.indices) { sets.root($0) }.values.sorted { $0[0] < $1[0] }
    }

    private mutating func root(_ number: Int) -> Int {
        var root = number
        while parents[root] != root {
            parents[root] = parents[parents[root]]
            root = parents[root]
        }
        return root
    }
}
