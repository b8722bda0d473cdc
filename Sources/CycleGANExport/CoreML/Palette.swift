import Foundation

/// Numbers as places in a small table of those that are near to them.
struct Palette {
    /// The table: 2 to the power of `bits`, in ascending order.
    let values: [Float]
    /// The place of each number, `bits` bits each, one behind the other from the lowest bit of the first byte on.
    let indices: Data

    /// Finds the table by k-means in one dimension (Lloyd's algorithm), which begins with quantiles and ends when nothing changes.
    init(of numbers: [Float], bits: Int) {
        let count = 1 << bits
        let sorted = numbers.sorted()
        // The sums of the first numbers, so that the mean of any run is a difference.
        var sums = [0.0]
        sums.reserveCapacity(sorted.count + 1)
        for number in sorted { sums.append(sums[sums.count - 1] + Double(number)) }
        var centers = (0..<count).map { sorted.isEmpty ? 0 : Double(sorted[(2 * $0 + 1) * sorted.count / (2 * count)]) }
        for _ in 0..<100 {
            let borders = [0] + (1..<count).map { sorted.countBelow((centers[$0 - 1] + centers[$0]) / 2) } + [sorted.count]
            // A centre that is nearest to nothing stays.
            let means = (0..<count).map { index in
                let (start, end) = (borders[index], borders[index + 1])
                return end > start ? (sums[end] - sums[start]) / Double(end - start) : centers[index]
            }
            if means == centers { break }
            centers = means
        }
        let borders = (1..<count).map { Float((centers[$0 - 1] + centers[$0]) / 2) }
        values = centers.map { Float($0) }
        var packed = [UInt8](repeating: 0, count: (numbers.count * bits + 7) / 8)
        for (position, number) in numbers.enumerated() {
            let place = borders.countNotAbove(number)
            let (byte, shift) = (position * bits / 8, position * bits % 8)
            packed[byte] |= UInt8(truncatingIfNeeded: place << shift)
            if shift + bits > 8 { packed[byte + 1] |= UInt8(truncatingIfNeeded: place >> (8 - shift)) }
        }
        indices = Data(packed)
    }
}

extension [Float] {
    /// Of ascending numbers, how many are less than a value.
    fileprivate func countBelow(_ value: Double) -> Int { count { Double($0) < value } }

    /// Of ascending numbers, how many are not greater than a value.
    fileprivate func countNotAbove(_ value: Float) -> Int { count { $0 <= value } }

    /// How many numbers at the front fulfil a condition that none behind them does.
    private func count(_ isInFront: (Float) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isInFront(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
