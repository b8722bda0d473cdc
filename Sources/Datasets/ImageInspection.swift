import Foundation
import Imaging
import NIfTI

/// What was found in one image file.
struct ImageInspection: Sendable, Equatable {
    /// What a decoded image is.
    struct Facts: Sendable, Equatable {
        /// Upright, in pixels; of a picture of two images, the size of a half.
        let size: ImageSize
        var mode: ImageMode
        /// EXIF orientation, 1 for upright.
        var orientation = 1
        /// `nil` for images that are nearly of one colour.
        var hash: PerceptualHash?
        /// Of 16-bit and float images; of a picture of two images, of its left half.
        var values: ValueSample?
        /// Of the right half of such a picture.
        var rightValues: ValueSample?
        /// Of a picture of two images that has no halves, because its width is odd: this width.
        var oddWidth: Int?
    }

    /// Path from the data set's folder, `trainA/1.png`, and the page of a file of several: `trainA/1.tif (page 2)`.
    let path: String
    /// Which picture of such a file it is, from 0.
    let page: Int?
    let byteCount: Int
    /// Equal for equal files; meaningful within one process.
    let contentHash: Int
    /// What the image is, or why it cannot be decoded.
    let content: Result<Facts, Problem>

    /// Why a file cannot be used.
    struct Problem: Error, Sendable, Equatable {
        let reason: String
    }

    var facts: Facts? { try? content.get() }

    /// The path of the file.
    var file: String { page == nil ? path : String(path[..<(path.range(of: " (page ", options: .backwards)?.lowerBound ?? path.endIndex)]) }

    init(path: String, page: Int? = nil, byteCount: Int = 0, contentHash: Int = 0, content: Result<Facts, Problem>) {
        self.path = path
        self.page = page
        self.byteCount = byteCount
        self.contentHash = contentHash
        self.content = content
    }

    /// Reads a file and decodes every picture of it; never fails, since what is wrong with a file is a fact about it.
    ///
    /// - Parameters:
    ///   - isPair: Whether it is a picture of two images side by side.
    ///   - axis: Along which a volume is cut.
    static func all(in path: String, of root: URL, isPair: Bool = false, axis: SliceAxis = .axial) -> [ImageInspection] {
        let url = root.appending(path: path)
        let file = Result { () throws(ImageError) in try PixelImage.encodedData(at: url) }
        let count = PixelImage.pageCount(of: url, axis: axis)
        let isMedical = MedicalFormat(at: url) != nil
        return (0..<count).map { page in
            ImageInspection(path, file, name: url.path, page: count == 1 ? nil : page, isPair: isPair) { data throws(ImageError) in
                isMedical
                    ? try PixelImage(contentsOf: url, page: page, axis: axis)
                    : try PixelImage(encoded: data, name: url.path, page: page)
            }
        }
    }

    /// Decodes one picture of a file.
    private init(
        _ path: String, _ file: Result<Data, ImageError>, name: String, page: Int?, isPair: Bool,
        decode: (Data) throws(ImageError) -> PixelImage
    ) {
        let data = (try? file.get()) ?? Data()
        do throws(ImageError) {
            let image = try decode(file.get())
            content = .success(Facts(image, orientation: PixelImage.orientation(ofEncoded: data), isPair: isPair))
        } catch {
            content = .failure(Problem(reason: error.description.replacing("\(name): ", with: "")))
        }
        var hasher = Hasher()
        // The first page stands for the file.
        if page ?? 0 == 0 { data.withUnsafeBytes { hasher.combine(bytes: $0) } }
        self.path = page.map { "\(path) (page \($0 + 1))" } ?? path
        self.page = page
        byteCount = data.count
        contentHash = hasher.finalize()
    }
}

extension ImageInspection.Facts {
    init(_ image: PixelImage, orientation: Int, isPair: Bool) {
        let isHalved = isPair && image.width > 1
        let size = ImageSize(height: image.height, width: isHalved ? image.width / 2 : image.width)
        self.size = size
        mode = ImageMode(channels: image.bands, hasAlpha: image.hasAlpha, bitDepth: BitDepth(image.format), type: image.storedAs)
        self.orientation = orientation
        hash = PerceptualHash(image)
        oddWidth = isPair && !image.width.isMultiple(of: 2) ? image.width : nil
        if image.format != .uint8 {
            values = ValueSample(image.cropped(x: 0, y: 0, size: size).sampleLevels)
            if isHalved { rightValues = ValueSample(image.cropped(x: image.width - size.width, y: 0, size: size).sampleLevels) }
        }
    }
}

/// The channels and depth that a file holds.
public struct ImageMode: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Samples per pixel, an alpha channel included.
    public let channels: Int
    /// Whether the last channel is opacity.
    public let hasAlpha: Bool
    /// The depth that holds the samples.
    public let bitDepth: BitDepth
    /// Their type in the file.
    public var type: SampleType

    init(channels: Int, hasAlpha: Bool, bitDepth: BitDepth, type: SampleType? = nil) {
        (self.channels, self.hasAlpha, self.bitDepth) = (channels, hasAlpha, bitDepth)
        self.type = type ?? SampleType(bitDepth)
    }

    /// That of some bands alone.
    func picking(_ bands: [Int]?) -> ImageMode {
        bands.map { ImageMode(channels: $0.count, hasAlpha: false, bitDepth: bitDepth, type: type) } ?? self
    }

    /// Channels without opacity.
    var colours: Int { hasAlpha ? channels - 1 : channels }

    /// Such as `RGB 8 bit`, `grey with alpha 16 bit`, `grey int16` and `5 channels float`.
    public var description: String {
        let colours =
            switch colours {
            case 1: "grey"
            case 3: "RGB"
            default: "\(colours) channels"
            }
        return colours + (hasAlpha ? " with alpha " : " ") + (type == SampleType(bitDepth) ? bitDepth.text : type.rawValue)
    }
}

extension BitDepth {
    var text: String { self == .float ? "float" : "\(rawValue) bit" }
}

/// The values of an image, or of several: the extremes, and some of them spread evenly.
struct ValueSample: Sendable, Equatable {
    /// The least and the greatest finite value; `nil` where there is none.
    private(set) var range: ClosedRange<Float>?
    /// How many values are NaN or infinite.
    private(set) var nonFiniteCount = 0
    private(set) var samples: [Float] = []

    /// Keeps at most 1000 samples, so that a large data set fits in memory.
    init(_ values: [Float]) {
        let step = max(1, (values.count + 999) / 1000)
        for (index, value) in values.enumerated() {
            guard value.isFinite else {
                nonFiniteCount += 1
                continue
            }
            range = range.map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
            if index.isMultiple(of: step) { samples.append(value) }
        }
    }

    /// The values of several images together; `nil` where no image has a finite one.
    static func summary(_ images: [ValueSample]) -> ValueSummary? {
        let ranges = images.compactMap(\.range)
        guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else { return nil }
        let sorted = images.flatMap(\.samples).sorted()
        func percentile(_ share: Double) -> Double? {
            sorted.isEmpty ? nil : Double(sorted[Int((share * Double(sorted.count - 1)).rounded())])
        }
        return ValueSummary(
            minimum: Double(low), maximum: Double(high), lowPercentile: percentile(0.001) ?? Double(low),
            highPercentile: percentile(0.999) ?? Double(high), nonFiniteCount: images.reduce(0) { $0 + $1.nonFiniteCount })
    }
}

/// The values that the 16-bit and float images of a folder use.
public struct ValueSummary: Sendable, Equatable, Codable {
    /// The least and the greatest value of all pixels.
    public let minimum, maximum: Double
    /// The values below which 0.1 % and 99.9 % of up to 1000 pixels of every image lie.
    public let lowPercentile, highPercentile: Double
    /// How many values are NaN or infinite.
    public let nonFiniteCount: Int
}
