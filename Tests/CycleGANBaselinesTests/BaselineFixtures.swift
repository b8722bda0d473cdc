import Checkpoints
import Foundation
import Imaging
import Testing
import Torch

/// What scikit-image, NumPy and PyTorch computed, by `scripts/make_baselines.py`.
func expected(_ name: String) throws -> Tensor {
    let folder = try #require(Bundle.module.resourceURL)
    return try #require(SafetensorsFile.read(folder.appending(path: "Golden/baselines.safetensors"))[name])
}

/// The pictures of the script: whole numbers of a type, or floats that are 256 times smaller.
func picture(_ height: Int, _ width: Int, _ bands: Int, _ format: PixelImage.Format = .uint8, seed: Int) -> PixelImage {
    let fullScale = format == .uint16 ? 65535 : 255
    var levels: [Int] = []
    for y in 0..<height {
        for x in 0..<width {
            for band in 0..<bands {
                let index = (y * width + x) * bands + band
                let mixed = (index * index % 8191 + 7 * index + 37 * seed) % 129 + (3 * x + 2 * y) % 50
                levels.append(min(20 * seed + 10 * band + mixed, 255) * fullScale / 255)
            }
        }
    }
    let bytes: [UInt8] =
        switch format {
        case .uint8: levels.map { UInt8($0) }
        case .uint16: levels.map { UInt16($0) }.withUnsafeBytes { Array($0) }
        case .float32: levels.map { Float($0) / 256 }.withUnsafeBytes { Array($0) }
        }
    return PixelImage(width: width, height: height, bands: bands, format: format, bytes: bytes)
}

/// What an image of these samples is.
func domain(of image: PixelImage) -> DomainConfiguration {
    DomainConfiguration(
        channels: image.bands, bitDepth: image.format == .uint8 ? .eight : image.format == .uint16 ? .sixteen : .float)
}

extension PixelImage {
    /// The samples [H, W, C] as numbers.
    var levels: Tensor {
        let values: [Float] = bytes.withUnsafeBytes { buffer in
            switch format {
            case .uint8: buffer.map { Float($0) }
            case .uint16: buffer.bindMemory(to: UInt16.self).map { Float($0) }
            case .float32: Array(buffer.bindMemory(to: Float.self))
            }
        }
        return Tensor(values, shape: [height, width, bands])
    }
}
