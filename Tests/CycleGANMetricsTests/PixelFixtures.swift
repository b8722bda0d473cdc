import Foundation
import Imaging
import Testing

/// What `scripts/make_pixels.py` computed.
struct PixelGolden: Decodable {
    struct Pixels: Decodable, CustomTestStringConvertible {
        let height, width, bands, fullScale: Int
        let gaussian, uniform, psnr, l1: Double

        var testDescription: String { "\(height)x\(width), \(bands) channels of 0...\(fullScale)" }
    }

    struct MultiScale: Decodable {
        let height, width, bands: Int
        let value, torchmetrics: Double
    }

    struct Semantic: Decodable {
        let height, width: Int
        let palette: [[UInt8]]
        let counts: [Int]
        let pixelAccuracy, meanClassAccuracy, meanIoU, meanTruthDistance: Double
    }

    struct Bootstrap: Decodable {
        let count: Int
        let lower, upper: Double
    }

    let pixels: [Pixels]
    let multiscale: [MultiScale]
    let semantic: Semantic
    let bootstrap: Bootstrap

    static func load() throws -> PixelGolden {
        let folder = Bundle.module.resourceURL?.appending(path: "Golden") ?? URL(filePath: "Golden")
        return try JSONDecoder().decode(PixelGolden.self, from: Data(contentsOf: folder.appending(path: "pixels.json")))
    }
}

/// `noise` of `make_pixels.py`.
func pixelNoise(x: Int, y: Int, band: Int, seed: Int) -> Int {
    var bits = UInt32(truncatingIfNeeded: x &* 0x9E37_79B1 &+ y &* 0x85EB_CA77 &+ band &* 0xC2B2_AE3D &+ seed &* 0x27D4_EB2F)
    bits = (bits ^ (bits >> 15)) &* 0x2C1B_3C6D
    bits = (bits ^ (bits >> 12)) &* 0x297A_2D39
    return Int(bits ^ (bits >> 15))
}

extension PixelImage {
    /// `picture` of `make_pixels.py`, in 8 bits for a full scale of 255 and in 16 bits for 65535.
    static func formula(height: Int, width: Int, bands: Int, fullScale: Int = 255, seed: Int) -> PixelImage {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for band in 0..<bands {
                    let ramp = (7 * x + 5 * y + 31 * band) % 180
                    let square = 40 * ((x / 9 + y / 7 + band) % 2)
                    let level = (ramp + square) * (fullScale / 255) + pixelNoise(x: x, y: y, band: band, seed: seed) % (fullScale / 10)
                    if fullScale == 255 {
                        bytes.append(UInt8(level))
                    } else {
                        withUnsafeBytes(of: UInt16(level)) { bytes.append(contentsOf: $0) }
                    }
                }
            }
        }
        return PixelImage(width: width, height: height, bands: bands, format: fullScale == 255 ? .uint8 : .uint16, bytes: bytes)
    }

    /// A float image whose pixels all have one value.
    static func constant(_ value: Float, side: Int, bands: Int = 1) -> PixelImage {
        let samples = Array(repeating: value, count: side * side * bands)
        return PixelImage(
            width: side, height: side, bands: bands, format: .float32, bytes: samples.withUnsafeBytes { Array($0) })
    }
}
