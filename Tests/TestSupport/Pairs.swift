import Datasets
import Foundation
import Imaging

/// How the pairs of a test lie on disk.
public enum PairLayout: CaseIterable, Sendable {
    case halves, files
}

extension PixelImage {
    /// The negative of an 8-bit image.
    public var negative: PixelImage { PixelImage(width: width, height: height, bands: bands, bytes: bytes.map { 255 - $0 }) }

    /// The image with another of equal height to its right.
    public func beside(_ other: PixelImage) -> PixelImage {
        func row(_ number: Int, of image: PixelImage) -> ArraySlice<UInt8> {
            let length = image.width * image.bands
            return image.bytes[number * length..<(number + 1) * length]
        }
        let rows = (0..<height).flatMap { row($0, of: self) + row($0, of: other) }
        return PixelImage(width: width + other.width, height: height, bands: bands, bytes: rows)
    }
}

/// Writes pairs `000`, `001` and so on of a split, of which the second image is the negative of the first.
public func writePairs(
    _ numbers: Range<Int>, _ layout: PairLayout, to root: URL, split: Split = .train, width: Int = 24, height: Int = 20,
    extensionB: String = "png"
) throws {
    for number in numbers {
        let name = number < 10 ? "00\(number)" : "0\(number)"
        let image = PixelImage.synthetic(variant: number, width: width, height: height)
        let files: [(String, PixelImage)] =
            switch layout {
            case .halves: [("\(split.rawValue)/\(name).png", image.beside(image.negative))]
            case .files: [("\(split.rawValue)A/\(name).png", image), ("\(split.rawValue)B/\(name).\(extensionB)", image.negative)]
            }
        for (path, image) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try image.write(to: file)
        }
    }
}
