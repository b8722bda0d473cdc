import Support

/// The values of a domain's images that become -1...1: the same in all bands, or each band's own.
public struct ValueRange: Sendable, Hashable {
    /// One range for all bands, or one for each.
    public let bands: [ClosedRange<Double>]

    /// The same range in all bands.
    public init(_ range: ClosedRange<Double>) { bands = [range] }

    /// - Parameter bands: The range of each band; one holds for all.
    /// - Returns: `nil` for none, and for a range without an extent.
    public init?(bands: [ClosedRange<Double>]) {
        func isUsable(_ range: ClosedRange<Double>) -> Bool {
            range.lowerBound < range.upperBound && (range.upperBound - range.lowerBound).isFinite
        }
        guard !bands.isEmpty, bands.allSatisfy(isUsable) else { return nil }
        self.bands = Set(bands).count == 1 ? [bands[0]] : bands
    }

    /// The range of a band, from 0.
    public subscript(band: Int) -> ClosedRange<Double> { bands.count == 1 ? bands[0] : bands[band] }

    /// The one range of all bands; `nil` where they have their own.
    public var common: ClosedRange<Double>? { bands.count == 1 ? bands[0] : nil }

    /// From the least to the greatest value of any band.
    public var hull: ClosedRange<Double> {
        bands.dropFirst().reduce(bands[0]) { min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound) }
    }
}

extension ValueRange: CustomStringConvertible {
    /// Such as `0...4095`, or `0...4095, 0...1` for two bands.
    public var description: String {
        bands.map { "\(plainNumber($0.lowerBound))...\(plainNumber($0.upperBound))" }.joined(separator: ", ")
    }
}

extension ValueRange: Encodable {
    /// Encodes `[0, 4095]`, or `[[0, 4095], [0, 1]]` for two bands.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let common {
            try container.encode([common.lowerBound, common.upperBound])
        } else {
            try container.encode(bands.map { [$0.lowerBound, $0.upperBound] })
        }
    }
}
