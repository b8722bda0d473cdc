import Foundation
import Support

/// What the runs of a case are made from: small random images, a file of settings and a run to start from.
package struct TinyInputs: Sendable {
    /// The folder of all of them.
    package let folder: URL
    /// A finished run of `OptionCase.plain`, which the value `{pretrained}` stands for.
    package let pretrained: URL

    package var data: URL { folder.appending(path: "data") }
    private var pairs: URL { folder.appending(path: "pairs.csv") }
    private var config: URL { folder.appending(path: "settings.yaml") }

    package init(folder: URL, pretrained: URL) {
        (self.folder, self.pretrained) = (folder, pretrained)
    }

    func filled(_ value: String) -> String {
        switch value {
        case "{config}": config.path
        case "{pretrained}": pretrained.path
        case "{pairs}": pairs.path
        default: value
        }
    }

    /// Writes the images that a case needs, the file of settings and a table of two pairs.
    ///
    /// - Parameter counts: Training images of A and B; of validation images there are two.
    package func write(for options: OptionCase, counts: (a: Int, b: Int) = (5, 4), seed: UInt64 = 0) throws {
        var random = SplitMix64(seed: seed)
        let bCount = options.images.contains(.pairs) ? counts.a : counts.b
        var names: [String] = []
        let third = options.images.contains(.folders) ? [("C", counts.b)] : []
        for (domain, count) in [("A", counts.a), ("B", bCount)] + third {
            let channels = options.value(of: "channels", domain: domain).flatMap { Int($0) } ?? 3
            let isDeep = options.value(of: "bit-depth", domain: domain) != nil
            let folders = [("train", count)] + (options.images.contains(.validation) ? [("val", 2)] : [])
            for (name, count) in folders {
                for number in 0..<count {
                    let image = TinyImage(channels: channels, isDeep: isDeep, random: &random)
                    let slash = options.images.contains(.folders) ? "/" : ""
                    let path = "data/\(name)\(slash)\(domain)/\(number).\(image.fileExtension)"
                    try write(image.file, to: path)
                    if name == "train", number < 2 { names.append(path) }
                    guard options.images.contains(.masks) else { continue }
                    try write(TinyImage(maskFrom: &random).file, to: "data/\(name)\(domain)_mask/\(number).pgm")
                }
            }
        }
        let settings =
            "# Settings of a file.\ncycleWeight: 8\npoolSize: 2\nbeta2: 0.99\ndomains: {A: {flip: false}, B: {range: [0, 200]}}\n"
        try write(Data(settings.utf8), to: config.lastPathComponent)
        try write(Data("\(names[0]),\(names[3])\n\(names[1]),\(names[2])\n".utf8), to: pairs.lastPathComponent)
    }

    private func write(_ data: Data, to path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }
}

extension OptionCase {
    /// The tiny run as it is.
    package static let plain = OptionCase(name: "plain", settings: [])
}

/// A random image of 24x20 pixels as a file: binary PGM or PPM, or TIFF for other channels.
struct TinyImage {
    private static let (width, height) = (24, 20)

    let file: Data
    let fileExtension: String

    /// - Parameter isDeep: 16 bits for each sample instead of 8.
    init(channels: Int, isDeep: Bool, random: inout SplitMix64) {
        let count = Self.width * Self.height * channels * (isDeep ? 2 : 1)
        let samples = Data((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        if channels == 1 || channels == 3 {
            file = Self.pixmap(samples, channels: channels, white: isDeep ? 65535 : 255)
            fileExtension = channels == 1 ? "pgm" : "ppm"
        } else {
            file = Self.tiff(samples, channels: channels, bits: isDeep ? 16 : 8)
            fileExtension = "tif"
        }
    }

    /// A mask: a white rectangle on black.
    init(maskFrom random: inout SplitMix64) {
        let (left, top) = (random.integer(below: 10), random.integer(below: 8))
        let samples = (0..<Self.width * Self.height).map { index in
            let (x, y) = (index % Self.width, index / Self.width)
            return UInt8((left..<left + 12).contains(x) && (top..<top + 10).contains(y) ? 255 : 0)
        }
        (file, fileExtension) = (Self.pixmap(Data(samples), channels: 1, white: 255), "pgm")
    }

    private static func pixmap(_ samples: Data, channels: Int, white: Int) -> Data {
        Data("P\(channels == 1 ? 5 : 6)\n\(width) \(height)\n\(white)\n".utf8) + samples
    }

    /// One strip without compression; samples beyond the first have no meaning (ExtraSamples).
    private static func tiff(_ samples: Data, channels: Int, bits: Int) -> Data {
        let (short, long) = (3, 4)
        // Lists of more than two shorts lie behind the directory.
        let listsAt = 8 + 2 + 11 * 12 + 4
        let stripAt = listsAt + 2 * channels + 2 * (channels - 1)
        let entries: [(tag: Int, type: Int, count: Int, value: Int)] = [
            (256, long, 1, width), (257, long, 1, height), (258, short, channels, listsAt), (259, short, 1, 1), (262, short, 1, 1),
            (273, long, 1, stripAt), (277, short, 1, channels), (278, long, 1, height), (279, long, 1, samples.count),
            (284, short, 1, 1), (338, short, channels - 1, listsAt + 2 * channels),
        ]
        var data = Data("II".utf8) + bytes(UInt16(42)) + bytes(UInt32(8)) + bytes(UInt16(entries.count))
        for entry in entries {
            data += bytes(UInt16(entry.tag)) + bytes(UInt16(entry.type)) + bytes(UInt32(entry.count)) + bytes(UInt32(entry.value))
        }
        data += bytes(UInt32(0))
        for _ in 0..<channels { data += bytes(UInt16(bits)) }
        for _ in 1..<channels { data += bytes(UInt16(0)) }
        return data + samples
    }

    private static func bytes(_ value: some FixedWidthInteger) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }
}
