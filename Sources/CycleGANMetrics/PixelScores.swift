import Imaging

/// The values of compared pairs of images, each pair counting once.
///
/// Encoded as `{"images": [{"name": "a.png", "ssim": 0.93, "psnr": 27.4}], "mean": {"ssim": 0.93, "psnr": 27.4}}`. JSON has no infinity:
/// the PSNR of equal images, and a mean with such a pair in it, is `null`.
public struct PixelScores: Sendable, Equatable {
    /// What was computed.
    public let metrics: [PixelMetric]
    /// The pairs' names.
    public let names: [String]
    /// The values of the pairs, in the order of the names.
    public let values: [[PixelMetric: Double]]
    /// The ranges by which the pairs were compared, in the order of the names.
    public let dataRanges: [Double]
    /// The sizes of the pairs' images, in the order of the names.
    public let sizes: [ImageSize]

    /// The values of the pairs under one metric, in the order of the names; empty where it was not computed.
    public func values(of metric: PixelMetric) -> [Double] { values.compactMap { $0[metric] } }

    /// The mean over pairs of their values under one metric: infinite for PSNR where the images of one pair are equal, `nil` where the
    /// metric was not computed.
    public func mean(of metric: PixelMetric) -> Double? {
        let values = values(of: metric)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}

extension PixelScores: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        var images = container.nestedUnkeyedContainer(forKey: Key(stringValue: "images"))
        for (name, values) in zip(names, values) {
            var image = images.nestedContainer(keyedBy: Key.self)
            try image.encode(name, forKey: Key(stringValue: "name"))
            try encode({ values[$0] }, to: &image)
        }
        var mean = container.nestedContainer(keyedBy: Key.self, forKey: Key(stringValue: "mean"))
        try encode(mean(of:), to: &mean)
    }

    private func encode(_ value: (PixelMetric) -> Double?, to container: inout KeyedEncodingContainer<Key>) throws {
        for metric in metrics {
            try container.encode(value(metric).flatMap { $0.isFinite ? $0 : nil }, forKey: Key(stringValue: metric.rawValue))
        }
    }
}
