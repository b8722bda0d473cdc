import Foundation
import Support

/// Makes bad inputs of good ones: the same for the same seed.
struct Mutator {
    private let seeds: [Data]
    private let tokens: [Data]
    // What readers add, multiply and compare.
    private static let numbers: [Int64] = [
        0, 1, -1, 2, 4, 16, 64, 100, 127, 128, 255, 256, 1000, 32767, 32768, 65535, 65536, 1 << 20, 1 << 24, .init(Int32.max),
        .init(Int32.min),
        .init(UInt32.max), 1 << 40, .max, .min,
    ]
    static let largest = 1 << 20

    init(seeds: [Data], tokens: [Data]) {
        self.seeds = seeds
        self.tokens = tokens
    }

    /// The input of a number.
    func input(_ number: UInt64, seed: UInt64) -> Data {
        var random = SplitMix64(seed: seed, number)
        // Mostly of the first seeds, and mostly few changes, so that what is read first still holds.
        var bytes = [UInt8](seeds[min(random.integer(below: seeds.count), random.integer(below: seeds.count))])
        for _ in 0...random.integer(below: random.integer(below: 6) + 1) { change(&bytes, &random) }
        return Data(bytes.prefix(Self.largest))
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else {
            bytes = piece(&random)
            return
        }
        let at = random.integer(below: bytes.count)
        func range(upTo longest: Int) -> Range<Int> { at..<min(bytes.count, at + 1 + random.integer(below: longest)) }
        switch random.integer(below: 14) {
        case 0: bytes[at] ^= 1 << UInt8(random.integer(below: 8))
        case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 2, 3: overwrite(&bytes, at, number(&random))
        case 4, 5: replaceDecimal(&bytes, near: at, &random)
        case 6: bytes.removeSubrange(range(upTo: 32))
        case 7: bytes.insert(contentsOf: piece(&random), at: at)
        case 8: bytes.insert(contentsOf: bytes[range(upTo: 256)], at: random.integer(below: bytes.count))
        case 9: bytes.removeLast(min(bytes.count, random.integer(below: bytes.count + 1)))
        case 10:
            let other = seeds[random.integer(below: seeds.count)]
            bytes.replaceSubrange(at..., with: other.dropFirst(random.integer(below: other.count + 1)))
        case 11: overwrite(&bytes, at, piece(&random))
        case 12:
            // Many of the same: what takes more than linear time shows.
            let part = bytes[range(upTo: 64)]
            let times = 1 << random.integer(below: 15)
            bytes.insert(contentsOf: (0..<min(times, Self.largest / part.count)).flatMap { _ in part }, at: at)
        default: bytes.swapAt(at, random.integer(below: bytes.count))
        }
    }

    private func piece(_ random: inout SplitMix64) -> [UInt8] {
        if !tokens.isEmpty, random.integer(below: 3) > 0 { return [UInt8](tokens[random.integer(below: tokens.count)]) }
        return (0...random.integer(below: 12)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private func number(_ random: inout SplitMix64) -> [UInt8] {
        let value = Self.numbers[random.integer(below: Self.numbers.count)]
        let count = [1, 2, 4, 8][random.integer(below: 4)]
        let little = withUnsafeBytes(of: value.littleEndian) { [UInt8]($0.prefix(count)) }
        return random.integer(below: 2) == 0 ? little : little.reversed()
    }

    private func overwrite(_ bytes: inout [UInt8], _ at: Int, _ piece: [UInt8]) {
        bytes.replaceSubrange(at..<min(bytes.count, at + piece.count), with: piece)
    }

    /// Puts another number in the place of the next one in decimal digits.
    private func replaceDecimal(_ bytes: inout [UInt8], near at: Int, _ random: inout SplitMix64) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = bytes[at...].firstIndex(where: digits.contains) ?? bytes[..<at].firstIndex(where: digits.contains) else { return }
        let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: String(Self.numbers[random.integer(below: Self.numbers.count)]).utf8)
    }
}
