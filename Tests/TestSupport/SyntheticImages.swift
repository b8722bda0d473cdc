import Foundation
import Imaging

/// Calls `body` with a new empty folder and removes it afterwards.
public func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cyclegan-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

extension PixelImage {
    /// An 8-bit image of smooth waves that differ between variants: no two variants are equal.
    public static func synthetic(variant: Int, width: Int = 32, height: Int = 32, bands: Int = 3) -> PixelImage {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * bands)
        for y in 0..<height {
            for x in 0..<width {
                for band in 0..<bands {
                    let phase = Double(variant) * 0.7 + Double(band) * 2.1
                    let wave = sin(Double(x) * 0.21 + phase) + cos(Double(y) * 0.17 - phase * 1.3)
                    bytes.append(UInt8((127.5 + 63 * wave).rounded()))
                }
            }
        }
        return PixelImage(width: width, height: height, bands: bands, bytes: bytes)
    }

    /// An 8-bit mask: a white ellipse on black, whose place differs between variants.
    public static func ellipse(variant: Int, width: Int = 32, height: Int = 32, bands: Int = 1) -> PixelImage {
        var bytes: [UInt8] = []
        let (centerX, centerY) = (0.4 + 0.05 * Double(variant % 4), 0.55 - 0.05 * Double(variant % 3))
        for y in 0..<height {
            for x in 0..<width {
                let (right, down) = ((Double(x) + 0.5) / Double(width) - centerX, (Double(y) + 0.5) / Double(height) - centerY)
                let isInside = right * right / 0.09 + down * down / 0.04 < 1
                bytes.append(contentsOf: repeatElement(isInside ? 255 : 0, count: bands))
            }
        }
        return PixelImage(width: width, height: height, bands: bands, bytes: bytes)
    }
}

/// Adds to each folder of synthetic images of that size, such as `trainA`, a folder of masks for them, `trainA_mask`.
public func writeMasks(for counts: [String: Int], to root: URL, width: Int = 32, height: Int = 32) throws {
    for (name, count) in counts {
        let folder = root.appending(path: name + "_mask")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<count {
            try PixelImage.ellipse(variant: number, width: width, height: height).write(to: folder.appending(path: "00\(number).png"))
        }
    }
}

/// Fills folders named after the keys with that many synthetic PNG images `000.png`, `001.png` and so on.
public func writeSyntheticImages(_ counts: [String: Int], to root: URL, width: Int = 32, height: Int = 32, bands: Int = 3) throws {
    for (index, (name, count)) in counts.sorted(by: { $0.key < $1.key }).enumerated() {
        let folder = root.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<count {
            let image = PixelImage.synthetic(variant: index * 1000 + number, width: width, height: height, bands: bands)
            try image.write(to: folder.appending(path: "\(number < 10 ? "00" : number < 100 ? "0" : "")\(number).png"))
        }
    }
}
