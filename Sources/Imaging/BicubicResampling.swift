import Foundation

/// The antialiased bicubic filter of Pillow 13, pass by pass: a = -0.5, the support widened by the factor of reduction, weights
/// outside the image left out and the others normalized.
enum BicubicResampling {
    /// The weights of every output position along one axis.
    struct Axis {
        let inputCount: Int
        /// The first input position that counts for each output position.
        let starts: [Int]
        /// The weights of each output position, all of one number: shorter ones end in zeros.
        let weights: [Double]
        /// Weights per output position.
        let tapCount: Int

        var outputCount: Int { starts.count }

        init(from inputCount: Int, to outputCount: Int) {
            let scale = Double(inputCount) / Double(outputCount)
            let filterScale = max(scale, 1)
            let support = 2 * filterScale
            let tapCount = min(Int(support.rounded(.up)) * 2 + 1, inputCount)
            var starts: [Int] = []
            var weights: [Double] = []
            for position in 0..<outputCount {
                let centre = (Double(position) + 0.5) * scale
                let end = min(Int(centre + support + 0.5), inputCount)
                let start = max(Int(centre - support + 0.5), 0)
                let taps = (start..<end).map { Self.cubic((Double($0) - centre + 0.5) / filterScale) }
                let sum = taps.reduce(0, +)
                // Positions with fewer weights start earlier, so that reading zero weights stays inside the image.
                let shifted = min(start, inputCount - tapCount)
                starts.append(shifted)
                weights += [Double](repeating: 0, count: start - shifted)
                weights += taps.map { $0 / sum }
                weights += [Double](repeating: 0, count: tapCount - taps.count - (start - shifted))
            }
            self.inputCount = inputCount
            self.starts = starts
            self.weights = weights
            self.tapCount = tapCount
        }

        private static func cubic(_ distance: Double) -> Double {
            let x = abs(distance)
            if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * -0.5 }
            return 0
        }
    }

    /// Filters along the middle axis of samples laid out [outer, axis, inner]; `finish` makes a sample of a weighted sum.
    @inline(__always)
    private static func pass<Sample, Weight>(
        _ source: UnsafePointer<Sample>, _ target: UnsafeMutablePointer<Sample>, _ axis: Axis, outer: Int, inner: Int,
        weights: UnsafePointer<Weight>, zero: Weight, add: (Weight, Sample, Weight) -> Weight, finish: (Weight) -> Sample
    ) {
        let sums = UnsafeMutablePointer<Weight>.allocate(capacity: inner)
        defer { sums.deallocate() }
        for block in 0..<outer {
            for position in 0..<axis.outputCount {
                let from = source + (block * axis.inputCount + axis.starts[position]) * inner
                let to = target + (block * axis.outputCount + position) * inner
                let taps = weights + position * axis.tapCount
                if inner <= 16 {
                    for index in 0..<inner {
                        var sum = zero
                        for tap in 0..<axis.tapCount { sum = add(sum, from[tap * inner + index], taps[tap]) }
                        (to + index).initialize(to: finish(sum))
                    }
                } else {
                    // Rows are summed as a whole: the compiler makes vector instructions of it.
                    sums.initialize(repeating: zero, count: inner)
                    for tap in 0..<axis.tapCount {
                        let weight = taps[tap]
                        let row = from + tap * inner
                        for index in 0..<inner { sums[index] = add(sums[index], row[index], weight) }
                    }
                    for index in 0..<inner { (to + index).initialize(to: finish(sums[index])) }
                }
            }
        }
    }

    /// Whole numbers with 22 fractional bits, rounded and clamped after each pass as Pillow does.
    static func pass(_ source: [UInt8], _ axis: Axis, outer: Int, inner: Int) -> [UInt8] {
        let weights = axis.weights.map { Int32(($0 * 0x1p22).rounded(.toNearestOrAwayFromZero)) }
        let count = outer * axis.outputCount * inner
        return [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            if let target = target.baseAddress {
                pass(
                    source, target, axis, outer: outer, inner: inner, weights: weights, zero: 1 << 21,
                    add: { $0 &+ Int32(truncatingIfNeeded: $1) &* $2 },
                    finish: { UInt8(truncatingIfNeeded: max(0, min(255, $0 >> 22))) })
            }
            initialized = count
        }
    }

    /// Sums in double precision, rounded to float after each pass as Pillow does.
    static func pass(_ source: [Float], _ axis: Axis, outer: Int, inner: Int) -> [Float] {
        let count = outer * axis.outputCount * inner
        return [Float](unsafeUninitializedCapacity: count) { target, initialized in
            if let target = target.baseAddress {
                pass(
                    source, target, axis, outer: outer, inner: inner, weights: axis.weights, zero: 0,
                    add: { $0 + Double($1) * $2 }, finish: { Float($0) })
            }
            initialized = count
        }
    }
}
