import Foundation

/// What an ICC profile says of the light that samples stand for.
struct ICCProfile {
    private let bytes: [UInt8]

    /// - Parameter data: The profile.
    init(_ data: Data) { bytes = [UInt8](data) }

    /// Whether samples stand for light as those of sRGB do; what is neither RGB nor grey becomes sRGB when it is read.
    var hasSRGBCurve: Bool {
        let tags: [String]
        switch text(at: 16) {
        case "RGB ": tags = ["rTRC", "gTRC", "bTRC"]
        case "GRAY": tags = ["kTRC"]
        default: return true
        }
        return tags.allSatisfy { tag in
            guard let curve = curve(tag) else { return false }
            // A plain gamma of 2.2 differs by up to 0.006.
            return stride(from: 0, through: 1, by: 0.0625).allSatisfy { abs(curve($0) - SRGBCurve.light(of: $0)) < 0.003 }
        }
    }

    private func curve(_ tag: String) -> ((Double) -> Double)? {
        let count = min(number(at: 128, bytes: 4), 1000)
        guard let entry = (0..<count).lazy.map({ 132 + 12 * $0 }).first(where: { text(at: $0) == tag }) else { return nil }
        let start = number(at: entry + 4, bytes: 4)
        switch text(at: start) {
        case "curv": return table(at: start)
        case "para": return formula(at: start)
        default: return nil
        }
    }

    /// Nothing for light itself, one number for a gamma, or values between which it is linear.
    private func table(at start: Int) -> ((Double) -> Double)? {
        let count = number(at: start + 8, bytes: 4)
        guard count <= 1 << 16, start + 12 + 2 * count <= bytes.count else { return nil }
        let values = (0..<count).map { Double(number(at: start + 12 + 2 * $0, bytes: 2)) }
        switch count {
        case 0: return { $0 }
        case 1: return { pow($0, values[0] / 256) }
        default:
            return { share in
                let place = share * Double(count - 1)
                let lower = min(Int(place), count - 2)
                return (values[lower] + (place - Double(lower)) * (values[lower + 1] - values[lower])) / 65535
            }
        }
    }

    /// Types 3 and 4 of ICC.1:2022, 10.18: of the others none has the straight beginning of sRGB.
    private func formula(at start: Int) -> ((Double) -> Double)? {
        let type = number(at: start + 8, bytes: 2)
        guard type == 3 || type == 4 else { return nil }
        let p = (0..<(type == 3 ? 5 : 7)).map { Double(Int32(truncatingIfNeeded: number(at: start + 12 + 4 * $0, bytes: 4))) / 65536 }
        let (above, below) = type == 3 ? (0, 0) : (p[5], p[6])
        return { $0 >= p[4] ? pow(max(0, p[1] * $0 + p[2]), p[0]) + above : p[3] * $0 + below }
    }

    /// In the order of bytes of profiles; 0 beyond the end.
    private func number(at start: Int, bytes count: Int) -> Int {
        guard start >= 0, start + count <= bytes.count else { return 0 }
        return bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private func text(at start: Int) -> String {
        guard start >= 0, start + 4 <= bytes.count else { return "" }
        return String(decoding: bytes[start..<start + 4], as: UTF8.self)
    }
}

extension ImageMetadata {
    /// Whether samples of the file are known to stand for light as those of sRGB do: its profile says so, or it has none, as is usual on the
    /// web.
    package var hasSRGBCurve: Bool { profile.map { ICCProfile($0).hasSRGBCurve } ?? true }
}
