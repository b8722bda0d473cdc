/// A small seeded random number generator whose whole state is one number (Steele, Lea and Flood 2014, "Fast splittable
/// pseudorandom number generators").
///
/// The helpers below are used instead of the standard library's, whose draws from a generator may change between Swift versions:
/// a checkpoint must continue identically under the next compiler.
package struct SplitMix64: RandomNumberGenerator, Codable, Equatable, Sendable {
    /// The whole state; the next number is a function of it.
    package var state: UInt64

    /// Starts the reference sequence of a seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// Starts an independent sequence for each combination of a seed and stream numbers, such as an epoch and an index.
    package init(seed: UInt64, _ stream: UInt64...) {
        state = stream.reduce(seed) { state, number in
            var key = SplitMix64(seed: number)
            var mixed = SplitMix64(seed: state ^ key.next())
            return mixed.next()
        }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number drawn uniformly from 0 up to but not including 1, a multiple of 2⁻⁵³.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number drawn uniformly from an interval.
    package mutating func uniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// An integer drawn uniformly from `0..<bound`, without bias (Lemire 2019, arXiv:1805.10941).
    package mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "the bound (\(bound)) of a random integer must be positive")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// Different integers drawn from `0..<bound`, in random order: the beginning of a shuffle (Fisher and Yates), without the rest of it.
    package mutating func sample(_ count: Int, below bound: Int) -> [Int] {
        precondition((0...bound).contains(count), "\(count) different integers cannot be drawn below \(bound)")
        // Where the shuffle has moved what; all else stands where it was.
        var moved: [Int: Int] = [:]
        return (0..<count).map { place in
            let other = place + integer(below: bound - place)
            let drawn = moved[other] ?? other
            moved[other] = moved[place] ?? place
            return drawn
        }
    }

    /// `0..<count` in a random order (Fisher and Yates).
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, integer(below: last + 1))
        }
        return order
    }
}
