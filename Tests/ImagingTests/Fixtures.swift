import Foundation
import Imaging
import Testing

/// The images made by `Fixtures/make_fixtures.py`.
enum Fixture {
    static func url(_ name: String) -> URL {
        Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
    }

    static func image(_ name: String) throws -> PixelImage {
        try PixelImage(contentsOf: url(name))
    }

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: url(name))
    }
}

extension PixelImage {
    /// All samples as numbers.
    var levels: [Double] {
        bytes.withUnsafeBytes { raw in
            switch format {
            case .uint8: raw.map(Double.init)
            case .uint16: raw.bindMemory(to: UInt16.self).map(Double.init)
            case .float32: raw.bindMemory(to: Float.self).map(Double.init)
            }
        }
    }
}

/// Checks that two images have one shape and differ by at most `maximum` anywhere and `mean` on average.
func expectSimilar(
    _ image: PixelImage, _ expected: PixelImage, maximum: Double, mean: Double, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard image.size == expected.size, image.bands == expected.bands, image.format == expected.format else {
        Issue.record(
            "\(what): \(image.size) x \(image.bands) \(image.format), expected \(expected.size) x \(expected.bands) \(expected.format)",
            sourceLocation: sourceLocation)
        return
    }
    let differences = zip(image.levels, expected.levels).map { abs($0 - $1) }
    let largest = differences.max() ?? 0
    let average = differences.reduce(0, +) / Double(differences.count)
    #expect(largest <= maximum && average <= mean, "\(what): largest \(largest), mean \(average)", sourceLocation: sourceLocation)
}
