import Foundation

/// The header of a YUV4MPEG2 stream: what all of its frames are.
///
/// 8-bit luma and chroma of ITU-R BT.601; streams do not say by which matrix they were made, and this is the one that programs take then.
public struct Y4MHeader: Sendable, Equatable {
    /// How much smaller the planes of chroma are than that of luma.
    public enum Chroma: String, Sendable, CaseIterable {
        /// Half in both directions.
        case half = "420"
        /// Half in width.
        case halfWidth = "422"
        /// Of luma's size.
        case full = "444"
        /// None: grey.
        case mono

        func size(of luma: ImageSize) -> ImageSize {
            switch self {
            case .half: ImageSize(height: (luma.height + 1) / 2, width: (luma.width + 1) / 2)
            case .halfWidth: ImageSize(height: luma.height, width: (luma.width + 1) / 2)
            case .full, .mono: luma
            }
        }
    }

    static let signature = Array("YUV4MPEG2 ".utf8)

    /// Of the frames.
    public var size: ImageSize
    /// Of the frames.
    public var chroma: Chroma
    /// Whether black and white are 0 and 255, in place of 16 and 235.
    public let isFullRange: Bool
    /// What else the header says, such as the frame rate `F25:1`, in order.
    private let others: [String]

    /// - Throws: `FrameError` for a header without a size, and for samples of more than 8 bits.
    init(_ line: String, name: String) throws(FrameError) {
        let fields = line.split(separator: " ").dropFirst().map(String.init)
        func value(_ letter: Character) -> String? { fields.first { $0.first == letter }.map { String($0.dropFirst()) } }
        guard let width = value("W").flatMap(Int.init), let height = value("H").flatMap(Int.init), (1...100_000).contains(width),
            (1...100_000).contains(height), width * height <= PixelImage.defaultPixelLimit
        else { throw FrameError(name, "its header says no size of frames: '\(line.prefix(80))'") }
        size = ImageSize(height: height, width: width)
        let kind = value("C") ?? "420"
        // 420jpeg, 420mpeg2 and 420paldv say where chroma lies, within half a pixel.
        let plain = ["420jpeg", "420mpeg2", "420paldv"].contains(kind) ? "420" : kind
        guard let chroma = Chroma(rawValue: plain) else {
            throw FrameError(name, "its frames are of C\(kind); C420, C422, C444 and Cmono are read, of 8 bits (ffmpeg: -pix_fmt yuv420p)")
        }
        self.chroma = chroma
        isFullRange = fields.contains("XCOLORRANGE=FULL")
        // What is said of chroma once more may not hold for what is written.
        others = fields.filter { !["W", "H", "C"].contains($0.prefix(1)) && !$0.hasPrefix("XYSCSS") }
    }

    /// The header in a stream.
    var line: String {
        let kind = chroma == .half ? "420jpeg" : chroma.rawValue
        return (["YUV4MPEG2", "W\(size.width)", "H\(size.height)"] + others + ["C\(kind)"]).joined(separator: " ") + "\n"
    }

    private var planeSize: ImageSize { chroma.size(of: size) }

    /// Bytes of a frame.
    var frameLength: Int { size.height * size.width + (chroma == .mono ? 0 : 2 * planeSize.height * planeSize.width) }

    // Full range in the samples' own: of luma, and half of chroma's.
    private var scale: (black: Float, luma: Float, chroma: Float) { isFullRange ? (0, 255, 255) : (16, 219, 224) }

    /// The image of a frame, RGB or grey.
    func image(_ bytes: [UInt8]) -> PixelImage {
        let (area, part) = (size.height * size.width, planeSize.height * planeSize.width)
        let scale = scale
        func luma(_ sample: UInt8) -> Float { (Float(sample) - scale.black) / scale.luma * 255 }
        if chroma == .mono {
            return PixelImage(width: size.width, height: size.height, bands: 1, bytes: bytes.map { Self.sample(luma($0)) })
        }
        func plane(_ start: Int) -> [UInt8] {
            PixelImage(width: planeSize.width, height: planeSize.height, bands: 1, bytes: Array(bytes[start..<start + part])).resized(
                to: size
            )
            .bytes
        }
        let (blue, red) = (plane(area), plane(area + part))
        var pixels = [UInt8](repeating: 0, count: 3 * area)
        let factor = 255 / scale.chroma
        for index in 0..<area {
            let (y, b, r) = (luma(bytes[index]), (Float(blue[index]) - 128) * factor, (Float(red[index]) - 128) * factor)
            pixels[3 * index] = Self.sample(y + 1.402 * r)
            pixels[3 * index + 1] = Self.sample(y - (0.114 * 1.772 * b + 0.299 * 1.402 * r) / 0.587)
            pixels[3 * index + 2] = Self.sample(y + 1.772 * b)
        }
        return PixelImage(width: size.width, height: size.height, bands: 3, bytes: pixels)
    }

    /// The bytes of a frame.
    ///
    /// - Parameter image: Of this size, 8 bits, RGB or grey.
    func frame(of image: PixelImage) -> [UInt8] {
        let (area, scale) = (size.height * size.width, scale)
        func level(_ value: Float) -> UInt8 { Self.sample(scale.black + value / 255 * scale.luma) }
        if image.bands == 1 {
            let neutral = chroma == .mono ? 0 : 2 * planeSize.height * planeSize.width
            return image.bytes.map { level(Float($0)) } + [UInt8](repeating: 128, count: neutral)
        }
        var (luma, blue, red) = ([UInt8](repeating: 0, count: area), [UInt8](repeating: 0, count: area), [UInt8](repeating: 0, count: area))
        let factor = scale.chroma / 255
        for index in 0..<area {
            let (r, g, b) = (Float(image.bytes[3 * index]), Float(image.bytes[3 * index + 1]), Float(image.bytes[3 * index + 2]))
            let y = 0.299 * r + 0.587 * g + 0.114 * b
            luma[index] = level(y)
            blue[index] = Self.sample(128 + (b - y) / 1.772 * factor)
            red[index] = Self.sample(128 + (r - y) / 1.402 * factor)
        }
        if chroma == .mono { return luma }
        func plane(_ samples: [UInt8]) -> [UInt8] {
            PixelImage(width: size.width, height: size.height, bands: 1, bytes: samples).resized(to: planeSize).bytes
        }
        return luma + plane(blue) + plane(red)
    }

    private static func sample(_ value: Float) -> UInt8 { UInt8(min(max(value, 0), 255).rounded()) }
}
