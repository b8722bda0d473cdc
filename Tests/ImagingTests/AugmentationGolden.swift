import Foundation
import Testing

@testable import Imaging

/// What `Fixtures/make_augmentation.py` wrote: images, and cases whose results other libraries computed.
struct AugmentationGolden<Case: Decodable & Sendable>: Decodable, Sendable {
    struct Image: Decodable, Sendable {
        let name: String
        let format: String
        let width, height, bands: Int
        let samples: [Double]
    }

    let images: [Image]
    let cases: [Case]

    init(_ name: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Fixture.data(name))
    }

    func image(_ name: String) throws -> PixelImage {
        let image = try #require(images.first { $0.name == name })
        func make<Sample: PixelSample>(_ type: Sample.Type) -> PixelImage {
            PixelImage(of: type, width: image.width, height: image.height, bands: image.bands) { target in
                for (index, level) in image.samples.enumerated() { target.initializeElement(at: index, to: Sample(level: level)) }
            }
        }
        let format = try #require(PixelImage.Format.allCases.first { "\($0)" == image.format })
        return switch format {
        case .uint8: make(UInt8.self)
        case .uint16: make(UInt16.self)
        case .float32: make(Float.self)
        }
    }
}

extension PixelImage {
    /// Checks that every sample is an expected level, rounded where the samples are whole numbers.
    ///
    /// - Parameter tolerance: As a share of the levels' scale.
    func expectRounded(_ expected: [Double], tolerance: Double, scale: Double, _ what: String) {
        guard expected.count == levels.count else {
            Issue.record("\(what): \(levels.count) samples, expected \(expected.count)")
            return
        }
        // A level that lies within the tolerance of a half may go either way.
        let allowed = (format == .float32 ? 0 : 0.5) + tolerance * scale
        let wrong = zip(levels, expected).map { abs($0 - $1) }.filter { !($0 <= allowed) }
        #expect(wrong.isEmpty, "\(what): \(wrong.count) of \(expected.count) samples differ, by up to \(wrong.max() ?? .nan) levels")
    }
}
